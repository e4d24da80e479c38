"""What waits for a human, and for how long: letters, texts held back, calls for help.

Each look compares the rows with the alarms, so that whatever a human does about them, by
whichever way, takes the alarm back.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from fenghuo.alarms.kinds import AlarmKind
from fenghuo.alarms.register import Alarm, open_alarms, raise_alarm, recover
from fenghuo.store.tables import call_task, obligation, registration, warning
from fenghuo.words import ObligationStatus, Reason, WarningState

SECOND_PERSON = timedelta(minutes=5)
HELD = timedelta(minutes=5)
"""How long each may wait before somebody is told."""

HELP_RUNG = 0
"""The rung number of a call for help on a call list; ladders begin at 1."""
VISIT_RUNG = -2
"""The number of a site to go to in person, on the same lists: once for a site and warning."""


REPORT_RUNG = -3
"""The number of a call for a report of measures, on the same lists: once for a site."""


def reports_wait() -> ColumnElement[bool]:
    """Of obligations (joined to their warning): those whose site confirmed, and of which a report
    is looked for at ``report_at``.

    Who has not confirmed climbs his ladder instead; who cries for help, or has stopped work and
    left, is asked nothing.
    """
    o, mine, c = obligation.c, obligation.alias(), call_task.c
    there = (mine.c.warning_id == o.warning_id) & (mine.c.site == o.site)
    answered = mine.c.status == ObligationStatus.answered.value
    helped = (select(c.id).join(mine, mine.c.id == c.obligation_id)
              .where(there, c.rung == HELP_RUNG, c.done.is_(None)))
    return and_(
        o.report_at.is_not(None), warning.c.state == WarningState.in_force.value,
        warning.c.held.is_(None),
        select(mine.c.id).where(there, answered, mine.c.reason != Reason.shut.value).exists(),
        ~select(mine.c.id).where(there, answered, mine.c.reason == Reason.shut.value).exists(),
        ~helped.exists())


def look(connection: Connection, now: datetime, counts: Counter[str]) -> None:
    """Raise and take back what waits at the city instant ``now``."""
    _compare(connection, AlarmKind.registration_waiting, _letters(connection, now), now, counts)
    _compare(connection, AlarmKind.held_too_long, _held(connection, now), now, counts)
    _compare(connection, AlarmKind.visit_overdue, _visits(connection, now), now, counts)
    for one in open_alarms(connection, AlarmKind.call_for_help):
        if _called_back(connection, one):
            counts["recovered"] += recover(connection, one.kind, one.subject, now)


def _compare(connection: Connection, kind: AlarmKind, wrong: dict[str, str], now: datetime,
             counts: Counter[str]) -> None:
    for subject, detail in wrong.items():
        counts["raised"] += raise_alarm(connection, kind, subject, detail, now)
    for one in open_alarms(connection, kind):
        if one.subject not in wrong:
            counts["recovered"] += recover(connection, kind, one.subject, now)


def next_visit(connection: Connection, now: datetime) -> datetime | None:
    """When the next visit is to be reported."""
    found: datetime | None = connection.scalar(
        select(func.min(call_task.c.due)).where(*_going(), call_task.c.due > now))
    return found


def _visits(connection: Connection, now: datetime) -> dict[str, str]:
    """Sites of which nobody has said what became of the visit, and since when."""
    c = call_task.c
    return {row.site: f"visit {row.id} of {row.office} was to be reported by {row.due}"
            for row in connection.execute(
                select(c.id, c.office, c.due, obligation.c.site)
                .join(obligation, obligation.c.id == c.obligation_id)
                .where(*_going(), c.due <= now).order_by(c.due.desc()))}


def _going() -> tuple[ColumnElement[bool], ...]:
    return call_task.c.rung == VISIT_RUNG, call_task.c.done.is_(None)


def _letters(connection: Connection, now: datetime) -> dict[str, str]:
    r = registration.c
    return {f"registration:{row.id}": f"{row.form} of {row.issuer}, entered by {row.entered_by}"
            for row in connection.execute(
                select(r.id, r.form, r.issuer, r.entered_by)
                .where(r.state == "waiting", r.entered <= now - SECOND_PERSON).order_by(r.id))}


def _held(connection: Connection, now: datetime) -> dict[str, str]:
    w = warning.c
    return {f"warning:{row.id}": f"{row.hazard} of {row.scope}, held by {row.held_by}"
            for row in connection.execute(
                select(w.id, w.hazard, w.scope, w.held_by)
                .where(w.state == WarningState.in_force.value, w.held <= now - HELD)
                .order_by(w.id))}


def _called_back(connection: Connection, one: Alarm) -> bool:
    """Whether every call that a cry for help put on a list was noted as dialled.

    Where it put none on a list (a person without any site), who acknowledges it has it in hand.
    """
    c = call_task.c
    total, done = connection.execute(
        select(func.count(), func.count(c.done)).select_from(call_task)
        .join(obligation, obligation.c.id == c.obligation_id)
        .where(obligation.c.site == one.subject, c.rung == HELP_RUNG, c.opened >= one.raised)
    ).one()
    return bool(total == done if total else one.acknowledged)
