"""What a source pushes, through real lines: stored once, told once, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select
from websockets.asyncio.server import ServerConnection, serve

from fenghuo import pipeline
from fenghuo.feeds.pushing import messages
from fenghuo.house import House
from fenghuo.orchestration.listening import listen
from fenghuo.orchestration.pushes import PushTrigger
from fenghuo.sandbox.server import Options, Running, in_thread
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.store.migrate import migrate

ROOT = Path(__file__).parents[2]
FEED = """\
feeds:
  net:
    title: {{zh: 测试台网（虚构）, en: Test network (invented)}}
    bureau: seismic
    format: emsc_fdsn
    url: {url}
    archive: {sandbox}/feeds/net/archive
    push: {push}
    authority: official
    cadence: 60s
    stale: 10m
"""


def quake(name: str, **changes: object) -> dict[str, Any]:
    """An M 5.6 near Enping, ten seconds ago; keywords change its properties."""
    at = datetime.now(UTC) - timedelta(seconds=10)
    properties = {"unid": name, "time": at.isoformat(), "lastupdate": at.isoformat(), "mag": 5.6,
                  "magtype": "mw", "depth": 10.0, "evtype": "ke", "auth": "NET",
                  "flynn_region": "GUANGDONG, CHINA"} | changes
    return {"type": "Feature", "id": name, "properties": properties,
            "geometry": {"type": "Point", "coordinates": [112.3, 22.2, -10.0]}}


def said(feature: dict[str, Any]) -> bytes:
    return json.dumps({"action": "create", "data": feature}).encode()


def listed(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    with in_thread(Options(tmp_path / "sandbox.jsonl")) as running:
        yield running


@dataclass(frozen=True)
class Post:
    """A house by the machine's clock beside a sandbox; ``net`` is its one feed."""

    sandbox: Running
    home: Path
    database_url: str = "sqlite:///var/fenghuo.db"

    def put(self, path: str, body: bytes) -> None:
        """What the sandbox answers from now on."""
        requests.put(f"{self.sandbox.url}/control/feeds/{path}", body, timeout=10)

    def settle(self, push: str, url: str, sandbox_feeds: bool = False) -> House:
        """The house, with the feed's line and list."""
        shutil.copytree(ROOT / "rules", self.home / "rules", ignore=shutil.ignore_patterns("tests"))
        (self.home / "rules" / "feeds.yaml").write_text(FEED.format(
            push=push, url=url, sandbox=self.sandbox.url))
        settings = Settings(
            home=self.home, rules=self.home / "rules", contacts=ROOT / "contacts",
            database_url=self.database_url, sandbox_url=self.sandbox.url,
            sandbox_smtp_port=self.sandbox.smtp_port, sandbox_feeds=sandbox_feeds, clock="system")
        migrate(settings.url)
        house = House.open(settings)
        pipeline.adopt(house, by="test")
        return house

    def told(self, house: House) -> list[str]:
        """Judge and send; the numbers that texts have reached so far, in order."""
        pipeline.assess(house)
        pipeline.dispatch(house)
        return [text["to"] for text in self.sandbox.seen().texts()]


@pytest.fixture
def post(sandbox: Running, tmp_path: Path) -> Post:
    return Post(sandbox, tmp_path)


def within(work: Coroutine[Any, Any, Any], seconds: float = 20.0) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(seconds):
            return await work
    return asyncio.run(bounded())


@asynccontextmanager
async def line(talk: Callable[[ServerConnection], Coroutine[Any, Any, None]],
               port: int = 0) -> AsyncIterator[int]:
    """A websocket server whose every visitor hears ``talk``; its port."""
    async with serve(talk, "127.0.0.1", port) as server:
        yield next(iter(server.sockets)).getsockname()[1]


async def heard(house: House, often: int = 1) -> list[dict[str, int]]:
    """The first news, so often."""
    stream = listen(house.settings)
    try:
        return [await anext(stream) for _ in range(often)]
    finally:
        await stream.aclose()  # type: ignore[attr-defined]


def counts(house: House) -> dict[str, int]:
    with reading(house.engine) as connection:
        return {table.name: len(connection.execute(select(table)).all())
                for table in (t.event, t.event_revision, t.warning, t.quarantine)}


def once(house: House, *bodies: bytes) -> list[dict[str, int]]:
    """What is heard of a line that says these and then stays silent."""
    async def talk(visitor: ServerConnection) -> None:
        for body in bodies:
            await visitor.send(body)
        await visitor.wait_closed()

    async def both() -> list[dict[str, int]]:
        async with line(talk, PORT[0]):
            return await heard(house)
    return within(both())  # type: ignore[no-any-return]


PORT = [0]


@pytest.fixture
def house(post: Post) -> House:
    """A house that listens to a line of the test's own and asks the sandbox's list."""
    import socket
    with socket.create_server(("127.0.0.1", 0)) as door:
        PORT[0] = door.getsockname()[1]
    return post.settle(f"ws://127.0.0.1:{PORT[0]}/", f"{post.sandbox.url}/feeds/net")


def test_a_quake_by_push_and_then_by_list_is_one_event_one_warning_one_text(
        post: Post, house: House) -> None:
    found = quake("Q1")
    assert once(house, said(found)) == [{"net": 1}]
    told = post.told(house)
    assert told and len(told) == len(set(told))
    post.put("net", listed(found))
    assert pipeline.pull(house, "net").did == 0
    assert post.told(house) == told
    assert counts(house) == {"event": 1, "event_revision": 1, "warning": 1, "quarantine": 0}


def test_a_quake_by_list_and_then_by_push_is_no_news(post: Post, house: House) -> None:
    first, second = quake("Q1"), quake("Q2", mag=2.0)
    post.put("net", listed(first))
    assert pipeline.pull(house, "net").did == 1
    told = post.told(house)
    assert once(house, said(first), said(second)) == [{"net": 1}]
    assert post.told(house) == told
    assert counts(house)["event"] == 2 and counts(house)["event_revision"] == 2


def test_what_a_lost_line_missed_is_fetched_from_the_archive(post: Post, house: House) -> None:
    missed = quake("Q2")

    async def talk(visitor: ServerConnection) -> None:
        if not post.sandbox.seen().of("payload"):
            await visitor.send(said(quake("Q1", mag=3.0)))
            await asyncio.to_thread(post.put, "net/archive", listed(missed))
            await visitor.close()
        await visitor.wait_closed()

    async def both() -> list[dict[str, int]]:
        async with line(talk, PORT[0]):
            return await heard(house, 2)
    assert within(both()) == [{"net": 1}, {"net": 1}]
    with reading(house.engine) as connection:
        assert set(connection.scalars(select(t.event.c.external_id))) == {"Q1", "Q2"}


def test_a_message_that_cannot_be_read_is_quarantined_and_the_next_is_heard(house: House) -> None:
    assert once(house, b"<html>", b'{"action": "create", "data": 7}', said(quake("Q1"))) == [
        {"net": 1}]
    assert counts(house) == {"event": 1, "event_revision": 1, "warning": 0, "quarantine": 2}


def test_a_lost_line_is_taken_up_again_and_says_so_each_time() -> None:
    visits = []

    async def talk(visitor: ServerConnection) -> None:
        visits.append(visitor)
        await visitor.send(str(len(visits)))

    async def three() -> list[bytes | None]:
        async with line(talk) as port:
            stream = messages(f"ws://127.0.0.1:{port}/", first=0.01)
            found = [await anext(stream) for _ in range(6)]
            await stream.aclose()  # type: ignore[attr-defined]
            return found
    assert within(three()) == [None, b"1", None, b"2", None, b"3"]


def test_in_the_sandbox_its_own_line_is_heard(post: Post) -> None:
    house = post.settle("wss://nowhere.example/", "sandbox", sandbox_feeds=True)
    post.put("net/push", said(quake("Q1")))
    assert within(heard(house)) == [{"net": 1}]
    assert post.told(house)


@pytest.fixture
def both_posts(sandbox: Running, tmp_path: Path, database_url: str) -> Post:
    """Once on each of the two databases."""
    return Post(sandbox, tmp_path, database_url)


def test_what_both_databases_hear_is_stored_and_told_once(both_posts: Post) -> None:
    house = both_posts.settle("wss://nowhere.example/", "sandbox", sandbox_feeds=True)
    assert house.engine.dialect.name in both_posts.database_url
    both_posts.put("net/push", said(quake("Q1")))
    assert within(heard(house)) == [{"net": 1}]
    told = both_posts.told(house)
    assert told and len(told) == len(set(told))
    assert pipeline.take(house, "net", b"<html>").did == 0
    assert counts(house) == {"event": 1, "event_revision": 1, "warning": 1, "quarantine": 1}
    house.engine.dispose()


def test_a_push_and_a_pull_of_one_quake_in_the_same_moment_are_one_event(
        both_posts: Post) -> None:
    house = both_posts.settle("wss://nowhere.example/", "sandbox", sandbox_feeds=True)
    for number in range(5):
        found = quake(f"Q{number}", mag=2.0)
        both_posts.put("net", listed(found))
        works = [partial(pipeline.take, house, "net", said(found)),
                 partial(pipeline.pull, house, "net")] * 2
        with ThreadPoolExecutor(len(works)) as pool:
            done = list(pool.map(lambda work: work(), works))
        assert sum(report.did for report in done) == 1
    assert counts(house) == {"event": 5, "event_revision": 5, "warning": 0, "quarantine": 0}
    house.engine.dispose()


def test_a_list_that_is_asked_between_pulls_brings_news_too(post: Post) -> None:
    house = post.settle("5s", "sandbox", sandbox_feeds=True)
    post.put("net", listed(quake("Q1")))
    assert within(heard(house)) == [{"net": 1}]


def in_the_environment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's settings, as the triggerer finds them."""
    for name in ("home", "rules", "contacts", "sandbox_url", "sandbox_feeds"):
        monkeypatch.setenv(f"FENGHUO_{name.upper()}", str(getattr(house.settings, name)))


def test_what_a_dead_process_stored_is_told_when_listening_begins(
        post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    house = post.settle("wss://nowhere.example/", "sandbox", sandbox_feeds=True)
    assert pipeline.take(house, "net", said(quake("Q1"))).did == 1
    in_the_environment(house, monkeypatch)

    async def begin() -> None:
        stream = PushTrigger().run()
        waiting = asyncio.ensure_future(anext(stream))
        while not post.sandbox.seen().texts():
            await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    within(begin())


def test_the_trigger_rings_once_for_what_was_stored(
        post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    house = post.settle("5s", "sandbox", sandbox_feeds=True)
    post.put("net", listed(quake("Q1"), quake("Q2", mag=2.0)))
    in_the_environment(house, monkeypatch)

    async def ring() -> object:
        stream = PushTrigger().run()
        try:
            found = (await anext(stream)).payload
            while not post.sandbox.seen().texts():
                await asyncio.sleep(0.05)
            return found
        finally:
            await stream.aclose()  # type: ignore[attr-defined]
    assert PushTrigger().serialize() == ("fenghuo.orchestration.pushes.PushTrigger", {})
    assert within(ring()) == {"net": 2}
    # told from where it was heard: no task of Airflow's was needed, and none tells it again
    told = post.told(house)
    assert told and len(told) == len(set(told))


def test_a_response_that_fails_keeps_nobody_from_hearing_the_next_message(house: House) -> None:
    begun: list[int] = []

    async def respond() -> None:
        begun.append(len(begun))
        if len(begun) == 1:
            raise RuntimeError("no lease")

    async def talk(visitor: ServerConnection) -> None:
        for number in range(3):
            await visitor.send(said(quake(f"Q{number}", mag=2.0)))
            while len(begun) <= number:
                await asyncio.sleep(0.01)
        await visitor.wait_closed()

    async def both() -> list[dict[str, int]]:
        async with line(talk, PORT[0]):
            stream = listen(house.settings, respond)
            try:
                found = [await anext(stream) for _ in range(3)]
                while len(begun) < 3:
                    await asyncio.sleep(0.01)
                return found
            finally:
                await stream.aclose()  # type: ignore[attr-defined]
    assert within(both()) == [{"net": 1}] * 3
