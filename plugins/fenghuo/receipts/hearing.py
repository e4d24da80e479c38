"""What a person's words do, by whatever way they came: site by number, alarms, obligations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from fenghuo import alarms
from fenghuo.notices import answers as answering
from fenghuo.receipts.answers import Said, parse
from fenghuo.store.tables import answer
from fenghuo.words import Answer, Reason


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of an answer: the obligations and alarms it closed, and why so."""

    reason: Reason
    obligations: tuple[int, ...] = ()
    alarms: tuple[int, ...] = ()


def understand(connection: Connection, person: str, body: str, codes: Collection[str],
               now: datetime) -> Said:
    """A person's text; a hyphen after the code names a site only where sites are numbered."""
    said = parse(body, codes)
    if said.site is None:
        return said
    known = answering.numbered(connection, person, now)
    if said.site in known or (said.answer is not None and len(known) > 1):
        return said
    if said.answer is None:
        return parse(body, codes, numbered=False)
    return replace(said, site=None if said.site == 1 else said.site)


def hear(connection: Connection, person: str, said: Said, via: str, inbound_id: int | None,
         now: datetime, *, drill: bool | None = None, sites: Collection[str] | None = None,
         by: str | None = None, entered: datetime | None = None,
         notice: str | None = None) -> Heard:
    """Let an understood answer act. ``sites`` given by a human go before the number in it;
    ``notice`` is the one it answers for certain.

    A 1 also takes the alarms in hand that the person was told of, unless a ``notice`` is answered.
    A number that names no site, and a bare answer where several sites could be meant, is
    ``which_site``: we ask.
    """
    given = said.answer
    if given is None:
        return Heard(Reason.unclear)
    if sites is None and said.site is not None:
        sites = answering.numbered(connection, person, now).get(said.site)
        if sites is None and given != Answer.help:
            return Heard(Reason.which_site)
    taken: list[int] = []
    if given == Answer.received and drill is not True and notice is None:
        taken = alarms.acknowledge(connection, person, by or via, entered or now)
    which = sites is None and answering.asks_which(
        connection, person, given, said.number, via, now, drill, notice)
    closed = answering.answer(connection, person, given, said.number, via, inbound_id, now, sites,
                              drill=drill, by=by, entered=entered, notice=notice)
    if which:
        reason = Reason.which_site
    elif closed or given == Answer.help:
        reason = Reason.answer_accepted
    elif taken:
        reason = Reason.acknowledged
    else:
        reason = _in_vain(connection, inbound_id)
    return Heard(reason, tuple(closed), tuple(taken))


def _in_vain(connection: Connection, inbound_id: int | None) -> Reason:
    """Why an answer closed nothing: it spoke of an older text, or nothing was open for it."""
    older = None if inbound_id is None else connection.scalar(
        select(answer.c.id).where(answer.c.inbound_id == inbound_id).limit(1))
    return Reason.nothing_open if older is None else Reason.superseded
