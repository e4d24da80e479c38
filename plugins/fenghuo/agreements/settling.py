"""Up at once, down only after: how a rule's state at each series follows what the kernel found.

The state is the rank of the tier in force (0 for none) and whether it holds. A tier is left when
every window that ended within ``held`` is known to be under its eased limit; an unknown one keeps
it. Whatever is unknown neither raises nor cancels.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select

from fenghuo.agreements.asking import Asked
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.kernel import FALSE, TRUE, UNKNOWN, Look, Question, Ranks, States
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.windows import Windows
from fenghuo.observations.tails import Tails
from fenghuo.store.tables import finding, rule_state
from fenghuo.words import Ended, Hazard, Holds, Level, RuleKind

SERIES = "series"
"""The rule_state rows that say when a series, heard of no more, must be looked at again."""

HOLDS = {int(TRUE): Holds.true.value, int(FALSE): Holds.false.value,
         int(UNKNOWN): Holds.unknown.value}
_CODES = {word: code for code, word in HOLDS.items()}


@dataclass(frozen=True, slots=True)
class Settled:
    """A rule's states before and after, one row a subject: ranks, holds, and since when."""

    old: States
    new: States
    old_holds: States
    holds: States
    since: NDArray[np.object_]

    @property
    def changed(self) -> NDArray[np.int64]:
        """Rows whose tier or holding changed."""
        return np.flatnonzero((self.old != self.new) | (self.old_holds != self.holds))

    @property
    def told(self) -> NDArray[np.int64]:
        """Those of them that had or have a tier."""
        rows = self.changed
        return rows[(self.old[rows] > 0) | (self.new[rows] > 0)]


def settle(asked: Asked, found: Ranks, before: tuple[States, States, NDArray[np.object_]],
           tails: Tails) -> Settled:
    """The states that follow from the ranks that hold and may hold."""
    certain, possible = found
    old = before[0]
    still = np.zeros_like(old)
    leaving = np.flatnonzero(old > certain)
    if len(leaving):
        still[leaving] = _still(asked, tails, leaving, old[leaving])
    return follow(before, certain, possible, still)


def follow(before: tuple[States, States, NDArray[np.object_]], certain: States, possible: States,
           still: States) -> Settled:
    """The states that follow where ``still`` is the highest rank that cannot be left yet."""
    old, old_holds, since = before
    new = np.maximum(certain, np.minimum(still, old))
    return Settled(old, new, old_holds, holding(new, certain, possible), since)


def holding(new: States, certain: States, possible: States) -> States:
    """Whether a state is known to hold; a tier that its eased limit holds up is."""
    unknown = np.where(new > 0, (certain < new) & (possible >= new), possible > certain)
    return np.where(unknown, UNKNOWN, np.where(new > 0, TRUE, FALSE)).astype(np.int8)


def ends(rule: Rule, step: int) -> int:
    """How many windows, the newest last, must be under the eased limit before a tier is left."""
    return -(-int(rule.clear.held.total_seconds()) // step) + 1


def _still(asked: Asked, tails: Tails, rows: NDArray[np.int64], old: States) -> States:
    """The highest rank up to the old one that cannot be left yet, for some rows.

    One of several conditions (any) keeps its tier up by itself; of conditions that must all hold
    each must.
    """
    part = asked.question.of(rows)
    windows = Windows(tails.values[asked.question.rows[rows]], ends(asked.rule, tails.step))
    still = np.zeros(len(rows), dtype=np.int8)
    for tier in part.tiers:
        kept = [_kept(asked.rule, part, windows, look) for look in tier.looks]
        up = np.all(kept, axis=0) if tier.every else np.any(kept, axis=0)
        still[up & (old >= tier.rank)] = tier.rank
    return still


def _kept(rule: Rule, part: Question, windows: Windows, look: Look) -> NDArray[np.bool_]:
    if look.told is not None:
        return look.told.kept
    eased = look.eased(rule.clear.ratio)
    return np.asarray((part.ask(windows, eased, slice(0, len(part.rows))) != FALSE).any(axis=0))


def load(connection: Connection, asked: Asked) -> tuple[States, States, NDArray[np.object_]]:
    """Rank, holds and since of every subject of a rule; none stored means nothing holds."""
    count = len(asked.subjects)
    rank, holds = np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int8)
    since = np.full(count, None, dtype=object)
    c = rule_state.c
    rows = connection.execute(select(c.subject, c.tier, c.holds, c.since)
                              .where(c.rule == asked.key)).all()
    if rows:
        row = pd.Index(asked.subjects).get_indexer(pd.Index([each.subject for each in rows]))
        here = row >= 0
        rank[row[here]] = np.array([Level(each.tier).rank if each.tier else 0
                                    for each in rows], dtype=np.int8)[here]
        holds[row[here]] = np.array([_CODES[each.holds] for each in rows], dtype=np.int8)[here]
        since[row[here]] = np.array([each.since for each in rows], dtype=object)[here]
    return rank, holds, since


def keep(connection: Connection, asked: Asked, settled: Settled, now: datetime) -> None:
    """Store the states that changed."""
    rows = [{
        "rule": asked.key, "subject": asked.subjects[row], "holds": HOLDS[int(settled.holds[row])],
        "tier": level.value if (level := Level.of_rank(int(settled.new[row]))) else None,
        "since": settled.since[row] if settled.old[row] == settled.new[row]
        and settled.since[row] is not None else now,
        "clear_since": None, "due_at": None} for row in settled.changed.tolist()]
    _replace(connection, rows)


def keep_series(connection: Connection, tails: Tails, stale: NDArray[np.bool_], after: int,
                now: datetime) -> None:
    """Store when each series goes stale; a stale one is unknown until it speaks again."""
    _replace(connection, [{
        "rule": SERIES, "subject": f"{tails.metric}:{subject}", "tier": None,
        "holds": (Holds.unknown if silent else Holds.true).value, "since": now,
        "clear_since": None, "due_at": None if silent else went}
        for subject, silent, went in zip(
            tails.subjects, stale.tolist(),
            pd.to_datetime(tails.end + after + 1, unit="s", utc=True).to_pydatetime(),
            strict=True)])


def due(connection: Connection, metric: str, now: datetime) -> list[str]:
    """Series of a metric that have gone stale since they were last looked at."""
    c = rule_state.c
    found = connection.scalars(select(c.subject).where(c.rule == SERIES, c.due_at <= now))
    return [subject.removeprefix(f"{metric}:") for subject in found
            if subject.startswith(f"{metric}:")]


def next_due(connection: Connection) -> datetime | None:
    """When the first series goes stale if it says nothing more."""
    found: datetime | None = connection.scalar(select(func.min(rule_state.c.due_at)))
    return found


def forget(connection: Connection, rules: set[str], now: datetime) -> list[Finding]:
    """Drop the states of rules that are no more; findings that end what they still held."""
    c = rule_state.c
    gone = set(connection.scalars(select(c.rule).distinct())) - rules - {SERIES}
    if not gone:
        return []
    connection.execute(delete(rule_state).where(c.rule.in_(gone)))
    return _lapsed(connection, finding.c.rule.in_(gone), now)


def forget_subjects(connection: Connection, asked: Asked, now: datetime) -> list[Finding]:
    """The same for what a rule had found at subjects that nobody asks about any more."""
    c = rule_state.c
    gone = set(connection.scalars(select(c.subject).where(c.rule == asked.key))) \
        - set(asked.subjects.tolist())
    if not gone:
        return []
    connection.execute(delete(rule_state).where(c.rule == asked.key, c.subject.in_(gone)))
    return _lapsed(connection, (finding.c.rule == asked.key) & finding.c.subject.in_(gone), now)


def _lapsed(connection: Connection, which: ColumnElement[bool], now: datetime) -> list[Finding]:
    """Ends of findings that hold and nobody would ever clear.

    No all-clear: that a rule or a place was struck out says nothing about the river.
    """
    rows = connection.execute(select(finding).where(
        which, finding.c.ended_at.is_(None), finding.c.holds == Holds.true.value)).all()
    return [Finding(
        agreement=row.agreement, rule=row.rule, kind=RuleKind(row.kind),
        hazard=Hazard(row.hazard), subject=row.subject, holds=Holds.false, at=now,
        since=row.since, metric=row.metric, unit=row.unit, reach=Reach(), value=row.value,
        threshold=row.threshold, ended=Ended.lapsed) for row in rows]


def stale(tails: Tails, now: datetime, after: int) -> NDArray[np.bool_]:
    """Which series have said nothing for too long."""
    limit = int((now - timedelta(seconds=after)).timestamp())
    return np.asarray(tails.end < limit)


def _replace(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(
            delete(rule_state).where(rule_state.c.rule == bindparam("r"),
                                     rule_state.c.subject == bindparam("s")),
            [{"r": row["rule"], "s": row["subject"]} for row in rows])
        connection.execute(insert(rule_state), rows)
