"""What is said of a missing report: to who confirmed for the site, and to its county's desk.

One text to one address for one warning, look and kind of report, naming the sites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from fenghuo.contacts import Person
from fenghuo.escalation.telling import called, expires_of, free_step, purpose_of
from fenghuo.lifecycle import RevisionWritten, revisions
from fenghuo.notices import codes, outgoing
from fenghuo.notices.announcing import EditionLike, composer
from fenghuo.notices.drafting import Drafter
from fenghuo.notices.letters import Kind, Letter
from fenghuo.notices.outgoing import Notice
from fenghuo.notices.places import ordinals
from fenghuo.notices.procedure import Procedure
from fenghuo.settings import Settings
from fenghuo.words import Channel, Measures


@dataclass(frozen=True, slots=True)
class Missing:
    """A report of a site (obligation ``row``) that somebody is told is missing; ``desk``: its
    county is."""

    row: Any
    lack: Measures
    due: datetime
    procedure: Procedure
    person: Person
    channel: Channel
    address: str
    desk: bool = False

    @property
    def kind(self) -> Kind:
        """What is written of it."""
        return Kind.overdue if self.desk else Kind.remind


def write(connection: Connection, missing: Sequence[Missing], edition: EditionLike,
          settings: Settings, now: datetime) -> None:
    """Queue the texts, one after the other: each takes the next free step of its address."""
    drafter = Drafter(connection, edition.agreements, edition.contacts, now)
    writer = composer(edition, settings, now)
    newest = {warning: revisions.read(connection, warning)
              for warning in dict.fromkeys(one.row.warning_id for one in missing)}
    together: dict[tuple[Any, ...], list[Missing]] = {}
    for one in missing:
        if one.row.site not in drafter.places(newest[one.row.warning_id]):
            continue  # the list of sites has dropped it
        key = one.row.warning_id, one.channel, one.address, one.kind, one.lack
        together.setdefault(key, []).append(one)
    for group in together.values():
        first = group[0]
        revision = newest[first.row.warning_id]
        letter = _letter(connection, drafter, revision, group, edition, now)
        composed = writer.compose(letter, first.channel)
        step = free_step(connection, revision.id, first.channel, first.address)
        outgoing.enqueue(connection, [Notice(
            first.channel, first.address, step, first.person.person, letter.language,
            composed.subject, composed.text, composed.parts, letter.code, letter.tier.rank,
            letter.signed, letter.kind.reason, expires_of(revision, now), (revision.id,),
            tuple(sorted({one.row.id for one in group})), hazard=revision.hazard.value,
            kind=letter.kind.value, form=composed.form)], now)


def _letter(connection: Connection, drafter: Drafter, revision: RevisionWritten,
            group: Sequence[Missing], edition: EditionLike, now: datetime) -> Letter:
    first = group[0]
    places, language = drafter.places(revision), first.person.language
    purpose, code = purpose_of(revision), None
    if not first.desk:
        code = codes.open_codes(connection, [first.person.person], now, purpose)[
            first.person.person]
    return Letter(
        first.kind, revision.hazard, language,
        tuple(places[one.row.site] for one in group),
        drafter.leads(revision), office=first.desk,
        procedure=None if first.desk else first.procedure, code=code, answer_due=None,
        lack=first.lack, lack_due=min(one.due for one in group),
        silent=tuple(called(one.row, places, language, edition) for one in group)
        if first.desk else (), signed=drafter.signed([revision]),
        drill="drill" in revision.facts,
        ordinals=ordinals(edition.contacts, first.person.person))
