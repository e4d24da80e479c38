"""Why a site was told nothing, or something: every decision about it, with its reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from fenghuo.store import tables as t


def why_not(connection: Connection, site: str, at: datetime,
            within: timedelta = timedelta(hours=24)) -> list[dict[str, Any]]:
    """Decisions for a site, and those that held for every site, up to ``at``, newest first.

    Rows: at, told, reason, hazard, post, rule, value, threshold, detail, drill (its number; none
    for what was real).
    """
    d, r, w = t.decision.c, t.revision.c, t.warning.c
    rows = connection.execute(
        select(d.at, d.told, d.reason, d.hazard, d.post, d.rule, d.value, d.threshold, d.detail,
               w.drill_id.label("drill"))
        .outerjoin(t.revision, r.id == d.revision_id)
        .outerjoin(t.warning, w.id == r.warning_id)
        .where(or_(d.site == site, d.site.is_(None)), d.at <= at, d.at > at - within)
        .order_by(d.at.desc(), d.id.desc())).mappings()
    return [dict(row) for row in rows]
