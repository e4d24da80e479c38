"""Held texts that have become needless or wrong while they waited, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from fenghuo.notices.letters import Kind
from fenghuo.store import tables as t
from fenghuo.words import ObligationStatus, Reason, WarningState

_ENDS = (Kind.left, Kind.cancel, Kind.lapse)


def reasons(connection: Connection, rows: Sequence[Any], now: datetime) -> dict[str, Reason]:
    """By notice id: why it must not go. What may go is left out."""
    ids = [row.id for row in rows]
    o, no = t.obligation.c, t.notice_obligation.c
    duties: dict[str, list[Any]] = {}
    for start in range(0, len(ids), 500):
        for duty in connection.execute(
                select(no.notice_id, o.site, o.status, o.answered_at, o.warning_id,
                       t.warning.c.hazard, t.warning.c.state)
                .join(t.obligation, o.id == no.obligation_id)
                .join(t.warning, t.warning.c.id == o.warning_id)
                .where(no.notice_id.in_(ids[start:start + 500]))):
            duties.setdefault(duty.notice_id, []).append(duty)
    fresh = _in_force_again(connection, rows, duties)
    return {row.id: why for row in rows
            if (why := _why(row, duties.get(row.id, []), row.id in fresh, now))}


def _why(row: Any, duties: Sequence[Any], again: bool, now: datetime) -> Reason | None:
    if row.expires is not None and row.expires <= now:
        return Reason.expired
    if not duties or row.kind is None:
        return None
    if row.kind in (kind.value for kind in _ENDS):
        return Reason.superseded if again else None
    if all(duty.state != WarningState.in_force for duty in duties):
        return None if row.kind == Kind.retract else Reason.superseded
    if row.kind != Kind.tell:
        return None
    answered = [duty.status == ObligationStatus.answered and duty.answered_at is not None
                and duty.answered_at >= row.created for duty in duties]
    excused = [duty.status == ObligationStatus.excused for duty in duties]
    if all(one or other for one, other in zip(answered, excused, strict=True)):
        return Reason.answered if any(answered) else Reason.superseded
    return None


def _in_force_again(connection: Connection, rows: Sequence[Any],
                    duties: dict[str, list[Any]]) -> set[str]:
    """All-clears whose danger has come back at every place they speak of: they would mislead."""
    o, w = t.obligation.c, t.warning.c
    ending = [row for row in rows if row.kind in (kind.value for kind in _ENDS)]
    places = {duty.site for row in ending for duty in duties.get(row.id, ())}
    if not places:
        return set()
    opened: dict[tuple[str, str], list[tuple[int, datetime]]] = {}
    for found in connection.execute(
            select(w.hazard, o.site, w.id, o.opened).join(t.obligation, o.warning_id == w.id)
            .where(w.state == WarningState.in_force.value, o.site.in_(sorted(places)),
                   o.status != ObligationStatus.excused.value, w.drill_id.is_(None))):
        opened.setdefault((found.hazard, found.site), []).append((found.id, found.opened))
    # of the same warning only a duty opened anew: an answered one outlives its place's leaving
    return {row.id for row in ending if duties.get(row.id) and all(
        any(one > duty.warning_id or (one == duty.warning_id and since > row.created)
            for one, since in opened.get((duty.hazard, duty.site), ()))
        for duty in duties[row.id])}
