"""The last look before a send: may this text still go to this person?

One read in one view. A text is superseded when every revision it speaks of has a newer text on
its way to the same address, or when its warning has ended meanwhile; a newer revision that says
nothing to this person leaves his text standing, or he would never be told. Texts that end a
warning always go.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from fenghuo.outbox.claims import Claim
from fenghuo.store.tables import (
    notice,
    notice_item,
    notice_obligation,
    obligation,
    revision,
    warning,
)
from fenghuo.words import Change, Channel, NoticeState, ObligationStatus, Reason, WarningState

ENDING = (Change.cancel, Change.lapse, Change.retract)
INFORMS = (*ENDING, Change.downgrade)
"""Changes whose texts ask for no answer, so that an answer does not make them needless."""


def verdict(connection: Connection, held: Claim, sandbox: bool, now: datetime,
            machine: float) -> Reason | None:
    """Why this notice must not be sent now, None when it may go.

    ``lease_expired`` means that the claim is no longer ours and nothing may be written.
    ``now`` is the city's instant, ``machine`` the machine's.
    """
    row = connection.execute(select(notice).where(notice.c.id == held.notice)).one()
    if (row.token, row.state) != (held.token, NoticeState.claimed) or machine >= held.lease_until:
        return Reason.lease_expired
    return needless(connection, row, sandbox, now)


def needless(connection: Connection, held: Row[Any], sandbox: bool,
             now: datetime) -> Reason | None:
    """The same of a row of ``notice`` that nobody else can be sending."""
    if not held.signed and not sandbox:
        return Reason.agreement_unsigned
    if held.expires is not None and held.expires <= now:
        return Reason.expired
    items = connection.execute(
        select(revision.c.id, revision.c.number, revision.c.change, revision.c.warning_id,
               warning.c.state)
        .join(notice_item, notice_item.c.revision_id == revision.c.id)
        .join(warning, warning.c.id == revision.c.warning_id)
        .where(notice_item.c.notice_id == held.id)).all()
    if items and all(_superseded(connection, held, item) for item in items):
        return Reason.superseded
    changes = {item.change for item in items}
    return None if changes & set(INFORMS) else _closed(connection, held, changes)


def _superseded(connection: Connection, held: Row[Any], item: Any) -> bool:
    if item.change in ENDING:
        return False
    if item.state != WarningState.in_force:
        return True
    # a call that waits is overtaken by a newer text to the same telephone too
    overtaken_by = {held.channel} | ({Channel.sms} if held.channel == Channel.voice else set())
    newer = (
        select(notice.c.id)
        .join(notice_item, notice_item.c.notice_id == notice.c.id)
        .join(revision, revision.c.id == notice_item.c.revision_id)
        .where((revision.c.warning_id == item.warning_id)
               & (revision.c.number > item.number)
               & (notice.c.address == held.address)
               & notice.c.channel.in_(overtaken_by)
               # a newer text that waits for the morning must not silence this one
               & notice.c.state.not_in((NoticeState.failed, NoticeState.dropped,
                                        NoticeState.held))))
    return bool(connection.scalar(select(exists(newer))))


def _closed(connection: Connection, held: Row[Any], changes: set[str]) -> Reason | None:
    """Whether everything it is about was closed after it was written.

    An obligation excused by a change of the area is what an area text tells of.
    """
    rows = connection.execute(
        select(obligation.c.status, obligation.c.answered_at)
        .join(notice_obligation, notice_obligation.c.obligation_id == obligation.c.id)
        .where(notice_obligation.c.notice_id == held.id)).all()
    answered = [row.status == ObligationStatus.answered and row.answered_at is not None
                and row.answered_at >= held.created for row in rows]
    excused = [row.status == ObligationStatus.excused and Change.area not in changes
               for row in rows]
    if not rows or not all(one or other for one, other in zip(answered, excused, strict=True)):
        return None
    return Reason.answered if any(answered) else Reason.superseded
