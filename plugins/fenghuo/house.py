"""The house that every step runs in; a step has its lease, its hour and its report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from fenghuo.channels import Gateway
from fenghuo.channels.standing import standing
from fenghuo.clock import Clock, clock_of, machine_now
from fenghuo.settings import Settings
from fenghuo.store.engine import engine as engine_of
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import Lease, leased
from fenghuo.words import StepReport

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class House:
    """What every step needs: settings, database, city clock; ``given`` gateways in place of the
    edition's."""

    settings: Settings
    engine: Engine
    clock: Clock
    given: tuple[Gateway, ...] | None = None

    @classmethod
    def open(cls, settings: Settings) -> House:
        """The house as set up. Raises DatabaseMissing before ``fenghuo migrate`` has run."""
        return cls(settings, engine_of(settings.url), clock_of(settings.clock))

    @property
    def gateways(self) -> tuple[Gateway, ...]:
        """Those of the edition in force, whose credentials are set."""
        if self.given is not None:
            return self.given
        with reading(self.engine) as connection:
            return standing(connection, self.settings)


def step(house: House, name: str, work: Callable[[Lease, datetime], StepReport],
         beside: Callable[[], StepReport] | None = None) -> StepReport:
    """Run one step under its lease and report it to the clock.

    When somebody else holds the lease nothing is reported, since the holder does, and nothing done
    but what may be done ``beside`` it.
    """
    began, now = machine_now(), house.clock.now()
    with leased(house.engine, name, house.settings.lease_seconds, now) as lease:
        if lease is not None:
            report = replace(work(lease, now), step=name, at=now, began=began)
    if lease is None:
        return StepReport(name, now, began, did=1) if beside is None else beside()
    house.clock.report(report)
    return report


def when_due(house: House, now: datetime, due: Callable[[Connection], datetime | None],
             do: Callable[[Connection], T]) -> tuple[T | None, datetime | None]:
    """Do what is due, and say when the next of its kind is. The database's one writer is asked
    for only then."""
    with reading(house.engine) as connection:
        instant = due(connection)
    if instant is None or instant > now:
        return None, instant
    with writing(house.engine) as connection:
        return do(connection), due(connection)


def earliest(*instants: datetime | None) -> datetime | None:
    """The first of several instants, any of which may be missing."""
    return min((instant for instant in instants if instant is not None), default=None)
