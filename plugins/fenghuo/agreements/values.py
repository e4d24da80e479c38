"""Strings to values: spans, distances, plain decimals, marks, posts, days of the year.

Each raises ValueError whose text says what was expected; the file's reader adds the place.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

from fenghuo.contacts import OFFICE_POSTS, OFFICES, SITE_POSTS
from fenghuo.documents.decimals import number_of
from fenghuo.documents.nearest import one_of

SPAN: dict[str, Any] = {"type": "string", "pattern": "^[0-9]+ ?(s|m|h|d)$"}
DISTANCE: dict[str, Any] = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(km|m)$"}
_MARK_PATTERN = r"(station|site)\.[a-z][a-z0-9_]{0,39}"
_YEARS_PATTERN = r"[1-9][0-9]{0,3}-year"
LIMIT: dict[str, Any] = {"anyOf": [
    {"type": "number"},
    {"type": "string", "pattern": f"^({_MARK_PATTERN}|{_YEARS_PATTERN})$"}]}
AMOUNT: dict[str, Any] = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(m³/s|m|mm)$"}
CLOCK: dict[str, Any] = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
DAY: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
MONTH_DAY: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"}
POSTS = (*(f"site.{post}" for post in SITE_POSTS),
         *(f"{office}.{post}" for office in OFFICES for post in OFFICE_POSTS))

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"([0-9]{1,6}) ?([smhd])")
_DISTANCE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(km|m)")
_AMOUNT = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(m³/s|mm|m)")
_MARK = re.compile(_MARK_PATTERN)
_YEARS = re.compile(_YEARS_PATTERN)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def span_of(value: Any) -> Any:
    """A span: a whole number of s, m, h or d."""
    if isinstance(value, timedelta):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a span such as 30m, 6h or 2d")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def span_said(span: timedelta) -> str:
    """A span as it is written: ``30m``, ``24h``, ``15d``."""
    seconds = int(span.total_seconds())
    days = seconds % 86400 == 0 and seconds > 3 * 86400
    return next(f"{seconds // size}{unit}" for unit, size, fits in (
        ("d", 86400, days), ("h", 3600, seconds % 3600 == 0), ("m", 60, seconds % 60 == 0),
        ("s", 1, True)) if fits)


def distance_km(value: Any) -> Any:
    """A distance in km (``10 km``) or m, as km."""
    found = _DISTANCE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a distance such as 10 km or 800 m")
    return float(found[1]) / (1 if found[2] == "km" else 1000)


def limit_of(value: Any) -> Any:
    """A plain decimal, the name of a mark (``station.warning``, ``site.stage``) or a return
    period (``20-year``), which stay words."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        if _MARK.fullmatch(value) or _YEARS.fullmatch(value):
            return value
        try:
            return number_of(value)
        except ValueError:
            pass
    raise ValueError("a plain decimal number in the metric's unit, a mark such as "
                     "station.warning or site.stage, or a return period such as 20-year")


def years_of(limit: float | str) -> int | None:
    """The years of a return period (20 for ``20-year``), None for any other limit."""
    if not isinstance(limit, str) or not _YEARS.fullmatch(limit):
        return None
    return int(limit.removesuffix("-year"))


def mark_of(limit: float | str) -> tuple[str, str] | None:
    """The table (``station`` or ``site``) and column of a mark, None for any other limit."""
    if not isinstance(limit, str) or not _MARK.fullmatch(limit):
        return None
    table, _, column = limit.partition(".")
    return table, column


def amount_of(value: Any) -> Any:
    """An amount with its unit, ``0.5 m``: the number and the unit."""
    if isinstance(value, tuple):
        return value
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("an amount with its unit such as 0.5 m")
    return float(found[1]), found[2]


def clock_of(value: Any) -> Any:
    """An hour of the city's day, ``22:00``."""
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a time of day such as 07:00 or 22:30")
    return time(int(found[1]), int(found[2]))


def day_of(value: Any) -> Any:
    """A day, ``2019-01-01``."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("a day such as 2019-01-01")


post_of = one_of(*POSTS)
"""``site.deputy``, ``county.duty`` or ``city.duty``."""


def season_day(value: str) -> str:
    """A day of the year as MM-DD; 29 February is allowed."""
    try:
        date.fromisoformat(f"2024-{value}")
    except ValueError:
        raise ValueError("a day of the year such as 10-01") from None
    return value
