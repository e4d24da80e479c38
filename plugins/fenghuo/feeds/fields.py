"""One record of a payload, read field by field; each fault names its place.

A record is a dict of JSON, a row of a table by its column names, or the texts of an XML element.
Nothing is guessed: a number in quotes is read only by ``decimal``, a time without an offset only
where its zone is stated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeGuard

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE
from fenghuo.feeds.strict_json import Fault
from fenghuo.words import Refusal

EARLIEST_MS, LATEST_MS = 100_000_000_000, 10_000_000_000_000
"""March 1973 to 2286 in ms: anything below is seconds sent for milliseconds."""

_NUMBERS = frozenset((int, float))
"""What JSON calls a number; ``bool`` is none."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND, _SECOND = timedelta(milliseconds=1), timedelta(seconds=1)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)

_DECIMAL = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})")

_MINUTE_OF_60 = re.compile(r"(.*\d\d:\d\d):60((?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)", re.ASCII)


class Faulty(Exception):
    """A record's fault: its place within the record, what was found, what was expected."""

    def __init__(self, place: str, found: str, expected: str) -> None:
        super().__init__(place, found, expected)
        self.place, self.found, self.expected = place, found, expected

    def refusal(self, source: str, record: str) -> Refusal:
        """The refusal of a record, named as ``features[3]``, of a feed."""
        place = ".".join(part for part in (record, self.place) if part)
        return Refusal(source, place, self.found, self.expected)


def shown(value: Any) -> str:
    """A value as a refusal shows it."""
    return "nothing" if value is None else repr(value)[:80]


def printable(text: str, longest: int = 300) -> str:
    """A text without control characters, cut at its longest."""
    if text.isprintable():
        return text[:longest]
    return "".join(filter(str.isprintable, text[:longest + 80]))[:longest]


def cleaned(text: str | None, longest: int = 300) -> str:
    """A text trimmed, printable and cut at its longest; empty for none."""
    return printable(text.strip(), longest) if text else ""


@dataclass(slots=True)
class Fields:
    """A record's fields. ``place`` is where it stands in its record, empty at the top. Every
    reader raises Faulty for what is not there, not of its kind or out of its range."""

    values: Mapping[str, Any]
    place: str = ""

    @classmethod
    def of(cls, value: Any, place: str = "") -> Fields:
        """The fields of an object. Raises Faulty for anything else."""
        if type(value) is not dict and not isinstance(value, Mapping):
            raise Faulty(place, shown(value), "an object")
        return cls(value, place)

    def at(self, key: str) -> str:
        """The place of a field."""
        return f"{self.place}.{key}" if self.place else key

    def fault(self, key: str, expected: str) -> Faulty:
        """The fault of a field as it stands."""
        value = self.values.get(key)
        if isinstance(value, Fault):  # what JSON does not have says more than what was wanted
            return Faulty(self.at(key), value.found, value.expected)
        return Faulty(self.at(key), shown(value), expected)

    def inner(self, key: str) -> Fields:
        """The object in a field."""
        place = f"{self.place}.{key}" if self.place else key
        value = self.values.get(key)
        return Fields(value, place) if type(value) is dict else Fields.of(value, place)

    def rows(self, key: str) -> list[Any]:
        """The list in a field, whatever stands in it."""
        value = self.values.get(key)
        if not isinstance(value, list):
            raise self.fault(key, "a list")
        return value

    def has(self, key: str) -> bool:
        """Whether a field says anything: neither absent, null nor an empty text."""
        return self.values.get(key) not in (None, "")

    def number(self, key: str, least: float, most: float) -> float:
        """A finite number of JSON from least to most."""
        value: Any = self.values.get(key)
        if type(value) not in _NUMBERS or not least <= value <= most:
            raise self.fault(key, f"a number from {least} to {most}")
        return float(value)

    def decimal(self, key: str, least: float, most: float, unit: str = "") -> float:
        """A number written out, as ``"3.5"``; with ``unit`` as ``"10 km"``. One of JSON is read
        too where no unit is due."""
        value = self.values.get(key)
        if not unit and not isinstance(value, str):
            return self.number(key, least, most)
        word = value.strip() if isinstance(value, str) else ""
        digits = word[:len(word) - len(unit)]
        found = decimal(digits) if word.lower().endswith(unit.lower()) else None
        if found is None or not least <= found <= most:
            raise self.fault(key, f"a number from {least} to {most}{' ' if unit else ''}{unit}")
        return found

    def text(self, key: str, optional: bool = False, longest: int = 300) -> str:
        """A text, printable and cut at its longest; empty only where it is optional."""
        value = self.values.get(key)
        if optional and value is None:
            return ""
        word = value.strip() if isinstance(value, str) else None
        if word is None or not (word or optional):
            raise self.fault(key, "a text")
        return printable(word, longest)

    def id(self, key: str) -> str:
        """An id of 1 to 200 printable characters, whatever they are: never cut."""
        value = self.values.get(key)
        if not is_id(value):
            raise self.fault(key, "a text of 1 to 200 characters")
        return value

    def milliseconds(self, key: str) -> datetime:
        """An instant as whole milliseconds since the epoch."""
        value = self.values.get(key)
        if type(value) is not int or not EARLIEST_MS <= value < LATEST_MS:
            raise self.fault(key, "milliseconds since the epoch")
        return EPOCH + value * MILLISECOND

    def instant(self, key: str, zone: tzinfo | None = None) -> datetime:
        """An ISO 8601 time in UTC. One without an offset is of ``zone``, and refused where none
        is stated; of two such hours (clocks set back) the first. A second 60 is the next
        minute's first."""
        at = instant(self.values.get(key), zone)
        if at is None:
            raise self.fault(key, "an ISO 8601 time" if zone else
                             "an ISO 8601 time with its offset")
        return at

    def past(self, key: str, at: datetime, received: datetime) -> datetime:
        """The instant of a field, unless it is later than we received it (5 min are allowed to
        the issuer's clock)."""
        return not_later(at, self.at(key), received)


def not_later(at: datetime, place: str, received: datetime) -> datetime:
    """The instant of a place, as ``Fields.past``."""
    if at > received + FUTURE:
        raise Faulty(place, at.isoformat(), NO_FUTURE)
    return at


def decimal(value: Any) -> float | None:
    """A number of JSON, or one written out; None for anything else."""
    if isinstance(value, str):
        word = value.strip()
        return float(word) if _DECIMAL.fullmatch(word) else None
    return float(value) if type(value) in _NUMBERS and math.isfinite(value) else None


def instant(value: Any, zone: tzinfo | None = None) -> datetime | None:
    """A text as ``Fields.instant`` reads it; None for anything else."""
    if not isinstance(value, str) or not 16 <= len(value) <= 40:
        return None
    sixty = _MINUTE_OF_60.fullmatch(value) if ":60" in value else None
    try:
        at = datetime.fromisoformat(f"{sixty[1]}:59{sixty[2]}" if sixty else value)
        if at.tzinfo is None:
            if zone is None:
                return None
            at = at.replace(tzinfo=zone)
        at = at.astimezone(UTC) + _SECOND if sixty else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= _EARLIEST else None


def is_id(value: object) -> TypeGuard[str]:
    """Whether a value may be an id: 1 to 200 printable characters."""
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()


def in_area(latitude: float, longitude: float, config: FeedConfig, place: str) -> None:
    """Raises Faulty for 0, 0 (null island) and for a point outside the feed's service area."""
    if longitude == 0 and latitude == 0:
        raise Faulty(place, "0, 0", "a place")
    if config.area is not None and not config.area.holds(latitude, longitude):
        raise Faulty(place, f"lat {latitude}, lon {longitude}",
                     "a place in the service area (coordinates swapped?)")


def degrees(fields: Fields, latitude: str, longitude: str,
            config: FeedConfig) -> tuple[float, float]:
    """Latitude and longitude out of two fields, in degrees WGS84."""
    found = fields.decimal(latitude, -90, 90), fields.decimal(longitude, -180, 180)
    in_area(*found, config, fields.at(latitude))
    return found
