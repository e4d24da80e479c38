"""A red text that may be lost, or does not leave, goes by the person's other channel too
(practice.md 5.6).

Mostly nothing is left to do: what is told by SMS and e-mail went both ways at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select

from fenghuo.alarms import failing_gateways
from fenghuo.channels import Gateway
from fenghuo.contacts import Contacts
from fenghuo.notices import outgoing, sms
from fenghuo.notices.letters import Kind
from fenghuo.notices.owed import ADDRESS
from fenghuo.outbox.routing import route
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, NoticeState, Reason

DOUBTED = timedelta(seconds=60)
"""City time for which a red text may be in doubt, or wait for a gateway that is known to fail,
before it goes another way."""

_MARK = {"zh": {Channel.email: "（短信未确认送达，同文改发邮件）",
                Channel.sms: "（邮件未确认，同文）"},
         "en": {Channel.email: "(SMS not confirmed, same text by mail) ",
                Channel.sms: "(mail not confirmed, same text) "}}


def by_second_channel(connection: Connection, made: Sequence[Gateway], contacts: Contacts,
                      now: datetime) -> int:
    """Queue red texts in doubt, or whose turn is at a gateway that fails, for a person's other
    channel, marked; returns how many."""
    n = t.notice.c
    rows = connection.execute(
        select(t.notice).where(_waits(connection, made), n.created <= now - DOUBTED)
        .order_by(n.created, n.id)).all()
    others = []
    for row in rows:
        person = contacts.present(row.person)
        other = Channel.email if row.channel == Channel.sms else Channel.sms
        address = getattr(person, ADDRESS[other]) if person else ""
        if not address:
            continue
        text = f"{_MARK[row.language][other]}{row.text}"
        others.append(outgoing.again(
            connection, row, channel=other, address=address, subject=row.subject or text[:40],
            text=text, parts=sms.parts(text) if other == Channel.sms else 1,
            reason=Reason.second_channel))
    return len(outgoing.enqueue(connection, others, now)) if others else 0


def next_second(connection: Connection, made: Sequence[Gateway]) -> datetime | None:
    """When the next text is due to go by another channel too; None while none waits."""
    first: datetime | None = connection.scalar(
        select(func.min(t.notice.c.created)).where(_waits(connection, made)))
    return first + DOUBTED if first else None


def _waits(connection: Connection, made: Sequence[Gateway]) -> ColumnElement[bool]:
    """Red texts in doubt, or whose turn is at a gateway that fails, that went one way only."""
    n, beside = t.notice.c, t.notice.alias()
    fails = failing_gateways(connection)
    stuck = or_(false(), *(and_(n.channel == one.channel.value, route(made, one).queued)
                           for one in made if one.name in fails))
    both = exists(select(beside.c.id).where(
        beside.c.occasion == n.occasion, beside.c.person == n.person, beside.c.step == n.step,
        beside.c.channel != n.channel))
    return and_(or_(n.state == NoticeState.in_doubt.value,
                    (n.state == NoticeState.queued.value) & stuck),
                n.rank == Level.red.rank, n.kind == Kind.tell.value, ~both,
                n.channel.in_([Channel.sms.value, Channel.email.value]),
                n.reason != Reason.second_channel.value)
