"""Backfill: what a source's archive says of a time that was missed.

The archive is an FDSN event service: https://www.fdsn.org/webservices/fdsnws-event-1.2.pdf. What
comes back is stored as any pull's is, received now; run twice, the second does nothing. The
state of the feed stays as it is: an archive says nothing about the age of the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import requests
from sqlalchemy import Engine

from fenghuo.clock import Clock, machine_now
from fenghuo.feeds import fetch, storing
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.hauling import taken
from fenghuo.settings import Settings
from fenghuo.store.engine import writing
from fenghuo.words import FeedOutcome, FenghuoError, StepReport


class NoArchive(FenghuoError):
    """The feed has no archive that could be asked, or was asked for no span of time."""


class NoAnswer(FenghuoError):
    """The archive did not answer, or not in its format; what it said is in the fetches."""


def backfill(engine: Engine, settings: Settings, clock: Clock, feeds: Mapping[str, FeedConfig],
             name: str, since: datetime, until: datetime,
             session: requests.Session | None = None) -> StepReport:
    """Ask a feed's archive for what began in [since, until] (aware) and store what is new.

    Raises NoArchive, NoAnswer, KeyError for a feed the edition does not name.
    """
    config, began, now = feeds[name], machine_now(), clock.now()
    url = address(config, settings, since, until)
    client = session or fetch.session()
    if urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1"):
        client.trust_env = False
    answer = fetch.get(client, url, config)
    none = answer.status == 204  # FDSN's word for no events
    found = storing.Fetched(answer, FeedOutcome.no_events) if none else taken(
        answer, config.format, config, settings.path(settings.archive), None, now)
    counts = {"revisions": 0}
    with writing(engine) as connection:
        storing.one_by_one(connection, config)
        storing.save_fetch(connection, name, found, now)
        if found.parsed is not None and found.payload is not None:
            counts = storing.save_parsed(connection, config, found.parsed, found.payload, now)
        elif not none:
            storing.quarantined(connection, name, found.payload, found.refusals, now)
    if found.parsed is None and not none:
        raise NoAnswer(f"{name}: {found.detail or answer.detail}")
    return StepReport("backfill", now, began, did=counts["revisions"], counts=counts)


def address(config: FeedConfig, settings: Settings, since: datetime, until: datetime) -> str:
    """Where a span is asked for; in the sandbox its own ``/feeds/<name>/archive``."""
    if config.archive is None:
        raise NoArchive(f"{config.name}: the feed has no archive; its entry in rules/feeds.yaml "
                        "names none")
    if since >= until:
        raise NoArchive(f"{config.name}: --from {since} is not before --to {until}")
    base = (f"{settings.sandbox_url.rstrip('/')}/feeds/{config.name}/archive"
            if settings.sandbox_feeds and settings.sandbox_url else config.archive)
    span = {"starttime": since, "endtime": until}
    return base + ("&" if "?" in base else "?") + urlencode(
        {key: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" for key, at in span.items()}, safe=":")
