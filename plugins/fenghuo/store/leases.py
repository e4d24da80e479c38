"""A lease on a step: a task from before a crash can run beside its successor, a step cannot.

The lease is taken by compare-and-swap on the machine clock and carries a fencing token.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo.clock import machine_now
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
    mine = (step_lease.c.step == step) & (step_lease.c.until <= now)
    with writing(engine) as connection:
        token = connection.scalar(
            update(step_lease).where(mine)
            .values(token=step_lease.c.token + 1, until=now + seconds)
            .returning(step_lease.c.token))
        if token is None:
            known = connection.scalar(select(step_lease.c.step).where(step_lease.c.step == step))
            if known is not None:
                return None
            try:
                with connection.begin_nested():
                    connection.execute(insert(step_lease).values(
                        step=step, token=1, until=now + seconds))
            except IntegrityError:
                return None
            token = 1
    return Lease(engine, step, int(token), now + seconds)


def _free(lease: Lease, finished_at: datetime | None, outcome: str) -> None:
    values: dict[str, object] = {"until": 0.0, "outcome": outcome}
    if finished_at is not None:
        values |= {"finished": machine_now(), "finished_at": finished_at}
    with writing(lease.engine) as connection:
        connection.execute(
            update(step_lease)
            .where((step_lease.c.step == lease.step) & (step_lease.c.token == lease.token))
            .values(**values))
