"""What an agreement file may say: pydantic models of ``rules/agreements/*.yaml``.

Every value arrives as a string (documents.yaml) and is typed here: spans ``30m``, distances
``10 km``, plain decimals. Refused: unknown fields, exponents, NaN, thresholds without a number.
``at_least`` / ``above`` / ``at_most`` / ``below`` are the law's 以上 (includes) / 超过 /
以下 (includes) / 低于.
"""

from __future__ import annotations

from datetime import date, timedelta
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
    DISTANCE,
    LIMIT,
    SPAN,
    distance_km,
    limit_of,
    number_of,
    post_of,
    season_day,
    span_of,
    yes_no,
)
from fenghuo.words import Channel, Hazard, Level, RuleKind

Span = Annotated[timedelta, BeforeValidator(span_of), WithJsonSchema(SPAN)]
Kilometres = Annotated[float, BeforeValidator(distance_km), WithJsonSchema(DISTANCE)]
Number = Annotated[float, BeforeValidator(number_of)]
Limit = Annotated[Any, BeforeValidator(limit_of), WithJsonSchema(LIMIT)]
"""A float, or the name of a mark: ``station.warning``, ``site.stage`` …"""
Flag = Annotated[bool, BeforeValidator(yes_no), WithJsonSchema({"enum": ["yes", "no"]})]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Post = Annotated[str, AfterValidator(post_of)]
"""``site.deputy``, ``county.duty``: where, and which post there."""
MonthDay = Annotated[str, AfterValidator(season_day)]


class Statistic(StrEnum):
    """How a window of numbers becomes one."""

    sum = "sum"
    max = "max"
    min = "min"
    last = "last"
    rise = "rise"  # newest less the first of the window


class Metric(StrEnum):
    """What is measured or computed."""

    rain = "rain"
    stage = "stage"
    gust = "gust"
    wind = "wind"  # of a cyclone: the areas where it blows at least 30 and 50 kt
    intensity = "intensity"

    @property
    def unit(self) -> str:
        """The unit as texts print it: rain mm, stage m, gust m/s, wind kt, intensity 度."""
        return {"rain": "mm", "stage": "m", "gust": "m/s", "wind": "kt",
                "intensity": "度"}[self.value]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A name in both languages."""

    zh: Text
    en: Text


class Party(_Strict):
    """A bureau: what it is called now, and as what it signed."""

    now: Text
    signed_as: Text | None = None
    en: Text | None = None                       # for texts in English


class Parties(_Strict):
    """Who agreed."""

    bureau: Party
    partner: Party


class SignedDocument(_Strict):
    """The proof that an agreement is signed; needed before anything real is sent under it."""

    number: Text
    date: date
    scan_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class TierSpec(_Strict):
    """One threshold: exactly one comparison, over a window or (none) of the newest value."""

    window: Span | None = None
    at_least: Limit | None = None
    above: Limit | None = None
    at_most: Limit | None = None
    below: Limit | None = None

    @property
    def comparisons(self) -> dict[str, float | str]:
        """The comparisons written; a checked file has exactly one."""
        named = {"at_least": self.at_least, "above": self.above,
                 "at_most": self.at_most, "below": self.below}
        return {name: limit for name, limit in named.items() if limit is not None}

    @property
    def comparison(self) -> str:
        """``at_least``, ``above``, ``at_most`` or ``below``."""
        return next(iter(self.comparisons))

    @property
    def limit(self) -> float | str:
        """The number, or the name of a mark."""
        return next(iter(self.comparisons.values()))


class Match(_Strict):
    """Which signals a rule relays: the five-character event code of the table in GB/T 35561."""

    event_code: Annotated[str, StringConstraints(pattern=r"^1[1-4][A-Z][0-9]{2}$")]


class Clear(_Strict):
    """How a tier is left: below ``ratio`` x its threshold (1: below itself), ``held`` so long."""

    ratio: Annotated[Number, Field(gt=0, le=1)] = 1.0
    held: Span = timedelta(0)


class ReachBy(StrEnum):
    """Reach that is not a radius."""

    station = "station"  # sites whose controlling river station it is


class ReachSpec(_Strict):
    """Where a measured finding reaches: exactly one of a radius in km or ``by: station``."""

    radius: Kilometres | None = None
    by: ReachBy | None = None


class Source(_Strict):
    """Where a threshold stands, and how sure we are of it."""

    article: Text
    edition: Text | None = None
    confidence: Annotated[str, StringConstraints(pattern="^(verified|secondary|unverified)$")]


class Season(_Strict):
    """Days of the year on which a rule counts, both included; may run over New Year."""

    starts: MonthDay
    ends: MonthDay


class Foreign(_Strict):
    """What a foreign source's word alone reaches. How long it waits stands in ``feeds.yaml``."""

    at_least: Number


class Rule(_Strict):
    """One threshold clause."""

    id: Word
    hazard: Hazard
    kind: RuleKind
    match: Match | None = None                    # signal
    levels: tuple[Level, ...] = ()                # signal: relayed; others are no_release
    unlevelled: Level | None = None               # signal: tier of one that names no level
    metric: Metric | None = None                  # observed, forecast, event
    statistic: Statistic = Statistic.last
    tiers: dict[Level, TierSpec] = Field(default_factory=dict)
    digest: TierSpec | None = None                # below every tier: told in no text of its own
    clear: Clear = Clear()
    reach: ReachSpec | None = None
    stricter: dict[Word, Annotated[int, Field(ge=1, le=4)]] = Field(default_factory=dict)
    season: Season | None = None
    foreign: Foreign | None = None
    lead: Span | None = None                      # forecast, wind: how far ahead it counts
    source: Source

    @property
    def given(self) -> tuple[Level, ...]:
        """Every level or tier this rule can give before ``stricter``, ascending."""
        levels = set(self.levels) if self.kind is RuleKind.signal else set(self.tiers)
        levels |= {self.unlevelled} if self.unlevelled else set()
        return tuple(sorted(levels, key=lambda level: level.rank))


class Release(_Strict):
    """Who is told at a tier, and by what."""

    tell: Annotated[tuple[Post, ...], Field(min_length=1)]
    by: Annotated[tuple[Channel, ...], Field(min_length=1)]


class MeasuresDue(_Strict):
    """When measures must be reported, from the revision's commit."""

    started: Span | None = None
    done: Span


class LadderRung(_Strict):
    """What happens ``after`` so long without an answer."""

    after: Span
    to: Post
    by: Channel


class Feedback(_Strict):
    """The duty to answer at a tier. A tier without one owes no answer."""

    answer: Span
    measures: MeasuresDue | None = None
    ladder: Annotated[tuple[LadderRung, ...], Field(min_length=1)]


class Agreement(_Strict):
    """One file of ``rules/agreements``."""

    agreement: Word
    title: Title
    signed: Flag
    document: SignedDocument | None = None
    parties: Parties
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    release: dict[Level, Release]
    feedback: dict[Level, Feedback]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an agreement file, for editors (values as they are written)."""
    return Agreement.model_json_schema()
