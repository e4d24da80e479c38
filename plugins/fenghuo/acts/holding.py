"""The duty officer stops a warning's texts before they are sent, and lets them go.

A hold stops what waits and what is written while it lasts; what a gateway has in its hands goes.
A bundle that speaks of other warnings too is not stopped: they must not wait for this one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from fenghuo import ledger, notices
from fenghuo.acts import warnings
from fenghuo.acts.refusing import named
from fenghuo.alarms import AlarmKind, recover
from fenghuo.notices import approvals, obligations, outgoing
from fenghuo.notices.announcing import EditionLike
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import NoticeState, ObligationStatus, Reason, masked


def hold(connection: Connection, edition: EditionLike, settings: Settings, warning_id: int, *,
         by: str, reason: str, via: str = "console", now: datetime) -> int:
    """Stop the unsent texts of a warning; returns how many wait now for ``let_go``.

    Raises NotPossible for a warning that is not in force.
    """
    by = named(by, reason)
    row = warnings.in_force(connection, warning_id)
    n = t.notice.c
    if row.held is None:
        waits = approvals.opened(connection, warning_id)
        if waits is not None:
            approvals.decide(connection, waits, approvals.HOLD, Reason.approval_refused, by, via,
                             now, reason)
        connection.execute(update(t.warning).where(t.warning.c.id == warning_id)
                           .values(held=now, held_by=by))
        stopped = connection.execute(
            update(t.notice).where(n.state == NoticeState.queued.value,
                                   outgoing.speaks_of(warning_id))
            .values(state=NoticeState.held.value, held_until=None,
                    reason=Reason.held_by_officer.value)).rowcount
        ledger.append(connection, "warning.held", f"warning:{warning_id}",
                      {"by": by, "reason": masked(reason), "texts": stopped}, now)
    waiting = select(n.id).where(n.state == NoticeState.held.value, outgoing.speaks_of(warning_id))
    return len(connection.scalars(waiting).all())


def let_go(connection: Connection, edition: EditionLike, settings: Settings, warning_id: int, *,
           by: str, reason: str = "", via: str = "console", now: datetime) -> int:
    """End a hold: what it stopped goes now, what was answered or ended meanwhile is dropped.
    A warning of our own that waits for approval is approved by it.

    Returns how many texts it had stopped; none for a warning that is not held.
    """
    by = named(by)
    row = warnings.of(connection, warning_id)
    waits = approvals.opened(connection, warning_id)
    if waits is not None and row.held is None:
        return _approve(connection, edition, settings, waits, by, via, reason, now)
    if row.held is None:
        return 0
    connection.execute(update(t.warning).where(t.warning.c.id == warning_id)
                       .values(held=None, held_by=None))
    n = t.notice.c
    freed = connection.execute(
        update(t.notice).where(n.state == NoticeState.held.value, n.held_until.is_(None),
                               n.reason == Reason.held_by_officer.value,
                               outgoing.speaks_of(warning_id))
        .values(held_until=now)).rowcount
    _wind_on(connection, warning_id, row.held, now)
    recover(connection, AlarmKind.held_too_long, f"warning:{warning_id}", now)
    ledger.append(connection, "warning.let_go", f"warning:{warning_id}", {
        "by": by, "reason": masked(reason), "texts": freed, "held_by": row.held_by,
        "seconds": (now - row.held).total_seconds()}, now)
    notices.release(connection, edition, settings, now)
    return freed


def _approve(connection: Connection, edition: EditionLike, settings: Settings, waits: Any,
             by: str, via: str, why: str, now: datetime) -> int:
    n = t.notice.c
    texts = len(connection.scalars(select(n.id).where(
        n.state == NoticeState.held.value, n.reason == Reason.awaits_approval.value,
        outgoing.speaks_of(waits.warning_id))).all())
    approvals.decide(connection, waits, approvals.SEND, Reason.approved, by, via, now, why)
    notices.release(connection, edition, settings, now)
    return texts


def _wind_on(connection: Connection, warning_id: int, since: datetime, now: datetime) -> None:
    """Whoever was not told yet has his whole time to answer, from now."""
    o = t.obligation.c
    rows = connection.execute(select(t.obligation).where(
        o.warning_id == warning_id, o.status == ObligationStatus.pending.value)).all()
    obligations.put_off(connection, rows, {row.id: now - max(since, row.opened) for row in rows})


def forget(connection: Connection, warning_id: int) -> None:
    """End a hold whose texts are to be dropped: a correction must not wait for it."""
    connection.execute(update(t.warning).where(t.warning.c.id == warning_id)
                       .values(held=None, held_by=None))
