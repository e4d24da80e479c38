"""Which rules could not be known, since a source that they need had fallen silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from fenghuo.alarms import AlarmKind
from fenghuo.editions.bringing import brings, needs
from fenghuo.editions.reading import Edition
from fenghuo.feeds.config import FeedConfig
from fenghuo.store.tables import alarm
from fenghuo.words import Reason

NAMED = 3
"""So many rules are named; of more, how many."""


def needing(edition: Edition, feed: FeedConfig) -> list[str]:
    """The rules that ask for what a feed brings, as ``agreement/rule``."""
    brought = set(brings(feed))
    return [f"{agreement.agreement}/{rule.id}" for agreement in edition.agreements
            for rule in agreement.rules if brought & set(needs(rule))]


def unheard(connection: Connection, edition: Edition, at: datetime,
            within: timedelta = timedelta(hours=24)) -> list[dict[str, Any]]:
    """Rows as ``notices.why_not``'s: one for each outage of a source that lasted into the time
    ``within`` before ``at``, with the rules that were unknown by it; newest first."""
    a = alarm.c
    found = connection.execute(
        select(a.subject, a.detail, a.raised, a.recovered)
        .where(a.kind == AlarmKind.feed_stale.value, a.raised <= at,
               a.recovered.is_(None) | (a.recovered > at - within))
        .order_by(a.raised.desc(), a.id.desc()))
    rows = []
    for name, detail, raised, recovered in found:
        rules = needing(edition, edition.feeds[name]) if name in edition.feeds else []
        if not rules:
            continue
        over = recovered if recovered is not None and recovered <= at else None
        more = f" +{len(rules) - NAMED}" if len(rules) > NAMED else ""
        rows.append({
            "at": raised, "told": False, "reason": Reason.unknown.value, "hazard": None,
            "post": None, "rule": ", ".join(rules[:NAMED]) + more, "value": None,
            "threshold": None, "drill": None,
            "detail": f"{name}: {detail}" + (f"; heard again {over}" if over else "")})
    return rows
