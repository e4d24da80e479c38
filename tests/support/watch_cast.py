"""A feed as the watch sees it, and what tests of the watch lay in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, insert, select, update

from fenghuo import alarms
from fenghuo.alarms.watch import watch
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import leased
from fenghuo.store.tables import (
    answer,
    edition,
    feed_state,
    obligation,
    revision,
    step_lease,
    warning,
)
from fenghuo.words import StepReport


@dataclass(frozen=True)
class Feed:
    name: str = "usgs"
    bureau: str = "seismic"
    stale: timedelta = timedelta(minutes=10)
    quiet: bool = False
    frozen: timedelta | None = None
    patience: int = 3
    fallback_for: str | None = None


MINUTE = timedelta(minutes=1)


def state(engine: Engine, **values: object) -> None:
    with writing(engine) as connection:
        if not connection.execute(update(feed_state).values(**values)).rowcount:
            connection.execute(insert(feed_state).values(feed="usgs", **values))


def look(engine: Engine, house: Settings, now: datetime, *feeds: Feed) -> StepReport:
    with leased(engine, "watch", 60, now) as lease:
        assert lease is not None
        return watch(engine, {feed.name: feed for feed in feeds or (Feed(),)}, house, now)


def standing(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [f"{one.kind}:{one.subject}" for one in alarms.open_alarms(connection)]


def pulled(engine: Engine, now: datetime) -> None:
    with leased(engine, "pull_seismic", 60, now):
        pass


def obligated(engine: Engine, now: datetime, status: str, due: datetime) -> None:
    with writing(engine) as connection:
        if connection.scalar(select(func.count()).select_from(edition)) == 0:
            connection.execute(insert(edition).values(
                digest="d" * 64, number=1, adopted=now, adopted_by="test"))
            connection.execute(insert(warning).values(
                id=1, hazard="flood", scope="440785000000", state="in_force", opened=now))
            connection.execute(insert(revision).values(
                id=1, warning_id=1, number=1, edition="d" * 64, at=now, change="issue", facts={}))
        count = connection.scalar(select(func.count()).select_from(obligation))
        key = connection.scalar(insert(obligation).values(
            warning_id=1, site=f"site-{count}", post="head", opened_by=1, revision_id=1, tier="red",
            status=status, reason="first", measures="none", opened=now, answer_due=due,
            next_rung_at=due + timedelta(days=1)).returning(obligation.c.id))
        if status == "answered":
            connection.execute(insert(answer).values(
                obligation_id=key, revision_id=1, person="li", answer="1", via="sms", at=now))


def ended(engine: Engine, **seconds: float) -> None:
    """Have steps last ended so many seconds ago."""
    with writing(engine) as connection:
        for step, ago in seconds.items():
            values = {"finished": machine_now() - ago}
            if not connection.execute(update(step_lease).where(step_lease.c.step == step)
                                      .values(**values)).rowcount:
                connection.execute(insert(step_lease).values(step=step, **values))
