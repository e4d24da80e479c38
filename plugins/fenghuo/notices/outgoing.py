"""The one door into the notice table.

A notice is a row before it is a message; its key (occasion, channel, address, step) makes it
one, and (revision, channel, address, step) is one over everything that was ever written. A row
that is already there is left as it is: writing twice is telling once. A held row waits for
``held_until``, or (none) for the officer who held its warning; nobody sends it before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from fenghuo import ledger
from fenghuo.notices.keys import notice_id, occasion_of
from fenghuo.notices.texts import Form
from fenghuo.store import tables as t
from fenghuo.words import Channel, Delivery, NoticeState, Reason, mask

FIRST = "first"
TOLD_OR_IN_DOUBT = (NoticeState.accepted, NoticeState.claimed, NoticeState.in_doubt)
UNSENT = (NoticeState.held, NoticeState.queued)
ALIVE = (*UNSENT, *TOLD_OR_IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one address, ready to be queued. ``rank`` is Level.rank: red goes first.

    ``kind`` is a value of letters.Kind, ``brief`` one phrase of the text for a bundle. A held one
    waits until ``held_until`` for the reason it carries (pacing.py). ``form`` is what an SMS was
    rendered from, for gateways that know texts by their template.
    """

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
    hazard: str | None = None
    kind: str | None = None
    brief: str = ""
    held_until: datetime | None = None
    held: bool = False
    form: Form | None = None

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
    stopped = _stopped_by_officer(connection, new.values())
    new = {key: replace(one, held=True, held_until=None, reason=Reason.held_by_officer)
           if stopped.intersection(one.revisions) else one for key, one in new.items()}
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
        ("notice.enqueued", f"notice:{key}", _facts(one)) for key, one in new.items()], now)
    return new


def speaks_of(warning_id: int) -> ColumnElement[bool]:
    """Notices about this warning and no other."""
    i, r = t.notice_item.c, t.revision.c
    items = select(i.notice_id).join(t.revision, r.id == i.revision_id)
    return (t.notice.c.id.in_(items.where(r.warning_id == warning_id))
            & t.notice.c.id.not_in(items.where(r.warning_id != warning_id)))


def bundle(connection: Connection, bundles: Sequence[tuple[Notice, Collection[str]]],
           now: datetime) -> list[str]:
    """Queue each notice in place of its held members, which are dropped; returns the ids.

    What the members spoke of, it speaks of: their items go over to it, their obligations join.
    """
    made = {notice_id(*one.key): (one, sorted(members)) for one, members in bundles}
    if not made:
        return []
    connection.execute(insert(t.notice), [_row(key, one, now) for key, (one, _) in made.items()])
    connection.execute(
        update(t.notice_item).where(t.notice_item.c.notice_id == bindparam("member"))
        .values(notice_id=bindparam("bundle")),
        [{"member": member, "bundle": key} for key, (_, members) in made.items()
         for member in members])
    drop(connection, [member for _, members in made.values() for member in members],
         Reason.bundled)
    join(connection, [(key, obligation) for key, (one, _) in made.items()
                      for obligation in one.obligations])
    ledger.append_many(connection, [
        ("notice.enqueued", f"notice:{key}", {**_facts(one), "members": members})
        for key, (one, members) in made.items()], now)
    return list(made)


def spoken_of(connection: Connection,
              notice_ids: Collection[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The revisions and the obligations of notices, each once, ascending."""
    i, o = t.notice_item.c, t.notice_obligation.c
    return (tuple(sorted(set(connection.scalars(
                select(i.revision_id).where(i.notice_id.in_(notice_ids)))))),
            tuple(sorted(set(connection.scalars(
                select(o.obligation_id).where(o.notice_id.in_(notice_ids)))))))


def again(connection: Connection, row: Any, **changed: Any) -> Notice:
    """A notice that says once more what a row of ``notice`` did, of the same revisions and for the
    same obligations; ``changed`` are the fields that differ."""
    revisions, obligations = spoken_of(connection, [row.id])
    said = Notice(
        Channel(row.channel), row.address, row.step, row.person, row.language, row.subject,
        row.text, row.parts, row.code, row.rank, row.signed, Reason(row.reason), row.expires,
        revisions, obligations, row.occasion, hazard=row.hazard, kind=row.kind,
        brief=row.brief or "")
    return replace(said, **changed)


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
                   t.notice.c.state.in_([state.value for state in UNSENT]))
            .values(state=NoticeState.dropped.value, reason=reason.value))


def _stopped_by_officer(connection: Connection, notices: Iterable[Notice]) -> set[int]:
    """Those of the notices' revisions whose warning the duty officer holds."""
    r, w = t.revision.c, t.warning.c
    revisions = sorted({revision for one in notices for revision in one.revisions})
    return set(connection.scalars(
        select(r.id).join(t.warning, w.id == r.warning_id)
        .where(r.id.in_(revisions), w.held.is_not(None)))) if revisions else set()


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


def _facts(one: Notice) -> dict[str, object]:
    """A notice as the ledger keeps it: its address masked."""
    facts: dict[str, object] = {
        "occasion": one.key[0], "channel": one.channel.value, "address": mask(one.address),
        "step": one.step, "person": one.person, "reason": one.reason.value, "text": one.text,
        "revisions": sorted(set(one.revisions)), "obligations": sorted(set(one.obligations)),
        "expires": one.expires.isoformat() if one.expires else None}
    if one.held:
        facts["held_until"] = one.held_until.isoformat() if one.held_until else None
    return facts


def _row(key: str, one: Notice, now: datetime) -> dict[str, object]:
    occasion, channel, address, step = one.key
    return {"id": key, "occasion": occasion, "channel": channel, "address": address, "step": step,
            "person": one.person, "language": one.language, "subject": one.subject,
            "text": one.text, "parts": one.parts, "code": one.code, "rank": one.rank,
            "signed": one.signed, "reason": one.reason.value,
            "state": (NoticeState.held if one.held else NoticeState.queued).value,
            "hazard": one.hazard, "kind": one.kind, "brief": one.brief or None,
            "template": one.form and one.form.template,
            "given": one.form and dict(one.form.given),
            "held_until": one.held_until, "created": now, "expires": one.expires,
            "delivery": Delivery.none.value}
