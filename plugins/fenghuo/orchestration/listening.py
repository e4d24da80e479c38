"""Listening to the feeds that push, for as long as the process lives; no Airflow in it.

Each feed with ``push`` in the edition in force has a task: it hears a websocket, or asks a list
every few seconds. What they bring is stored at once, once for all that came together responded to,
and whoever iterates is told how much it was. A fault of one feed, or of a response, is logged and
never reaches another: the scheduled pulls and sweeps are the net.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from fenghuo import pipeline
from fenghuo.feeds import pushing
from fenghuo.feeds.config import FeedConfig
from fenghuo.house import House
from fenghuo.settings import Settings
from fenghuo.words import StepReport

LOG = logging.getLogger(__name__)

LOOK = 60.0
"""Machine seconds between two looks at which feeds push."""
AGAIN = 0.5
"""Machine seconds before what could not be stored is tried once more."""

News = asyncio.Queue[tuple[str, int]]
Respond = Callable[[], Awaitable[None]]


async def listen(settings: Settings,
                 respond: Respond | None = None) -> AsyncIterator[dict[str, int]]:
    """New revisions by feed, each time some were stored; ``respond`` is begun with each, one at a
    time, and at the start: for what a dead process stored, and to have all loaded that it needs.
    Never ends, raises nothing of a feed."""
    news: News = asyncio.Queue()
    bell = asyncio.Event()
    bell.set()
    responding = asyncio.create_task(_respond(respond, bell)) if respond else None
    heard: dict[str, tuple[FeedConfig, asyncio.Task[None]]] = {}
    try:
        while True:
            try:
                house = await asyncio.to_thread(House.open, settings)
                _follow(house, await asyncio.to_thread(pipeline.pushed, house), heard, news)
            except Exception:
                LOG.exception("which feeds push cannot be known now")
            try:
                first = await asyncio.wait_for(news.get(), LOOK)
            except TimeoutError:
                continue
            found = Counter(dict([first]))
            while not news.empty():
                found.update(dict([news.get_nowait()]))
            bell.set()
            yield dict(found)
    finally:
        tasks = [task for _, task in heard.values()] + ([responding] if responding else [])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _respond(respond: Respond, bell: asyncio.Event) -> None:
    """Respond to what came, and once more to what came meanwhile."""
    while True:
        await bell.wait()
        bell.clear()
        try:
            await respond()
        except Exception:
            LOG.exception("the response to what was pushed is left to the sweep")


def _follow(house: House, wanted: dict[str, FeedConfig],
            heard: dict[str, tuple[FeedConfig, asyncio.Task[None]]], news: News) -> None:
    """Hear what is wanted and only that; an entry that changed is heard anew."""
    for name in [name for name, (config, _) in heard.items() if wanted.get(name) != config]:
        heard.pop(name)[1].cancel()
    for name, config in wanted.items():
        if name not in heard:
            heard[name] = config, asyncio.create_task(_hear(house, config, news))


async def _hear(house: House, config: FeedConfig, news: News) -> None:
    line = pushing.line_of(config, house.settings)
    if isinstance(line, timedelta):
        while True:
            await _do(partial(pipeline.pull, house, config.name), config, news)
            await asyncio.sleep(line.total_seconds())
    last: datetime | None = None
    async for body in pushing.messages(str(line)):
        work = (partial(pipeline.catch_up, house, config.name, last) if body is None
                else partial(pipeline.take, house, config.name, body))
        report = await _do(work, config, news)
        last = report.at if report is not None else last


async def _do(work: Callable[[], StepReport], config: FeedConfig,
              news: News) -> StepReport | None:
    """Store in a thread; a fault is tried once more and then left to the next pull."""
    for last in (False, True):
        try:
            report = await asyncio.to_thread(work)
        except Exception:
            LOG.exception("%s: what was pushed could not be stored", config.name)
            if not last:
                await asyncio.sleep(AGAIN)
        else:
            if report.did:
                news.put_nowait((config.name, report.did))
            return report
    return None
