"""What a person's answer does: 1 received, 2 started, 3 done + number, 4 not me, 5 shut, 9 help.

A bare answer speaks for everything its person was told, no more: the newest revision whose text
had been delivered before it (no receipt: sent at least 60 s before; a page shows what it asks).
Measures are reported site by site: a bare 2 or 3 of somebody with several sites counts as
received, and we ask which. Later answers take measures further, never back. Only an answer stops
the ladder; "not me" is none, it sends the ladder on at once. A call for help is always heard.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from fenghuo import ledger
from fenghuo.notices import heard, reports
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
RETURNS = timedelta(hours=24)
"""How long after a warning's end the number of people withdrawn is still taken down."""

_FURTHER = {Answer.started: Measures.started, Answer.done: Measures.done}
_ORDER = list(Measures)
_LOOKED = ("page", "console")
"""Ways that show what they ask, so that an answer means the newest."""


@dataclass(frozen=True, slots=True)
class _Meant:
    """An obligation (``row``) an answer can mean, the revision it speaks of, whether that is the
    newest opening, and whether the text had surely arrived."""

    row: Any
    revision: int
    current: bool
    arrived: bool


def answer(connection: Connection, person: str, given: Answer, number: int | None, via: str,
           inbound_id: int | None, now: datetime, sites: Collection[str] | None = None, *,
           drill: bool | None = None, by: str | None = None,
           entered: datetime | None = None, notice: str | None = None) -> list[int]:
    """Record an answer; returns the obligations it answered (none: nothing was open for it).

    ``sites`` narrows it to these places, ``notice`` to what that one told. ``via`` is sms, email,
    voice, page or console; ``number`` the people withdrawn, with ``done``. ``now`` is when it was
    said; an answer entered later by somebody (``by``) keeps the hour it was ``entered`` too.
    ``drill`` True answers exercises alone, False real warnings alone, None real ones and, where
    there are none, an exercise.
    """
    meant = _spoken_of(connection, person, via, now, drill, notice)
    whose = {one.row.id: given for one in meant if sites is None or one.row.site in sites}
    if sites is None and _which(meant, given, number):
        mine = _unfinished(meant, given)
        whose = {one.row.id: given if len(mine) == 1 and one.row.site in mine
                 else Answer.received for one in meant}
    facts = {"person": person, "via": via, "inbound": inbound_id, "by": by}
    counted: list[int] = []
    for one in meant:
        if one.row.id not in whose:
            continue
        row, word = one.row, whose[one.row.id]
        count = number if word == Answer.done else None
        _record(connection, row, one.revision, word, count, facts, one.current, now, entered)
        if not one.current:
            continue
        connection.execute(update(t.obligation).where(t.obligation.c.id == row.id)
                           .values(**_effect(row, word, count, entered or now)
                                   | ({"answered_at": row.answered_at or now}
                                      if word != Answer.not_me else {})))
        counted.append(int(row.id))
    if given == Answer.done and number is not None and not drill:
        counted += _returned(connection, person, number, facts, sites, now, entered, notice)
    rows = [one.row for one in meant if one.row.id in whose]
    if given == Answer.help:
        heard.call_for_help(connection, person, rows, entered or now)
    elif given == Answer.not_me:
        heard.not_me(connection, person, [row for row in rows if row.id in counted],
                     entered or now)
    if counted and given != Answer.not_me:
        heard.close_calls(connection, counted, Reason.answered.value, entered or now)
    if counted and given in _FURTHER:
        reports.heard(connection, counted, entered or now)
    return counted


def by_hand(connection: Connection, row: Any, person: str, given: Answer, number: int | None,
            at: datetime, by: str, entered: datetime) -> None:
    """Record an answer to one obligation (``row`` with ``drill_id`` and ``state`` of its warning),
    however told.

    Somebody else (``by``) heard or read it: nothing is guessed from texts that were sent. ``at``
    is when it was said. A "not me" that comes after the end opens nothing again.
    """
    facts = {"person": person, "via": "console", "inbound": None, "by": by}
    _record(connection, row, row.revision_id, given, number, facts, True, at, entered)
    over = row.state != WarningState.in_force or row.status == ObligationStatus.excused
    if given != Answer.not_me:
        values = _effect(row, given, number, entered) | {"answered_at": row.answered_at or at}
    else:
        values = {} if over else _effect(row, given, number, entered)
    if values:
        connection.execute(update(t.obligation).where(t.obligation.c.id == row.id)
                           .values(**values))
    if given == Answer.help:
        heard.call_for_help(connection, person, [row], entered)
    elif given == Answer.not_me:
        heard.not_me(connection, person, [row], entered)
    else:
        heard.close_calls(connection, [row.id], Reason.answered.value, entered)
    if given in _FURTHER:
        reports.heard(connection, [row.id], entered)


def asks_which(connection: Connection, person: str, given: Answer, number: int | None, via: str,
               now: datetime, drill: bool | None = None, notice: str | None = None) -> bool:
    """Whether a bare answer leaves open which of several sites it means."""
    meant = _spoken_of(connection, person, via, now, drill, notice)
    if given == Answer.help:
        return len({one.row.site for one in meant if ":" not in one.row.site}) > 1
    return _which(meant, given, number) and len(_unfinished(meant, given)) != 1


def numbered(connection: Connection, person: str, now: datetime) -> dict[int, set[str]]:
    """The sites a person was told of, by the number our texts give them (``K90-3``)."""
    o, w = t.obligation.c, t.warning.c
    found: dict[int, set[str]] = {}
    for row in connection.execute(
            select(o.ordinal, o.site).join(t.warning, w.id == o.warning_id)
            .where(o.person == person, o.ordinal.is_not(None),
                   (w.state == WarningState.in_force.value) | (w.closed > now - RETURNS))):
        found.setdefault(row.ordinal, set()).add(row.site)
    return found


def _which(meant: Sequence[_Meant], given: Answer, number: int | None) -> bool:
    """Whether a bare answer cannot speak for all that was told."""
    if given not in _FURTHER:
        return False
    places = {one.row.site for one in meant if ":" not in one.row.site}
    return len(places) > 1 and bool(_unfinished(meant, given) or number is not None)


def _unfinished(meant: Sequence[_Meant], given: Answer) -> set[str]:
    """The sites where the reported measure would be news."""
    short = _ORDER[_ORDER.index(Measures.owed):_ORDER.index(_FURTHER[given])]
    return {one.row.site for one in meant
            if ":" not in one.row.site and Measures(one.row.measures) in short}


def _record(connection: Connection, row: Any, revision: int, given: Answer, number: int | None,
            facts: dict[str, Any], counts: bool, now: datetime, entered: datetime | None) -> None:
    key = connection.scalar(insert(t.answer).values(
        obligation_id=row.id, revision_id=revision, person=facts["person"], answer=given.value,
        number=number, via=facts["via"], at=now, inbound_id=facts["inbound"],
        entered=entered, entered_by=facts["by"]).returning(t.answer.c.id))
    said = {"id": key, "person": facts["person"], "answer": given.value, "number": number,
            "via": facts["via"], "revision": revision, "site": row.site, "post": row.post,
            "counts": counts}
    if facts["by"]:
        said |= {"by": facts["by"], "said": now.isoformat()}
    ledger.append(connection, "answer.received", f"obligation:{row.id}", said, entered or now)


def _effect(row: Any, given: Answer, number: int | None, now: datetime) -> dict[str, Any]:
    if given == Answer.not_me:
        if row.status == ObligationStatus.answered:
            return {"answer": row.answer}
        return heard.disowned(row, now)
    measures = Measures(row.measures)
    further = _FURTHER.get(given, measures)
    reason = Reason.shut if given == Answer.shut else Reason.answer_accepted
    return {"status": ObligationStatus.answered.value, "reason": reason.value,
            "answer": _gravest(row.answer, given), "next_rung_at": None,
            "number": row.number if number is None else number,
            "measures": max(measures, further, key=_ORDER.index).value}


def _gravest(before: str | None, given: Answer) -> str:
    """A later 1 does not take back a 3; a 9 is always what is shown."""
    if given == Answer.received and before in (Answer.started, Answer.done, Answer.help):
        return str(before)
    return given.value


def _returned(connection: Connection, person: str, number: int, facts: dict[str, Any],
              sites: Collection[str] | None, now: datetime, entered: datetime | None,
              notice: str | None) -> list[int]:
    """A number that comes after the all-clear: counted where none was reported, for a day."""
    ended = t.warning.c.closed > now - RETURNS
    rows = [row for row in _texts(connection, person, now, ended, notice)
            if row.number is None and ":" not in row.site
            and row.warning_state != WarningState.retracted
            and (sites is None or row.site in sites)]
    newest = {row.id: row for row in rows}
    if sites is None and len({row.site for row in newest.values()}) > 1:
        return []
    for row in newest.values():
        _record(connection, row, row.spoken, Answer.done, number, facts, True, now, entered)
        connection.execute(update(t.obligation).where(t.obligation.c.id == row.id).values(
            number=number, answer=Answer.done.value, measures=Measures.done.value))
    return [int(key) for key in newest]


def _spoken_of(connection: Connection, person: str, via: str, now: datetime,
               drill: bool | None, notice: str | None) -> list[_Meant]:
    """What a person can mean: everything told, or only what had arrived when some had."""
    open_ones = ((t.warning.c.state == WarningState.in_force.value)
                 & (t.obligation.c.status != ObligationStatus.excused.value))
    rows = _texts(connection, person, now, open_ones, notice)
    real = [row for row in rows if row.drill_id is None]
    rows = [row for row in rows if row.drill_id is not None] if drill or (
        drill is None and not real) else real
    by_obligation: dict[int, list[Any]] = {}
    for row in rows:
        by_obligation.setdefault(row.id, []).append(row)
    meant = [_meant(texts, via, now) for texts in by_obligation.values()]
    if any(one.arrived for one in meant):
        meant = [one for one in meant if one.arrived]
    return meant


def _texts(connection: Connection, person: str, at: datetime, where: Any,
           notice: str | None) -> list[Any]:
    """The texts a person had by ``at`` (``notice``: that one alone): a row for each obligation
    and revision, oldest first."""
    if notice is not None:
        where &= t.notice.c.id == notice
    o, n, no, w, i, r = (t.obligation.c, t.notice.c, t.notice_obligation.c, t.warning.c,
                         t.notice_item.c, t.revision.c)
    return list(connection.execute(
        select(t.obligation, i.revision_id.label("spoken"), n.state, n.delivery, n.delivered_at,
               n.accepted_at, n.created, w.drill_id, w.state.label("warning_state"))
        .join(t.notice_obligation, no.obligation_id == o.id)
        .join(t.notice, n.id == no.notice_id)
        .join(t.notice_item, i.notice_id == n.id)
        .join(t.revision, (r.id == i.revision_id) & (r.warning_id == o.warning_id))
        .join(t.warning, w.id == o.warning_id)
        .where(n.person == person, n.code.is_not(None), n.created <= at,
               n.state.in_([state.value for state in TOLD_OR_IN_DOUBT]), where)
        .order_by(o.id, i.revision_id)))


def _meant(texts: Sequence[Any], via: str, now: datetime) -> _Meant:
    """What an answer means of one obligation."""
    opened = texts[-1].opened_by
    arrived = [row.spoken for row in texts if _arrived(row, now)]
    older = [row for row in texts if row.spoken < opened]
    # with nothing older in hand the answer can mean only the newest
    if via in _LOOKED or not older:
        return _Meant(texts[-1], max(row.spoken for row in texts), True,
                      via in _LOOKED or bool(arrived))
    newest = max(arrived, default=older[-1].spoken)
    return _Meant(texts[-1], newest, newest >= opened, bool(arrived))


def _arrived(row: Any, now: datetime) -> bool:
    if row.delivered_at is not None:
        return bool(row.delivered_at <= now)
    if row.delivery in (Delivery.failed, Delivery.undelivered):
        return False
    sent = row.accepted_at if row.state == NoticeState.accepted else row.created
    return bool(sent is not None and sent <= now - SETTLES)
