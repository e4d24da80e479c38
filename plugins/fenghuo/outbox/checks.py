"""The last look before a send: may these texts still go to their people?

One read in one view for all that one claim took. A text is superseded when every revision it
speaks of has a newer text on its way to the same address, or when its warning has ended meanwhile;
a newer revision that says nothing to this person leaves his text standing, or he would never be
told. Texts that end a warning always go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from fenghuo.contacts import addresses
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


def verdicts(connection: Connection, held: Sequence[Claim], sandbox: bool, now: datetime,
             machine: float) -> dict[str, Reason]:
    """Why notices must not be sent now, by their ids; those that may go are left out.

    ``lease_expired`` means that the claim is no longer ours and nothing may be written.
    ``now`` is the city's instant, ``machine`` the machine's.
    """
    n = notice.c
    rows = {row.id: row for row in connection.execute(
        select(n.id, n.token, n.state, n.channel, n.address, n.signed, n.created, n.expires)
        .where(n.id.in_([one.notice for one in held])))}
    against = {one.notice: Reason.lease_expired for one in held
               if (rows[one.notice].token, rows[one.notice].state)
               != (one.token, NoticeState.claimed) or machine >= one.lease_until}
    return _needless(connection, [row for key, row in rows.items() if key not in against],
                     sandbox, now) | against


def needless(connection: Connection, held: Row[Any], sandbox: bool,
             now: datetime) -> Reason | None:
    """The same of a row of ``notice`` that nobody else can be sending."""
    return _needless(connection, [held], sandbox, now).get(held.id)


def _needless(connection: Connection, rows: Sequence[Any], sandbox: bool,
              now: datetime) -> dict[str, Reason]:
    found: dict[str, Reason] = {}
    out = addresses.out_of_use(connection, [row.address for row in rows])
    for row in rows:
        if not row.signed and not sandbox:
            found[row.id] = Reason.agreement_unsigned
        elif row.expires is not None and row.expires <= now:
            found[row.id] = Reason.expired
        elif (row.channel, row.address) in out:
            found[row.id] = out[row.channel, row.address]
    keys = [row.id for row in rows if row.id not in found]
    if not keys:
        return found
    items, owed, newest = _spoken(connection, keys), _owed(connection, keys), _Newest(connection)
    for row in rows:
        if row.id in found:
            continue
        mine = items.get(row.id, [])
        changes = {item.change for item in mine}
        if mine and all(_superseded(connection, row, item, newest) for item in mine):
            found[row.id] = Reason.superseded
        elif not changes & set(INFORMS) and (why := _closed(row, owed.get(row.id, []), changes)):
            found[row.id] = why
    return found


def _spoken(connection: Connection, keys: Sequence[str]) -> dict[str, list[Any]]:
    """The revisions that notices speak of, with the states of their warnings."""
    return _grouped(connection.execute(
        select(notice_item.c.notice_id, revision.c.number, revision.c.change,
               revision.c.warning_id, warning.c.state)
        .join(revision, notice_item.c.revision_id == revision.c.id)
        .join(warning, warning.c.id == revision.c.warning_id)
        .where(notice_item.c.notice_id.in_(keys))))


def _owed(connection: Connection, keys: Sequence[str]) -> dict[str, list[Any]]:
    """What notices discharge."""
    return _grouped(connection.execute(
        select(notice_obligation.c.notice_id, obligation.c.status, obligation.c.answered_at)
        .join(obligation, notice_obligation.c.obligation_id == obligation.c.id)
        .where(notice_obligation.c.notice_id.in_(keys))))


def _grouped(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.notice_id, []).append(row)
    return found


class _Newest:
    """The number of each warning's newest revision, asked once: most texts are about that."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._known = connection, dict[int, int]()

    def __call__(self, warning_id: int) -> int:
        if warning_id not in self._known:
            self._known[warning_id] = self._connection.scalar(
                select(func.max(revision.c.number)).where(
                    revision.c.warning_id == warning_id)) or 0
        return self._known[warning_id]


def _superseded(connection: Connection, held: Row[Any], item: Any, newest: _Newest) -> bool:
    if item.change in ENDING:
        return False
    if item.state != WarningState.in_force:
        return True
    if newest(item.warning_id) <= item.number:
        return False
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


def _closed(held: Row[Any], rows: Sequence[Any], changes: set[str]) -> Reason | None:
    """Whether everything it is about was closed after it was written.

    An obligation excused by a change of the area is what an area text tells of.
    """
    answered = [row.status == ObligationStatus.answered and row.answered_at is not None
                and row.answered_at >= held.created for row in rows]
    excused = [row.status == ObligationStatus.excused and Change.area not in changes
               for row in rows]
    if not rows or not all(one or other for one, other in zip(answered, excused, strict=True)):
        return None
    return Reason.answered if any(answered) else Reason.superseded
