"""Playing a rule test: its rules are put to what comes in, by the judges of every night.

Series go through the batch kernel; signals, earthquakes, cyclones, fires and forecasts go
through the judges of events and forecasts, over one database in memory that every test leaves as it
found it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, Engine, insert

from fenghuo import judging
from fenghuo.agreements import history, judge
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.history import Course, Series
from fenghuo.agreements.schema import Agreement
from fenghuo.lifecycle import evidence
from fenghuo.observations import events, forecasts
from fenghuo.rule_tests import hearing
from fenghuo.rule_tests.reading import Case
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine
from fenghuo.words import RuleKind
from fenghuo.words.metrics import Metric

PAYLOAD = "rule test"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Played:
    """How rules went: ``courses`` of the measured ones; every other finding and when it was made,
    in order."""

    agreements: Sequence[Agreement]
    courses: list[Course]
    said: list[tuple[datetime, Finding]]


class Memory:
    """A database in memory with every table, made once; ``fresh`` gives it out empty."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    @contextmanager
    def fresh(self, digest: str) -> Iterator[Connection]:
        """A connection to it; whatever is written is taken back."""
        if self._engine is None:
            self._engine = make_engine("sqlite://")
            t.metadata.create_all(self._engine)
        with self._engine.connect() as connection, connection.begin() as transaction:
            connection.execute(insert(t.edition).values(
                digest=digest, number=1, adopted=_BEGINNING, adopted_by="rule test"))
            yield connection
            transaction.rollback()

    def close(self) -> None:
        """Let it go."""
        if self._engine is not None:
            self._engine.dispose()


def play(case: Case, agreements: Sequence[Agreement], memory: Memory) -> Played:
    """The rules of ``agreements``, put to what comes in in a test."""
    courses = _courses(case, agreements) if case.test.series else []
    test = case.test
    if not (test.signals or test.quakes or test.cyclone or test.fires or test.forecasts):
        return Played(agreements, courses, [])
    with memory.fresh(case.edition.digest) as connection:
        return Played(agreements, courses, _said(case, agreements, connection))


def moments(case: Case) -> list[datetime]:
    """Every instant that a test asks about, in order."""
    asked = [*case.test.expect, *case.test.people, *(text.at for text in case.test.texts)]
    return sorted({case.at(moment).astimezone(UTC) for moment in asked})


def _courses(case: Case, agreements: Sequence[Agreement]) -> list[Course]:
    step, starts = int(case.test.step.total_seconds()), int(case.starts.timestamp())
    by_metric: dict[str, list[tuple[str, np.ndarray]]] = {}
    for key, values in case.test.series.items():
        metric, _, station = key.partition(" ")
        by_metric.setdefault(metric, []).append((station, values))
    series = []
    for metric, rows in by_metric.items():
        width = max(len(values) for _, values in rows)
        matrix = np.full((len(rows), width), np.nan, dtype=np.float32)
        for row, (_, values) in enumerate(rows):
            matrix[row, :len(values)] = values
        series.append(Series(Metric(metric), np.array([name for name, _ in rows], dtype=object),
                             starts, step, matrix))
    last = starts + step * max(one.values.shape[1] for one in series)
    until = max([datetime.fromtimestamp(last, UTC), *moments(case)]) + timedelta(seconds=1)
    return history.courses(agreements, case.cast.stations, case.cast.contacts, series,
                           hearing.felt(case), case.starts - timedelta(seconds=step), until)


def _said(case: Case, agreements: Sequence[Agreement],
          connection: Connection) -> list[tuple[datetime, Finding]]:
    """Findings of events and forecasts: judged when they are heard, and when the test asks."""
    feeds = case.cast.feeds
    words, runs = hearing.heard(case), hearing.runs(case)
    waits = {name: feed.wait for name, feed in feeds.items()}
    instants = {at for at, _ in words} | {at + waits.get(word.feed, timedelta(0))
                                          for at, word in words}
    instants |= {at for at, _, _ in runs} | set(moments(case))
    forecasting = any(rule.kind is RuleKind.forecast
                      for agreement in agreements for rule in agreement.rules)
    said: list[tuple[datetime, Finding]] = []
    last_word, end = max((at for at, _ in words), default=case.starts), max(instants)
    for now in sorted(instants):
        new = [word for at, word in words if at == now]
        for feed in dict.fromkeys(word.feed for word in new):
            events.record_events(connection, feed, [word.record for word in new
                                                    if word.feed == feed],
                                 PAYLOAD, now, waits.get(feed, timedelta(0)))
        for _, feed, run in (one for one in runs if one[0] == now):
            forecasts.record(connection, feed, [run], PAYLOAD, now)
        findings = _judged(case, agreements, connection, now, now == end)
        if forecasting and runs:
            findings += judge.judge_forecast(connection, agreements, feeds, now)
        if findings and now < last_word:  # what comes later may update or end them
            evidence.store(connection, findings, case.edition.digest, now)
        said += [(now, finding) for finding in findings]
    return said


def _judged(case: Case, agreements: Sequence[Agreement], connection: Connection,
            now: datetime, last: bool) -> list[Finding]:
    """Findings of the events that are to be judged; nobody looks again after the ``last`` time."""
    pending = events.pending(connection, now)
    found: list[Finding] = []
    for event in judge.passes(pending):
        findings, _ = judge.judge_event(
            connection, event, agreements, judging.authorities(case.edition),
            case.cast.contacts, now, judging.titles(case.edition))
        found += findings
    if pending and not last:
        events.mark_assessed(connection, [event.id for event in pending], now)
        events.look_again(connection, judge.next_look(
            pending, agreements, case.cast.contacts, now))
    return found
