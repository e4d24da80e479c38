"""Which alarms want to be told now: to the duty officer, to the leader on duty, as over.

Only the questions and the marks; what is said and to whom is ``escalation.ringing``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, select, update

from fenghuo.alarms.kinds import RINGS, SENTINELS, Ring
from fenghuo.alarms.register import Alarm
from fenghuo.store.tables import alarm

LEADS = timedelta(minutes=5)
"""How long the duty officer has before the leader on duty is told."""

DAY = (7, 22)
"""City hours in which alarms that wait are told."""


def ring_of(one: Alarm) -> Ring | None:
    """How an alarm rings, None when it does not."""
    return None if (one.kind, one.subject) == SENTINELS else RINGS.get(one.kind)


def due(one: Alarm, zone: ZoneInfo) -> datetime:
    """When an alarm that rings may be told: when it was raised, or in the morning after."""
    ring, local = RINGS[one.kind], one.raised.astimezone(zone)
    if not ring.waits or DAY[0] <= local.hour < DAY[1]:
        return one.raised
    day = local.date() + timedelta(days=local.hour >= DAY[1])
    return datetime(day.year, day.month, day.day, DAY[0], tzinfo=zone)


def untold(connection: Connection, zone: ZoneInfo) -> list[tuple[Alarm, datetime]]:
    """Open alarms that ring and nobody was told of, oldest first, and when each may be told."""
    c = alarm.c
    fresh = [one for one in _read(connection, c.recovered.is_(None) & c.told.is_(None))
             if ring_of(one)]
    if not fresh:
        return []
    last = {row.kind: row.at for row in connection.execute(
        select(c.kind, func.max(c.told).label("at")).group_by(c.kind))}
    return [(one, max(due(one, zone), before + RINGS[one.kind].apart)
             if (before := last.get(one.kind.value)) else due(one, zone)) for one in fresh]


def unanswered(connection: Connection) -> list[Alarm]:
    """Open alarms that were told, that nobody acknowledged and the leader does not know of."""
    c = alarm.c
    found = _read(connection, c.recovered.is_(None) & c.told.is_not(None)
                  & c.acknowledged.is_(None) & c.led.is_(None))
    return [one for one in found if (ring := ring_of(one)) and not ring.waits]


def over(connection: Connection) -> list[tuple[Alarm, datetime]]:
    """Alarms that have ended, each with the instant from which its end is final."""
    c = alarm.c
    return [(one, one.recovered + (RINGS[one.kind].settles if one.kind in RINGS
                                   else timedelta(0)))
            for one in _read(connection, c.recovered.is_not(None) & c.closed.is_(None))
            if one.recovered]


def tells_its_end(one: Alarm) -> bool:
    """Whether somebody waits to hear that it is over."""
    ring = ring_of(one)
    return one.told is not None and ring is not None and ring.back


def forget(connection: Connection, now: datetime) -> None:
    """Close ended alarms whose end nobody waits to hear."""
    mark(connection, [one for one, final in over(connection)
                      if final <= now and not tells_its_end(one)], "closed", now)


def mark(connection: Connection, alarms: Iterable[Alarm], column: str, now: datetime) -> None:
    """Set ``told``, ``led`` or ``closed``."""
    if ids := [one.id for one in alarms]:
        connection.execute(update(alarm).where(alarm.c.id.in_(ids)).values({column: now}))


def _read(connection: Connection, which: ColumnElement[bool]) -> list[Alarm]:
    rows = connection.execute(select(alarm).where(which).order_by(alarm.c.id))
    return [Alarm.of(row) for row in rows]
