"""What only a human can read: texts that are unclear, of unknown numbers, or only probable.

``accept`` lets a text count as its person's answer: said when it arrived, entered now, by a named
human. ``dismiss`` puts it aside. What waits longer than five minutes is one alarm with a count.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, select, update

from fenghuo import alarms, ledger
from fenghuo.alarms import AlarmKind
from fenghuo.receipts.answers import parse
from fenghuo.receipts.hearing import Heard, hear
from fenghuo.receipts.incoming import codes_of
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import inbound
from fenghuo.words import Answer, FenghuoError, Reason

WAITS = (Reason.unknown_number, Reason.unclear, Reason.wrong_code, Reason.probable)
PATIENCE = timedelta(minutes=5)
SUBJECT = "city"
"""Of the alarm: there is one inbox."""


class NotInInbox(FenghuoError):
    """A text that cannot be dealt with so: the message says why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that waits. ``person`` is whose it seems to be, ``answer`` what it seems to say."""

    id: int
    at: datetime
    address: str
    body: str
    person: str | None
    reason: Reason
    answer: Answer | None
    number: int | None


def waiting(connection: Connection) -> list[Waiting]:
    """The texts that wait for a human, oldest first."""
    rows = connection.execute(
        select(inbound).where(_waits()).order_by(inbound.c.at, inbound.c.id)).all()
    found = []
    for row in rows:
        said = parse(row.body, codes_of(connection, row.at))
        found.append(Waiting(row.id, row.at, row.address, row.body, row.person,
                             Reason(row.reason), said.answer, said.number))
    return found


def accept(connection: Connection, inbound_id: int, by: str, now: datetime,
           answer: Answer | None = None, number: int | None = None,
           sites: Collection[str] | None = None, person: str | None = None) -> list[int]:
    """Count a text as an answer; returns the obligations it answered.

    ``answer`` and ``number`` are the human's reading, else what the text itself says. ``person``
    says whose it is where the text does not. Raises NotInInbox with a sentence.
    """
    row = _row(connection, inbound_id)
    owners = codes_of(connection, row.at)
    said = parse(row.body, owners)
    whose = person or row.person
    if whose is None:
        raise NotInInbox(f"text {inbound_id}: found no person, expected to be told whose it is")
    given = answer or said.answer
    if given is None:
        raise NotInInbox(f"text {inbound_id}: found no answer in it, expected to be told which")
    if answer is not None and answer != said.answer:
        said = replace(said, answer=answer, number=None)
    said = replace(said, number=number if number is not None else said.number)
    drill = None if said.code is None else owners[said.code][1] == "drill"
    via = "email" if row.gateway == "imap" else "sms"
    done: Heard = hear(connection, whose, said, via, inbound_id, row.at, drill=drill,
                       sites=sites, by=by, entered=now)
    connection.execute(update(inbound).where(inbound.c.id == inbound_id).values(
        person=whose, reason=Reason.accepted_by_hand.value, handled=now, handled_by=by))
    ledger.append(connection, "inbound.accepted", f"inbound:{inbound_id}", {
        "by": by, "person": whose, "was": row.reason, "said": row.at.isoformat(),
        "answer": given.value, "number": said.number, "outcome": done.reason.value,
        "sites": sorted(sites) if sites is not None else None,
        "obligations": list(done.obligations)}, now)
    return list(done.obligations)


def dismiss(connection: Connection, inbound_id: int, by: str, reason: str, now: datetime) -> None:
    """Put a text aside that is no answer. Raises NotInInbox with a sentence."""
    row = _row(connection, inbound_id)
    if not reason.strip():
        raise NotInInbox(f"text {inbound_id}: found no reason, expected why it is no answer")
    connection.execute(update(inbound).where(inbound.c.id == inbound_id).values(
        handled=now, handled_by=by))
    ledger.append(connection, "inbound.dismissed", f"inbound:{inbound_id}", {
        "by": by, "why": reason, "was": row.reason}, now)


def watch(engine: Engine, now: datetime) -> tuple[int, datetime | None]:
    """Raise or end the alarm of the full inbox; returns what changed and when to look again."""
    with reading(engine) as connection:
        old, oldest = connection.execute(select(
            func.count().filter(inbound.c.at <= now - PATIENCE),
            func.min(inbound.c.at).filter(inbound.c.at > now - PATIENCE))
            .select_from(inbound).where(_waits())).one()
        known = alarms.open_alarms(connection, AlarmKind.inbox_waiting)
    detail = f"{old} texts wait for somebody to read them"
    changed = 0
    if old and (not known or known[0].detail != detail):
        with writing(engine) as connection:
            changed = int(alarms.raise_alarm(
                connection, AlarmKind.inbox_waiting, SUBJECT, detail, now))
    elif known and not old:
        with writing(engine) as connection:
            changed = int(alarms.recover(connection, AlarmKind.inbox_waiting, SUBJECT, now))
    return changed, oldest + PATIENCE if oldest else None


def _waits() -> ColumnElement[bool]:
    return inbound.c.handled.is_(None) & inbound.c.reason.in_([word.value for word in WAITS])


def _row(connection: Connection, inbound_id: int) -> Row[Any]:
    row = connection.execute(select(inbound).where(inbound.c.id == inbound_id)).one_or_none()
    if row is None:
        raise NotInInbox(f"text {inbound_id}: found none, expected one that came in")
    if row.handled is not None:
        raise NotInInbox(f"text {inbound_id}: found it handled by {row.handled_by}, "
                         "expected one that waits")
    return row
