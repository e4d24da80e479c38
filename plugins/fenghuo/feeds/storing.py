"""What a pull brought, into the database: fetches, state, quarantine, events, observations.

Everything of one pull is one transaction; there is no network in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select, update

from fenghuo import alarms, ledger
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fetch import Answer
from fenghuo.feeds.parsed import Parsed
from fenghuo.observations import events, forecasts, series, surge
from fenghuo.store.engine import alone
from fenghuo.store.tables import feed_state, fetch, quarantine
from fenghuo.words import FeedOutcome, Refusal
from fenghuo.words.metrics import Metric

ARCHIVE = alarms.AlarmKind.archive_unwritten
MOST_QUARANTINED = 500
"""Rows of one pull: a table gone wrong must not fill the database."""


@dataclass(slots=True)
class Fetched:
    """One answer and what became of it."""

    answer: Answer
    outcome: FeedOutcome
    payload: str | None = None
    detail: str | None = None
    parsed: Parsed | None = None
    refusals: list[Refusal] = field(default_factory=list)
    unkept: str | None = None
    """Why the archive could not keep its body."""


def state_of(connection: Connection, feed: str) -> dict[str, Any]:
    """A feed's state as it stands, empty before its first pull."""
    row = connection.execute(select(feed_state).where(feed_state.c.feed == feed)).one_or_none()
    return dict(row._mapping) if row is not None else {}


def one_by_one(connection: Connection, config: FeedConfig) -> None:
    """What several feeds, or a list and a line of one, say of the same event is stored one after
    the other, so that whoever comes second finds what the first said."""
    alone(connection, f"stored:{config.kind.brings}")


def save_state(connection: Connection, feed: str, values: dict[str, Any]) -> None:
    """Write a feed's state; what is not given stays."""
    changed = connection.execute(update(feed_state).where(feed_state.c.feed == feed)
                                 .values(**values)).rowcount
    if not changed:
        connection.execute(insert(feed_state).values(feed=feed, **{"failures": 0} | values))


def save_fetch(connection: Connection, feed: str, fetched: Fetched, now: datetime) -> None:
    """One row for one GET, whatever came of it; what the archive could not keep is an alarm."""
    answer = fetched.answer
    connection.execute(insert(fetch).values(
        feed=feed, url=answer.url, at=now, started=answer.started, seconds=answer.seconds,
        http_status=answer.status, outcome=fetched.outcome, bytes=len(answer.body),
        detail=(fetched.detail or answer.detail or "")[:1000] or None, payload=fetched.payload))
    if fetched.unkept is not None:
        alarms.raise_alarm(connection, ARCHIVE, "archive", fetched.unkept, now)
    elif fetched.payload is not None:
        alarms.recover(connection, ARCHIVE, "archive", now)


def quarantined(connection: Connection, feed: str, payload: str | None,
                refusals: Iterable[Refusal], now: datetime) -> int:
    """Keep refused records; how many are new. One that stays in a list is kept once."""
    wanted = list({refusal.place: refusal for refusal in refusals}.values())[:MOST_QUARANTINED]
    places = [refusal.place for refusal in wanted]
    known = {(row.place, row.found) for row in connection.execute(
        select(quarantine.c.place, quarantine.c.found)
        .where(quarantine.c.feed == feed, quarantine.c.place.in_(places)))}
    held = set(connection.scalars(select(quarantine.c.place).where(
        quarantine.c.feed == feed, quarantine.c.payload == payload)))
    rows = [{"feed": feed, "at": now, "payload": payload, "place": refusal.place,
             "found": refusal.found, "expected": refusal.expected, "reading": refusal.reading}
            for refusal in wanted
            if (refusal.place, refusal.found) not in known and refusal.place not in held]
    if rows:
        connection.execute(insert(quarantine), rows)
    return len(rows)


def save_parsed(connection: Connection, config: FeedConfig, parsed: Parsed, payload: str,
                now: datetime) -> dict[str, int]:
    """Store what a payload says; counts of what was new."""
    revisions = events.record_events(
        connection, config.name, parsed.events, payload, now, assess_delay=config.wait)
    deleted = events.withdraw(connection, config.name, parsed.withdrawn, payload, now)
    stored = 0
    if config.slot is not None and len(parsed.observations):
        numbers = _with_surge(connection, config, parsed.observations, now)
        stored = series.record(connection, config.name, numbers, payload, now,
                               int(config.slot.total_seconds()))
        if stored:
            ledger.append(connection, "observations.received", config.name, {
                "payload": payload, "new": stored,
                "as_of": parsed.as_of.isoformat() if parsed.as_of else None}, now)
    told = forecasts.record(connection, config.name, parsed.forecasts, payload, now)
    refused = quarantined(connection, config.name, payload,
                          [*parsed.refusals, *parsed.passed], now)
    return {"revisions": len(revisions) + len(deleted), "observations": stored + told,
            "quarantined": refused}


def _with_surge(connection: Connection, config: FeedConfig, observed: pd.DataFrame,
                now: datetime) -> pd.DataFrame:
    """Observations and, where the feed's tides are predicted too, their surge."""
    if config.predictions is None:
        return observed
    predicted = [run.series for run in forecasts.newest(connection, (Metric.tide,), now)
                 if run.feed == config.predictions]
    found = surge.of(observed, predicted)
    return observed if found.empty else pd.concat([observed, found], ignore_index=True)


def save_missing(connection: Connection, config: FeedConfig, present: Iterable[str] | None,
                 url: str, payload: str, now: datetime) -> int:
    """End what a list no longer names; how many."""
    window: timedelta | None = config.window
    if window is None:
        return 0
    return len(events.missing(connection, config.name, present, now, window,
                              config.missing_polls, url=url, payload=payload))
