"""What some answers do beyond their obligation: a call for help, a wrong contact, closed calls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from fenghuo import alarms
from fenghuo.alarms import AlarmKind
from fenghuo.alarms.waiting import HELP_RUNG, REPORT_RUNG, VISIT_RUNG
from fenghuo.store import tables as t
from fenghuo.words import (
    Answer,
    Level,
    NoticeState,
    ObligationStatus,
    Reason,
    WarningState,
)

_OWED = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
         ObligationStatus.unreachable)
_UNSENT = (NoticeState.queued.value, NoticeState.held.value)
_CHUNK = 500


def call_for_help(connection: Connection, person: str, rows: Sequence[Any], now: datetime) -> None:
    """An alarm and a call for every place a person may mean, the last known one at least."""
    if not rows:
        o = t.obligation.c
        told = (select(t.notice_obligation.c.obligation_id)
                .join(t.notice, t.notice.c.id == t.notice_obligation.c.notice_id)
                .where(t.notice.c.person == person))
        rows = list(connection.execute(
            select(t.obligation).where((o.person == person) | o.id.in_(told))
            .order_by(o.id.desc()).limit(1)))
    if not rows:
        alarms.raise_alarm(connection, AlarmKind.call_for_help, person,
                           f"{person} answered 9", now)
    c = t.call_task.c
    for row in rows:
        alarms.raise_alarm(connection, AlarmKind.call_for_help, str(row.site),
                           f"{person} answered 9 for {row.site} ({row.post})", now)
        known = connection.execute(select(c.id, c.done).where(
            c.obligation_id == row.id, c.rung == HELP_RUNG)).one_or_none()
        if known is None:
            scope = connection.scalar(select(t.warning.c.scope).where(
                t.warning.c.id == row.warning_id)) or ""
            connection.execute(insert(t.call_task).values(
                obligation_id=row.id, office=_office(row.site, scope), rung=HELP_RUNG,
                opened=now))
        elif known.done is not None:  # help was sent once, and is called for again
            connection.execute(update(t.call_task).where(c.id == known.id).values(
                opened=now, done=None, outcome=None, caller=None))


def _office(place: str, scope: str) -> str:
    """Whose list a call for help goes on; an earthquake's scope names no county: the city's."""
    if ":" in place:
        return place
    return f"county:{scope[:6]}" if scope[:6].isdigit() else "city"


def disowned(row: Any, now: datetime) -> dict[str, Any]:
    """The values of an obligation whose person says "not me": the next post, at once."""
    return {"status": ObligationStatus.unreachable.value, "reason": Reason.not_me.value,
            "next_rung_at": now if row.next_rung_at is not None else None}


def not_me(connection: Connection, person: str, rows: Sequence[Any], now: datetime) -> None:
    """A contact is wrong: what else it owes for these sites goes on at once, nothing more is sent.

    Raises the alarm ``contact_wrong`` (subject: the person) for the duty officer.
    """
    sites = sorted({row.site for row in rows})
    if not sites:
        return
    o, w = t.obligation.c, t.warning.c
    others = connection.execute(
        select(t.obligation).join(t.warning, w.id == o.warning_id)
        .where(o.person == person, o.site.in_(sites), o.id.not_in([row.id for row in rows]),
               o.status.in_([status.value for status in _OWED]),
               w.state == WarningState.in_force.value, w.drill_id.is_(None))).all()
    for row in others if rows[0].drill_id is None else ():
        connection.execute(update(t.obligation).where(o.id == row.id)
                           .values(**disowned(row, now)))
    _recall(connection, person, sites, now)
    alarms.raise_alarm(connection, AlarmKind.contact_wrong, person,
                       f"{person} answered 4 for {', '.join(sites)}", now)


def _recall(connection: Connection, person: str, sites: Sequence[str], now: datetime) -> None:
    """Take back texts that were not sent yet and speak of these sites alone."""
    n, no, o = t.notice.c, t.notice_obligation.c, t.obligation.c
    elsewhere = (select(no.notice_id).join(t.obligation, o.id == no.obligation_id)
                 .where(o.site.not_in(sites)))
    for row in connection.execute(
            select(n.id, o.site, o.post, o.revision_id)
            .join(t.notice_obligation, no.notice_id == n.id)
            .join(t.obligation, o.id == no.obligation_id)
            .where(n.person == person, n.state.in_(_UNSENT), o.site.in_(sites),
                   n.id.not_in(elsewhere)).order_by(n.id, o.id)).all():
        connection.execute(update(t.notice).where(t.notice.c.id == row.id).values(
            state=NoticeState.dropped.value, reason=Reason.not_me.value))
        connection.execute(insert(t.decision).values(
            at=now, told=False, reason=Reason.not_me.value, site=row.site, post=row.post,
            revision_id=row.revision_id, detail=f"notice {row.id}"))


def close_calls(connection: Connection, obligations: Collection[int], outcome: str,
                now: datetime) -> None:
    """Nobody need dial for these any more, nor go to their sites; a call for help stays until a
    human closes it, one for a report until that is made."""
    c, ids = t.call_task.c, sorted(obligations)
    mine, other = t.obligation.alias(), t.obligation.alias()
    for start in range(0, len(ids), _CHUNK):
        connection.execute(update(t.call_task).where(
            c.obligation_id.in_(ids[start:start + _CHUNK]), c.done.is_(None),
            c.rung.not_in([HELP_RUNG, REPORT_RUNG])).values(done=now, outcome=outcome))
        connection.execute(update(t.call_task).where(
            c.rung == VISIT_RUNG, c.done.is_(None), c.obligation_id.in_(
                select(other.c.id).join(mine, (mine.c.warning_id == other.c.warning_id)
                                        & (mine.c.site == other.c.site))
                .where(mine.c.id.in_(ids[start:start + _CHUNK])))).values(
                    done=now, outcome=outcome))


def last_words(connection: Connection) -> dict[tuple[str, str], Answer]:
    """(site, person) -> their newest answer while a real warning of the site is in force."""
    a, o, w = t.answer.c, t.obligation.c, t.warning.c
    newest = (select(func.max(a.id)).join(t.obligation, o.id == a.obligation_id)
              .join(t.warning, w.id == o.warning_id)
              .where(w.state == WarningState.in_force.value, w.drill_id.is_(None))
              .group_by(o.site, a.person))
    return {(row.site, row.person): Answer(row.answer) for row in connection.execute(
        select(o.site, a.person, a.answer).join(t.obligation, o.id == a.obligation_id)
        .where(a.id.in_(newest)))}


def wrong_contacts(connection: Connection) -> set[tuple[str, str]]:
    """(site, person): who said "not me" in this event; nothing more is sent to them for it."""
    return {key for key, word in last_words(connection).items() if word == Answer.not_me}


def stays_shut(row: Any, tier: int) -> bool:
    """Whether a site that reported itself empty is left in peace at a tier's rank."""
    return bool(row.status == ObligationStatus.answered and row.reason == Reason.shut
                and tier < Level.red.rank)
