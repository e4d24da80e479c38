"""What is said beside the ladder: of a report that is missing, and of a site to go to.

One text to one address for one warning, look and subject, naming the sites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from fenghuo.contacts import Person
from fenghuo.escalation.telling import called, codes_of, expires_of, free_step, purpose_of
from fenghuo.lifecycle import RevisionWritten, revisions
from fenghuo.notices import outgoing
from fenghuo.notices.announcing import EditionLike, composer
from fenghuo.notices.drafting import Drafter
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.outgoing import Notice
from fenghuo.notices.places import ordinals
from fenghuo.notices.procedure import Procedure
from fenghuo.settings import Settings
from fenghuo.words import Channel, Measures


@dataclass(frozen=True, slots=True)
class FurtherText:
    """What somebody is told of a site (obligation ``row``): that a report (``lack``) is missing, or
    that nobody answers there (``kind``). ``due``: by when a report, or a visit, is."""

    kind: Kind
    row: Any
    procedure: Procedure
    person: Person
    channel: Channel
    address: str
    due: datetime | None
    lack: Measures | None = None


def write(connection: Connection, words: Sequence[FurtherText], edition: EditionLike,
          settings: Settings, now: datetime) -> None:
    """Queue the texts, one after the other: each takes the next free step of its address."""
    drafter = Drafter(connection, edition.agreements, edition.contacts, now)
    writer = composer(edition, settings, now)
    newest = {warning: revisions.read(connection, warning)
              for warning in dict.fromkeys(one.row.warning_id for one in words)}
    together: dict[tuple[Any, ...], list[FurtherText]] = {}
    for one in words:
        if one.row.site not in drafter.places(newest[one.row.warning_id]):
            continue  # the list of sites has dropped it
        key = one.row.warning_id, one.channel, one.address, one.kind, one.lack
        together.setdefault(key, []).append(one)
    given = codes_of(connection, [
        (newest[one.row.warning_id], one.person.person)
        for one, *_ in together.values() if one.kind == Kind.remind], now)
    for group in together.values():
        first = group[0]
        revision = newest[first.row.warning_id]
        code = given[purpose_of(revision)].get(first.person.person)
        letter = _letter(drafter, revision, group, code, edition)
        composed = writer.compose(letter, first.channel)
        step = free_step(connection, revision.id, first.channel, first.address)
        outgoing.enqueue(connection, [Notice(
            first.channel, first.address, step, first.person.person, letter.language,
            composed.subject, composed.text, composed.parts, letter.code, letter.tier.rank,
            letter.signed, letter.kind.reason, expires_of(revision, now), (revision.id,),
            tuple(sorted({one.row.id for one in group})), hazard=revision.hazard.value,
            kind=letter.kind.value, form=composed.form)], now)


def _letter(drafter: Drafter, revision: RevisionWritten, group: Sequence[FurtherText],
            code: str | None, edition: EditionLike) -> Letter:
    first = group[0]
    places, language = drafter.places(revision), first.person.language
    desk = first.kind != Kind.remind
    return Letter(
        first.kind, revision.hazard, language,
        tuple(places[one.row.site] for one in group),
        drafter.leads(revision), office=desk,
        procedure=None if desk else first.procedure, code=None if desk else code, answer_due=None,
        lack=first.lack, by=min((one.due for one in group if one.due), default=None),
        silent=tuple(called(one.row, places, language, edition) for one in group)
        if desk else (), signed=drafter.signed([revision]),
        drill="drill" in revision.facts,
        ordinals=ordinals(edition.contacts, first.person.person))
