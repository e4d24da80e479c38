"""VTEC: the life of a US warning in one line, ``/O.EXT.KOKX.FF.W.0009.000000T0000Z-230709T2015Z/``.

Product class, action, office, phenomenon, significance, number, begin and end. Office, phenomenon,
significance, number and year are the event, whatever its messages are called. Format: NWS
Instruction 10-1703, https://www.nws.noaa.gov/directives/sym/pd01017003curr.pdf
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_LINE = re.compile(r"/([OTEX])\.(NEW|CON|EXT|EXA|EXB|UPG|CAN|EXP|COR|ROU)\.([A-Z]{4})\.([A-Z]{2})"
                   r"\.([A-Z])\.(\d{4})\.(\d{6}T\d{4}Z)-(\d{6}T\d{4}Z)/", re.ASCII)
ENDS = frozenset({"CAN", "EXP", "UPG"})
"""Actions after which an event is over: cancelled, expired, replaced by a graver one."""


@dataclass(frozen=True, slots=True)
class Vtec:
    """One line. ``begin`` is None where it has begun, ``end`` where it counts until further notice
    (000000T0000Z); ``real`` is False for tests and experiments."""

    action: str
    office: str
    code: str                # FFW: phenomenon and significance
    number: str
    begin: datetime | None
    end: datetime | None
    real: bool

    @property
    def ended(self) -> bool:
        """Whether the event is over."""
        return self.action in ENDS

    def key(self, year: int) -> str:
        """The event it speaks of; numbers begin anew each year."""
        return f"{self.office}.{self.code[:2]}.{self.code[2]}.{self.number}.{year}" \
            + ("" if self.real else ".test")


def lines(text: str) -> list[Vtec]:
    """Every line of a text, in its order. Raises ValueError for a time that is none."""
    return [Vtec(action, office, kind + significance, number, _instant(begin), _instant(end),
                 product == "O")
            for product, action, office, kind, significance, number, begin, end
            in _LINE.findall(text)]


def _instant(text: str) -> datetime | None:
    if text == "000000T0000Z":
        return None
    return datetime.strptime(text, "%y%m%dT%H%MZ").replace(tzinfo=UTC)
