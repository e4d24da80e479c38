"""Strings to values: spans, distances, plain decimals, marks, posts, days of the year.

Each raises ValueError whose text says what was expected; the file's reader adds the place.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from fenghuo.contacts import OFFICE_POSTS, OFFICES, SITE_POSTS

SPAN: dict[str, Any] = {"type": "string", "pattern": "^[0-9]+ ?(s|m|h|d)$"}
DISTANCE: dict[str, Any] = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(km|m)$"}
MARKS = ("station.warning", "station.guarantee", "station.record", "site.stage")
LIMIT: dict[str, Any] = {"anyOf": [{"type": "number"}, {"enum": list(MARKS)}]}

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
_SPAN = re.compile(r"([0-9]{1,6}) ?([smhd])")
_DISTANCE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(km|m)")


def number_of(value: Any) -> Any:
    """A plain decimal; no exponent, no NaN, no infinity."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise ValueError("a plain decimal number such as 50 or 4.5")
        return float(value)
    return value


def span_of(value: Any) -> Any:
    """A span: a whole number of s, m, h or d."""
    if isinstance(value, timedelta):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a span such as 30m, 6h or 2d")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def distance_km(value: Any) -> Any:
    """A distance in km (``10 km``) or m, as km."""
    found = _DISTANCE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a distance such as 10 km or 800 m")
    return float(found[1]) / (1 if found[2] == "km" else 1000)


def limit_of(value: Any) -> Any:
    """A plain decimal, or the name of a mark of the station or the site."""
    if value in MARKS:
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    raise ValueError(f"a plain decimal number or one of {', '.join(MARKS)}")


def yes_no(value: Any) -> Any:
    """``yes`` or ``no``, nothing that YAML dialects read differently."""
    if value in ("yes", "no"):
        return value == "yes"
    raise ValueError("yes or no")


def post_of(value: str) -> str:
    """``site.deputy``, ``county.duty`` or ``city.duty``."""
    place, _, post = value.partition(".")
    if (place == "site" and post in SITE_POSTS) or (place in OFFICES and post in OFFICE_POSTS):
        return value
    known = [f"site.{post}" for post in SITE_POSTS]
    known += [f"{office}.{post}" for office in OFFICES for post in OFFICE_POSTS]
    raise ValueError(f"one of {', '.join(known)}")


def season_day(value: str) -> str:
    """A day of the year as MM-DD; 29 February is allowed."""
    try:
        date.fromisoformat(f"2024-{value}")
    except ValueError:
        raise ValueError("a day of the year such as 10-01") from None
    return value
