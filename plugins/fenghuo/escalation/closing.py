"""Rungs that no longer count: an upgrade opened the obligation anew, or it is owed no more.

A rung's text that is still unsent is dropped; a call that nobody made is closed, and the new
ladder opens it again when it is due. Run twice, the second finds nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, update

from fenghuo.alarms.waiting import HELP_RUNG, REPORT_RUNG
from fenghuo.notices import outgoing
from fenghuo.notices.letters import Kind
from fenghuo.outbox.results import note_dropped
from fenghuo.store import tables as t
from fenghuo.words import NoticeState, ObligationStatus, Reason

_OF_REPORTS = (Kind.remind, Kind.overdue)
"""Texts to and about those who have answered."""
_OVER = (ObligationStatus.answered, ObligationStatus.excused)


def close_superseded(connection: Connection, now: datetime) -> dict[str, int]:
    """Drop unsent rung texts and close calls of older openings; returns what was closed."""
    counts = Counter(superseded_texts=_texts(connection, now))
    c, o = t.call_task.c, t.obligation.c
    waiting = c.done.is_(None) & (c.rung != HELP_RUNG)
    for outcome, why in (
            (Reason.superseded, o.opened > c.opened),
            (Reason.warning_closed, or_(
                o.status == ObligationStatus.excused.value,
                (c.rung == REPORT_RUNG) & o.listed.is_(None)))):  # nothing is owed there any more
        theirs = select(o.id).where(o.id == c.obligation_id, why)
        closed = connection.execute(update(t.call_task).where(waiting, theirs.exists())
                                    .values(done=now, outcome=outcome.value))
        counts[f"calls_{outcome.value}"] += closed.rowcount
    return dict(+counts)


def _texts(connection: Connection, now: datetime) -> int:
    n, no, o, i, r = (t.notice.c, t.notice_obligation.c, t.obligation.c, t.notice_item.c,
                      t.revision.c)
    rows = connection.execute(
        select(n.id, n.kind, o.opened_by, o.status, func.max(i.revision_id).label("spoken"))
        .join(t.notice_obligation, no.notice_id == n.id)
        .join(t.obligation, o.id == no.obligation_id)
        .join(t.notice_item, i.notice_id == n.id)
        .join(t.revision, (r.id == i.revision_id) & (r.warning_id == o.warning_id))
        .where(n.state.in_([NoticeState.queued.value, NoticeState.held.value]),
               or_(n.step.startswith("rung:"), n.step.startswith("remind:")))
        .group_by(n.id, o.id, o.opened_by, o.status)).all()
    alive = {row.id for row in rows if row.opened_by <= row.spoken
             and (row.status not in _OVER or row.kind in _OF_REPORTS)}
    dead = sorted({row.id for row in rows} - alive)
    outgoing.drop(connection, dead, Reason.superseded)
    for key in dead:
        note_dropped(connection, key, Reason.superseded, now)
    return len(dead)
