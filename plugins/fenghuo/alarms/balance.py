"""The auditor: whether what the house says of every warning can all be true at once.

Owed is pending + told + escalating + unreachable + answered + excused; every site at risk has
somebody who owes for it or a stored reason why nobody does; nobody who waits for a text is
forgotten; what is answered was answered; what has ended asks nobody. Counted by the database,
for all warnings at once; each contradiction has its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from fenghuo.store import tables as t
from fenghuo.words import Answer, NoticeState, ObligationStatus, WarningState

_OPEN = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating,
         ObligationStatus.unreachable)
_NAMED = 5
"""Warnings that a contradiction's detail names."""


class Contradiction(StrEnum):
    """What cannot be; the subject of an alarm ``reach_unbalanced``."""

    unknown_status = "unknown_status"        # counted as owed, and in no column of the sheet
    site_unaccounted = "site_unaccounted"    # at risk: nobody owes for it, and nothing says why
    forgotten = "forgotten"                  # to be told: no text lives, and no rung is to come
    answered_by_nobody = "answered_by_nobody"
    asked_after_end = "asked_after_end"      # still owed to a warning that has ended


def contradictions(connection: Connection) -> dict[Contradiction, str]:
    """What contradicts itself now, each with the warnings where it does and an example."""
    found = {}
    for name, query in (
            (Contradiction.unknown_status, _owed(_is_none_of(tuple(ObligationStatus)))),
            (Contradiction.site_unaccounted, _unaccounted()),
            (Contradiction.forgotten, _forgotten()),
            (Contradiction.answered_by_nobody, _answered_by_nobody()),
            (Contradiction.asked_after_end, _owed(
                t.warning.c.state != WarningState.in_force.value, _is_one_of(_OPEN)))):
        if rows := connection.execute(query).all():
            found[name] = _said(rows)
    return found


def _said(rows: Iterable[Any]) -> str:
    parts = [f"warning {row.warning_id}: {row.n}, such as {row.example}" for row in rows]
    more = f"; {len(parts) - _NAMED} warnings more" if len(parts) > _NAMED else ""
    return "; ".join(parts[:_NAMED]) + more


def _owed(*which: ColumnElement[bool]) -> Select[Any]:
    """Obligations of one kind, counted by warning."""
    o = t.obligation.c
    return (select(o.warning_id, func.count().label("n"),
                   func.min(o.site + " " + o.post).label("example"))
            .join(t.warning, t.warning.c.id == o.warning_id).where(*which)
            .group_by(o.warning_id).order_by(o.warning_id))


def _unaccounted() -> Select[Any]:
    """Sites with a tier in the newest revision of a warning in force that nobody owes for.

    A reason may be older than the newest revision: what stays the same is not decided again.
    """
    w, r, s, o, d = (t.warning.c, t.revision.c, t.revision_site.c, t.obligation.c, t.decision.c)
    newest = (select(r.warning_id, func.max(r.number).label("number"))
              .join(t.warning, w.id == r.warning_id).where(_in_force())
              .group_by(r.warning_id).subquery())
    earlier = t.revision.alias()
    owes = select(o.id).where(o.warning_id == r.warning_id, o.site == s.site).exists()
    reason = (select(d.id).join(earlier, earlier.c.id == d.revision_id)
              .where(d.site == s.site, earlier.c.warning_id == r.warning_id, ~d.told).exists())
    return (select(r.warning_id, func.count().label("n"), func.min(s.site).label("example"))
            .join(t.revision, r.id == s.revision_id)
            .join(newest, (newest.c.warning_id == r.warning_id) & (newest.c.number == r.number))
            .where(s.tier.is_not(None), ~owes, ~reason)
            .group_by(r.warning_id).order_by(r.warning_id))


def _forgotten() -> Select[Any]:
    """Whom no text tells, and for whom the ladder has no rung left either."""
    o, no, n = t.obligation.c, t.notice_obligation.c, t.notice.c
    text = (select(n.id).join(t.notice_obligation, no.notice_id == n.id)
            .where(no.obligation_id == o.id, n.state.not_in(
                [NoticeState.failed.value, NoticeState.dropped.value])).exists())
    waits = (ObligationStatus.pending, ObligationStatus.told, ObligationStatus.escalating)
    return _owed(_in_force(), _is_one_of(waits), o.next_rung_at.is_(None), ~text)


def _answered_by_nobody() -> Select[Any]:
    o, a = t.obligation.c, t.answer.c
    said = select(a.id).where(a.obligation_id == o.id, a.answer != Answer.not_me.value).exists()
    return _owed(_in_force(), _is_one_of((ObligationStatus.answered,)), ~said)


def _in_force() -> ColumnElement[bool]:
    return t.warning.c.state == WarningState.in_force.value


def _is_one_of(statuses: Iterable[ObligationStatus]) -> ColumnElement[bool]:
    return t.obligation.c.status.in_([status.value for status in statuses])


def _is_none_of(statuses: Iterable[ObligationStatus]) -> ColumnElement[bool]:
    return t.obligation.c.status.not_in([status.value for status in statuses])
