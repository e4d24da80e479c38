"""The alarm book: at most one open alarm per (kind, subject), counted, recovered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo import ledger
from fenghuo.alarms.kinds import AlarmKind
from fenghuo.store.tables import alarm
from fenghuo.words import masked


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it stands. Instants on the city clock, ``count`` how often it was seen."""

    id: int
    kind: AlarmKind
    subject: str
    detail: str
    raised: datetime
    last: datetime
    count: int


def raise_alarm(connection: Connection, kind: AlarmKind | str, subject: str, detail: str,
                now: datetime) -> bool:
    """Open an alarm, or count it once more if it is open; True when it is new.

    Raises ValueError for a kind outside AlarmKind. ``detail`` reaches logs and the ledger:
    addresses in it are masked here.
    """
    kind, detail = AlarmKind(kind), masked(detail)
    if _count(connection, kind, subject, detail, now):
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(alarm).values(
                kind=kind.value, subject=subject, detail=detail, raised=now, last=now, count=1))
    except IntegrityError:  # another process opened it in this very moment
        _count(connection, kind, subject, detail, now)
        return False
    ledger.append(connection, "alarm.raised", f"{kind}:{subject}", {"detail": detail}, now)
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
    return [Alarm(row.id, AlarmKind(row.kind), row.subject, row.detail, row.raised, row.last,
                  row._mapping["count"]) for row in connection.execute(rows)]


def _open(kind: AlarmKind, subject: str) -> ColumnElement[bool]:
    return ((alarm.c.kind == kind.value) & (alarm.c.subject == subject)
            & alarm.c.recovered.is_(None))


def _count(connection: Connection, kind: AlarmKind, subject: str, detail: str,
           now: datetime) -> bool:
    counted = connection.scalar(
        update(alarm).where(_open(kind, subject))
        .values(count=alarm.c.count + 1, last=now, detail=detail).returning(alarm.c.id))
    return counted is not None
