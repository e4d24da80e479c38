"""Why a site was told nothing, or something: every decision about it, with its reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from fenghuo.contacts import SITE_POSTS, Contacts, addresses
from fenghuo.store import tables as t
from fenghuo.words import mask


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


def out_of_use(connection: Connection, contacts: Contacts, site: str,
               at: datetime) -> list[dict[str, Any]]:
    """Rows as ``why_not``'s: addresses of a site's people that were out of use at ``at``."""
    posts = {address: post for post in SITE_POSTS if (one := contacts.holder(site, post))
             for address in one.addresses}
    return [{"at": row.since, "told": False, "reason": row.reason, "hazard": None,
             "post": posts[row.address], "rule": None, "value": None, "threshold": None,
             "drill": None, "detail": " ".join(filter(None, (
                 row.channel, mask(row.address), "is out of use:", row.error)))}
            for row in addresses.rows(connection, posts, at)]
