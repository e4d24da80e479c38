"""Checkpoints leave by e-mail, to somebody the house cannot reach into.

The newest signed head goes to ``settings.checkpoint_mail`` once a day, while a danger is in force
once an hour: an owner who rewrites the log can only rewrite what is younger. A mail is a notice
like any other, sent by the same outbox; what left stands in ``checkpoint_copy``, and one that
could not leave is the alarm ``checkpoint_kept`` until a later one has.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from fenghuo.alarms import AlarmKind, open_alarms, raise_alarm, recover
from fenghuo.notices import outgoing, texts
from fenghuo.notices.keys import notice_id
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import Channel, Delivery, Level, NoticeState, Reason, WarningState, mask

OCCASION = "checkpoint:"
"""The occasion of a checkpoint's mail is this and the size of its tree."""

EMAIL = "email"
DAILY = timedelta(days=1)
HOURLY = timedelta(hours=1)
LATE = timedelta(hours=1)
"""A mail that no gateway has taken by then could not leave."""

_LOST = (NoticeState.failed, NoticeState.dropped)
_RETURNED = (Delivery.failed, Delivery.undelivered)


def look(connection: Connection, messages: Mapping[str, str], settings: Settings,
         now: datetime) -> dict[str, int]:
    """Queue the newest checkpoint's mail when its time has come, and see whether the last one
    left. Returns what was raised, recovered and queued."""
    counts: dict[str, int] = {}
    last = _last(connection)
    fault = _fault(last, now) if settings.checkpoint_mail and last else None
    if fault:
        counts["raised"] = raise_alarm(connection, AlarmKind.checkpoint_kept, EMAIL, fault, now)
    elif open_alarms(connection, AlarmKind.checkpoint_kept) and (
            not settings.checkpoint_mail or (last and last.state == NoticeState.accepted)):
        counts["recovered"] = recover(connection, AlarmKind.checkpoint_kept, EMAIL, now)
    if settings.checkpoint_mail and (last is None or now - last.at >= _gap(connection)):
        counts["queued"] = _queue(connection, messages, settings.checkpoint_mail, settings,
                                  last.size if last else 0, now)
    return {word: count for word, count in counts.items() if count}


def _last(connection: Connection) -> Any:
    """The checkpoint that was mailed last, with what became of its mail."""
    c, n = t.checkpoint_copy.c, t.notice.c
    return connection.execute(
        select(c.size, c.place, c.at, n.state, n.reason, n.delivery)
        .join(t.notice, n.id == c.notice_id).where(c.way == EMAIL)
        .order_by(c.size.desc()).limit(1)).one_or_none()


def _fault(last: Any, now: datetime) -> str | None:
    """Why the last mail did not leave."""
    what = f"checkpoint {last.size} to {last.place}"
    if last.state in _LOST:
        return f"{what}: {last.state}, {last.reason}"
    if last.delivery in _RETURNED:
        return f"{what}: taken, and returned as {last.delivery}"
    if last.state != NoticeState.accepted and now - last.at >= LATE:
        return f"{what}: no gateway has taken it since {last.at.isoformat()}"
    return None


def _gap(connection: Connection) -> timedelta:
    w = t.warning.c
    danger = connection.scalar(select(w.id).where(
        w.state == WarningState.in_force.value, w.drill_id.is_(None)).limit(1))
    return DAILY if danger is None else HOURLY


def _queue(connection: Connection, messages: Mapping[str, str], address: str, settings: Settings,
           known: int, now: datetime) -> int:
    c = t.ledger_checkpoint.c
    newest = connection.execute(
        select(c.size, c.note, c.at).order_by(c.size.desc()).limit(1)).one_or_none()
    if newest is None or newest.size <= known:
        return 0
    written, given = texts.of(messages), {
        "size": newest.size, "note": newest.note.strip(),
        "at": f"{newest.at.astimezone(settings.zone):%Y-%m-%d %H:%M}"}
    subjects, bodies = zip(*(
        written.render("checkpoint", language, given).split("\n", 1)
        for language in texts.LANGUAGES), strict=True)
    mail = outgoing.Notice(
        Channel.email, address, outgoing.FIRST, None, texts.LANGUAGES[0],
        " / ".join(map(str.strip, subjects)), "\n\n".join(map(str.strip, bodies)), 1, None,
        Level.white.rank, True, Reason.witnessed, now + DAILY, (), (),
        f"{OCCASION}{newest.size}")
    outgoing.enqueue(connection, [mail], now)
    connection.execute(insert(t.checkpoint_copy).values(
        size=newest.size, way=EMAIL, place=mask(address), at=now,
        notice_id=notice_id(*mail.key)))
    return 1
