"""To which addresses a revision speaks, and what of its obligations each is told.

New and raised duties go to the post's holder. A text that lowers, ends or corrects goes to
exactly those addresses that were told or may have been (claimed, in doubt). Whoever still has
an unsent text of the same warning gets its content with the new one, and the old is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from fenghuo.contacts import Contacts
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices import heard, outgoing
from fenghuo.notices.letters import Kind
from fenghuo.notices.owed import ADDRESS, Owed
from fenghuo.store import tables as t
from fenghuo.words import Channel, NoticeState, ObligationStatus, Reason


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody at an address, in his language; ``sent`` and ``code`` of the first text he had."""

    channel: Channel
    address: str
    person: str | None
    language: str
    sent: datetime | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One obligation, said to one recipient by one revision as one kind of letter."""

    revision: RevisionWritten
    recipient: Recipient
    kind: Kind
    owed: Owed


def recipients(connection: Connection, revision: RevisionWritten, settled: Sequence[Owed],
               contacts: Contacts) -> list[Told]:
    """Who is told what by a revision. Drops the queued texts that this replaces."""
    sent = _written(connection, revision.warning_id)
    wrong = heard.wrong_contacts(connection)
    told: list[Told] = []
    for owed in settled:
        if owed.kind is None:
            continue
        if owed.kind == Kind.tell:
            told += [Told(revision, one, Kind.tell, owed) for one in _holder(owed, contacts)]
            continue
        before = [row for row in sent.get(owed.id, ())
                  if row.state in outgoing.TOLD_OR_IN_DOUBT
                  and (owed.kind == Kind.retract or (owed.place, row.person) not in wrong)]
        if before:
            told += [Told(revision, one, owed.kind, owed) for one in _addresses(before)]
        elif (owed.status != ObligationStatus.excused and owed.sites and owed.procedure
              and (owed.place, owed.person) not in wrong):
            told += [Told(revision, one, Kind.tell, owed) for one in _holder(owed, contacts)]
    return told + _folded(connection, revision, settled, told, sent, contacts)


def _holder(owed: Owed, contacts: Contacts) -> Iterable[Recipient]:
    person = contacts.present(owed.person)
    if person is None or owed.procedure is None:
        return
    for channel in owed.procedure.by:
        address = getattr(person, ADDRESS[channel]) if channel in ADDRESS else ""
        if address:
            yield Recipient(channel, address, person.person, person.language)


def _addresses(rows: Iterable[Any]) -> list[Recipient]:
    first: dict[tuple[str, str], Recipient] = {}
    for row in rows:
        # whom a call told reads the rest: nobody is rung up for an all-clear
        channel = Channel.sms if row.channel == Channel.voice else Channel(row.channel)
        first.setdefault((channel, row.address), Recipient(
            channel, row.address, row.person, row.language, row.created, row.code))
    return list(first.values())


def _written(connection: Connection, warning_id: int) -> dict[int, list[Any]]:
    """Living notices of a warning by obligation, oldest first."""
    n, no, o = t.notice.c, t.notice_obligation.c, t.obligation.c
    rows = connection.execute(
        select(no.obligation_id, n.id, n.state, n.channel, n.address, n.person, n.language,
               n.created, n.code, n.step)
        .join(t.notice, n.id == no.notice_id).join(t.obligation, o.id == no.obligation_id)
        .where(o.warning_id == warning_id, n.state.in_([state.value for state in outgoing.ALIVE]))
        .order_by(n.created, n.id))
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.obligation_id, []).append(row)
    return found


def _folded(connection: Connection, revision: RevisionWritten, settled: Sequence[Owed],
            told: Sequence[Told], sent: dict[int, list[Any]],
            contacts: Contacts) -> list[Told]:
    """What unsent texts still had to say, for the addresses that are written to anew."""
    addresses = {(one.recipient.channel.value, one.recipient.address) for one in told}
    said = {(one.owed.id, one.recipient.channel.value, one.recipient.address) for one in told}
    owing = {owed.id: owed for owed in settled}
    more, replaced = [], set()
    for obligation, rows in sent.items():
        owed = owing.get(obligation)
        gone = owed is None or owed.status == ObligationStatus.excused
        for row in rows:
            if row.state == NoticeState.accepted:
                continue
            anew = (row.channel, row.address) in addresses
            if gone or anew:
                replaced.add(row.id)
            if (anew and owed is not None and not gone and owed.sites
                    and owed.status == ObligationStatus.pending
                    and (obligation, row.channel, row.address) not in said):
                said.add((obligation, row.channel, row.address))
                more += [Told(revision, one, Kind.tell, owed) for one in _holder(owed, contacts)
                         if (one.channel.value, one.address) == (row.channel, row.address)]
    outgoing.drop(connection, _only_of(connection, replaced, revision.warning_id,
                                       {key for key, owed in owing.items()
                                        if owed.status == ObligationStatus.excused},
                                       addresses), Reason.superseded)
    return more


def _only_of(connection: Connection, notices: set[str], warning_id: int, excused: set[int],
             addresses: set[tuple[str, str]]) -> set[str]:
    """Those notices that speak of no other warning, and of nobody who is still to be told."""
    if not notices:
        return set()
    i, r, no, n = t.notice_item.c, t.revision.c, t.notice_obligation.c, t.notice.c
    others = set(connection.scalars(
        select(i.notice_id).join(t.revision, r.id == i.revision_id)
        .where(i.notice_id.in_(notices), r.warning_id != warning_id)))
    rows = connection.execute(
        select(n.id, n.channel, n.address, func.count(no.obligation_id).label("links"),
               func.count().filter(no.obligation_id.in_(excused)).label("excused"))
        .outerjoin(t.notice_obligation, no.notice_id == n.id)
        .where(n.id.in_(notices - others)).group_by(n.id, n.channel, n.address))
    return {row.id for row in rows
            if (row.channel, row.address) in addresses or row.links == row.excused}
