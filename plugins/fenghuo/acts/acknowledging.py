"""Somebody has taken an alarm in hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from fenghuo import alarms
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store import tables as t


def acknowledge(connection: Connection, edition: EditionLike, settings: Settings, alarm_id: int,
                *, by: str, reason: str = "", now: datetime) -> bool:
    """Take an open alarm in hand: the leader on duty is not called for it.

    False when somebody had. Raises NotPossible for an unknown alarm and for one that is over.
    """
    by = named(by)
    row = connection.execute(select(t.alarm).where(t.alarm.c.id == alarm_id)).one_or_none()
    if row is None:
        raise NotPossible(f"found no alarm {alarm_id}")
    if row.acknowledged is not None:
        return False
    if row.recovered is not None:
        raise NotPossible(f"alarm {alarm_id} is over since {row.recovered.isoformat()}")
    return bool(alarms.acknowledge(connection, None, by, now, alarm_id))
