"""The alarm book: at most one open alarm per (kind, subject), counted, recovered, acknowledged.

What comes back soon after its end is the same alarm: it is opened again and counted, so that a
feed that comes and goes is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo import ledger
from fenghuo.alarms.kinds import OF_GATEWAYS, RINGS, AlarmKind
from fenghuo.store.tables import alarm, notice
from fenghuo.words import NoticeState, masked

OCCASION = "alarm:"
"""The occasion of a notice about an alarm is this and its id."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it stands. Instants on the city clock, ``count`` how often it was seen.

    ``told``: the duty officer, ``led``: the leader on duty has been written to.
    """

    id: int
    kind: AlarmKind
    subject: str
    detail: str
    raised: datetime
    last: datetime
    count: int
    told: datetime | None = None
    acknowledged: datetime | None = None
    acknowledged_by: str | None = None
    led: datetime | None = None
    recovered: datetime | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> Alarm:
        """An alarm from its row."""
        at = row._mapping
        return cls(at["id"], AlarmKind(at["kind"]), at["subject"], at["detail"], at["raised"],
                   at["last"], at["count"], at["told"], at["acknowledged"],
                   at["acknowledged_by"], at["led"], at["recovered"])


def raise_alarm(connection: Connection, kind: AlarmKind | str, subject: str, detail: str,
                now: datetime) -> bool:
    """Open an alarm, or count it once more if it is open; True when it is new or open again.

    Raises ValueError for a kind outside AlarmKind. ``detail`` reaches logs and the ledger:
    addresses in it are masked here.
    """
    kind, detail = AlarmKind(kind), masked(detail)
    if _count(connection, kind, subject, detail, now):
        return False
    try:
        if _again(connection, kind, subject, detail, now):
            return True
        with connection.begin_nested():
            connection.execute(insert(alarm).values(
                kind=kind.value, subject=subject, detail=detail, raised=now, last=now, count=1))
    except IntegrityError:  # another process opened it in this very moment
        _count(connection, kind, subject, detail, now)
        return False
    ledger.append(connection, "alarm.raised", f"{kind}:{subject}", {"detail": detail}, now)
    return True


def worsen(connection: Connection, one: Alarm, kind: AlarmKind, detail: str,
           now: datetime) -> bool:
    """An open alarm that rings nobody becomes a graver one; always True.

    Where that graver one ended a short while ago it is the same again, and this one is over.
    """
    detail = masked(detail)
    if _again(connection, kind, one.subject, detail, now):
        return recover(connection, one.kind, one.subject, now)
    connection.execute(update(alarm).where(alarm.c.id == one.id).values(
        kind=kind.value, detail=detail, last=now, count=alarm.c.count + 1,
        acknowledged=None, acknowledged_by=None))
    ledger.append(connection, "alarm.worsened", f"{kind}:{one.subject}",
                  {"was": one.kind.value, "detail": detail}, now)
    return True


def recover(connection: Connection, kind: AlarmKind | str, subject: str, now: datetime) -> bool:
    """Close an open alarm; False when there was none."""
    kind = AlarmKind(kind)
    counted = connection.scalar(
        update(alarm).where(_open(kind, subject)).values(recovered=now).returning(alarm.c.count))
    if counted is None:
        return False
    ledger.append(connection, "alarm.recovered", f"{kind}:{subject}", {"count": counted}, now)
    return True


def open_alarms(connection: Connection, kind: AlarmKind | str | None = None) -> list[Alarm]:
    """The alarms that are open, of one kind or of all, oldest first."""
    rows = select(alarm).where(alarm.c.recovered.is_(None)).order_by(alarm.c.raised, alarm.c.id)
    if kind is not None:
        rows = rows.where(alarm.c.kind == AlarmKind(kind).value)
    return [Alarm.of(row) for row in connection.execute(rows)]


def failing_gateways(connection: Connection) -> set[str]:
    """The gateways that are known to fail, by their names."""
    return {one.subject for one in open_alarms(connection) if one.kind in OF_GATEWAYS}


def acknowledge(connection: Connection, person: str | None, by: str, now: datetime,
                alarm_id: int | None = None) -> list[int]:
    """Note that somebody has taken alarms in hand; the leader is not called for them any more.

    ``person`` takes every open alarm they were told of; ``alarm_id`` narrows it to one, which
    without a person needs no telling (console, command line). ``by`` is who did it, or ``sms``.
    Returns the ids, those acknowledged before left out.
    """
    c = alarm.c
    query = select(c.id, c.kind, c.subject).where(c.recovered.is_(None), c.acknowledged.is_(None))
    if alarm_id is not None:
        query = query.where(c.id == alarm_id)
    if person is not None:
        query = query.where(c.id.in_(_told_of(connection, person)))
    found = connection.execute(query.order_by(c.id)).all()
    for row in found:
        connection.execute(update(alarm).where(c.id == row.id)
                           .values(acknowledged=now, acknowledged_by=person or by))
        ledger.append(connection, "alarm.acknowledged", f"{row.kind}:{row.subject}",
                      {"alarm": row.id, "person": person, "by": by}, now)
    return [row.id for row in found]


def _told_of(connection: Connection, person: str) -> set[int]:
    """The open alarms a person was written to about; several of one kind may share a text."""
    n, c = notice.c, alarm.c
    occasions = connection.scalars(
        select(n.occasion).where(n.person == person, n.occasion.startswith(OCCASION),
                                 n.state != NoticeState.dropped).distinct())
    named = {int(occasion.removeprefix(OCCASION)) for occasion in occasions}
    if not named:
        return set()
    texts = {(row.kind, row.told) for row in connection.execute(
        select(c.kind, c.told).where(c.id.in_(named), c.recovered.is_(None)))}
    return {row.id for row in connection.execute(
        select(c.id, c.kind, c.told).where(c.recovered.is_(None), c.told.is_not(None)))
        if (row.kind, row.told) in texts}


def _open(kind: AlarmKind, subject: str) -> ColumnElement[bool]:
    return ((alarm.c.kind == kind.value) & (alarm.c.subject == subject)
            & alarm.c.recovered.is_(None))


def _again(connection: Connection, kind: AlarmKind, subject: str, detail: str,
           now: datetime) -> bool:
    """Open the last alarm of this cause again, if it ended a short while ago."""
    settles = RINGS[kind].settles if kind in RINGS else timedelta(0)
    c = alarm.c
    last = connection.scalar(
        select(c.id).where(c.kind == kind.value, c.subject == subject, c.closed.is_(None),
                           c.recovered > now - settles)
        .order_by(c.recovered.desc()).limit(1))
    if last is None:
        return False
    with connection.begin_nested():
        connection.execute(update(alarm).where(c.id == last).values(
            recovered=None, count=c.count + 1, last=now, detail=detail))
    ledger.append(connection, "alarm.reopened", f"{kind}:{subject}", {"detail": detail}, now)
    return True


def _count(connection: Connection, kind: AlarmKind, subject: str, detail: str,
           now: datetime) -> bool:
    counted = connection.scalar(
        update(alarm).where(_open(kind, subject))
        .values(count=alarm.c.count + 1, last=now, detail=detail).returning(alarm.c.id))
    return counted is not None
