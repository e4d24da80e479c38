"""Reach sheets counted by the database: the figures of ``notices.reach``, for many warnings.

A site or person with several obligations counts by the worst of them, as there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from fenghuo.notices.reach import WORST
from fenghuo.store import tables as t
from fenghuo.words import Answer, ObligationStatus

STATUSES = tuple(status.value for status in ObligationStatus)
UNANSWERED = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
              ObligationStatus.unreachable)
OPEN = tuple(status.value for status in UNANSWERED)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reach sheet: ``of`` is sites, persons or obligations."""

    of: str
    owed: int
    counts: Mapping[str, int]

    @property
    def adds_up(self) -> bool:
        return self.owed == sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """A warning's sheet. ``overdue`` answers are later than asked, the longest since ``oldest``;
    ``withdrawn`` people were reported out, ``shut`` sites closed and empty."""

    lines: tuple[Line, ...]
    overdue: int
    oldest: datetime | None
    withdrawn: int
    shut: int


def tallies(connection: Connection, warnings: Collection[int],
            now: datetime | None) -> dict[int, Tally]:
    """The sheet of each warning at the city instant ``now``; with None it says nothing of single
    obligations and of what is overdue.

    ``owed`` counts whatever there is, the counts only known words: a sheet that does not add up
    shows it.
    """
    o = t.obligation.c
    mine = o.warning_id.in_(sorted(warnings))
    of: dict[str, dict[int, Counter[str | None]]] = {
        name: defaultdict(Counter)
        for name in ("sites", "persons", *(("obligations",) if now else ()))}
    out: Counter[int] = Counter()
    shut: Counter[int] = Counter()
    late: dict[int, tuple[int, datetime | None]] = {}
    if warnings:
        for row in connection.execute(_places(mine)):
            out[row.warning_id] += row.out
            shut[row.warning_id] += row.shut
            if not row.office:
                of["sites"][row.warning_id][_word(row.worst)] += row.n
        for row in connection.execute(_persons(mine)):
            of["persons"][row.warning_id][_word(row.worst)] += row.n
        for row in connection.execute(_duties(mine, now)) if now else ():
            of["obligations"][row.warning_id][row.status] += row.n
            count, oldest = late.get(row.warning_id, (0, None))
            both = [at for at in (oldest, row.oldest) if at is not None]
            late[row.warning_id] = count + row.late, min(both, default=None)
    return {warning: Tally(
        tuple(Line(name, found[warning].total(),
                   {status: found[warning][status] for status in STATUSES})
              for name, found in of.items()),
        *late.get(warning, (0, None)), out[warning], shut[warning]) for warning in warnings}


def _rank() -> ColumnElement[int]:
    return case({status.value: place for place, status in enumerate(WORST)},
                value=t.obligation.c.status)


def _word(worst: int | None) -> str | None:
    return None if worst is None else WORST[worst].value


def _places(mine: ColumnElement[bool]) -> Select[Any]:
    """Sites and offices by their worst status; of the posts of one site the largest number of
    people out counts."""
    o = t.obligation.c
    each = (select(o.warning_id, o.site.contains(":").label("office"),
                   func.min(_rank()).label("worst"),
                   func.max(func.coalesce(o.number, 0)).label("out"),
                   func.max(case((o.answer == Answer.shut.value, 1), else_=0)).label("shut"))
            .where(mine).group_by(o.warning_id, o.site).subquery())
    c = each.c
    return (select(c.warning_id, c.office, c.worst, func.count().label("n"),
                   func.sum(c.out).label("out"), func.sum(c.shut).label("shut"))
            .group_by(c.warning_id, c.office, c.worst))


def _persons(mine: ColumnElement[bool]) -> Select[Any]:
    o = t.obligation.c
    # a vacant post has no person, yet somebody is missing there
    person = func.coalesce(o.person, o.site + " " + o.post)
    each = (select(o.warning_id, func.min(_rank()).label("worst"))
            .where(mine).group_by(o.warning_id, person).subquery())
    return (select(each.c.warning_id, each.c.worst, func.count().label("n"))
            .group_by(each.c.warning_id, each.c.worst))


def _duties(mine: ColumnElement[bool], now: datetime) -> Select[Any]:
    o = t.obligation.c
    late = o.status.in_(OPEN) & (o.answer_due < now)
    return (select(o.warning_id, o.status, func.count().label("n"),
                   func.count(case((late, 1))).label("late"),
                   func.min(case((late, o.answer_due))).label("oldest"))
            .where(mine).group_by(o.warning_id, o.status))
