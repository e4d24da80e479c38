"""The strictest procedure of several agreements behind one warning.

Union of whom they tell and by what, the earliest of their deadlines, every rung of their
ladders once and at its earliest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from fenghuo.agreements.schema import Agreement, LadderRung
from fenghuo.words import Channel, Level

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Procedure:
    """What a tier asks for. ``answer`` None: no answer is owed; spans count from the commit."""

    tell: tuple[str, ...]
    by: tuple[Channel, ...]
    answer: timedelta | None
    started: timedelta | None
    done: timedelta | None
    ladder: tuple[LadderRung, ...]
    signed: bool
    visit: timedelta | None = None
    progress: timedelta | None = None

    @property
    def measures(self) -> bool:
        """Whether measures must be reported."""
        return self.done is not None

    def reports(self, place: str, zero: datetime) -> dict[str, datetime | None]:
        """By when a site reports its measures, and when to look first, as columns of its
        obligation. Counted like the ladder, from ``zero``: the commit of the revision that asked
        (practice.md 4). A desk's work has no hour, nor has what nobody is asked (``place``
        empty)."""
        none: dict[str, datetime | None] = dict.fromkeys(
            ("started_due", "done_due", "report_at", "reminded_at", "listed"))
        if self.done is None or not place or ":" in place:
            return none
        started = zero + self.started if self.started else None
        done = zero + self.done
        return none | {"started_due": started, "done_due": done, "report_at": started or done}

    def rungs(self, place: str) -> tuple[LadderRung, ...]:
        """The ladder of one place: a site climbs all of it, an office only what is above it."""
        if place.startswith("county:"):
            return tuple(rung for rung in self.ladder if rung.to.startswith("city."))
        return () if place.startswith("city") else self.ladder

    def next_rung_at(self, place: str, zero: datetime, rung: int) -> datetime | None:
        """When rung ``rung`` + 1 of a place is due; after the last, when it counts as in vain."""
        ladder = self.rungs(place)
        if rung < len(ladder):
            return zero + ladder[rung].after
        if ladder and rung == len(ladder) and self.answer:
            return zero + ladder[-1].after + self.answer
        return None


def procedure(agreements: Sequence[Agreement], names: Collection[str], tier: Level,
              drill: bool = False) -> Procedure | None:
    """The procedure of a tier under the named agreements; None when none releases it.

    A drill stays at the sites: no office is told, nobody dials, no county's list grows.
    """
    behind = [one for one in agreements if one.agreement in names and tier in one.release]
    if not behind:
        return None
    found = _strictest(behind, tier)
    return found if not drill else replace(
        found, progress=None, tell=tuple(post for post in found.tell if post.startswith("site.")),
        ladder=tuple(rung for rung in found.ladder if rung.to.startswith("site.")
                     and rung.by in (Channel.sms, Channel.email)))


def _strictest(behind: Sequence[Agreement], tier: Level) -> Procedure:
    duties = [one.feedback[tier] for one in behind if tier in one.feedback]
    rungs: dict[tuple[str, Channel], LadderRung] = {}
    for rung in (rung for duty in duties for rung in duty.ladder):
        key = (rung.to, rung.by)
        if key not in rungs or rung.after < rungs[key].after:
            rungs[key] = rung
    measures = [duty.measures for duty in duties if duty.measures]
    return Procedure(
        tell=_union(post for one in behind for post in one.release[tier].tell),
        by=_union(channel for one in behind for channel in one.release[tier].by),
        answer=min((duty.answer for duty in duties), default=None),
        started=min((due.started for due in measures if due.started), default=None),
        done=min((due.done for due in measures), default=None),
        ladder=tuple(sorted(rungs.values(), key=lambda rung: rung.after)),
        signed=all(one.signed for one in behind),
        visit=min((duty.visit for duty in duties if duty.visit), default=None),
        progress=min((due.progress for due in measures if due.progress), default=None))


def _union(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
