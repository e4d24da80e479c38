"""Strings of a rule test to values: city times, places, verdicts.

Each raises ValueError whose text says what was expected; the file's reader adds the place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fenghuo.agreements.values import span_of
from fenghuo.clock import CITY
from fenghuo.words import Level

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_SPANS = r"\+[0-9]{1,6} ?[smhd]"
_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,6})?"
_POSITION = re.compile(rf"({_NUMBER})[, ] *({_NUMBER})")
_AWAY = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?) km (north|east|south|west) of ([a-z0-9][\w-]*)")
_TIERS = "|".join(Level)
_VERDICT = re.compile(rf"none|digest|(?:{_TIERS})(?: unknown)?")

INSTANT: dict[str, Any] = {"type": "string", "pattern": f"^{_INSTANT.pattern}$",
                           "examples": ["2026-06-08 06:00"]}
MOMENT: dict[str, Any] = {"type": "string", "pattern": f"^({_INSTANT.pattern}|{_SPANS})$",
                          "examples": ["+6h", "2026-06-08 12:00"]}
PLACE: dict[str, Any] = {"type": "string", "pattern": f"^({_POSITION.pattern}|{_AWAY.pattern})$",
                         "examples": ["22.23 112.27", "9.9 km north of gauge"]}
VERDICT: dict[str, Any] = {"type": "string", "pattern": f"^({_VERDICT.pattern})$"}


@dataclass(frozen=True, slots=True)
class Away:
    """A place so many km from another one of the test: a station, a point or a site."""

    km: float
    towards: str
    of: str


Place = Away | tuple[float, float]


def instant_of(value: Any) -> Any:
    """A city time such as ``2026-06-08 06:00``, aware."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).replace(tzinfo=CITY)
        except ValueError:
            pass
    raise ValueError("a city time such as 2026-06-08 06:00")


def moment_of(value: Any) -> Any:
    """A city time, or a span since the test's start: ``+6h``."""
    if isinstance(value, str) and value.startswith("+"):
        try:
            return span_of(value[1:])
        except ValueError:
            pass
    elif isinstance(value, str) and _INSTANT.fullmatch(value):
        return instant_of(value)
    raise ValueError("a city time such as 2026-06-08 06:00, or +6h from the test's start")


def at(moment: datetime | timedelta, starts: datetime) -> datetime:
    """The instant of a moment of a test."""
    return starts + moment if isinstance(moment, timedelta) else moment


def place_of(value: Any) -> Any:
    """Degrees north and east, or ``9.9 km north of gauge``."""
    if isinstance(value, str):
        found = _POSITION.fullmatch(value)
        if found:
            return float(found[1]), float(found[2])
        found = _AWAY.fullmatch(value)
        if found:
            return Away(float(found[1]), found[2], found[3])
    raise ValueError("degrees north and east such as 22.23 112.27, or 9.9 km north of a station, "
                     "point or site")


def verdict_of(value: Any) -> Any:
    """What a site has at a time: ``none``, ``digest``, a tier, ``yellow unknown``."""
    if isinstance(value, str) and _VERDICT.fullmatch(value):
        return value
    raise ValueError(f"one of none, {', '.join(Level)}, digest, or a tier that stays while "
                     "nothing is known: yellow unknown")
