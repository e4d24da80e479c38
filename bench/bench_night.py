"""How long until the last person is told: two signals at once, 2,000 obligations, one gateway.

A red signal over 334 sites with three posts each (1,002 obligations, as many texts) and an orange
one over 1,000 sites of another county. The steps are the house's own, the gateway is a process
that takes whatever comes; its clock is the machine's. The peer in the same run: the same bytes to
the same gateway by bare HTTP, four at a time as the outbox sends them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from bench.bench_announce import INDUSTRIES, ROOT
from bench.figures import Figure, Standing
from fenghuo import pipeline
from fenghuo.editions.disk import files_on_disk
from fenghuo.house import House
from fenghuo.observations import events
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.outbox.lanes import HANDS
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store.engine import make_engine, writing
from fenghuo.store.migrate import migrate
from fenghuo.words import EventKind, EventStatus, Hazard, Level

NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
REDS, ORANGES = 334, 1_000
GATEWAY = """
import json, sys, time, uuid
import uvicorn
times = []
async def app(scope, receive, send):
    body = b""
    while scope["type"] == "http":
        part = await receive(); body += part.get("body", b"")
        if not part.get("more_body"): break
    if scope["method"] == "POST":
        times.append((time.time(), len(body)))
        answer = json.dumps({"sid": "SM" + uuid.uuid4().hex, "status": "queued", "body": ""})
    else:
        answer = json.dumps(times)
    await send({"type": "http.response.start", "status": 201 if scope["method"] == "POST" else 200,
                "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": answer.encode()})
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", lifespan="off")
"""


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    first, last, everything, count, assessed, bare = night()
    yield Figure(f"signals over {REDS + ORANGES:,} sites: assess", assessed, "s", None,
                 f"{count:,} texts")
    yield Figure("first red text after its assessment", first, "s", 2.0)
    yield Figure(f"last of {REDS * 3:,} reds at an unlimited gateway", last, "s", 10.0)
    yield Figure("last of all", everything, "s", None, f"{count / everything:.0f} a second")
    yield Figure("… against a bare client, four at a time", bare / everything, "x", None,
                 f"bare {count / bare:.0f} a second")


def night() -> tuple[float, float, float, int, float, float]:
    """Seconds to the first red, the last red and the last text; how many; assess; the bare way."""
    with tempfile.TemporaryDirectory() as home, _gateway() as url:
        settings = Settings(home=Path(home), sandbox_url=url, clock="system")
        migrate(settings.url)
        engine = make_engine(settings.url)
        with writing(engine) as connection:
            editions.keep(connection, _files(), NOW, "bench")
            events.record_events(connection, "jm_signals", _signals(), "0" * 64, NOW)
        house = replace(House.open(settings), clock=Standing(NOW))
        began = time.time()
        pipeline.assess(house)
        assessed = time.time()
        for _ in range(20):
            pipeline.dispatch(house)
            times = requests.get(url, timeout=10).json()
            if len(times) >= REDS * 3 + ORANGES:
                break
        engine.dispose()
        sent = [at - assessed for at, _ in times]
        bare = _bare(url, [size for _, size in times])
    return (sent[0], sent[REDS * 3 - 1], sent[-1], len(sent), assessed - began, bare)


def _bare(url: str, sizes: list[int]) -> float:
    def hand(mine: list[int]) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for size in mine:
                session.post(url, data=b"x" * size, timeout=10)

    began = time.time()
    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(hand, [sizes[start::HANDS] for start in range(HANDS)]))
    return time.time() - began


@contextmanager
def _gateway() -> Iterator[str]:
    from fenghuo.orchestration.run.plan import free_port

    port = free_port()
    with subprocess.Popen([sys.executable, "-c", GATEWAY, str(port)]) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                requests.get(url, timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.05)
        try:
            yield url
        finally:
            process.terminate()


def _signals() -> list[EventRecord]:
    return [EventRecord(
        EventKind.signal, f"bench-{level}", EventStatus.actual, NOW - timedelta(minutes=2),
        NOW - timedelta(minutes=1), NOW + timedelta(hours=12), SignalAttributes(
            f"bench-{level}", Hazard.typhoon, "台风", "11B01", level, issuer, "Alert",
            f"{issuer}发布台风{word}预警信号", "预计12小时内平均风力可达12级以上。", "", (county,)))
        for level, word, issuer, county in (
            (Level.red, "红色", "恩平市气象台", "440785000000"),
            (Level.orange, "橙色", "台山市气象台", "440781000000"))]


def _files() -> dict[str, bytes]:
    """The house's own rules over invented sites in two counties."""
    files = files_on_disk(ROOT / "rules", ROOT / "contacts")
    lines = {name: files[f"contacts/{name}.csv"].decode().splitlines()
             for name in ("sites", "people", "posts")}
    desks = [line for line in lines["posts"] if ":" in line.partition(",")[0]]
    known = {line.rpartition(",")[2] for line in desks}
    sites, people, posts = ([rows[0]] for rows in lines.values())
    people += [line for line in lines["people"][1:]]
    posts += desks
    extra = lines["sites"][0].count(",") - 10
    for row in range(REDS + ORANGES):
        red = row < REDS
        town = "440785104000" if red else "440781112000"
        sites.append(f"s{row},烽火{row}号厂,Works {row},{INDUSTRIES[row % 5]},,{town},"
                     f"{22.2 if red else 21.9},{112.3 if red else 112.6},,,9" + "," * extra)
        for post in ("safety_officer", "head", "control_room") if red else ("safety_officer",):
            number = len(people)
            people.append(f"p{number},责任人{number},+86139{number:08d},,zh")
            posts.append(f"s{row},{post},p{number}")
    assert known
    return files | {f"contacts/{name}.csv": ("\n".join(rows) + "\n").encode() for name, rows in (
        ("sites", sites), ("people", people), ("posts", posts))}


if __name__ == "__main__":
    for figure in figures():
        print(figure, json.dumps(figure.plain()))
