"""A red text that may be lost, or does not leave, goes by the person's other channel too
(practice.md 5.6).

Mostly nothing is left to do: what is told by SMS and e-mail went both ways at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, or_, select

from fenghuo.alarms import OF_GATEWAYS
from fenghuo.contacts import Contacts
from fenghuo.notices import outgoing, sms
from fenghuo.notices.letters import Kind
from fenghuo.notices.outgoing import Notice
from fenghuo.notices.owed import ADDRESS
from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, NoticeState, Reason

DOUBTED = timedelta(seconds=60)
"""City time for which a red text may be in doubt, or wait while a gateway is known to fail,
before it goes another way."""

_MARK = {"zh": {Channel.email: "（短信未确认送达，同文改发邮件）",
                Channel.sms: "（邮件未确认，同文）"},
         "en": {Channel.email: "(SMS not confirmed, same text by mail) ",
                Channel.sms: "(mail not confirmed, same text) "}}


def by_second_channel(connection: Connection, contacts: Contacts, now: datetime) -> int:
    """Queue red texts in doubt, or behind a gateway that fails, for a person's other channel,
    marked; returns how many."""
    n, a = t.notice.c, t.alarm.c
    fails = exists(select(a.id).where(
        a.kind.in_([kind.value for kind in OF_GATEWAYS]), a.recovered.is_(None)))
    rows = connection.execute(select(t.notice).where(
        or_(n.state == NoticeState.in_doubt.value,
            (n.state == NoticeState.queued.value) & fails), n.rank == Level.red.rank,
        n.channel.in_([Channel.sms.value, Channel.email.value]),
        n.kind == Kind.tell.value, n.created <= now - DOUBTED,
        n.reason != Reason.second_channel.value).order_by(n.created, n.id)).all()
    made = []
    for row in rows:
        person = contacts.present(row.person)
        other = Channel.email if row.channel == Channel.sms else Channel.sms
        address = getattr(person, ADDRESS[other]) if person else ""
        if not address:
            continue
        revisions, obligations = outgoing.spoken_of(connection, [row.id])
        text = f"{_MARK[row.language][other]}{row.text}"
        made.append(Notice(
            other, address, row.step, row.person, row.language, row.subject or text[:40], text,
            sms.parts(text) if other == Channel.sms else 1, row.code, row.rank, row.signed,
            Reason.second_channel, row.expires, revisions, obligations, row.occasion,
            hazard=row.hazard, kind=row.kind, brief=row.brief or ""))
    return len(outgoing.enqueue(connection, made, now)) if made else 0
