"""The house under Airflow: how long from new bytes to the SMS, and how much memory it adds.

Latency: four feeds under three bureaus tell at random moments of a new earthquake and, when the
first text has gone out, take it back, one after the other: an aftershock no stronger than one told
that day wakes nobody. Measured from the sandbox's first answer with the new bytes to the first
text about them, of the earthquake and of its retraction, both by the sandbox's own log.

Memory: the sum of PSS of every process of the tree five minutes after its start, sandbox and
sentinel included, less that of the baseline: the same ``airflow standalone`` with the same
settings, executor and environment, no plugin, and DAGs of the same names, seconds, tasks and
mapped feeds whose tasks do nothing. So the same scheduler forks the same number of tasks a
minute on both sides, and what is left is the house. Takes about half an hour.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import requests

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1] / room) for room in ("", "plugins")]

from bench.figures import Figure
from fenghuo.orchestration.run import demo, house, serving
from fenghuo.orchestration.run.plan import Plan, environment, free_port, keys
from fenghuo.orchestration.run.processes import Tree, members
from fenghuo.sandbox import log

ROOT = Path(__file__).parents[1]
BUREAUS = {"bench_a": "seismic", "bench_b": "seismic", "bench_c": "weather", "bench_d": "flood"}
ROUNDS = 8
PATIENCE = 100.0
"""Seconds after which a text is taken for lost: more than a pull and a sweep."""
SETTLED = 300.0
FEED = """\
  {name}:
    title: {{zh: 测速台网（虚构）, en: Bench network (invented)}}
    bureau: {bureau}
    format: usgs_geojson
    url: sandbox
    authority: official
    cadence: 60s
    stale: 10m
    window: 50m
"""


IDLE = '''\
from airflow.sdk import CronTriggerTimetable, dag, task


@dag(dag_id="{dag}", schedule=CronTriggerTimetable("* * * * * {second}", timezone="UTC"),
     catchup=False, max_active_runs=1, is_paused_upon_creation=False)
def idle():
{tasks}

idle()
'''
PULL = '''\
    @task
    def due():
        return {feeds}

    @task
    def pull(feed):
        return 0

    @task
    def close(did):
        pass

    close(pull.expand(feed=due()))
'''
STEP = '''\
    @task
    def {task}():
        pass

'''
SECONDS = {"pull_seismic": 0, "pull_weather": 10, "pull_flood": 20, "respond": 30,
           "follow_up": 40, "watch": 50}
STEPS = {"respond": ("assess", "dispatch"), "follow_up": ("climb",), "watch": ("look",)}


@dataclass(slots=True)
class Feed:
    """A list that grows: an earthquake that vanished from it would be withdrawn."""

    name: str
    quakes: list[dict[str, Any]] = field(default_factory=list)

    def quake(self, mark: str, at: float) -> None:
        """One more earthquake, at the epoch second ``at``, whose place no other names."""
        name = f"{self.name}{len(self.quakes)}"
        self.quakes.append({
            "type": "Feature", "id": name,
            "properties": {"mag": 5.6, "magType": "m", "place": mark, "time": int(at * 1000),
                           "updated": int(time.time() * 1000), "status": "automatic",
                           "type": "earthquake", "ids": f",{name},"},
            "geometry": {"type": "Point", "coordinates": [112.3, 22.2, 10.0]}})

    def take_back(self) -> None:
        """The last of them never happened."""
        self.quakes[-1]["properties"] |= {"status": "deleted", "updated": int(time.time() * 1000)}

    def body(self) -> bytes:
        """The list as USGS writes it, made now."""
        metadata = {"generated": int(time.time() * 1000), "status": 200, "title": "bench",
                    "count": len(self.quakes), "api": "1.10.3", "url": "sandbox"}
        return json.dumps({"type": "FeatureCollection", "metadata": metadata,
                           "features": self.quakes}, ensure_ascii=False).encode()


def rules_in(folder: Path, feeds: str) -> Path:
    """The rules with other feeds, and without the tests that need the shipped ones."""
    shutil.copytree(ROOT / "rules", folder / "rules", ignore=shutil.ignore_patterns("tests"))
    (folder / "rules" / "feeds.yaml").write_text(feeds)
    return folder / "rules"


@contextmanager
def tree_in(var: Path) -> Iterator[Tree]:
    """A tree that is stopped whatever happens."""
    tree = Tree(var / "run.json", var / "log")
    var.mkdir(parents=True)
    try:
        yield tree
    finally:
        tree.stop()


def pss(tree: Tree) -> float:
    """Proportional set size of every process of the tree, MB."""
    total = 0
    for stat in members(tree.leaders):
        try:
            lines = Path(f"/proc/{stat.pid}/smaps_rollup").read_text().splitlines()
        except OSError:  # a task that ended meanwhile
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def settled(tree: Tree, began: float) -> float:
    """The median of five looks from five minutes after the start, MB."""
    time.sleep(max(0.0, began + SETTLED - time.monotonic()))
    looks = []
    for _ in range(5):
        looks.append(pss(tree))
        time.sleep(5)
    return sorted(looks)[2]


def idle_dag(name: str) -> str:
    """The file of a baseline DAG: as many tasks in the same order, all of which do nothing."""
    if name in STEPS:
        tasks = "".join(STEP.format(task=task) for task in STEPS[name])
        tasks += "    " + " >> ".join(f"{task}()" for task in STEPS[name]) + "\n"
    else:
        tasks = PULL.format(feeds=[feed for feed, bureau in BUREAUS.items()
                                   if name == f"pull_{bureau}"])
    return IDLE.format(dag=name, second=SECONDS[name], tasks=tasks)


def alone(folder: Path) -> float:
    """The baseline: Airflow with the same settings and as many tasks, but no house."""
    for name in ("dags", "plugins"):
        (folder / name).mkdir(parents=True)
    for name in SECONDS:
        (folder / "dags" / f"{name}.py").write_text(idle_dag(name))
    plan = Plan(folder, folder / "var", free_port())
    with tree_in(plan.var) as tree:
        env = environment(plan, demo.clean(dict(os.environ), plan.var))
        began = time.monotonic()
        tree.start("airflow", (sys.executable, "-m", "airflow", "standalone"), env)
        serving.wait(plan, keys(plan)["password"], tree.died, plugin=False)
        return settled(tree, began)


def with_house(folder: Path, seed: int = 1) -> tuple[float, list[float], int]:
    """Memory in MB, latencies in seconds, and how many earthquakes nobody heard of."""
    folder.mkdir()
    for name in ("dags", "plugins", "contacts"):
        (folder / name).symlink_to(ROOT / name)
    rules_in(folder, "feeds:\n" + "".join(FEED.format(name=name, bureau=bureau)
                                          for name, bureau in BUREAUS.items()))
    plan = Plan(folder, folder / "var", free_port())
    clean = demo.clean(dict(os.environ), plan.var) | {
        "FENGHUO_TICK": "60", "FENGHUO_SANDBOX_FEEDS": "1"}
    with tree_in(plan.var) as tree:
        began = time.monotonic()
        sandbox = house.start(plan, tree, clean, print).sandbox
        assert sandbox is not None
        feeds = [Feed(name) for name in BUREAUS]
        for feed in feeds:
            requests.put(f"{sandbox}/control/feeds/{feed.name}", feed.body(), timeout=10)
        memory = settled(tree, began)
        found = [_latency(sandbox, plan.var / "sandbox.jsonl", feed, number,
                          random.Random(seed + number))
                 for number, feed in enumerate(islice(cycle(feeds), ROUNDS))]
        told = [seconds for pair in found for seconds in pair if seconds is not None]
        return memory, told, 2 * ROUNDS - len(told)


def _latency(sandbox: str, seen: Path, feed: Feed, number: int,
             chance: random.Random) -> tuple[float | None, float | None]:
    """Seconds from new bytes to SMS: of an earthquake and of its retraction, None for one that
    nobody was told of."""
    mark = f"测速地{number:02}"
    time.sleep(chance.uniform(0, 20))
    # more than a minute from the others, so that no two are taken for one earthquake
    feed.quake(mark, time.time() - 46 * 60 + 62 * number)
    told = _told(sandbox, seen, feed, mark)
    time.sleep(chance.uniform(0, 20))
    feed.take_back()
    return told, _told(sandbox, seen, feed, mark)


def _told(sandbox: str, seen: Path, feed: Feed, mark: str) -> float | None:
    """Put the feed's list and wait for the next text about a place."""
    before = len(log.read(seen).entries)
    url = f"{sandbox}/control/feeds/{feed.name}"
    etag = str(requests.put(url, feed.body(), timeout=10).json()["etag"])
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        time.sleep(0.5)
        new = log.Seen(log.read(seen).entries[before:])
        told = [text["machine"] for text in new.texts() if mark in text["body"]]
        served = [entry["machine"] for entry in new.of("feed")
                  if entry["path"] == feed.name and entry["etag"] == etag]
        if told and served:
            return float(min(told) - min(served))
    return None


def figures() -> Iterator[Figure]:
    """The figures of issue 2 that need a running Airflow."""
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as name:
        bare = alone(Path(name) / "alone")
        memory, latencies, lost = with_house(Path(name) / "house")
    yield Figure("memory beside Airflow alone, PSS", memory - bare, "MB", 200,
                 f"{memory:.0f} less {bare:.0f}")
    latencies.sort()
    yield Figure("new bytes to SMS, p95", latencies[int(0.95 * (len(latencies) - 1))], "s", 4,
                 f"{len(latencies)} payloads, median {latencies[len(latencies) // 2]:.2f} s")
    yield Figure("new bytes that nobody was told of", lost, "", 0)


if __name__ == "__main__":
    reached = []
    for one in figures():
        print(one, flush=True)
        reached.append(one.reached)
    sys.exit(0 if all(reached) else 1)
