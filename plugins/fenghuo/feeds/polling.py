"""A pull: ask one feed once, archive, parse, store. Errors of a feed never raise past it.

A failed attempt is due again soon and never later than the cadence; what was good stays. A pull
is idempotent: killed anywhere, the next one finishes its work.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import Connection, Engine, select

from fenghuo import alarms
from fenghuo.alarms.ages import SKEW, resting
from fenghuo.clock import Clock, machine_now
from fenghuo.feeds import dropping, fetch, storing
from fenghuo.feeds.config import DROP, FeedConfig
from fenghuo.feeds.hauling import Haul, haul
from fenghuo.feeds.parsed import MADE_BY_NOW, NO_FUTURE, module_of
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import feed_state
from fenghuo.words import FeedOutcome, StepReport

QUARANTINE = alarms.AlarmKind.feed_quarantine
FIRST_RETRY = timedelta(seconds=10)
MEASURES = 5
"""Of so many measures of a source's clock the middle one counts: one odd answer says nothing."""


def pull(engine: Engine, settings: Settings, clock: Clock, feeds: Mapping[str, FeedConfig],
         name: str, session: requests.Session | None = None) -> StepReport:
    """Pull one feed and store what is new; ``did`` counts new revisions and observations.

    Raises KeyError for a feed the edition does not name; database errors are raised too.
    """
    config, began, now = feeds[name], machine_now(), clock.now()
    url = address_of(config, settings, now)
    step = f"pull_{config.bureau}"
    if url is None:
        return StepReport(step, now, began, counts={"no_sandbox": 1})
    with reading(engine) as connection:
        state = storing.state_of(connection, name)
    client = session or fetch.session()
    if urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1"):
        client.trust_env = False  # a proxy of the environment cannot reach the sandbox
    counts: Counter[str] = Counter()
    for found in dropping.hauls(config, settings, state, now) if url.startswith(DROP) else [
            haul(client, url, config, settings.path(settings.archive), state, now)]:
        counts.update(_store(engine, config, found, now))
    return StepReport(step, now, began,
                      did=counts.get("revisions", 0) + counts.get("observations", 0),
                      next_due=next_due(engine, feeds, config.bureau, now), counts=counts)


def heard(feeds: Mapping[str, FeedConfig], settings: Settings) -> dict[str, FeedConfig]:
    """The feeds that are asked at all: on, and with their key; those that exist only in the
    sandbox only there."""
    if settings.sandbox_feeds:
        return {name: feed for name, feed in feeds.items() if feed.on}
    return {name: feed for name, feed in feeds.items() if feed.on and feed.url != "sandbox"
            and (feed.key is None or os.environ.get(feed.key))}


def due(engine: Engine, feeds: Mapping[str, FeedConfig], bureau: str,
        now: datetime) -> list[str]:
    """The bureau's feeds to be pulled now; a fallback only while the other is too old."""
    with reading(engine) as connection:
        rows = {row.feed: row.due_at for row in connection.execute(
            select(feed_state.c.feed, feed_state.c.due_at))}
        idle = resting(connection, feeds.values(), now)
    return [name for name, config in feeds.items() if config.bureau == bureau
            and name not in idle and ((at := rows.get(name)) is None or at <= now)]


def next_due(engine: Engine, feeds: Mapping[str, FeedConfig], bureau: str,
             now: datetime) -> datetime | None:
    """When the bureau's next feed is due, None before any was pulled."""
    with reading(engine) as connection:
        idle = resting(connection, feeds.values(), now)
        names = [name for name, config in feeds.items()
                 if config.bureau == bureau and name not in idle]
        return min((at for at in connection.scalars(
            select(feed_state.c.due_at).where(feed_state.c.feed.in_(names)))
            if at is not None), default=None)


def address_of(config: FeedConfig, settings: Settings, now: datetime) -> str | None:
    """Where a feed is asked, ``{key}`` still in it; None for a sandbox feed while there is no
    sandbox."""
    if settings.sandbox_feeds or config.url == "sandbox":
        return f"{settings.sandbox_url.rstrip('/')}/feeds/{config.name}" \
            if settings.sandbox_url else None
    return module_of(config.format).address(config, now) if config.kind.asks else config.url


def _store(engine: Engine, config: FeedConfig, found: Haul, now: datetime) -> dict[str, int]:
    answer, name = found.answer, config.name
    with writing(engine) as connection:
        storing.one_by_one(connection, config)
        state = storing.state_of(connection, name)
        if found.idle:
            _store_idle(connection, config, found, state, now)
            return {"nothing_new": 1}
        storing.save_fetch(connection, name, answer, now)
        for document in found.documents.values():
            storing.save_fetch(connection, name, document, now)
        if not answer.outcome.good:
            _store_bad(connection, config, found, state, now)
            return {answer.outcome.value: 1}
        return {answer.outcome.value: 1} | _store_good(connection, config, found, state, now)


def _store_idle(connection: Connection, config: FeedConfig, found: Haul,
                state: Mapping[str, Any], now: datetime) -> None:
    """A folder without a new file is no answer: only that it can be read again is told."""
    healed = state.get("outcome") == FeedOutcome.failed
    storing.save_state(connection, config.name, {
        "documents": found.listed, "due_at": now + config.cadence}
        | ({"failures": 0, "outcome": FeedOutcome.not_modified.value} if healed else {}))


def _store_bad(connection: Connection, config: FeedConfig, found: Haul, state: Mapping[str, Any],
               now: datetime) -> None:
    answer, name = found.answer, config.name
    failures = _failures(state) + 1
    again = min(config.cadence, FIRST_RETRY * 2 ** min(failures - 1, 16))
    if answer.answer.retry_after is not None:
        again = max(again, timedelta(seconds=answer.answer.retry_after))
    detail = answer.detail or answer.answer.detail or answer.outcome
    storing.save_state(connection, name, {
        "failures": failures, "detail": detail[:1000], "due_at": now + again,
        "outcome": answer.outcome.value, "error": detail[:1000], "error_at": now,
        "skews": _skews(found, state, now)})
    storing.quarantined(connection, name, answer.payload, answer.refusals, now)


def _store_good(connection: Connection, config: FeedConfig, found: Haul, state: Mapping[str, Any],
                now: datetime) -> dict[str, int]:
    answer, name = found.answer, config.name
    counts: dict[str, int] = {}
    instants = [state.get("as_of")]
    for fetched in (answer, *found.documents.values()):
        if fetched.parsed is not None and fetched.payload is not None:
            instants.append(fetched.parsed.as_of)
            for word, count in storing.save_parsed(
                    connection, config, fetched.parsed, fetched.payload, now).items():
                counts[word] = counts.get(word, 0) + count
        elif not fetched.outcome.good:
            storing.quarantined(connection, name, fetched.payload, fetched.refusals, now)
    lost = found.unread is not None  # the source spoke, but not all that it named came
    values: dict[str, Any] = {
        "fetched_at": now, "failures": _failures(state) + 1 if lost else 0,
        "detail": answer.detail, "documents": found.listed,
        "as_of": max((at for at in instants if at is not None), default=None),
        "due_at": now if found.more else now + config.cadence,
        "outcome": answer.outcome.value, "skews": _skews(found, state, now)}
    if answer.parsed is not None and answer.parsed.made is not None:
        values["made"] = answer.parsed.made
    if lost:
        values |= {"error": str(found.unread)[:1000], "error_at": now}
    if answer.parsed is not None:
        # without its validators the whole answer comes again and is looked at again
        values |= {"payload": answer.payload, "etag": answer.answer.etag,
                   "last_modified": answer.answer.last_modified} if found.whole else {
                   "payload": None, "etag": None, "last_modified": None}
    storing.save_state(connection, name, values)
    payload = answer.payload or state.get("payload")
    if payload is not None:
        gone = storing.save_missing(connection, config, _present(config, found),
                                    answer.answer.url, payload, now)
        counts["revisions"] = counts.get("revisions", 0) + gone
    _quarantine_alarm(connection, name, found, now)
    return counts


def _failures(state: Mapping[str, Any]) -> int:
    return int(state.get("failures") or 0)


def _skews(found: Haul, state: Mapping[str, Any], now: datetime) -> list[float]:
    """The last measures of the source's clock.

    Two measures: the answer's Date on the machine clock, and a payload that speaks of a time to
    come; one that speaks of the past is old, or late, and says nothing of a clock.
    """
    parsed, measures = found.answer.parsed, [found.answer.answer.skew]
    for at in (parsed.made, parsed.as_of) if parsed else ():
        measures.append((at - now).total_seconds() if at and at > now else None)
    said = [each for each in measures if each is not None]
    before: list[float] = state.get("skews") or []
    return [*before, max(said, key=abs)][-MEASURES:] if said else before


def _present(config: FeedConfig, found: Haul) -> frozenset[str] | None:
    """The ids a list names now; None when it is the same list as last time."""
    parsed = found.answer.parsed
    if parsed is None:
        return None
    if config.kind.documents is not None:
        return frozenset(name for document in found.listed.values() for name in document["ids"])
    return parsed.present


def _quarantine_alarm(connection: Connection, name: str, found: Haul, now: datetime) -> None:
    """Of faulty records; an answer that was not parsed again says nothing new of them.

    The rest of what is wrong with a source is the watch's (``alarms.outages``), which alone sees
    how old its data is. So times to come are its clock's alarm where that runs ahead, and a list
    that says it was made in the time to come is told by its age.
    """
    ahead = (found.answer.answer.skew or 0.0) > SKEW.total_seconds()
    others = {MADE_BY_NOW, NO_FUTURE} if ahead else {MADE_BY_NOW}
    wrong = [one for one in found.refusals if one.expected not in others]
    if wrong:
        alarms.raise_alarm(connection, QUARANTINE, name,
                           f"{len(wrong)} refused, first {wrong[0]}"[:500], now)
    elif found.answer.parsed is not None:
        alarms.recover(connection, QUARANTINE, name, now)
