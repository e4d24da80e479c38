"""What a notice's fate does to the obligations it discharges.

Called by the outbox inside its own transaction. A notice of an older opening never marks an
obligation that was re-opened since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from fenghuo.notices.answers import answer
from fenghuo.notices.outgoing import ALIVE, FIRST
from fenghuo.notices.rings import parse, rings_again
from fenghuo.store import tables as t
from fenghuo.words import Channel, ObligationStatus, Reason

__all__ = ["answer", "mark_failed", "mark_told"]

CLOCKS = ("answer_due", "next_rung_at", "started_due", "done_due", "report_at")
"""What of an obligation waits for the city's clock."""


def mark_told(connection: Connection, notice_ids: Collection[str], now: datetime) -> list[int]:
    """A gateway took the notices: their obligations are told. Returns those that changed.

    A robot's word into a group tells nobody who owes an answer.
    """
    changed: dict[int, dict[str, Any]] = {}
    for row in _current(connection, notice_ids):
        if row.channel == Channel.chat and row.answer_due is not None:
            continue
        if row.step != FIRST:
            # a deputy who was reached does not make the silent officer told
            if row.status == ObligationStatus.unreachable and row.reason != Reason.ladder_exhausted:
                changed.setdefault(row.id, {"told": row.told_at})["to"] = (
                    ObligationStatus.escalating.value)
            continue
        status = row.status
        if status in (ObligationStatus.pending, ObligationStatus.unreachable):
            status = ObligationStatus.escalating if row.rung else ObligationStatus.told
        if status == row.status and row.told_at is not None:
            continue
        changed[row.id] = {"to": ObligationStatus(status).value, "told": row.told_at or now}
    alike: dict[tuple[str, datetime | None], list[int]] = {}
    for key, values in changed.items():
        alike.setdefault((values["to"], values["told"]), []).append(key)
    for (status, told_at), keys in alike.items():
        connection.execute(update(t.obligation).where(t.obligation.c.id.in_(keys))
                           .values(status=status, told_at=told_at))
    return list(changed)


def mark_failed(connection: Connection, notice_id: str, now: datetime,
                reason: Reason = Reason.gateway_rejected, ended: str | None = None) -> list[int]:
    """A notice was refused for good: whoever has no other living notice is unreachable, and why.

    His ladder goes on at once, as it does where the newest rung reached nobody; not while a call
    that ``ended`` so, by its receipt, is placed again. Returns the obligations that became
    unreachable.
    """
    lost = []
    n, no = t.notice.c, t.notice_obligation.c
    for row in _current(connection, [notice_id]):
        if row.status in (ObligationStatus.answered, ObligationStatus.excused):
            continue
        steps = set(connection.scalars(
            select(n.step).select_from(t.notice_obligation)
            .join(t.notice, n.id == no.notice_id)
            .where(no.obligation_id == row.id, n.id != notice_id, n.created >= row.opened,
                   n.state.in_([state.value for state in ALIVE]),
                   *([n.channel != Channel.chat.value] if row.answer_due is not None else ()))))
        values: dict[str, Any] = {}
        if not steps:
            values = {"status": ObligationStatus.unreachable.value, "reason": reason.value}
            lost.append(int(row.id))
        if row.next_rung_at is not None and (not steps or (
                _newest(row) and row.step not in steps
                and not rings_again(row.channel, row.step, ended, reason))):
            values["next_rung_at"] = min(row.next_rung_at, now)
        if values:
            _set(connection, row.id, **values)
    return lost


def put_off(connection: Connection, rows: Iterable[Any], late: Mapping[int, timedelta]) -> None:
    """Answers and reports fall due, and rungs come, so much later, or earlier where that is
    negative. ``rows`` have id and the columns ``CLOCKS``, ``late`` is by id."""
    moved = [{"key": row.id, **{f"new_{name}": at and at + late[row.id] for name in CLOCKS
                                for at in [getattr(row, name)]}} for row in rows]
    if moved:
        connection.execute(update(t.obligation).where(t.obligation.c.id == bindparam("key"))
                           .values({name: bindparam(f"new_{name}") for name in CLOCKS}), moved)


def _newest(row: Any) -> bool:
    """Whether a text is of the rung its obligation's ladder has come to."""
    found = parse(row.step)
    return found is not None and found[0] >= int(row.rung)


def _set(connection: Connection, obligation: int, **values: Any) -> None:
    connection.execute(update(t.obligation).where(t.obligation.c.id == obligation)
                       .values(**values))


def _current(connection: Connection, notice_ids: Collection[str]) -> list[Any]:
    """The open obligations notices discharge, opened no later than what those speak of."""
    o, no, i, r = t.obligation.c, t.notice_obligation.c, t.notice_item.c, t.revision.c
    # asked row by row: joined to the warning, SQLite reads all its obligations for each notice
    newest = (select(func.max(i.revision_id)).join(t.revision, r.id == i.revision_id)
              .where(i.notice_id == no.notice_id, r.warning_id == o.warning_id)
              .correlate(t.notice_obligation, t.obligation).scalar_subquery())
    return list(connection.execute(
        select(t.obligation, t.notice.c.step, t.notice.c.channel)
        .join(t.notice_obligation, no.obligation_id == o.id)
        .join(t.notice, t.notice.c.id == no.notice_id)
        .where(no.notice_id.in_(notice_ids), o.opened_by <= newest,
               o.status.not_in([ObligationStatus.excused.value]))
        .order_by(o.id)))  # two lanes that write the same ones do so in the same order
