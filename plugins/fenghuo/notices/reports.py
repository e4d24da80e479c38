"""Reports of measures: what is still owed of a site, and what ends the asking for it.

Measures are a site's: whoever of it reports them, reports for all its posts. What was reported
stands through later revisions at the same or a lower tier; an upgrade asks for other measures, and
asks anew. What is done must hold: where an agreement says so, a word on it is owed again and again.
Where a warning or its tier ends the duty, its clock stands still.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select, update

from fenghuo.alarms.waiting import REPORT_RUNG
from fenghuo.notices import outgoing
from fenghuo.store import tables as t
from fenghuo.words import Answer, Measures, Reason

if TYPE_CHECKING:  # it loads the agreements' tables, and answers come in at the servers' doors
    from fenghuo.notices.procedure import Procedure

STILL: dict[str, Any] = {"next_rung_at": None, "report_at": None, "listed": None}
"""Both clocks of an obligation stand still, and nobody is to be called for it."""

ORDER = list(Measures)
_SAID = {Answer.started.value: Measures.started, Answer.done.value: Measures.done}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a site has come. ``lack`` is the report whose hour is past (``due``), else the next
    to come; None where nothing is owed. Instants of the city: ``started`` and ``done`` when they
    were said, ``reminded``, ``listed`` what the county was told is missing."""

    site: str
    measures: Measures
    lack: Measures | None
    due: datetime | None
    overdue: bool
    started: datetime | None = None
    done: datetime | None = None
    number: int | None = None
    reminded: datetime | None = None
    listed: str | None = None


def furthest(rows: Sequence[Any]) -> Measures:
    """How far the obligations of one site have come together."""
    return max((Measures(row.measures) for row in rows), key=ORDER.index)


def lacking(rows: Sequence[Any], now: datetime) -> tuple[Measures | None, datetime | None]:
    """Of one site's obligations: the gravest report whose hour is past, else the next to come;
    (None, None) where nothing is owed."""
    state = furthest(rows)
    if state == Measures.done:
        word = min((row.done_due for row in rows if row.done_due and row.report_at), default=None)
        return (Measures.progress, word) if word else (None, None)
    done = min((row.done_due for row in rows if row.done_due), default=None)
    started = min((row.started_due for row in rows if row.started_due), default=None)
    if done is None or state not in (Measures.owed, Measures.started):
        return None, None
    if started is None or state == Measures.started or done <= now:
        return Measures.done, done
    return Measures.started, started


def carried(known: Any, found: Procedure | None) -> dict[str, Any]:
    """What an obligation that goes on at no higher tier still reports, as columns: as before where
    its tier asks for measures, else nothing."""
    if found is not None and found.measures:
        return {name: getattr(known, name) for name in ("measures", "report_at", "listed")}
    state = Measures(known.measures)
    return {"measures": (Measures.none if state == Measures.owed else state).value,
            "report_at": None, "listed": None}


def heard(connection: Connection, obligations: Collection[int], now: datetime) -> None:
    """A report came in for these: what is no longer missing is neither asked nor called for."""
    o, c = t.obligation.c, t.call_task.c
    places = {(row.warning_id, row.site) for row in connection.execute(
        select(o.warning_id, o.site).where(o.id.in_(obligations)))}
    for warning, site in sorted(places):
        rows = connection.execute(select(t.obligation).where(
            o.warning_id == warning, o.site == site)).all()
        state = furthest(rows)
        met = [row.id for row in rows
               if row.listed and (row.listed == Measures.progress
                                  or ORDER.index(Measures(row.listed)) <= ORDER.index(state))]
        connection.execute(update(t.call_task).where(
            c.obligation_id.in_(met), c.rung == REPORT_RUNG, c.done.is_(None)).values(
                done=now, outcome=Reason.answered.value))
        if state == Measures.done:  # what comes next, if anything does, the agreement says
            connection.execute(update(t.obligation).where(o.id.in_([row.id for row in rows]))
                               .values(report_at=now, done_due=None, reminded_at=None,
                                       listed=None))
        _take_back(connection, [row.id for row in rows])


def progress(connection: Connection, warning_id: int, now: datetime) -> list[Progress]:
    """Every site of a warning that owes measures or reported them, what is overdue first."""
    o, a = t.obligation.c, t.answer.c
    by_site: dict[str, list[Any]] = {}
    for row in connection.execute(select(t.obligation).where(
            o.warning_id == warning_id, o.site.not_like("%:%")).order_by(o.site, o.id)):
        by_site.setdefault(row.site, []).append(row)
    said = {(row.site, _SAID[row.answer]): row.first for row in connection.execute(
        select(o.site, a.answer, func.min(a.at).label("first"))
        .join(t.obligation, o.id == a.obligation_id)
        .where(o.warning_id == warning_id, a.answer.in_(list(_SAID)), a.at >= o.opened)
        .group_by(o.site, a.answer))}
    found = []
    for site, rows in by_site.items():
        state = furthest(rows)
        if state == Measures.none:
            continue
        lack, due = lacking(rows, now)
        waits = any(row.report_at is not None for row in rows) or any(row.listed for row in rows)
        found.append(Progress(
            site, state, lack, due, bool(waits and due and due <= now),
            said.get((site, Measures.started)), said.get((site, Measures.done)),
            max((row.number for row in rows if row.number is not None), default=None),
            max((row.reminded_at for row in rows if row.reminded_at), default=None),
            max((row.listed for row in rows if row.listed), key=lambda word: ORDER.index(
                Measures(word)), default=None)))
    return sorted(found, key=lambda one: (not one.overdue, ORDER.index(one.measures), one.site))


def _take_back(connection: Connection, obligations: Collection[int]) -> None:
    """Drop reminders of these that nobody has sent, and that ask nobody else."""
    n, no = t.notice.c, t.notice_obligation.c
    others = select(no.notice_id).where(no.obligation_id.not_in(obligations))
    outgoing.drop(connection, connection.scalars(
        select(n.id).join(t.notice_obligation, no.notice_id == n.id)
        .where(no.obligation_id.in_(obligations), n.reason == Reason.report_owed.value,
               n.state.in_([state.value for state in outgoing.UNSENT]), n.id.not_in(others))
        .distinct()).all(), Reason.answered)
