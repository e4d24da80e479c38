"""How a bureau's table is read: which column is what, in which unit, zone and words.

A *field* is what we call a thing, a *column* what the table calls it. ``constants`` say a field
that no column says; ``values`` turn a field's words into ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, field_validator, model_validator

from fenghuo.documents.decimals import Count, Number
from fenghuo.feeds.entry_parts import Positive, Span, Strict
from fenghuo.feeds.units import factor
from fenghuo.words import metrics as words

Column = Annotated[str, Field(min_length=1, max_length=100)]
Words = Annotated[str, Field(min_length=1, max_length=200)]


def _measured(value: str) -> str:
    if value not in words.MEASURED:
        raise ValueError(f"one of {', '.join(words.MEASURED)}")
    return value


def _format(value: str) -> str:
    noon = datetime(2026, 11, 28, 13)
    try:
        same = datetime.strptime(noon.strftime(value), value) == noon
    except ValueError:
        same = False
    if not same:
        raise ValueError("a day and an hour at least, as %Y/%m/%d %H:%M")
    return value


class Sheet(Strict):
    """What every table says of itself. JSON columns and ``rows`` may be dotted paths; ``head`` is
    the row of the column names; ``time_format`` as Python's strptime has it, none: ISO 8601."""

    MAPPED: ClassVar[tuple[str, ...]] = ()
    NEEDED: ClassVar[tuple[str, ...]] = ()

    kind: Literal["csv", "json", "xlsx"]
    rows: str = ""
    sheet: str | None = None
    head: Count = Field(default=1, ge=1, le=20)
    zone: str | None = None
    time_format: Annotated[str, AfterValidator(_format)] | None = None
    missing: tuple[str, ...] = ("",)
    constants: dict[str, Words] = Field(default_factory=dict)
    values: dict[str, dict[str, Words]] = Field(default_factory=dict)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            raise ValueError("a time zone of the IANA list, as Asia/Shanghai")
        return zone

    @model_validator(mode="after")
    def _mapped(self) -> Self:
        for name in (*self.constants, *self.values):
            if name not in self.MAPPED:
                raise ValueError(f"constants and values of {', '.join(self.MAPPED)}")
        for name in self.MAPPED:
            if name in self.constants and getattr(self, name) is not None:
                raise ValueError(f"{name} as a column or as a constant, not both")
        for name in self.NEEDED:
            if name not in self.constants and getattr(self, name) is None:
                raise ValueError(f"{name}: its column, or what it always is in constants")
        if (self.kind != "json" and self.rows) or (self.kind != "xlsx" and self.sheet):
            raise ValueError("rows for json, sheet for xlsx, and only there")
        return self

    @property
    def timezone(self) -> ZoneInfo | None:
        """The zone of times written without an offset, None where those are refused."""
        return ZoneInfo(self.zone) if self.zone else None

    @property
    def columns(self) -> list[str]:
        """Every column it reads, each once."""
        return list(dict.fromkeys(getattr(self, name) for name in self.MAPPED
                                  if getattr(self, name) is not None))


class Metric(Strict):
    """One number of a row: its column, plausible range and the time it covers.

    ``unit`` is the column's, none: ours (stage m, rain mm); ``least`` and ``most`` are in ours.
    ``span`` is the time an amount covers, 0 for what is read at an instant. ``where``/``equals``:
    in a long table, the column that names the metric of a row.
    """

    metric: Annotated[str, AfterValidator(_measured)]
    column: Column
    least: Number
    most: Number
    unit: str = ""
    span: Span = timedelta(0)
    where: str | None = None
    equals: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.least >= self.most:
            raise ValueError("least below most")
        if (self.where is None) != (self.equals is None):
            raise ValueError("where and equals together")
        factor(words.Metric(self.metric), self.unit)
        return self

    @property
    def scale(self) -> float:
        """How many of our unit one of the column's is."""
        return factor(words.Metric(self.metric), self.unit)


def _once(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    keys = [(metric.metric, metric.equals) for metric in metrics]
    if len(set(keys)) < len(keys):
        raise ValueError("each metric mapped once")
    return metrics


Metrics = Annotated[tuple[Metric, ...], Field(min_length=1), AfterValidator(_once)]


class Numbers(Sheet):
    """A table of numbers: ``metrics`` are its columns of them, ``step`` the time between two."""

    step: Positive
    metrics: Metrics

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys([*super().columns, *(
            one for metric in self.metrics for one in (metric.column, metric.where) if one)]))
