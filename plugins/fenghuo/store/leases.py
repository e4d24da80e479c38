"""A lease on a step: a task from before a crash can run beside its successor, a step cannot.

The lease is taken by compare-and-swap on the machine clock and carries a fencing token. It is free
when it ran out, and at once when the process that took it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo.clock import machine_now
from fenghuo.store import holders
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import step_lease


@dataclass(frozen=True, slots=True)
class Lease:
    """A step held until the machine instant ``until`` under a fencing ``token``."""

    engine: Engine
    step: str
    token: int
    until: float

    def held(self) -> bool:
        """Whether this holder may still act; asked right before every send."""
        if machine_now() >= self.until:
            return False
        with reading(self.engine) as connection:
            token = connection.scalar(
                select(step_lease.c.token).where(step_lease.c.step == self.step))
        return token == self.token


@contextmanager
def leased(engine: Engine, step: str, seconds: float, city_now: datetime) -> Iterator[Lease | None]:
    """Hold a step for at most ``seconds``; yields None when somebody else holds it.

    A good end frees the lease and records both instants; an error frees it and is raised.
    """
    lease = _take(engine, step, seconds)
    if lease is None:
        yield None
        return
    try:
        yield lease
    except BaseException:
        _free(lease, None, "failed")
        raise
    _free(lease, city_now, "done")


def _take(engine: Engine, step: str, seconds: float) -> Lease | None:
    now = machine_now()
    taken = {"until": now + seconds, "holder": holders.me()}
    with writing(engine) as connection:
        row = connection.execute(select(step_lease).where(step_lease.c.step == step)
                                 .with_for_update()).one_or_none()
        if row is None:
            try:
                with connection.begin_nested():
                    connection.execute(insert(step_lease).values(step=step, token=1, **taken))
            except IntegrityError:
                return None
            return Lease(engine, step, 1, now + seconds)
        mine = update(step_lease).where(step_lease.c.step == step)
        if row.until > now and not (row.holder and holders.gone(row.holder)):
            # none is longer than ours: this one was taken before the clock was put back
            if row.until > now + seconds:
                connection.execute(mine.values(until=now + seconds))
            return None
        connection.execute(mine.values(token=row.token + 1, **taken))
    return Lease(engine, step, row.token + 1, now + seconds)


def _free(lease: Lease, finished_at: datetime | None, outcome: str) -> None:
    values: dict[str, object] = {"until": 0.0, "outcome": outcome}
    if finished_at is not None:
        values |= {"finished": machine_now(), "finished_at": finished_at}
    with writing(lease.engine) as connection:
        connection.execute(
            update(step_lease)
            .where((step_lease.c.step == lease.step) & (step_lease.c.token == lease.token))
            .values(**values))
