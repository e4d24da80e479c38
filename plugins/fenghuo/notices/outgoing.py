"""The one door into the notice table.

A notice is a row before it is a message; its key (occasion, channel, address, step) makes it
one, and (revision, channel, address, step) is one over everything that was ever written. A row
that is already there is left as it is: writing twice is telling once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from fenghuo import ledger
from fenghuo.notices.keys import notice_id, occasion_of
from fenghuo.store import tables as t
from fenghuo.words import Channel, Delivery, NoticeState, Reason, mask

FIRST = "first"
TOLD_OR_IN_DOUBT = (NoticeState.accepted, NoticeState.claimed, NoticeState.in_doubt)
ALIVE = (NoticeState.queued, *TOLD_OR_IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one address, ready to be queued. ``rank`` is Level.rank: red goes first."""

    channel: Channel
    address: str
    step: str
    person: str | None
    language: str
    subject: str
    text: str
    parts: int
    code: str | None
    rank: int
    signed: bool
    reason: Reason
    expires: datetime | None
    revisions: tuple[int, ...]
    obligations: tuple[int, ...] = ()
    occasion: str = field(default="")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Its four words."""
        occasion = self.occasion or occasion_of(self.revisions)
        return occasion, self.channel.value, self.address, self.step


def enqueue(connection: Connection, notices: Sequence[Notice], now: datetime) -> dict[str, Notice]:
    """Queue notices; returns those that are new, by id. Obligations join one already there."""
    by_id = {notice_id(*notice.key): notice for notice in notices}
    known = _known(connection, list(by_id))
    clash = _told_by_revision(connection, [one for key, one in by_id.items() if key not in known])
    new = {key: one for key, one in by_id.items() if key not in known
           and not any((revision, one.channel.value, one.address, one.step) in clash
                       for revision in one.revisions)}
    if new:
        connection.execute(insert(t.notice), [_row(key, one, now) for key, one in new.items()])
        items = [{"notice_id": key, "revision_id": revision, "channel": one.channel.value,
                  "address": one.address, "step": one.step}
                 for key, one in new.items() for revision in sorted(set(one.revisions))]
        if items:
            connection.execute(insert(t.notice_item), items)
    join(connection, [(key, obligation) for key, one in by_id.items()
                      if key in new or key in known for obligation in one.obligations])
    ledger.append_many(connection, [
        ("notice.enqueued", f"notice:{key}", {
            "occasion": one.key[0], "channel": one.channel.value, "address": mask(one.address),
            "step": one.step, "person": one.person, "reason": one.reason.value, "text": one.text,
            "revisions": sorted(set(one.revisions)), "obligations": sorted(set(one.obligations)),
            "expires": one.expires.isoformat() if one.expires else None})
        for key, one in new.items()], now)
    return new


def join(connection: Connection, links: Collection[tuple[str, int]]) -> None:
    """Say that notices discharge obligations, once each."""
    wanted = sorted(set(links))
    c = t.notice_obligation.c
    known: set[tuple[str, int]] = set()
    for start in range(0, len(wanted), 500):
        ids = sorted({key for key, _ in wanted[start:start + 500]})
        known |= {(row.notice_id, row.obligation_id) for row in connection.execute(
            select(c.notice_id, c.obligation_id).where(c.notice_id.in_(ids)))}
    rows = [{"notice_id": key, "obligation_id": obligation} for key, obligation in wanted
            if (key, obligation) not in known]
    if rows:
        connection.execute(insert(t.notice_obligation), rows)


def drop(connection: Connection, notice_ids: Collection[str], reason: Reason) -> None:
    """Take notices out of the queue that nobody has begun to send."""
    ids = sorted(notice_ids)
    for start in range(0, len(ids), 500):
        connection.execute(
            update(t.notice)
            .where(t.notice.c.id.in_(ids[start:start + 500]),
                   t.notice.c.state == NoticeState.queued.value)
            .values(state=NoticeState.dropped.value, reason=reason.value))


def _known(connection: Connection, ids: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        found |= set(connection.scalars(
            select(t.notice.c.id).where(t.notice.c.id.in_(ids[start:start + 500]))))
    return found


def _told_by_revision(connection: Connection,
                      notices: Sequence[Notice]) -> set[tuple[int, str, str, str]]:
    c = t.notice_item.c
    revisions = sorted({revision for one in notices for revision in one.revisions})
    if not revisions:
        return set()
    return {(row.revision_id, row.channel, row.address, row.step) for row in connection.execute(
        select(c.revision_id, c.channel, c.address, c.step).where(c.revision_id.in_(revisions)))}


def _row(key: str, one: Notice, now: datetime) -> dict[str, object]:
    occasion, channel, address, step = one.key
    return {"id": key, "occasion": occasion, "channel": channel, "address": address, "step": step,
            "person": one.person, "language": one.language, "subject": one.subject,
            "text": one.text, "parts": one.parts, "code": one.code, "rank": one.rank,
            "signed": one.signed, "state": NoticeState.queued.value, "reason": one.reason.value,
            "created": now, "expires": one.expires, "delivery": Delivery.none.value}
