"""Durations and instants as a scenario writes them; the base of all its shapes.

``90s 10m 1h30m`` is a duration. An instant is a duration from the scenario's start, a full
date-time with its offset, or ``09-16 06:00``: that day and hour in the start's year and zone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    TypeAdapter,
)

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_SHORT = re.compile(r"\d\d-\d\d \d\d:\d\d")
_LEAP_YEAR = "1904"
"""Any day of any year can be read with it."""


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?", value) or not value:
        raise ValueError("expected a duration such as 90s, 10m or 1h30m")
    return timedelta(seconds=sum(int(number) * _UNITS[unit]
                                 for number, unit in re.findall(r"(\d+)([dhms])", value)))


def _instant(value: Any) -> Any:
    if isinstance(value, str) and _SHORT.fullmatch(value):
        return datetime.strptime(f"{_LEAP_YEAR}-{value}", "%Y-%m-%d %H:%M")
    if isinstance(value, str) and "-" in value:
        return TypeAdapter(AwareDatetime).validate_python(value)
    return _duration(value)


Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(
    lambda span: f"{span.total_seconds():.0f}s", when_used="json")]
Instant = Annotated[timedelta | datetime, BeforeValidator(_instant)]


class Strict(BaseModel):
    """Unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def at(start: datetime, value: timedelta | datetime) -> datetime:
    """An instant as written, in UTC; ``start`` is the scenario's, with its own offset."""
    if isinstance(value, timedelta):
        return start.astimezone(UTC) + value
    if value.tzinfo is None:
        value = value.replace(year=start.year, tzinfo=start.tzinfo)
    return value.astimezone(UTC)
