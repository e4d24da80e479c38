"""The parts of a feed's entry: spans of time, titles, areas and points."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from fenghuo.documents.decimals import Number

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _span(value: object) -> object:
    """``90s``, ``5m``, ``2h``, ``1d`` as a timedelta."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([0-9]{1,5})([smhd])", value)
    if match is None:
        raise ValueError("a number and a unit: 90s, 5m, 2h, 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


Span = Annotated[timedelta, BeforeValidator(_span),
                 WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,5}[smhd]$"})]
Positive = Annotated[Span, Field(gt=timedelta(0))]


def _line(value: object) -> object:
    """A websocket's address, or a span as above."""
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{1,5}[smhd]", value):
        return _span(value)
    parts = urlsplit(value)
    if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.username or parts.password:
        raise ValueError("a websocket's address (wss://…), or how often it is asked: 5s")
    return value


Push = Annotated[timedelta | str, BeforeValidator(_line), WithJsonSchema(
    {"type": "string", "pattern": "^(wss?://.+|[0-9]{1,5}[smhd])$"})]


class Strict(BaseModel):
    """Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Title(Strict):
    """A feed's name as people read it."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Box(Strict):
    """A service area in degrees WGS84, borders inside."""

    south: Number = Field(ge=-90, le=90)
    west: Number = Field(ge=-180, le=180)
    north: Number = Field(ge=-90, le=90)
    east: Number = Field(ge=-180, le=180)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.south < self.north and self.west < self.east):
            raise ValueError("south below north and west of east")
        return self

    def holds(self, latitude: Number, longitude: Number) -> bool:
        """Whether a point lies in the area."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


class Point(Strict):
    """A place a forecast is asked for; ``point`` names its series. Degrees WGS84."""

    point: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    zh: str = Field(min_length=1, max_length=20)
    en: str = Field(min_length=1, max_length=40)
    latitude: Number = Field(ge=-90, le=90)
    longitude: Number = Field(ge=-180, le=180)
