"""One rule of an agreement: what counts, when, where, and how a tier is left."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from fenghuo.agreements.conditions import (
    Clock,
    Condition,
    Day,
    Kilometres,
    MonthDay,
    Number,
    Span,
    Statistic,
    Strict,
    Text,
    TierSpec,
    Word,
)
from fenghuo.documents.decimals import Count
from fenghuo.words import Hazard, Level, RuleKind
from fenghuo.words.metrics import Metric


class Match(Strict):
    """Which signals a rule relays: a code of the table of event codes.

    ``scheme`` says whose code it is; a code of the national table (``gb``, GB/T 35561) matches
    every issuer's own code that the table holds to be the same.
    """

    event_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._;-]{0,39}$")]
    scheme: Word = "gb"


class Clear(Strict):
    """How a tier is left: below ``ratio`` x its threshold (1: below itself), ``held`` so long."""

    ratio: Annotated[Number, Field(gt=0, le=1)] = 1.0
    held: Span = timedelta(0)


class ReachBy(StrEnum):
    """Reach that is not a radius."""

    station = "station"  # sites whose controlling river station it is


class ReachSpec(Strict):
    """Where a measured finding reaches: exactly one of a radius in km or ``by: station``."""

    radius: Kilometres | None = None
    by: ReachBy | None = None


class Source(Strict):
    """Where a threshold stands, and how sure we are of it.

    ``verified``: the text was read; ``secondary``: a copy or report of it; ``unverified``: from
    memory or a sample agreement; ``proposed``: our own.
    """

    article: Text
    edition: Text | None = None
    confidence: Literal["verified", "secondary", "unverified", "proposed"]


class Season(Strict):
    """Days of the year on which a rule counts, both included; may run over New Year."""

    starts: MonthDay
    ends: MonthDay


class Hours(Strict):
    """The part of the city's day in which a rule counts, [starts, ends); may run over midnight."""

    starts: Clock
    ends: Clock


class Effective(Strict):
    """The city days on which this edition of a rule counts, both included; none: without end.

    A rule's id may stand several times in an agreement, once for each of its editions.
    """

    starts: Day | None = None
    ends: Day | None = None


class Corroboration(Strict):
    """The second word that a measured tier needs from ``tier`` up (practice.md 5.8): so many
    ``readings`` one after the other, or a ``neighbour`` within ``radius`` at that share of the
    threshold."""

    tier: Level = Level.orange
    readings: Annotated[Count, Field(ge=1, le=12)] = 2
    neighbour: Annotated[Number, Field(gt=0, le=1)] = 0.7
    radius: Kilometres = 10.0


class Lowered(Strict):
    """A chain: after an earthquake felt at the station with at least this intensity, for
    ``lasting`` every limit counts ``ratio`` times itself."""

    after: Literal["earthquake"]
    at_least: Number
    lasting: Span
    ratio: Annotated[Number, Field(gt=0, lt=1)]


class Foreign(Strict):
    """What a foreign source's word alone reaches. How long it waits stands in ``feeds.yaml``."""

    at_least: Number


class Rule(Strict):
    """One threshold clause."""

    id: Word
    hazard: Hazard
    kind: RuleKind
    effective: Effective | None = None
    match: Match | None = None                    # signal
    levels: tuple[Level, ...] = ()                # signal: relayed; others are no_release
    unlevelled: Level | None = None               # signal: tier of one that names no level
    metric: Metric | None = None                  # observed, forecast, event
    statistic: Statistic = Statistic.last
    tiers: dict[Level, TierSpec] = Field(default_factory=dict)
    digest: TierSpec | None = None                # below every tier: told in no text of its own
    clear: Clear = Clear()
    corroboration: Corroboration | None = None    # observed; none written: the house's, for rain
    lowered: Lowered | None = None                # observed, forecast
    reach: ReachSpec | None = None
    stricter: dict[Word, Annotated[Count, Field(ge=1, le=4)]] = Field(default_factory=dict)
    season: Season | None = None
    hours: Hours | None = None
    foreign: Foreign | None = None
    lead: Span | None = None                      # forecast, wind: how far ahead it counts
    source: Source

    @property
    def given(self) -> tuple[Level, ...]:
        """Every level or tier this rule can give before ``stricter``, ascending."""
        levels = set(self.levels) if self.kind is RuleKind.signal else set(self.tiers)
        levels |= {self.unlevelled} if self.unlevelled else set()
        return tuple(sorted(levels, key=lambda level: level.rank))

    def metric_of(self, condition: Condition) -> Metric | None:
        """What a condition of this rule is about."""
        return condition.metric or self.metric

    def statistic_of(self, condition: Condition) -> Statistic:
        """How a condition of this rule makes one number of its window."""
        return condition.statistic or self.statistic

    @property
    def second_word(self) -> Corroboration | None:
        """What confirms its graver tiers: as written, else the house's own for rain gauges."""
        if self.corroboration is None and (self.kind, self.metric) == (
                RuleKind.observed, Metric.rain):
            return Corroboration()
        return self.corroboration

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric that its tiers ask for, its own first."""
        asked = [self.metric, *(self.metric_of(condition) for spec in self.tiers.values()
                                for condition in spec.conditions)]
        return tuple(dict.fromkeys(metric for metric in asked if metric is not None))
