"""From revisions to notices: one message to one person for one hazard.

Several sites of a person, and several revisions of one hazard in one step, share a message.
Nothing is sent here: rows are written, in the transaction that wrote the revisions, queued or
held for their bundle (pacing.py); ``release`` lets them go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, insert

from fenghuo.agreements.schema import Agreement
from fenghuo.alarms import AlarmKind, open_alarms, raise_alarm, recover
from fenghuo.contacts import Contacts
from fenghuo.contacts.addresses import OUT
from fenghuo.lifecycle import RevisionWritten
from fenghuo.notices import bundling, codes, duties, gating, outgoing, pacing, past, texts
from fenghuo.notices.approval_asking import Late, ask, never_late
from fenghuo.notices.composing import Composer
from fenghuo.notices.drafting import Draft, Drafter, drafts_of
from fenghuo.notices.lengthening import lengthen
from fenghuo.notices.letters import Kind
from fenghuo.notices.measures import Measures
from fenghuo.notices.owed import Settled
from fenghuo.notices.recipients import Told, recipients
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, ObligationStatus, Reason

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
             settings: Settings, now: datetime, late: Late = never_late) -> dict[str, int]:
    """Open, carry and excuse obligations, and queue every text that revisions call for.

    Returns how often each reason was decided. Runs in the caller's transaction.
    """
    lengthen(connection, now)
    if not revisions:
        return {}
    told: list[Told] = []
    decisions: list[dict[str, Any]] = []
    gates = gating.gates(connection, revisions, edition.agreements, now)
    for revision in revisions:
        settled = duties.settle(connection, revision, edition.agreements, edition.contacts, now,
                                settings.zone, gates.get(revision.id))
        mine = recipients(connection, revision, settled.owed, edition.contacts)
        decisions += _decisions(revision, settled, mine)
        told += mine
    drafter = Drafter(connection, edition.agreements, edition.contacts, now)
    writer = composer(edition, settings, now)
    drafts = drafts_of(told, alone=gates)
    given = {purpose: codes.open_codes(connection, {
        draft.recipient.person for draft in drafts
        if draft.asks and draft.recipient.person and draft.drill == (purpose == codes.DRILL)},
        now, purpose) for purpose in (codes.WARNING, codes.DRILL)}
    known = past.before(connection, {draft.address for draft in drafts},
                        {revision.warning_id for revision in revisions}, now)
    notices, (own, official) = [], gating.places(gates.values())
    broken: dict[str, str | None] = {}  # what was found wrong with some text, by scope
    for draft in drafts:
        held = pacing.wait(_asked(draft, known), known.of(*draft.address), now, settings.zone)
        purpose = codes.DRILL if draft.drill else codes.WARNING
        code = given[purpose].get(draft.recipient.person or "")
        notice, refused = _notice(drafter, writer, draft, code, held, now)
        places = {(one.revision.id, one.owed.place) for one in draft.main}
        if draft.kind == Kind.tell and places & own and not places & official:  # no relay waits
            notice = replace(notice, held=True, held_until=None, reason=Reason.awaits_approval)
            decisions += [_decision(one.revision, False, notice.reason, one.owed.place,
                                    one.owed.post) for one in draft.told]
        notices.append(notice)
        if held and held.reason != Reason.waits_for_bundle:
            decisions += [_decision(one.revision, False, held.reason, one.owed.place,
                                    one.owed.post, held.until.isoformat()) for one in draft.told]
        if refused:
            decisions.append(_decision(draft.revisions[0], False, Reason.text_refused,
                                       detail=refused))
        if not draft.drill:
            broken[draft.revisions[0].scope] = broken.get(draft.revisions[0].scope) or refused
    outgoing.enqueue(connection, notices, now)
    asked = ask(connection, gates, revisions, edition.contacts, writer.texts, settings,
                now, late)
    decisions += [_decision(one["revision"], one["person"] is not None,
                            Reason.approval_asked if one["person"] else Reason.post_vacant,
                            one["place"], one["post"], one["person"]) for one in asked]
    _alarm_of_caps(connection, notices, now)
    _alarm_of_words(connection, broken, now)
    codes.close(connection, now)
    if decisions:
        connection.execute(insert(t.decision), [
            {**row, "at": now} for row in _edited(connection, decisions, revisions)])
    return dict(Counter(row["reason"] for row in decisions))


def _asked(draft: Draft, known: past.Before) -> pacing.Asked:
    tier = max((one.owed.tier for one in draft.main), default=Level.white.rank)
    channel, address = draft.address
    return pacing.Asked(
        draft.kind, draft.revisions[0].hazard, Level.of_rank(tier) or Level.white,
        upgraded=draft.kind == Kind.tell and draft.reason == Reason.upgraded,
        first_red=draft.kind == Kind.tell and tier == Level.red.rank and any(
            (revision.warning_id, channel, address) not in known.red
            for revision in draft.revisions),
        # what is lowered to orange still keeps people out
        returns=(draft.kind != Kind.lowered or tier < Level.orange.rank) and any(
            (one.revision.warning_id, site) in known.cleared
            for one in draft.main for site in (one.owed.place, *one.owed.sites)),
        drill=draft.drill, counted=channel == Channel.sms.value)


def _notice(drafter: Drafter, writer: Composer, draft: Draft, given: str | None,
            held: pacing.Wait | None, now: datetime) -> tuple[outgoing.Notice, str | None]:
    recipient = draft.recipient
    # a code is its person's own: a group must not read it
    code = given if draft.asks and recipient.channel is not Channel.chat else None
    letter = drafter.letter(draft, code or (
        recipient.code if draft.kind in (Kind.retract, Kind.cancel) else None))
    composed = writer.compose(letter, recipient.channel)
    ends = [revision.expires for revision in draft.revisions if revision.expires]
    begins = held.until if held else now
    expires = max(ends) if ends and draft.kind == Kind.tell else begins + LIFE
    return outgoing.Notice(
        recipient.channel, recipient.address, outgoing.FIRST, recipient.person, recipient.language,
        composed.subject, composed.text, composed.parts, letter.code, letter.tier.rank,
        letter.signed, held.reason if held else draft.reason, expires,
        tuple(one.id for one in draft.revisions), draft.obligations,
        hazard=letter.hazard.value, kind=draft.kind.value, brief=bundling.brief(writer, letter),
        held_until=held.until if held else None, held=held is not None,
        form=composed.form), composed.refused


def _alarm_of_caps(connection: Connection, notices: Sequence[outgoing.Notice],
                   now: datetime) -> None:
    """Somebody has had his share of texts: the duty officer may want to call him."""
    for person in sorted({one.person or "" for one in notices if one.reason == Reason.capped}):
        raise_alarm(connection, AlarmKind.person_capped, person,
                    "6 texts in an hour or 20 in a day: the rest leaves hourly, bundled", now)


def _alarm_of_words(connection: Connection, broken: Mapping[str, str | None],
                    now: datetime) -> None:
    """People got the plain text, since the real one was broken: somebody must tell them more."""
    told = {one.subject for one in open_alarms(connection, AlarmKind.text_refused)}
    for scope, found in sorted(broken.items()):
        if found:
            raise_alarm(connection, AlarmKind.text_refused, scope, f"found {found}", now)
        elif scope in told:
            recover(connection, AlarmKind.text_refused, scope, now)


_NOBODY = (Reason.post_vacant, Reason.no_address, Reason.not_me, *OUT)
"""Why somebody is written nothing from the start."""


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
                owed.reason in _NOBODY):
            rows.append(_decision(revision, False, owed.reason, **at))
        elif owed.kind is None and owed.reason in (Reason.covered, Reason.already_told):
            rows.append(_decision(revision, False, owed.reason, **at))
        elif owed.kind is not None:
            rows.append(_decision(revision, False, Reason.superseded, **at))
    if "uncovered" not in revision.facts and "same" in set(revision.sites["change"]):
        rows.append(_decision(revision, False, Reason.area_unchanged))
    return rows


def _decision(revision: RevisionWritten, told: bool, reason: Reason, site: str | None = None,
              post: str | None = None, detail: str | None = None) -> dict[str, Any]:
    if "drill" in revision.facts:  # whatever it does at its sites, it is an exercise
        reason, detail = Reason.drill if told else reason, f"drill:{revision.facts['drill']}"
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
