"""The shape of a record, declared once and looked at as a whole: its object becomes a struct.

For records that come by the hundred: msgspec looks in a tenth of the time that one field after
another takes (``fields``), and a fault is named the same way.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, ValidationError, convert

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import (
    EARLIEST_MS,
    LATEST_MS,
    Faulty,
    in_area,
    instant,
    is_id,
    not_later,
    shown,
)

Shape = TypeVar("Shape", bound=Struct)

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
"""Degrees WGS84."""
Word = Annotated[str, Meta(min_length=1)]
Milliseconds = Annotated[int, Meta(ge=EARLIEST_MS, lt=LATEST_MS)]
"""Since the epoch."""

_SAID = re.compile(r"(?:Expected |Object missing required field )?(.*?)(?: - at `\$(.*)`)?",
                   re.DOTALL)
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


class Position(Struct, array_like=True, forbid_unknown_fields=True):
    """RFC 7946: degrees WGS84 and perhaps one number more, whose meaning is the format's."""

    longitude: Longitude
    latitude: Latitude
    height: Annotated[float, Meta(ge=-1e6, le=1e6)] | None = None


class Point(Struct):
    """The geometry of a place."""

    coordinates: Position


def shaped(value: Any, shape: type[Shape], place: str = "") -> Shape:
    """What stands in a place of a record, as its shape; what that does not name is left out.
    Raises Faulty."""
    try:
        return convert(value, shape)
    except ValidationError as error:
        raise _faulty(value, place, str(error)) from None


def position(point: Point, config: FeedConfig) -> tuple[float, float, float | None]:
    """Longitude, latitude and the third number of a ``geometry``. Raises Faulty for a place
    outside the feed's service area."""
    at = point.coordinates
    in_area(at.latitude, at.longitude, config, "geometry.coordinates")
    return at.longitude, at.latitude, at.height


def named(name: str, place: str) -> str:
    """An id: 1 to 200 printable characters. Raises Faulty."""
    if not is_id(name):
        raise Faulty(place, shown(name), "a text of 1 to 200 characters")
    return name


def timed(time: str | None, place: str) -> datetime:
    """An ISO 8601 time with its offset, in UTC. Raises Faulty."""
    at = instant(time)
    if at is None:
        raise Faulty(place, shown(time), "an ISO 8601 time with its offset")
    return at


def past(time: str, place: str, received: datetime) -> datetime:
    """Such a time, not later than it was received. Raises Faulty."""
    return not_later(timed(time, place), place, received)


def _faulty(value: Any, place: str, said: str) -> Faulty:
    """What msgspec found, in its place: ``Expected `float` <= 10.5 - at `$.magnitude```."""
    what = _SAID.fullmatch(said)
    assert what is not None
    expected, path = what[1].partition(", got ")[0].replace("`", ""), what[2] or ""
    if said.startswith("Object missing"):
        path, expected = f"{path}.{expected}", "something"
    elif said.startswith("Invalid enum"):
        expected = "a word that is known"
    for name, index in _STEP.findall(path):
        value = value[int(index)] if index else value.get(name)
    return Faulty(f"{place}{path}".removeprefix("."), shown(value), expected)
