"""How old what we know is: the age of every feed's data, and whether that is too old.

A feed whose next pull is due but has not run yet is *waiting*, not judged: after a leap of the
city clock, or when a suspended machine wakes, its data is old only because nobody could fetch
it. That the pull does not come at all is the alarm ``step_silent``, on the machine clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from fenghuo.alarms.silence import STEPS
from fenghuo.clock import machine_now
from fenghuo.store.tables import feed_state, step_lease

SKEW = timedelta(minutes=2)
"""How far a source's clock may be off ours before it alarms. Nothing is ordered by it."""


class Watched(Protocol):
    """What the watch needs to know of a feed: ``stale`` is the age at which it alarms. ``quiet``
    says that nothing new is normal: its age counts from the last answer, and from the time at
    which it says it was made, where it says so (``frozen`` is the age of that at which it alarms).
    ``patience`` answers in a row that are not good are an outage, though its data be young.
    """

    @property
    def name(self) -> str: ...

    @property
    def bureau(self) -> str: ...

    @property
    def stale(self) -> timedelta: ...

    @property
    def quiet(self) -> bool: ...

    @property
    def frozen(self) -> timedelta | None: ...

    @property
    def patience(self) -> int: ...

    @property
    def fallback_for(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class FeedAge:
    """One feed's age. ``since`` is the newest time its data speaks of (of a quiet one: at which
    it was made) or its last good answer, whichever reaches its ``limit`` first, None when there
    never was one; ``dated`` whether it says such a time: one that does not may be frozen and
    nobody can know. ``out``: so many answers in a row were not good that it is an outage.
    ``waiting`` means a pull is due and has not run, ``resting`` a fallback that is not asked now.
    ``outcome`` of the last answer, ``error`` of the last bad one; ``skew`` seconds its clock is
    ahead."""

    feed: str
    since: datetime | None
    fetched_at: datetime | None
    age: timedelta | None
    limit: timedelta
    waiting: bool
    failures: int = 0
    outcome: str | None = None
    error: str | None = None
    error_at: datetime | None = None
    skew: float | None = None
    resting: bool = False
    dated: bool = False
    out: bool = False

    @property
    def stale(self) -> bool:
        """Too old for certain: nothing is waiting that could make it younger."""
        if self.waiting or self.resting:
            return False
        # never heard: after as many bad answers as an outage takes, or none at all (a folder)
        return self.out or not self.failures if self.age is None else self.age >= self.limit

    @property
    def old(self) -> bool:
        """Too old as far as is known, so that a fallback is asked: its next pull may heal it."""
        return self.failures > 0 if self.age is None else self.age >= self.limit

    @property
    def stale_at(self) -> datetime | None:
        """The city instant from which the data is too old."""
        return None if self.since is None else self.since + self.limit


def heard(connection: Connection, bureaus: Iterable[str], now: datetime) -> datetime:
    """Up to which city instant the feeds of some bureaus were asked; ``now`` for none.

    After a leap of the city clock their silence since then is nobody's: it counts only once they
    were asked again. A round that does not end (machine clock) excuses nothing.
    """
    c = step_lease.c
    rounds = connection.execute(select(c.step, c.finished, c.finished_at).where(
        c.step.in_([f"pull_{bureau}" for bureau in bureaus]), c.finished_at.is_not(None)))
    return min([row.finished_at for row in rounds
                if machine_now() - row.finished <= STEPS[row.step]], default=now)


def skew_of(skews: Sequence[float] | None) -> float | None:
    """A source's clock less ours, s: the middle one of its last measures."""
    return median(skews) if skews else None


def resting(connection: Connection, feeds: Iterable[Watched], now: datetime) -> set[str]:
    """The fallbacks that are not asked now: the feed they stand in for is not too old."""
    return {age.feed for age in feed_ages(connection, feeds, now) if age.resting}


def feed_ages(connection: Connection, feeds: Iterable[Watched], now: datetime) -> list[FeedAge]:
    """The age of each feed at the city instant ``now``, in the order given."""
    states = {row.feed: row for row in connection.execute(select(feed_state))}
    finished = {row.step: row.finished_at for row in connection.execute(
        select(step_lease.c.step, step_lease.c.finished_at))}
    known = {feed.name: feed for feed in feeds}
    ages = {name: _age(feed, states.get(name), finished.get(f"pull_{feed.bureau}"), now)
            for name, feed in known.items()}

    def rests(name: str) -> bool:
        other = known[name].fallback_for
        return other in ages and not (ages[other].old and not rests(other))

    return [replace(age, resting=rests(name)) for name, age in ages.items()]


def _age(feed: Watched, row: Row[Any] | None, pulled: datetime | None, now: datetime) -> FeedAge:
    if row is None:  # new in the edition: its first pull is due now
        return FeedAge(feed.name, None, None, None, feed.stale, waiting=True)
    # when it was last heard and what its words are of: whichever is too old first
    said = row.made if feed.quiet else row.as_of
    known = [(row.fetched_at, feed.stale), (said, feed.frozen or feed.stale)]
    since, limit = min(((at, most) for at, most in known if at is not None),
                       key=lambda pair: pair[0] + pair[1], default=(None, feed.stale))
    due = row.due_at is None or row.due_at <= now
    waiting = due and (pulled is None or (row.due_at is not None and pulled < row.due_at))
    return FeedAge(feed.name, since, row.fetched_at, None if since is None else now - since,
                   limit, waiting, row.failures, row.outcome, row.error, row.error_at,
                   skew_of(row.skews), dated=said is not None,
                   out=row.failures >= feed.patience)
