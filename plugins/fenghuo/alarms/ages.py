"""How old what we know is: the age of every feed's data, and whether that is too old.

A feed whose next pull is due but has not run yet is *waiting*, not judged: after a leap of the
city clock, or when a suspended machine wakes, its data is old only because nobody could fetch
it. That the pull does not come at all is the alarm ``step_silent``, on the machine clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, select

from fenghuo.alarms.silence import STEPS
from fenghuo.clock import machine_now
from fenghuo.store.tables import feed_state, step_lease


class Watched(Protocol):
    """What the watch needs to know of a feed: ``stale`` is the age at which it alarms, and
    ``quiet`` says that nothing new is normal, so that its age counts from the last answer."""

    @property
    def name(self) -> str: ...

    @property
    def bureau(self) -> str: ...

    @property
    def stale(self) -> timedelta: ...

    @property
    def quiet(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class FeedAge:
    """One feed's age. ``since`` is the newest time its data speaks of, else (or
    for a quiet one) its last good answer, None when there never was one; ``waiting`` means a
    pull is due and has not run."""

    feed: str
    since: datetime | None
    fetched_at: datetime | None
    age: timedelta | None
    limit: timedelta
    waiting: bool
    failures: int = 0
    detail: str | None = None

    @property
    def stale(self) -> bool:
        """Too old for certain: nothing is waiting that could make it younger."""
        return not self.waiting and (self.age is None or self.age >= self.limit)

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


def feed_ages(connection: Connection, feeds: Iterable[Watched], now: datetime) -> list[FeedAge]:
    """The age of each feed at the city instant ``now``, in the order given."""
    states = {row.feed: row for row in connection.execute(select(feed_state))}
    finished = {row.step: row.finished_at for row in connection.execute(
        select(step_lease.c.step, step_lease.c.finished_at))}
    ages = []
    for feed in feeds:
        row = states.get(feed.name)
        if row is None:  # new in the edition: its first pull is due now
            ages.append(FeedAge(feed.name, None, None, None, feed.stale, waiting=True))
            continue
        since = row.fetched_at if feed.quiet else row.as_of or row.fetched_at
        pulled = finished.get(f"pull_{feed.bureau}")
        due = row.due_at is None or row.due_at <= now
        waiting = due and (pulled is None or (row.due_at is not None and pulled < row.due_at))
        ages.append(FeedAge(feed.name, since, row.fetched_at, None if since is None
                            else now - since, feed.stale, waiting, row.failures, row.detail))
    return ages
