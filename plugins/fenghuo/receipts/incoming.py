"""A text that came in: kept once, attributed to a person, and acted upon in the same transaction.

Who wrote is known from the address we told them at. A bare digit answers everything that person
was told; a code that is not theirs waits for a human, as does an unknown number and anything
unclear. A number may be forged by a carrier, hence the code, and hence the brake on wrong ones.
A call for help rings whoever it comes from, as long as we know the telephone or the code.
A key pressed in a call is its person's, and answers what that call said, no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo import ledger
from fenghuo.channels import Inbound
from fenghuo.notices import approvals, heard
from fenghuo.notices.answers import RETURNS
from fenghuo.receipts.answers import Said, parse
from fenghuo.receipts.hearing import Heard, hear, understand
from fenghuo.receipts.subscribing import turn
from fenghuo.store.tables import code, inbound, notice
from fenghuo.words import Answer, Channel, NoticeState, Reason, mask

WRONG_CODES = 5
WINDOW = timedelta(hours=1)
LONGEST = 1600
"""Characters of a text that are kept; the provider sends no more."""
DRILL = "drill"
_TOLD = (NoticeState.accepted, NoticeState.claimed, NoticeState.in_doubt, NoticeState.failed)


@dataclass(frozen=True, slots=True)
class _From:
    """Whose text it is, what may be done with it, what it says; ``drill`` None: no code told."""

    people: tuple[str, ...]
    reason: Reason
    said: Said
    drill: bool | None = None

    @property
    def person(self) -> str | None:
        return self.people[0] if len(self.people) == 1 else None


def receive(connection: Connection, gateway: str, message: Inbound, now: datetime) -> Reason:
    """Keep a text and let it answer; returns what became of it.

    ``replayed`` means that it was kept before and nothing was done. ``now`` is the city's instant
    the text counts for.
    """
    try:
        with connection.begin_nested():
            kept = connection.execute(insert(inbound).values(
                gateway=gateway, provider_id=message.provider_id, address=message.address,
                body=message.body[:LONGEST], at=now,
                reason=Reason.unclear).returning(inbound.c.id)).scalar_one()
    except IntegrityError:
        return Reason.replayed
    who = _attributed(connection, message, now)
    done = Heard(who.reason)
    if turned := turn(connection, message, who.people, now):
        done = Heard(turned)
    elif reason := (who.reason is Reason.answer_accepted and message.notice is None
                    and approvals.reply(connection, who.person, who.said.code, who.said.answer,
                                        now)):
        done = Heard(reason)
    elif who.reason is Reason.answer_accepted and who.person is not None:
        done = hear(connection, who.person, who.said, "voice" if message.notice else "sms", kept,
                    now, drill=who.drill, notice=message.notice)
    elif who.said.answer is Answer.help:  # a mistyped code must not cost a life
        for person in who.people:
            heard.call_for_help(connection, person, (), now)
    connection.execute(update(inbound).where(inbound.c.id == kept)
                       .values(person=who.person, reason=done.reason))
    ledger.append(connection, "inbound.received", f"inbound:{kept}", {
        "gateway": gateway, "provider_id": message.provider_id, "from": mask(message.address),
        "person": who.person, "reason": done.reason.value,
        "answer": who.said.answer.value if who.said.answer else None, "number": who.said.number,
        "obligations": list(done.obligations), "alarms": list(done.alarms)}, now)
    return done.reason


def codes_of(connection: Connection, now: datetime) -> dict[str, tuple[str, str, bool]]:
    """The codes that still speak: code -> (person, purpose, open).

    Open ones, and for a day those whose warnings have ended: people come back after the all-clear.
    """
    rows = connection.execute(
        select(code.c.code, code.c.person, code.c.purpose, code.c.closed.is_(None).label("open"))
        .where(code.c.closed.is_(None) | (code.c.closed > now - RETURNS))
        .order_by(code.c.closed.is_(None), code.c.id)).all()
    return {row.code: (row.person, row.purpose, bool(row.open)) for row in rows}


def _attributed(connection: Connection, message: Inbound, now: datetime) -> _From:
    if message.notice is not None:
        called = connection.scalar(select(notice.c.person).where(
            notice.c.id == message.notice, notice.c.channel == Channel.voice.value))
        said = parse(message.body, ())
        return (_From((called,), Reason.answer_accepted if said.answer else Reason.unclear, said)
                if called else _From((), Reason.unknown_number, said))
    people = tuple(connection.scalars(
        select(notice.c.person).where(
            (notice.c.channel == Channel.sms) & (notice.c.address == message.address)
            & notice.c.person.is_not(None) & notice.c.state.in_(_TOLD))
        .distinct().order_by(notice.c.person)))
    owners = codes_of(connection, now)
    if not people:
        stranger = parse(message.body, owners)
        if stranger.code:
            return _From((owners[stranger.code][0],), Reason.probable, stranger)
        return _From((), Reason.unknown_number, stranger)
    own = [word for word, (owner, *_) in owners.items() if owner in people]
    said = parse(message.body, own)
    if said.wrong or (said.code and _braked(connection, message.address, now)):
        return _From(people, Reason.wrong_code, said)
    drill: bool | None = None
    if said.code:
        person, purpose, current = owners[said.code]
        drill = purpose == DRILL
        if not current and any(owners[word][2] and owners[word][:2] == (person, purpose)
                               for word in own):  # yesterday's code never answers today's warning
            return _From((person,), Reason.unclear, said)
    elif len(people) == 1:
        person = people[0]
    else:  # a telephone of several persons: only a code tells who
        return _From(people, Reason.unclear, said)
    said = understand(connection, person, message.body, own, now)
    reason = Reason.answer_accepted if said.answer else Reason.unclear
    return _From((person,), reason, said, drill)


def _braked(connection: Connection, address: str, now: datetime) -> bool:
    """Whether this number guessed so often lately that no code of it counts for a while."""
    wrong = connection.scalar(select(func.count()).select_from(inbound).where(
        (inbound.c.address == address) & (inbound.c.reason == Reason.wrong_code)
        & (inbound.c.at > now - WINDOW)))
    return (wrong or 0) >= WRONG_CODES
