"""The parts of a feed's entry: spans of time, titles, areas, points, and a table's columns."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from fenghuo.documents.decimals import Number
from fenghuo.words import metrics as words

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


def _measured(value: str) -> str:
    if value not in words.MEASURED:
        raise ValueError(f"one of {', '.join(words.MEASURED)}")
    return value


Measured = Annotated[str, AfterValidator(_measured)]


class Metric(Strict):
    """One number of a table's row: its column, plausible range and the time it covers.

    ``value × scale`` is the metric's unit (stage m, rain mm). ``span`` is the time an amount
    covers, 0 for what is read at an instant. ``where``/``equals``: in a long table, the column
    that names the metric of a row.
    """

    metric: Measured
    column: str = Field(min_length=1)
    least: Number
    most: Number
    scale: Number = Field(default=1.0, gt=0)
    span: Span = timedelta(0)
    where: str | None = None
    equals: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.least >= self.most:
            raise ValueError("least below most")
        if (self.where is None) != (self.equals is None):
            raise ValueError("where and equals together")
        if words.Metric(self.metric).summed != (self.span > timedelta(0)):
            raise ValueError("a span for rain and snow (the time a sum covers), none for others")
        return self


class Table(Strict):
    """How a table's columns are read. JSON columns and ``rows`` may be dotted paths."""

    kind: Literal["csv", "json", "xlsx"]
    rows: str = ""
    subject: str = Field(min_length=1)
    time: str = Field(min_length=1)
    zone: str | None = None
    step: Positive
    missing: tuple[str, ...] = ("",)
    metrics: tuple[Metric, ...] = Field(min_length=1)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError("a time zone of the IANA list, as Asia/Shanghai")
        return zone

    @field_validator("metrics")
    @classmethod
    def _once(cls, metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
        keys = [(metric.metric, metric.equals) for metric in metrics]
        if len(set(keys)) < len(keys):
            raise ValueError("each metric mapped once")
        return metrics

    @property
    def timezone(self) -> ZoneInfo | None:
        """The zone of times written without an offset, None where those are refused."""
        return ZoneInfo(self.zone) if self.zone else None


class Point(Strict):
    """A place a forecast is asked for; ``point`` names its series. Degrees WGS84."""

    point: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")
    zh: str = Field(min_length=1, max_length=20)
    en: str = Field(min_length=1, max_length=40)
    latitude: Number = Field(ge=-90, le=90)
    longitude: Number = Field(ge=-180, le=180)
