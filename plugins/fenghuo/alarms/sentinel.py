"""The sentinel: a plain process beside the scheduler that alarms when the watch is silent.

It needs no Airflow and no city clock: it reads one row, on the machine clock. It alarms by
itself, as a row, loudly on stderr and through a callable (e-mail, SMS), tells the recovery the
same way, and outlives a missing database, a dead gateway and its own machine's sleep.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from fenghuo.alarms.kinds import AlarmKind
from fenghuo.alarms.register import raise_alarm, recover
from fenghuo.alarms.silence import SILENCE
from fenghuo.clock import clock_of, machine_now
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import step_lease
from fenghuo.words import FenghuoError

Tell = Callable[[str, str], None]
"""Told (subject, text); raises when it could not, and is asked again at the next look."""

def run(engine: Engine, settings: Settings, tell: Tell | None = None,
        stop: Event | None = None) -> None:
    """Stand guard until told to stop; without ``tell`` stderr and the row are the alarm."""
    guard = Sentinel(lambda: engine, tell or (lambda _subject, _text: None),
                     clock_of(settings.clock).now)
    guard.run(stop or Event())


@dataclass(slots=True)
class Sentinel:
    """``engine`` finds the engine (it may fail), ``city`` gives the instant of the row.

    ``silence`` and ``every`` are machine seconds.
    """

    engine: Callable[[], Engine]
    tell: Tell
    city: Callable[[], datetime]
    silence: float = SILENCE
    every: float = 10.0
    wrong: AlarmKind | None = None
    _up: float = field(default_factory=machine_now)
    _looked: float = field(default_factory=machine_now)
    _booked: bool = False
    _untold: list[tuple[str, str]] = field(default_factory=list)
    _said: tuple[str, str] | None = None

    def run(self, stop: Event) -> None:
        """Look every ``every`` seconds until told to stop."""
        while not stop.is_set():
            self.look()
            stop.wait(self.every)

    def look(self) -> AlarmKind | None:
        """One look; what is wrong now, None when all is well."""
        now = machine_now()
        if now - self._looked > max(3 * self.every, self.silence / 2):
            self._up = now  # this machine slept: the watch gets its chance first
        self._looked = now
        try:
            quiet = self._quiet(now)
        except (SQLAlchemyError, FenghuoError, OSError) as error:
            self._turn(AlarmKind.database, f"the database cannot be used: {type(error).__name__}")
        else:
            silent = quiet > self.silence
            self._turn(AlarmKind.step_silent if silent else None,
                       f"the watch has not ended well for {quiet:.0f} s; is the scheduler alive?")
        self._pass_on()
        return self.wrong

    def _quiet(self, now: float) -> float:
        """Machine seconds since the watch, or this sentinel's own beginning; keeps the row."""
        engine = self.engine()
        with reading(engine) as connection:
            last = connection.scalar(select(step_lease.c.finished)
                                     .where(step_lease.c.step == "watch"))
        quiet = now - max(last or 0.0, self._up)
        if (quiet > self.silence) != self._booked:
            with writing(engine) as connection:
                if quiet > self.silence:
                    raise_alarm(connection, AlarmKind.step_silent, "watch",
                                f"the watch has not ended well for {quiet:.0f} s", self._instant())
                else:
                    recover(connection, AlarmKind.step_silent, "watch", self._instant())
            self._booked = quiet > self.silence
        return quiet

    def _turn(self, wrong: AlarmKind | None, text: str) -> None:
        if wrong == self.wrong:
            return
        if self.wrong is not None:
            self._untold.append((f"RECOVERED {self.wrong}", "烽火值守恢复 the watch is back"))
        if wrong is not None:
            self._untold.append((f"ALARM {wrong}", f"烽火值守异常 {text}"))
        self.wrong = wrong

    def _pass_on(self) -> None:
        """Say each thing once on stderr, and to the callable until it took it."""
        while self._untold:
            subject, text = self._untold[0]
            if (subject, text) != self._said:
                self._said = (subject, text)
                print(f"\a*** {subject}: {text} ***", file=sys.stderr, flush=True)
            try:
                self.tell(subject, text)
            except Exception as error:  # whatever fails there, this loop must not
                print(f"*** nobody could be told: {type(error).__name__} ***", file=sys.stderr,
                      flush=True)
                return
            self._untold.pop(0)
            self._said = None

    def _instant(self) -> datetime:
        """The city's instant, the machine's when the clock itself is gone."""
        try:
            return self.city()
        except OSError:
            return datetime.fromtimestamp(machine_now(), UTC)
