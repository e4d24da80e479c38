"""The word that our own finding of the highest tier waits for: asked, given once, or not in time.

The row is written with the revision; its texts stand held, and its ladders begin at its end. The
console, the command line, a text with the code from somebody who was asked, Airflow and the clock
all close the same row, once; whoever comes later changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from fenghuo import ledger
from fenghuo.notices import obligations, outgoing
from fenghuo.store import tables as t
from fenghuo.words import Answer, NoticeState, ObligationStatus, Reason, masked

OCCASION = "approval:"
SEND, HOLD, VOID = "send", "hold", "void"
_SAID = {Answer.received: SEND, Answer.started: HOLD}
"""What 1 and 2 mean with an approval's code."""


def opened(connection: Connection, warning_id: int) -> Any:
    """The approval a warning waits for, or None."""
    a = t.approval.c
    return connection.execute(select(t.approval).where(
        a.warning_id == warning_id, a.decided.is_(None))).one_or_none()


def next_due(connection: Connection) -> datetime | None:
    """When the first open approval has waited long enough."""
    found: datetime | None = connection.scalar(
        select(func.min(t.approval.c.due)).where(t.approval.c.decided.is_(None)))
    return found


def lapse(connection: Connection, now: datetime) -> int:
    """Do what the agreement says where nobody answered in time; returns for how many."""
    a = t.approval.c
    rows = connection.execute(select(t.approval).where(
        a.decided.is_(None), a.due <= now).order_by(a.id)).all()
    return sum(decide(connection, row, row.otherwise, Reason.else_after, "", "clock", now)
               for row in rows)


def reply(connection: Connection, person: str | None, code: str | None, said: Answer | None,
          now: datetime) -> Reason | None:
    """Let a text with an approval's code act; None where the code is no approval's."""
    c = t.code.c
    purpose = code and person and connection.scalar(
        select(c.purpose).where(c.code == code, c.person == person,
                                c.purpose.startswith(OCCASION))
        .order_by(c.id.desc()).limit(1))
    if not purpose:
        return None
    if said not in _SAID:
        return Reason.unclear
    row = connection.execute(select(t.approval).where(
        t.approval.c.id == int(purpose.removeprefix(OCCASION)))).one()
    reason = Reason.approved if said == Answer.received else Reason.approval_refused
    done = decide(connection, row, _SAID[said], reason, str(person), "sms", now)
    return Reason.answer_accepted if done else Reason.nothing_open


def decide(connection: Connection, row: Any, decision: str, reason: Reason, by: str, via: str,
           now: datetime, why: str = "") -> bool:
    """Close an approval; False when it was closed before, and then nothing is done.

    ``send`` and ``void`` let its texts go, ``hold`` makes them the duty officer's to let go.
    """
    a, n = t.approval.c, t.notice.c
    if not connection.execute(
            update(t.approval).where(a.id == row.id, a.decided.is_(None)).values(
                decided=now, decision=decision, reason=reason.value, by=by or None,
                via=via)).rowcount:
        return False
    _wind(connection, row, now)
    texts = (n.state == NoticeState.held.value, n.reason == Reason.awaits_approval.value,
             outgoing.speaks_of(row.warning_id))
    if decision == HOLD:
        connection.execute(update(t.warning).where(
            t.warning.c.id == row.warning_id, t.warning.c.held.is_(None))
            .values(held=now, held_by=by or via))
        values: dict[str, Any] = {"reason": Reason.held_by_officer.value}
    else:
        values = {"held_until": now}
    count = connection.execute(update(t.notice).where(*texts).values(**values)).rowcount
    connection.execute(update(t.code).where(
        t.code.c.purpose == f"{OCCASION}{row.id}", t.code.c.closed.is_(None)).values(closed=now))
    waiting = connection.scalars(select(n.id).where(
        n.occasion == f"{OCCASION}{row.id}", n.state == NoticeState.queued.value)).all()
    outgoing.drop(connection, waiting, Reason.answered)
    connection.execute(insert(t.decision).values(
        at=now, edition=row.edition, told=decision == SEND, reason=reason.value,
        revision_id=row.revision_id, detail=f"approval:{row.id} {via} {by}".strip()))
    ledger.append(connection, "approval.decided", f"approval:{row.id}", {
        "warning": row.warning_id, "decision": decision, "reason": reason.value, "by": by or None,
        "via": via, "texts": count, "why": masked(why)}, now)
    return True


def _wind(connection: Connection, row: Any, now: datetime) -> None:
    """The ladders of its sites begin now, and not when the approval would have run out."""
    o = t.obligation.c
    waiting = connection.execute(select(t.obligation).where(
        o.warning_id == row.warning_id, o.opened >= row.opened, o.rung == 0,
        o.status.in_([ObligationStatus.pending.value, ObligationStatus.unreachable.value]))).all()
    sites = set(row.sites)
    mine = [one for one in waiting if one.site in sites]
    obligations.put_off(connection, mine, {one.id: now - row.due for one in mine})
