"""Short replies of the house: what we could not read, a wrong code, which of several sites.

To people we know alone, by the telephone they wrote from, one part, at most three an hour, and
never to our own words: two automata must not talk to each other. A drill is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, String, cast, func, literal, select

from fenghuo.notices import outgoing, sms, texts
from fenghuo.notices.answers import numbered
from fenghuo.notices.outgoing import FIRST, Notice
from fenghuo.receipts.answers import parse
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import code, inbound, notice
from fenghuo.words import Answer, Channel, Level, Reason

OCCASION = "reply:"
AN_HOUR = 3
SINCE = timedelta(minutes=10)
"""A text older than this is a human's to answer."""
LIFE = timedelta(hours=1)
_ABOUT = {Reason.unclear: "unclear", Reason.wrong_code: "code", Reason.which_site: "which"}
_SIGNATURE = re.compile(r"【[^】]{2,40}】|\[[^\]]{2,60}\] ?")
_DRILL = "演练"


class Messages(Protocol):
    """What replies need of an edition."""

    @property
    def messages(self) -> Mapping[str, str]: ...


def reply(engine: Engine, edition: Messages, now: datetime) -> int:
    """Queue the replies that are due; returns how many. Twice at one instant tells once."""
    with reading(engine) as connection:
        if not _asked(connection, now):
            return 0
    with writing(engine) as connection:
        rows = _asked(connection, now)
        notices = []
        given = _lately(connection, now)
        for row in rows:
            if given.get(row.person, 0) >= AN_HOUR:
                continue
            made = _notice(connection, edition, row, now)
            if made is not None:
                notices.append(made)
                given[row.person] = given.get(row.person, 0) + 1
        return len(outgoing.enqueue(connection, notices, now))


def _asked(connection: Connection, now: datetime) -> list[Any]:
    """Texts of people we know that want a reply and have none."""
    had = select(notice.c.id).where(
        notice.c.occasion == literal(OCCASION) + cast(inbound.c.id, String))
    return list(connection.execute(
        select(inbound).where(
            inbound.c.at > now - SINCE, inbound.c.person.is_not(None),
            inbound.c.handled.is_(None), inbound.c.gateway != "imap",
            inbound.c.reason.in_([word.value for word in _ABOUT]), ~had.exists())
        .order_by(inbound.c.id)))


def _lately(connection: Connection, now: datetime) -> dict[str, int]:
    """How many replies each person had in the last hour."""
    return dict(connection.execute(
        select(notice.c.person, func.count()).where(
            notice.c.occasion.startswith(OCCASION), notice.c.created > now - timedelta(hours=1))
        .group_by(notice.c.person)).all())


def _notice(connection: Connection, edition: Messages, row: Any, now: datetime) -> Notice | None:
    last = connection.execute(
        select(notice.c.text, notice.c.language, notice.c.signed).where(
            notice.c.person == row.person, notice.c.address == row.address,
            notice.c.channel == Channel.sms.value, notice.c.occasion.not_like(f"{OCCASION}%"))
        .order_by(notice.c.created.desc(), notice.c.id).limit(1)).one_or_none()
    signature = _SIGNATURE.match(last.text) if last else None
    if last is None or signature is None or _DRILL in last.text or _ours(connection, row):
        return None
    own = connection.scalar(select(code.c.code).where(
        code.c.person == row.person, code.c.closed.is_(None), code.c.purpose == "warning"))
    about = _ABOUT[Reason(row.reason)]
    if about == "which" and parse(row.body, [own] if own else []).answer == Answer.help:
        about = "help"
    number = max(numbered(connection, row.person, now), default=1)
    context = {"signature": signature[0], "about": about, "code": own or "", "number": number}
    written = texts.of(edition.messages)
    text = written.render("reply", last.language, context)
    if sms.parts(text) > 1:
        return None
    rank = (Level.red if about == "help" else Level.yellow).rank
    return Notice(Channel.sms, row.address, FIRST, row.person, last.language, "", text, 1, None,
                  rank, last.signed, Reason.asked, now + LIFE, (), (),
                  occasion=f"{OCCASION}{row.id}",
                  form=written.form("reply", last.language, context))


def _ours(connection: Connection, row: Any) -> bool:
    """Whether the text is our own, sent back."""
    body = row.body.strip()
    return bool(_SIGNATURE.match(body)) or connection.scalar(select(notice.c.id).where(
        notice.c.address == row.address, notice.c.text == body).limit(1)) is not None
