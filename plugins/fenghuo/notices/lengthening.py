"""Texts that wait outlive their old end when their warning is silently gone on with (继续发布)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from fenghuo import ledger
from fenghuo.notices.letters import Kind
from fenghuo.store import tables as t
from fenghuo.words import Holds, NoticeState, WarningState

_WAITING = (NoticeState.held.value, NoticeState.queued.value)


def lengthen(connection: Connection, now: datetime) -> int:
    """Give texts held or queued the later end of what is in force behind their warnings; returns
    how many got one. The same level said again for longer is no revision, so nothing else would.

    An end is never shortened; where something without an end is in force, the text keeps its own.
    """
    n, i, r, w = t.notice.c, t.notice_item.c, t.revision.c, t.warning.c
    e, f = t.exposure.c, t.finding.c
    waits = n.state.in_(_WAITING) & (n.kind == Kind.tell.value) & (n.expires > now)
    if connection.scalar(select(n.id).where(waits).limit(1)) is None:
        return 0
    in_force = w.state == WarningState.in_force.value
    # by warning first: a county's thousand sites would else be met by each of its thousand texts
    ending = (select(w.id, func.max(f.until).label("until"))
              .join(t.exposure, and_(e.hazard == w.hazard, e.scope == w.scope))
              .join(t.finding, f.id == e.finding_id)
              .where(in_force, f.ended_at.is_(None), f.holds == Holds.true.value)
              .group_by(w.id).having(func.count() == func.count(f.until)).subquery())
    ends = connection.execute(
        select(n.id, func.max(ending.c.until).label("until"))
        .join(t.notice_item, i.notice_id == n.id).join(t.revision, r.id == i.revision_id)
        .join(t.warning, w.id == r.warning_id).outerjoin(ending, ending.c.id == w.id)
        .where(waits, in_force).group_by(n.id, n.expires)
        .having(func.count() == func.count(ending.c.id),
                func.max(ending.c.until) > n.expires)).all()
    by_end: dict[datetime, list[str]] = {}
    for row in ends:
        by_end.setdefault(row.until, []).append(row.id)
    for until, keys in sorted(by_end.items()):
        for start in range(0, len(keys), 500):
            connection.execute(update(t.notice).where(
                n.id.in_(keys[start:start + 500]), n.state.in_(_WAITING)).values(expires=until))
        ledger.append(connection, "notice.lengthened", f"notices:{len(keys)}",
                      {"expires": until.isoformat(), "notices": sorted(keys)}, now)
    return len(ends)
