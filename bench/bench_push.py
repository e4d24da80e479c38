"""An earthquake in seconds: from a websocket's message to the first SMS at the sandbox.

Two ways: the library alone (listen, judge, send in one process), and the house under Airflow,
where the triggerer hears the message, the doorbell starts ``respond`` and its two tasks judge and
send. Both from just before the message is handed to the sandbox until its log has the first text
about that quake; messages at random moments. About seven minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1] / room) for room in ("", "plugins")]

from bench.bench_airflow import rules_in, tree_in
from bench.figures import Figure
from fenghuo import pipeline
from fenghuo.clock import machine_now
from fenghuo.house import House
from fenghuo.orchestration.listening import listen
from fenghuo.orchestration.run import demo, house
from fenghuo.orchestration.run.plan import Plan, free_port
from fenghuo.sandbox import log
from fenghuo.sandbox.server import Options, in_thread
from fenghuo.settings import Settings
from fenghuo.store.migrate import migrate

ROOT = Path(__file__).parents[1]
MESSAGES = 20
FEEDS = """\
feeds:
  net:
    title: {zh: 测速台网（虚构）, en: Bench network (invented)}
    bureau: seismic
    format: emsc_fdsn
    url: sandbox
    push: wss://nowhere.example/
    authority: official
    cadence: 60s
    stale: 10m
"""


def message(number: int, action: str = "create") -> bytes:
    """A new M 5.6 near Enping whose place no other names; more than a minute from the others."""
    at = datetime.now(UTC) - timedelta(seconds=62 * (number + 1))
    name = f"B{number:03}"
    properties = {"unid": name, "time": at.isoformat(), "lastupdate": at.isoformat(), "mag": 5.6,
                  "magtype": "mw", "depth": 10.0, "evtype": "ke", "auth": "NET",
                  "flynn_region": mark(number)}
    return json.dumps({"action": action, "data": {
        "type": "Feature", "id": name, "properties": properties,
        "geometry": {"type": "Point", "coordinates": [112.3, 22.2, -10.0]}}}).encode()


def mark(number: int) -> str:
    """What only the texts about that quake say."""
    return f"测速地{number:02}"


def say(sandbox: str, number: int) -> float:
    """Hand one message to the sandbox; the machine instant before."""
    at = machine_now()
    _put(sandbox, message(number))
    return at


def take_back(sandbox: str, number: int) -> None:
    """Delete that quake: an aftershock no stronger than one told that day wakes nobody."""
    _put(sandbox, message(number, "delete"))


def _put(sandbox: str, body: bytes) -> None:
    requests.put(f"{sandbox}/control/feeds/net/push", body, timeout=10)


def latencies(seen: log.Seen, said: list[float]) -> list[float]:
    """Seconds from each message to the first text about it; infinite for one nobody heard of."""
    texts = seen.texts()
    return [min((text["machine"] for text in texts if mark(n) in text["body"]),
                default=float("inf")) - at for n, at in enumerate(said)]


def library(folder: Path) -> list[float]:
    """Without Airflow: one process hears, judges and sends."""
    rules = rules_in(folder, FEEDS)
    with in_thread(Options(folder / "sandbox.jsonl")) as sandbox:
        settings = Settings(home=folder, rules=rules, contacts=ROOT / "contacts", clock="system",
                            sandbox_url=sandbox.url, sandbox_smtp_port=sandbox.smtp_port,
                            sandbox_feeds=True)
        migrate(settings.url)
        at = House.open(settings)
        pipeline.adopt(at, by="bench")

        def respond() -> None:
            pipeline.assess(at)
            pipeline.dispatch(at)

        async def hear() -> list[float]:
            stream, times = listen(settings), []
            for number in range(MESSAGES):
                times.append(await asyncio.to_thread(say, sandbox.url, number))
                await anext(stream)
                await asyncio.to_thread(respond)
                await asyncio.to_thread(take_back, sandbox.url, number)
                await anext(stream)
                await asyncio.to_thread(respond)
            await stream.aclose()  # type: ignore[attr-defined]
            return times
        said = asyncio.run(hear())
        return latencies(sandbox.seen(), said)


def under_airflow(folder: Path, seed: int = 1) -> list[float]:
    """With everything: triggerer, doorbell, ``respond``."""
    for name in ("dags", "plugins", "contacts"):
        (folder / name).symlink_to(ROOT / name)
    rules_in(folder, FEEDS)
    plan = Plan(folder, folder / "var", free_port())
    clean = demo.clean(dict(os.environ), plan.var) | {
        "FENGHUO_TICK": "60", "FENGHUO_SANDBOX_FEEDS": "1"}
    chance = random.Random(seed)
    with tree_in(plan.var) as tree:
        sandbox = house.start(plan, tree, clean, print).sandbox
        assert sandbox is not None
        time.sleep(20)
        said = []
        for number in range(MESSAGES):
            said.append(say(sandbox, number))
            time.sleep(chance.uniform(5, 9))
            take_back(sandbox, number)
            time.sleep(chance.uniform(5, 9))
        return latencies(log.read(plan.var / "sandbox.jsonl"), said)


def figures() -> Iterator[Figure]:
    """Both ways, p95."""
    for name, way in (("the library", library), ("Airflow", under_airflow)):
        with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as folder:
            found = sorted(way(Path(folder)))
        yield Figure(f"websocket message to SMS by {name}, p95",
                     found[int(0.95 * (len(found) - 1))], "s", 2.5,
                     f"{len(found)} messages, median {found[len(found) // 2]:.2f} s, "
                     f"worst {found[-1]:.2f} s")


if __name__ == "__main__":
    reached = []
    for one in figures():
        print(one, flush=True)
        reached.append(one.reached)
    sys.exit(0 if all(reached) else 1)
