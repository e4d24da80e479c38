"""Text products as the US National Weather Service sends them, one behind the other.

Each begins with a heading, ``WGUS51 KOKX 091611`` (a correction ``… CCA``): bulletin, office, day,
hour and minute of its issue in UTC. Month and year stand in the line of its date, ``1211 PM EDT Sun
Jul 9 2023``, which is local: the day of the heading is the one nearest to it. Format: NWS
Instruction 10-1701, https://www.nws.noaa.gov/directives/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fenghuo.words import Refusal, Refused

_HEADING = re.compile(r"^[A-Z]{4}\d{1,2} ([A-Z]{4}) (\d{2})(\d{2})(\d{2})(?: [A-Z]{3})?[ \r]*$",
                      re.MULTILINE)
_DATE = re.compile(r"^.{0,60}\b(?:SUN|MON|TUE|WED|THU|FRI|SAT)[A-Z]{0,6} ([A-Z]{3})[A-Z]{0,6}"
                   r" (\d{1,2}),? (\d{4})\b", re.MULTILINE | re.IGNORECASE)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NO_TITLE = ("/", "BULLETIN", "URGENT", "FLASH - ")
MOST = 200


@dataclass(frozen=True, slots=True)
class Product:
    """One product. ``issued`` aware UTC; ``text`` is all of it behind the heading."""

    name: str                # WGUS51 KOKX 091611
    office: str
    issued: datetime
    text: str

    @property
    def title(self) -> str:
        """Its first line of words: ``Flash Flood Warning``."""
        lines = [line.strip() for line in self.text.splitlines()]
        words = [line for line in lines if " " in line and not line.startswith(_NO_TITLE)]
        return words[0][:300] if words else self.name


def products(source: str, text: str) -> list[Product]:
    """The products of a payload. Raises Refused where there is none or a date is none."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f]", "", text.replace("\r\n", "\n"))
    heads = list(_HEADING.finditer(text))
    if not 0 < len(heads) <= MOST:
        raise Refused([Refusal(source, "1:1", text[:80].strip() or "nothing",
                               f"1 to {MOST} headings: WGUS51 KOKX 091611")])
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [_product(source, head, text[head.end():end])
            for head, end in zip(heads, ends, strict=True)]


def date_of(text: str) -> datetime | None:
    """Midnight, as if of UTC, of the date in a text's line of its date; None where it has none."""
    date = _DATE.search(text)
    try:
        return datetime(int(date[3]), _MONTHS.index(date[1].upper()) + 1, int(date[2]),
                        tzinfo=UTC) if date else None
    except ValueError:
        return None


def _product(source: str, head: re.Match[str], text: str) -> Product:
    name, date = head[0].strip(), date_of(text)
    try:
        if date is None:
            raise ValueError
        local = date.replace(hour=int(head[3]), minute=int(head[4]))
        issued = next(at for at in (local + timedelta(days=days) for days in (0, 1, -1))
                      if at.day == int(head[2]))
    except (ValueError, StopIteration, OverflowError):
        raise Refused([Refusal(source, name, date.date().isoformat() if date else "no date",
                               "a date beside the day of its heading")]) from None
    return Product(name, head[1], issued, text)
