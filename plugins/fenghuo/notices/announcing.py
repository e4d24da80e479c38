"""From revisions to notices: one message to one person for one hazard.

Several sites of a person, and several revisions of one hazard in one step, share a message.
Nothing is sent here: rows are written, in the transaction that wrote the revisions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, insert

from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices import codes, duties, outgoing, texts
from fenghuo.notices.composing import Composer
from fenghuo.notices.drafting import Draft, Drafter, drafts_of
from fenghuo.notices.duties import Settled
from fenghuo.notices.letters import Kind
from fenghuo.notices.measures import Measures
from fenghuo.notices.recipients import Told, recipients
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import ObligationStatus, Reason

LIFE = timedelta(hours=6)
"""How long a text is worth sending when its warning has no end of its own."""


class EditionLike(Protocol):
    """What texts need of an edition."""

    @property
    def agreements(self) -> Sequence[Agreement]: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def messages(self) -> Mapping[str, str]: ...
    @property
    def measures(self) -> Measures: ...


def composer(edition: EditionLike, settings: Settings, now: datetime) -> Composer:
    """The writer of an edition's texts at an instant."""
    return Composer(texts.of(edition.messages), edition.agreements, edition.contacts,
                    edition.measures, settings, now)


def announce(connection: Connection, revisions: Sequence[RevisionWritten], edition: EditionLike,
             settings: Settings, now: datetime) -> dict[str, int]:
    """Open, carry and excuse obligations, and queue every text that revisions call for.

    Returns how often each reason was decided. Runs in the caller's transaction.
    """
    if not revisions:
        return {}
    told: list[Told] = []
    decisions: list[dict[str, Any]] = []
    for revision in revisions:
        settled = duties.settle(connection, revision, edition.agreements, edition.contacts, now)
        mine = recipients(connection, revision, settled.owed, edition.contacts)
        decisions += _decisions(revision, settled, mine)
        told += mine
    drafter = Drafter(connection, edition.agreements, edition.contacts, now)
    writer = composer(edition, settings, now)
    drafts = drafts_of(told)
    given = codes.open_codes(connection, {
        draft.recipient.person for draft in drafts if draft.asks and draft.recipient.person}, now)
    notices = []
    for draft in drafts:
        notice, refused = _notice(drafter, writer, draft, given, now)
        notices.append(notice)
        if refused:
            decisions.append(_decision(draft.revisions[0], False, Reason.text_refused,
                                       detail=refused))
    outgoing.enqueue(connection, notices, now)
    codes.close(connection, now)
    if decisions:
        connection.execute(insert(t.decision), [
            {**row, "at": now} for row in _edited(connection, decisions, revisions)])
    return dict(Counter(row["reason"] for row in decisions))


def _notice(drafter: Drafter, writer: Composer, draft: Draft, given: Mapping[str, str],
            now: datetime) -> tuple[outgoing.Notice, str | None]:
    recipient = draft.recipient
    code = given.get(recipient.person or "") if draft.asks else None
    letter = drafter.letter(draft, code or (recipient.code if draft.kind == Kind.retract else None))
    composed = writer.compose(letter, recipient.channel)
    ends = [revision.expires for revision in draft.revisions if revision.expires]
    expires = max(ends) if ends and draft.kind == Kind.tell else now + LIFE
    return outgoing.Notice(
        recipient.channel, recipient.address, outgoing.FIRST, recipient.person, recipient.language,
        composed.subject, composed.text, composed.parts, letter.code, letter.tier.rank,
        letter.signed, draft.reason, expires, tuple(one.id for one in draft.revisions),
        draft.obligations), composed.refused


def _decisions(revision: RevisionWritten, settled: Settled,
               told: Sequence[Told]) -> list[dict[str, Any]]:
    rows = [_decision(revision, False, reason, site=site)
            for site, reason in sorted(settled.unreleased.items())]
    reached = {one.owed.id: one for one in told}
    for owed in settled.owed:
        at = {"site": owed.place, "post": owed.post}
        one = reached.get(owed.id)
        if one is not None:
            reason = owed.reason if one.kind == owed.kind else Reason.first
            rows.append(_decision(revision, True, reason, **at))
        elif owed.status == ObligationStatus.unreachable and owed.kind is None and (
                owed.reason in (Reason.post_vacant, Reason.no_address)):
            rows.append(_decision(revision, False, owed.reason, **at))
        elif owed.kind is not None:
            rows.append(_decision(revision, False, Reason.superseded, **at))
    if any(change == "same" for change in revision.sites["change"]):
        rows.append(_decision(revision, False, Reason.area_unchanged))
    return rows


def _decision(revision: RevisionWritten, told: bool, reason: Reason, site: str | None = None,
              post: str | None = None, detail: str | None = None) -> dict[str, Any]:
    return {"told": told, "reason": reason.value, "hazard": revision.hazard.value, "site": site,
            "post": post, "revision_id": revision.id, "detail": detail}


def _edited(connection: Connection, rows: list[dict[str, Any]],
            revisions: Sequence[RevisionWritten]) -> list[dict[str, Any]]:
    """Decision rows with their revision's edition."""
    r = t.revision.c
    known = dict(connection.execute(
        t.revision.select().with_only_columns(r.id, r.edition)
        .where(r.id.in_([revision.id for revision in revisions]))).all())
    return [{**row, "edition": known.get(row["revision_id"])} for row in rows]
