"""What a source pushes: one websocket, for ever, and each of its messages stored as a pull's is.

The list beside it is still pulled by its cadence and alone speaks of the feed's age. The same
quake by message and by list is one event: whoever comes second says nothing new.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import Engine
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from fenghuo.clock import Clock, machine_now
from fenghuo.feeds import fetch, storing
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.hauling import taken
from fenghuo.settings import Settings
from fenghuo.store.engine import writing
from fenghuo.words import StepReport

LOG = logging.getLogger(__name__)

PING = 15.0
"""Machine seconds between pings, and for the answer to one: a dead line is left after 30 s."""
FIRST, LONGEST = 1.0, 60.0
"""Machine seconds before a lost line is tried again: doubled each time until it speaks."""
MOST = 1024 * 1024
"""Bytes of one message."""


def line_of(config: FeedConfig, settings: Settings) -> str | timedelta | None:
    """Where a feed is listened to, or how often it is asked between pulls; None for neither.

    In the sandbox a websocket is its ``/feeds/<name>/push``.
    """
    if config.push is None or isinstance(config.push, timedelta):
        return config.push
    if settings.sandbox_feeds and settings.sandbox_url:
        return f"ws{settings.sandbox_url.rstrip('/').removeprefix('http')}/feeds/{config.name}/push"
    return config.push


async def messages(address: str, first: float = FIRST) -> AsyncIterator[bytes | None]:
    """Every message of a websocket; None each time the line is there anew, for what was missed.

    Never ends and never raises for a line that is lost or refused.
    """
    wait = first
    near = urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1")
    while True:
        try:
            async with connect(address, ping_interval=PING, ping_timeout=PING, max_size=MOST,
                               proxy=None if near else True) as line:
                yield None
                async for message in line:
                    wait = first
                    yield message.encode() if isinstance(message, str) else message
            LOG.warning("%s: the line was closed", address)
        except (OSError, WebSocketException) as error:
            LOG.warning("%s: %s: %s", address, type(error).__name__, error)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST)


def take(engine: Engine, settings: Settings, clock: Clock, config: FeedConfig,
         body: bytes) -> StepReport:
    """Archive, parse and store one message; ``did`` counts new revisions.

    One that cannot be read is quarantined.
    """
    began, now = machine_now(), clock.now()
    answer = fetch.Answer(str(line_of(config, settings)), "body", began, 0.0, body=body)
    assert config.kind.pushes is not None
    found = taken(answer, config.kind.pushes, config, settings.path(settings.archive), None, now)
    counts: dict[str, int] = {}
    with writing(engine) as connection:
        storing.one_by_one(connection, config)
        storing.save_fetch(connection, config.name, found, now)
        if found.parsed is not None and found.payload is not None:
            counts = storing.save_parsed(connection, config, found.parsed, found.payload, now)
        else:
            storing.quarantined(connection, config.name, found.payload, found.refusals, now)
    return StepReport("push", now, began, did=counts.get("revisions", 0), counts=counts)
