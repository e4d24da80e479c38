"""One threshold of a rule: a statistic of a metric over a window, held against a limit.

Every value arrives as a string (documents.yaml) and is typed here: spans ``30m``, distances
``10 km``, plain decimals. Refused: unknown fields, exponents, NaN, thresholds without a number.
``at_least`` / ``above`` / ``at_most`` / ``below`` are the law's 以上 (includes) / 超过 /
以下 (includes) / 低于.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from fenghuo.agreements.values import (
    AMOUNT,
    CLOCK,
    DAY,
    DISTANCE,
    LIMIT,
    MONTH_DAY,
    POSTS,
    SPAN,
    amount_of,
    clock_of,
    day_of,
    distance_km,
    limit_of,
    post_of,
    season_day,
    span_of,
)
from fenghuo.documents.decimals import Number as Number
from fenghuo.documents.flags import Flag as Flag
from fenghuo.words.metrics import Metric

Span = Annotated[timedelta, BeforeValidator(span_of), WithJsonSchema(SPAN)]
Kilometres = Annotated[float, BeforeValidator(distance_km), WithJsonSchema(DISTANCE)]
Limit = Annotated[Any, BeforeValidator(limit_of), WithJsonSchema(LIMIT)]
"""A float; or as written the name of a mark (``station.warning``, ``site.stage``) or a return
period (``20-year``): ``values.mark_of`` and ``values.years_of`` read these."""
Amount = Annotated[tuple[float, str], BeforeValidator(amount_of), WithJsonSchema(AMOUNT)]
"""A number and its unit."""
Clock = Annotated[time, BeforeValidator(clock_of), WithJsonSchema(CLOCK)]
Day = Annotated[date, BeforeValidator(day_of), WithJsonSchema(DAY)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Post = Annotated[str, AfterValidator(post_of), WithJsonSchema({"enum": list(POSTS)})]
"""``site.deputy``, ``county.duty``: where, and which post there."""
MonthDay = Annotated[str, AfterValidator(season_day), WithJsonSchema(MONTH_DAY)]

COMPARISONS = ("at_least", "above", "at_most", "below")
UPWARD = ("at_least", "above")


class Strict(BaseModel):
    """A part of a file: unknown fields are refused, and what was read never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Statistic(StrEnum):
    """How a window of numbers becomes one."""

    sum = "sum"
    max = "max"
    mean = "mean"
    min = "min"
    last = "last"
    rise = "rise"          # newest less the first of the window
    drop = "drop"          # the first of the window less the newest
    duration = "duration"  # how long, in all, the numbers of the window are over the limit

    @property
    def windowed(self) -> bool:
        """Whether it needs a window; the newest value has none."""
        return self is not Statistic.last


class Condition(Strict):
    """Exactly one comparison, over a window or (none) of the newest value.

    ``metric`` and ``statistic`` are the rule's where they are not written. ``within`` with a mark
    counts from so far below it (above it, for ``at_most`` and ``below``). ``lasting`` is how long
    a ``duration`` must be, in all, within the window.
    """

    metric: Metric | None = None
    statistic: Statistic | None = None
    window: Span | None = None
    at_least: Limit | None = None
    above: Limit | None = None
    at_most: Limit | None = None
    below: Limit | None = None
    within: Amount | None = None
    lasting: Span | None = None

    @property
    def comparisons(self) -> dict[str, float | str]:
        """The comparisons written; a checked file has exactly one."""
        named = {name: getattr(self, name) for name in COMPARISONS}
        return {name: limit for name, limit in named.items() if limit is not None}

    @property
    def comparison(self) -> str:
        """``at_least``, ``above``, ``at_most`` or ``below``."""
        return next(iter(self.comparisons))

    @property
    def upward(self) -> bool:
        """Whether more is worse."""
        return self.comparison in UPWARD

    @property
    def limit(self) -> float | str:
        """The number, or the name of a mark or return period."""
        return next(iter(self.comparisons.values()))

    @property
    def offset(self) -> float:
        """What is added to the limit: ``within`` so far on the safe side of it."""
        if self.within is None:
            return 0.0
        return -self.within[0] if self.upward else self.within[0]


class TierSpec(Condition):
    """What gives a tier: one condition, or ``any`` or ``all`` of several."""

    any: Annotated[tuple[Condition, ...], Field(max_length=20)] = ()
    all: Annotated[tuple[Condition, ...], Field(max_length=20)] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions, a single one included."""
        return self.any or self.all or (self,)
