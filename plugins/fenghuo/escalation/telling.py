"""What the rungs say: to the next post of a site, and to the office whose call list grew.

One message to one address for one warning and climb, naming who has not answered. The next post
is asked to answer in his stead; an office is told, and answers for itself alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from fenghuo.escalation.rungs import Aim
from fenghuo.lifecycle import RevisionWritten, revisions
from fenghuo.notices import codes, outgoing, wording
from fenghuo.notices.announcing import LIFE, EditionLike, composer
from fenghuo.notices.drafting import Drafter
from fenghuo.notices.keys import notice_id, occasion_of
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.outgoing import Notice
from fenghuo.notices.procedure import Procedure
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, Reason


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung climbed for an obligation (``row``)."""

    row: Any
    rung: int
    aim: Aim
    procedure: Procedure


@dataclass(slots=True)
class _Message:
    """One message of a rung: ``calls`` tells an office of its grown call list."""

    warning: int
    channel: Channel
    address: str
    calls: bool
    fired: list[Fired]


def tell(connection: Connection, fired: Sequence[Fired], edition: EditionLike,
         settings: Settings, now: datetime) -> None:
    """Queue the messages of the rungs that were climbed."""
    messages = _messages(fired)
    newest = {warning: revisions.read(connection, warning)
              for warning in dict.fromkeys(message.warning for message in messages)}
    before = _known(connection, messages, newest)
    given = codes_of(connection, [
        (newest[message.warning], aim.person.person) for message in messages
        for aim in [message.fired[0].aim] if aim.site and aim.person], now)
    drafter = Drafter(connection, edition.agreements, edition.contacts, now)
    writer = composer(edition, settings, now)
    notices = []
    for message in messages:
        revision = newest[message.warning]
        step = _step(message)
        known = _covered(connection, revision, message, step, before)
        if known is not None and message.calls:
            continue
        rest = [one for one in message.fired if known is None or one.row.site not in known]
        if known is not None:
            key = _key(revision, message, step)
            outgoing.join(connection, [(key, one.row.id) for one in message.fired
                                       if one not in rest])
            _already_told(connection, [one for one in message.fired if one not in rest], now)
            step = free_step(connection, revision.id, message.channel, message.address)
        if rest:
            message.fired = rest
            letter = _letter(drafter, revision, message, given[purpose_of(revision)], edition, now)
            composed = writer.compose(letter, message.channel)
            person = message.fired[0].aim.person
            notices.append(Notice(
                message.channel, message.address, step, person.person if person else None,
                letter.language, composed.subject, composed.text, composed.parts, letter.code,
                letter.tier.rank, letter.signed, Reason.rung, expires_of(revision, now),
                (revision.id,), tuple(sorted({one.row.id for one in message.fired})),
                form=composed.form))
    outgoing.enqueue(connection, notices, now)


def purpose_of(revision: RevisionWritten) -> str:
    """Which code answers a text of a revision: an exercise has one of its own."""
    return codes.DRILL if "drill" in revision.facts else codes.WARNING


def codes_of(connection: Connection, asked: Iterable[tuple[RevisionWritten, str]],
             now: datetime) -> dict[str, dict[str, str]]:
    """The codes of persons who are asked about a revision, by purpose and person."""
    persons: dict[str, set[str]] = {codes.WARNING: set(), codes.DRILL: set()}
    for revision, person in asked:
        persons[purpose_of(revision)].add(person)
    return {purpose: codes.open_codes(connection, names, now, purpose) if names else {}
            for purpose, names in persons.items()}


def expires_of(revision: RevisionWritten, now: datetime) -> datetime:
    """A warning that its issuer went on with silently outlives the end its revision names."""
    ends = revision.expires
    return ends if ends is not None and ends > now else now + LIFE


def _already_told(connection: Connection, fired: Sequence[Fired], now: datetime) -> None:
    """The next post of these sites had this rung's text for another post of the same site."""
    if fired:
        connection.execute(insert(t.decision), [
            {"at": now, "edition": one.row.edition, "told": False, "site": one.row.site,
             "reason": Reason.already_told.value, "post": one.row.post,
             "revision_id": one.row.revision_id, "detail": f"rung:{one.rung}"} for one in fired])


def _messages(fired: Sequence[Fired]) -> list[_Message]:
    found: dict[tuple[int, str, str, bool], _Message] = {}
    for one in fired:
        calls = one.aim.channel == Channel.call_list
        person = one.aim.person
        address = person.phone if calls and person else one.aim.address
        if not address:
            continue
        channel = Channel.sms if calls else one.aim.channel
        key = (one.row.warning_id, channel.value, address, calls)
        found.setdefault(key, _Message(one.row.warning_id, channel, address, calls,
                                       [])).fired.append(one)
    return list(found.values())


def _letter(drafter: Drafter, revision: RevisionWritten, message: _Message,
            given: dict[str, str], edition: EditionLike, now: datetime) -> Letter:
    first = message.fired[0]
    person = first.aim.person
    language = person.language if person else "zh"
    places = drafter.places(revision)
    sites = dict.fromkeys(site for one in message.fired for site in _sites_of(one, places, edition))
    silent = dict.fromkeys(called(one.row, places, language, edition) for one in message.fired)
    ask = first.aim.site
    return Letter(
        Kind.calls if message.calls else Kind.rung, revision.hazard, language,
        tuple(places[site] for site in sites), drafter.leads(revision), office=not ask,
        procedure=first.procedure if ask else None,
        code=given.get(person.person) if ask and person else None,
        answer_due=now + first.procedure.answer if first.procedure.answer else None,
        done_due=first.row.opened + first.procedure.done if first.procedure.done else None,
        silent=tuple(silent), signed=drafter.signed([revision]),
        drill="drill" in revision.facts)


def _sites_of(one: Fired, places: dict[str, Any], edition: EditionLike) -> list[str]:
    """The site of an obligation; for an office every site of its warning there."""
    place = one.row.site
    if ":" not in place:
        return [place] if place in places else []
    kind = place.partition(":")[0]
    return [site for site in places if edition.contacts.office_of(site, kind) == place]


def called(row: Any, places: dict[str, Any], language: str, edition: EditionLike) -> str:
    """Who has not answered: site, post, name."""
    person = edition.contacts.person(row.person) if row.person else None
    post = wording.POST[language].get(row.post, row.post)
    name = person.name if person else ("空缺" if language == "zh" else "vacant")
    place = places.get(row.site)
    name_of = place.called(language) if place else ""
    if language == "zh":
        return f"{name_of}{post}{name}" if place else name
    # a name in Chinese would more than double an English text
    return " ".join(word for word in (name_of, post, name) if word.isascii() and word)


def _known(connection: Connection, messages: Sequence[_Message],
           newest: dict[int, RevisionWritten]) -> set[str]:
    """The notices that were written before of those these messages would be."""
    keys = sorted(_key(newest[message.warning], message, _step(message)) for message in messages)
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        found |= set(connection.scalars(
            select(t.notice.c.id).where(t.notice.c.id.in_(keys[start:start + 500]))))
    return found


def _step(message: _Message) -> str:
    return f"rung:{max(one.rung for one in message.fired)}"


def _key(revision: RevisionWritten, message: _Message, step: str) -> str:
    return notice_id(occasion_of([revision.id]), message.channel.value, message.address, step)


def _covered(connection: Connection, revision: RevisionWritten, message: _Message,
             step: str, before: set[str]) -> set[str] | None:
    """The sites a message of this rung already told this address of; None if there is none."""
    key = _key(revision, message, step)
    if key not in before:
        return None
    no, o = t.notice_obligation.c, t.obligation.c
    return set(connection.scalars(
        select(o.site).join(t.notice_obligation, no.obligation_id == o.id)
        .where(no.notice_id == key)))


def free_step(connection: Connection, revision: int, channel: Channel, address: str) -> str:
    """``remind:K``: one more text to an address that a revision was told to before."""
    i = t.notice_item.c
    taken = set(connection.scalars(select(i.step).where(
        i.revision_id == revision, i.channel == channel.value, i.address == address)))
    number = 1
    while f"remind:{number}" in taken:
        number += 1
    return f"remind:{number}"
