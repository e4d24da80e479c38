"""Letters of texts that were held, made anew: what else is in force may have changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.lifecycle import RevisionWritten, revisions
from fenghuo.notices.drafting import Draft, Drafter
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.outgoing import TOLD_OR_IN_DOUBT
from fenghuo.notices.owed import Owed
from fenghuo.notices.places import changes_by_place, placed
from fenghuo.notices.procedure import procedure
from fenghuo.notices.recipients import Recipient, Told
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, ObligationStatus, Reason

_BY_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.tell: ("entered", "raised"), Kind.lowered: ("lowered",), Kind.left: ("left",),
    Kind.cancel: ("left",), Kind.lapse: ("left",), Kind.retract: ("left",)}


AT_ONCE = 500
"""Rows asked for in one statement."""


class Recaller:
    """Makes letters of notice rows; reads their revisions and obligations once."""

    def __init__(self, connection: Connection, rows: Sequence[Any],
                 agreements: Sequence[Agreement], contacts: Contacts, now: datetime) -> None:
        self._connection, self._agreements, self._contacts = connection, agreements, contacts
        self._drafter = Drafter(connection, agreements, contacts, now)
        ids = [row.id for row in rows]
        i, no = t.notice_item.c, t.notice_obligation.c
        self._items: dict[str, list[int]] = {}
        self._owed: dict[str, list[Any]] = {}
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start:start + AT_ONCE]
            for item in connection.execute(select(i.notice_id, i.revision_id).where(
                    i.notice_id.in_(some)).order_by(i.revision_id)):
                self._items.setdefault(item.notice_id, []).append(item.revision_id)
            for duty in connection.execute(
                    select(no.notice_id, t.obligation)
                    .join(t.obligation, t.obligation.c.id == no.obligation_id)
                    .where(no.notice_id.in_(some)).order_by(t.obligation.c.id)):
                self._owed.setdefault(duty.notice_id, []).append(duty)
        self._revisions = revisions.again(
            connection, {one for items in self._items.values() for one in items})
        self._changes = {key: changes_by_place(placed(one.sites, contacts))
                         for key, one in self._revisions.items()}

    def spoken_of(self, rows: Sequence[Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The revisions and the obligations of rows, each once, ascending."""
        return (tuple(sorted({item for row in rows for item in self._items.get(row.id, ())})),
                tuple(sorted({duty.id for row in rows for duty in self._owed.get(row.id, ())})))

    def letter(self, row: Any) -> Letter | None:
        """The letter of a notice row, None when its sites are no longer known."""
        if row.kind not in {kind.value for kind in _BY_KIND}:
            return None
        kind = Kind(row.kind)
        recipient = Recipient(Channel(row.channel), row.address, row.person, row.language,
                              self._first_text(row) if kind != Kind.tell else None, row.code)
        draft = Draft(recipient, kind)
        for key in self._items.get(row.id, ()):
            revision = self._revisions[key]
            draft.told += [Told(revision, recipient, kind, owed)
                           for duty in self._owed.get(row.id, ())
                           if duty.warning_id == revision.warning_id
                           and (owed := self._duty(revision, duty, kind)).sites]
        if not draft.told or not any(one.owed.sites[0] in self._drafter.places(one.revision)
                                     for one in draft.told):
            return None
        return self._drafter.letter(draft, row.code)

    def _duty(self, revision: RevisionWritten, duty: Any, kind: Kind) -> Owed:
        changes = self._changes[revision.id].get(duty.site, {})
        sites = tuple(site for name in _BY_KIND[kind] for site, _ in changes.get(name, ()))
        if kind == Kind.tell and not sites:
            sites = tuple(site for name, pairs in changes.items() if name != "left"
                          for site, _ in pairs)
        level = Level(duty.tier)
        found = procedure(self._agreements, revision.facts.get("agreements", ()), level,
                          drill="drill" in revision.facts)
        return Owed(duty.id, duty.site, duty.post, duty.person, level.rank,
                    ObligationStatus(duty.status), kind, Reason(duty.reason), sites,
                    found, duty.answer_due)

    def _first_text(self, row: Any) -> datetime | None:
        """When this address was first written to about these obligations."""
        n, no = t.notice.c, t.notice_obligation.c
        first: datetime | None = self._connection.scalar(
            select(func.min(n.created)).join(t.notice_obligation, no.notice_id == n.id)
            .where(no.obligation_id.in_([duty.id for duty in self._owed.get(row.id, ())]),
                   n.channel == row.channel, n.address == row.address,
                   n.state.in_([state.value for state in TOLD_OR_IN_DOUBT])))
        return first
