"""A text that came in: kept once, attributed to a person, and acted upon in the same transaction.

Who wrote is known from the address we told them at. A bare digit answers everything that person
was told; a code that is not theirs waits for a human, as does an unknown number and anything
unclear. A number may be forged by a carrier, hence the code, and hence the brake on wrong ones.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from fenghuo import ledger
from fenghuo.channels import Inbound
from fenghuo.notices import obligations
from fenghuo.receipts.answers import Said, parse
from fenghuo.store.tables import answer, code, inbound, notice
from fenghuo.words import Channel, NoticeState, Reason, mask

WRONG_CODES = 5
WINDOW = timedelta(hours=1)
LONGEST = 1600
"""Characters of a text that are kept; the provider sends no more."""
_TOLD = (NoticeState.accepted, NoticeState.claimed, NoticeState.in_doubt, NoticeState.failed)


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
    person, reason, said = _attributed(connection, message, now)
    closed: list[int] = []
    if reason is Reason.answer_accepted and person is not None and said.answer is not None:
        closed = obligations.answer(connection, person, said.answer, said.number, "sms",
                                    kept, now)
        if not closed:
            reason = _in_vain(connection, kept)
    connection.execute(update(inbound).where(inbound.c.id == kept)
                       .values(person=person, reason=reason))
    ledger.append(connection, "inbound.received", f"inbound:{kept}", {
        "gateway": gateway, "provider_id": message.provider_id, "from": mask(message.address),
        "person": person, "reason": reason.value,
        "answer": said.answer.value if said.answer else None, "number": said.number,
        "obligations": list(closed)}, now)
    return reason


def _in_vain(connection: Connection, kept: int) -> Reason:
    """Why an answer closed nothing: it spoke of an older text, or nothing was open for it."""
    older = connection.scalar(select(answer.c.id).where(answer.c.inbound_id == kept).limit(1))
    return Reason.nothing_open if older is None else Reason.superseded


def _attributed(connection: Connection, message: Inbound,
                now: datetime) -> tuple[str | None, Reason, Said]:
    """Whose text it is, what may be done with it, and what it says."""
    people = list(connection.scalars(
        select(notice.c.person).where(
            (notice.c.channel == Channel.sms) & (notice.c.address == message.address)
            & notice.c.person.is_not(None) & notice.c.state.in_(_TOLD)).distinct()))
    rows = connection.execute(
        select(code.c.code, code.c.person).where(code.c.closed.is_(None))).all()
    owners = {row.code: row.person for row in rows}
    own = [word for word, owner in owners.items() if owner in people]
    said = parse(message.body, own)
    if not people:
        stranger = parse(message.body, owners)
        owner = owners.get(stranger.code) if stranger.code else None
        return owner, Reason.unknown_number, stranger
    if said.wrong or (said.code and _braked(connection, message.address, now)):
        return people[0] if len(people) == 1 else None, Reason.wrong_code, said
    if said.code:
        person = owners[said.code]
    elif len(people) == 1:
        person = people[0]
    else:  # a telephone of several persons: only a code tells who
        return None, Reason.unclear, said
    if said.site is not None:  # our texts do not number sites yet: a human reads which he means
        return person, Reason.unclear, said
    return person, Reason.answer_accepted if said.answer else Reason.unclear, said


def _braked(connection: Connection, address: str, now: datetime) -> bool:
    """Whether this number guessed so often lately that no code of it counts for a while."""
    wrong = connection.scalar(select(func.count()).select_from(inbound).where(
        (inbound.c.address == address) & (inbound.c.reason == Reason.wrong_code)
        & (inbound.c.at > now - WINDOW)))
    return (wrong or 0) >= WRONG_CODES
