"""What one notice has to say, before it is words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from fenghuo.notices.leads import Lead
from fenghuo.notices.procedure import Procedure
from fenghuo.words import Ended, Hazard, Level, Measures, Reason


class Kind(StrEnum):
    """Kinds of letters, the gravest first: a notice of several is of the first."""

    tell = "tell"
    lowered = "lower"
    lapse = "lapse"
    retract = "retract"
    cancel = "cancel"
    left = "left"
    rung = "rung"
    calls = "calls"
    remind = "remind"    # a measure is not reported
    overdue = "overdue"  # and its county is told
    visit = "visit"      # somebody must go there

    @classmethod
    def of_change(cls, change: str, ended: str) -> Kind:
        """The kind for a site's change and the word its evidence ended with."""
        if change == "lowered":
            return cls.lowered
        return {Ended.lapsed.value: cls.lapse, Ended.retracted.value: cls.retract,
                Ended.cancelled.value: cls.cancel, Ended.cleared.value: cls.cancel}.get(
                    ended, cls.left)

    @property
    def reason(self) -> Reason:
        """Why such a letter is written, where its obligations do not say it better."""
        return {Kind.lowered: Reason.downgraded, Kind.left: Reason.left_area,
                Kind.retract: Reason.corrected, Kind.rung: Reason.rung, Kind.calls: Reason.rung,
                Kind.remind: Reason.report_owed, Kind.overdue: Reason.report_overdue,
                Kind.visit: Reason.visit, Kind.tell: Reason.first}.get(self, Reason.ended)


@dataclass(frozen=True, slots=True)
class Place:
    """A site in a letter: its words, its ranks (0 none) and the value there."""

    site: str
    name: str
    name_en: str
    industry: str
    county: str
    stage: float | None
    tier: int
    previous: int
    official: int
    previous_official: int
    value: float | None
    finding_id: int

    def called(self, language: str) -> str:
        """The site's name in a language."""
        return self.name_en or self.name if language == "en" else self.name


@dataclass(frozen=True)
class Letter:
    """Everything a text is made of. ``procedure`` None: no answer is asked."""

    kind: Kind
    hazard: Hazard
    language: str
    places: tuple[Place, ...]
    leads: Mapping[int, Lead]
    office: bool = False
    procedure: Procedure | None = None
    code: str | None = None
    answer_due: datetime | None = None
    done_due: datetime | None = None
    over: Mapping[int, Lead] = field(default_factory=dict)  # leads as they ended
    still: tuple[str, ...] = ()
    sent: datetime | None = None      # when the text that is corrected was written
    silent: tuple[str, ...] = ()      # who has not answered
    lack: Measures | None = None      # started or done: what is not reported
    by: datetime | None = None        # by when that, or a visit, is or was to be reported
    signed: bool = True
    drill: bool = False
    ordinals: Mapping[str, int] = field(default_factory=dict)  # by site: K90-3 means his third
    withdrawn: bool = False           # people left, and must be counted back
    heard: bool = True                # whether it can be answered where it is read
    also: tuple[tuple[Kind, str], ...] = ()  # sites this letter only mentions, and how

    @cached_property
    def gravest(self) -> Place:
        """The place the text leads with: highest tier, then highest value."""
        return max(self.places, key=lambda place: (
            place.tier or place.previous, place.official or place.previous_official,
            place.value or 0.0, place.finding_id))

    @cached_property
    def ordered(self) -> list[Place]:
        """The places, the gravest first."""
        return sorted(self.places, key=lambda place: (
            -(place.tier or place.previous), self.leads[place.finding_id].gravity(place.value),
            place.site))

    @cached_property
    def lead(self) -> Lead:
        """The finding the text leads with; with what its end said, where it ended."""
        if self.kind in (Kind.tell, Kind.rung, Kind.calls, Kind.remind, Kind.overdue,
                         Kind.visit):
            return self.leads[self.gravest.finding_id]
        return self.ended(self.gravest.finding_id)

    def ended(self, finding_id: int) -> Lead:
        """A finding with what its end said; as it was found while it has not ended."""
        return self.over.get(finding_id, self.leads[finding_id])

    @cached_property
    def tier(self) -> Level:
        """The highest handling tier among its places, now or before."""
        rank = max(place.tier or place.previous for place in self.places)
        return Level.of_rank(rank) or Level.white

    @property
    def upgraded(self) -> bool:
        """Whether a place stands higher than it did."""
        return self.kind == Kind.tell and any(
            0 < place.previous < place.tier or 0 < place.previous_official < place.official
            for place in self.places)
