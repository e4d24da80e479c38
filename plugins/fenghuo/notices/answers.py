"""What a person's answer does: 1 received, 2 started, 3 done + number, 4 not me, 5 shut, 9 help.

A bare answer speaks for everything its person was told, no more: the newest revision whose text
had been delivered before it (no receipt: sent at least 60 s before; a page shows what it asks).
Later answers take measures further, never back. Only an answer stops the ladder; "not me" is
none, it sends the ladder on at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from fenghuo import alarms, ledger
from fenghuo.notices.outgoing import TOLD_OR_IN_DOUBT
from fenghuo.store import tables as t
from fenghuo.words import (
    Answer,
    Delivery,
    Measures,
    NoticeState,
    ObligationStatus,
    Reason,
    WarningState,
)

SETTLES = timedelta(seconds=60)
"""How long before the answer a text without receipt must have been sent."""

HELP_RUNG = 0
"""The rung number of a call for help on the county's call list; ladders begin at 1."""

_FURTHER = {Answer.started: Measures.started, Answer.done: Measures.done}
_ORDER = list(Measures)


def answer(connection: Connection, person: str, given: Answer, number: int | None, via: str,
           inbound_id: int | None, now: datetime,
           sites: Collection[str] | None = None) -> list[int]:
    """Record an answer; returns the obligations it answered (none: nothing was open for it).

    ``sites`` narrows it to these places. ``via`` is sms, page or console; ``number`` the
    people withdrawn, with ``done``.
    """
    counted: list[int] = []
    for row, revision, current in _spoken_of(connection, person, via, now):
        if sites is not None and row.site not in sites:
            continue
        connection.execute(insert(t.answer).values(
            obligation_id=row.id, revision_id=revision, person=person, answer=given.value,
            number=number, via=via, at=now, inbound_id=inbound_id))
        ledger.append(connection, "answer.received", f"obligation:{row.id}", {
            "person": person, "answer": given.value, "number": number, "via": via,
            "revision": revision, "site": row.site, "post": row.post, "counts": current}, now)
        if not current:
            continue
        connection.execute(update(t.obligation).where(t.obligation.c.id == row.id)
                           .values(**_effect(row, given, number, now)))
        if given == Answer.help:
            _call_for_help(connection, row, person, now)
        counted.append(int(row.id))
    return counted


def _effect(row: Any, given: Answer, number: int | None, now: datetime) -> dict[str, Any]:
    if given == Answer.not_me:
        if row.status == ObligationStatus.answered:
            return {"answer": row.answer}
        return {"status": ObligationStatus.unreachable.value, "reason": Reason.not_me.value,
                "next_rung_at": now if row.next_rung_at is not None else None}
    measures = Measures(row.measures)
    further = _FURTHER.get(given, measures)
    reason = Reason.shut if given == Answer.shut else Reason.answer_accepted
    return {"status": ObligationStatus.answered.value, "reason": reason.value,
            "answer": _gravest(row.answer, given), "next_rung_at": None,
            "answered_at": row.answered_at or now,
            "number": row.number if number is None else number,
            "measures": max(measures, further, key=_ORDER.index).value}


def _gravest(before: str | None, given: Answer) -> str:
    """A later 1 does not take back a 3; a 9 is always what is shown."""
    if given == Answer.received and before in (Answer.started, Answer.done, Answer.help):
        return str(before)
    return given.value


def _call_for_help(connection: Connection, row: Any, person: str, now: datetime) -> None:
    alarms.raise_alarm(connection, "call_for_help", f"{row.site}",
                       f"{person} answered 9 for {row.site} ({row.post})", now)
    c = t.call_task.c
    known = select(c.id).where(c.obligation_id == row.id, c.rung == HELP_RUNG)
    if connection.scalar(known) is None:
        office = connection.scalar(select(t.warning.c.scope).where(
            t.warning.c.id == row.warning_id)) or ""
        connection.execute(insert(t.call_task).values(
            obligation_id=row.id, office=_office(row.site, office), rung=HELP_RUNG, opened=now))


def _office(place: str, scope: str) -> str:
    """Whose list a call for help goes on; an earthquake's scope names no county: the city's."""
    if ":" in place:
        return place
    return f"county:{scope[:6]}" if scope[:6].isdigit() else "city"


def _spoken_of(connection: Connection, person: str, via: str,
               now: datetime) -> list[tuple[Any, int, bool]]:
    """What a person can mean: (obligation, revision answered, whether that is its newest)."""
    o, n, no, w, i, r = (t.obligation.c, t.notice.c, t.notice_obligation.c, t.warning.c,
                         t.notice_item.c, t.revision.c)
    rows = connection.execute(
        select(t.obligation, i.revision_id.label("spoken"), n.state, n.delivery, n.delivered_at,
               n.accepted_at, n.created)
        .join(t.notice_obligation, no.obligation_id == o.id)
        .join(t.notice, n.id == no.notice_id)
        .join(t.notice_item, i.notice_id == n.id)
        .join(t.revision, (r.id == i.revision_id) & (r.warning_id == o.warning_id))
        .join(t.warning, w.id == o.warning_id)
        .where(n.person == person, n.code.is_not(None),
               n.state.in_([state.value for state in TOLD_OR_IN_DOUBT]),
               w.state == WarningState.in_force.value,
               o.status != ObligationStatus.excused.value)
        .order_by(o.id, i.revision_id)).all()
    by_obligation: dict[int, list[Any]] = {}
    for row in rows:
        by_obligation.setdefault(row.id, []).append(row)
    return [(texts[-1], *_meant(texts, via, now)) for texts in by_obligation.values()]


def _meant(texts: Sequence[Any], via: str, now: datetime) -> tuple[int, bool]:
    """The revision an answer speaks of, and whether it covers the obligation's last opening."""
    opened = texts[-1].opened_by
    older = [row for row in texts if row.spoken < opened]
    # with nothing older in hand the answer can mean only the newest
    if via != "sms" or not older:
        return max(row.spoken for row in texts), True
    arrived = [row.spoken for row in texts if _arrived(row, now)]
    newest = max(arrived, default=older[-1].spoken)
    return newest, newest >= opened


def _arrived(row: Any, now: datetime) -> bool:
    if row.delivered_at is not None:
        return bool(row.delivered_at <= now)
    if row.delivery in (Delivery.failed, Delivery.undelivered):
        return False
    sent = row.accepted_at if row.state == NoticeState.accepted else row.created
    return bool(sent is not None and sent <= now - SETTLES)
