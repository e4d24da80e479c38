"""What waits for somebody at the desk, and who sits there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from fenghuo.alarms.waiting import VISIT_RUNG
from fenghuo.console.names import Names
from fenghuo.receipts.inbox import WAITS
from fenghuo.store import tables as t

MOST = 30
"""Lines of one list on the page; the number beside it counts them all."""

DUTY = ("duty", "leader")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Lines of a list, at most MOST, of ``total``."""

    rows: Sequence[Any]
    total: int


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A post of an office and who fills it now (``person`` None: vacant)."""

    place: str
    post: str
    person: str | None


def on_duty(named: Names) -> list[OnDuty]:
    """The duty officer and the leader on duty of the city and of each county."""
    if named.contacts is None:
        return []
    offices = [key for key in named.contacts.posts
               if key[0].startswith(("city:", "county:")) and key[1] in DUTY]
    found = []
    for place, post in sorted(offices, key=lambda key: (key[0].startswith("county"), *key)):
        holder = named.contacts.holder(place, post)
        found.append(OnDuty(place, post, holder.person if holder else None))
    return found


def alarms(connection: Connection) -> Waiting:
    """Open alarms, those nobody has acknowledged first."""
    a = t.alarm.c
    return _list(connection, select(t.alarm).order_by(a.acknowledged.is_not(None), a.raised, a.id),
                 a.recovered.is_(None))


def quarantined(connection: Connection, first: int) -> Waiting:
    """What was refused or doubted and nobody has decided: numbers in doubt first, newest first."""
    q = t.quarantine.c
    total = connection.scalar(select(func.count()).where(q.fate.is_(None))) or 0
    rows = connection.execute(select(t.quarantine).where(q.fate.is_(None)).order_by(
        q.doubt.is_(None), q.at.desc(), q.id.desc()).offset(first).limit(MOST)).all()
    return Waiting(rows, total)


def inbox(connection: Connection) -> Waiting:
    """Texts from people that a human must read, newest first."""
    i = t.inbound.c
    return _list(connection, select(t.inbound).order_by(i.at.desc(), i.id.desc()),
                 i.handled.is_(None) & i.reason.in_([word.value for word in WAITS]))


def calls(connection: Connection, visits: bool = False) -> Waiting:
    """People to be called, or sites to go to, longest waiting first."""
    c, o, w = t.call_task.c, t.obligation.c, t.warning.c
    query = (select(c.id, c.office, c.opened, c.due, c.rung, o.warning_id, o.site, o.post, o.person,
                    w.hazard, w.scope)
             .join(t.obligation, o.id == c.obligation_id).join(t.warning, w.id == o.warning_id)
             .order_by(c.opened, c.id))
    return _list(connection, query, c.done.is_(None) & ((c.rung == VISIT_RUNG) == visits))


def registrations(connection: Connection) -> Waiting:
    """Letters and calls entered by one person that wait for a second."""
    r = t.registration.c
    return _list(connection, select(t.registration).order_by(r.entered, r.id),
                 r.state == "waiting")


def drill(connection: Connection) -> Any:
    """The exercise that is running, None while there is none."""
    return connection.execute(select(t.drill).where(t.drill.c.state == "running")
                              .order_by(t.drill.c.id.desc()).limit(1)).one_or_none()


def _list(connection: Connection, query: Select[Any], which: ColumnElement[bool]) -> Waiting:
    query = query.where(which)
    rows = connection.execute(query.limit(MOST)).all()
    total = len(rows) if len(rows) < MOST else connection.scalar(
        select(func.count()).select_from(query.order_by(None).subquery()))
    return Waiting(rows, total or 0)
