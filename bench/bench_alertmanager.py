"""``python -m bench.bench_alertmanager``: the outbox beside Prometheus' Alertmanager (Debian).

Both hand 2,000 texts, one a site, to the same receiver (bench/receiver.py, a process): to one that
takes 500 a second and lets others wait, as gateways do, and to one without limit; killed with
SIGKILL after 700 and started again; with the receiver saying 503 for a minute after 700. What
counts is what the receiver wrote down. ``--outage`` shortens that minute for a look.

The house is one process that dispatches whenever something is queued, on SQLite, before the SMS
provider's interface, which can be asked what it took. Alertmanager is given what suits it best
here: a group a site, so that one site's text waits for no other; no wait before the first text
but in the second act, so that it has accepted all before it is killed; a retry each second rather
than each five minutes; its log of what it sent saved each second rather than each fifteen minutes.
It keeps alerts in memory: after the kill they are lost unless their source says them again, which
is measured too.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import unquote_plus

import requests
from sqlalchemy import select

from bench.bench_dispatch import NOW, TEXT, Receiver, answers, queue, receiver
from bench.databases import database
from bench.figures import Figure
from fenghuo import house, pipeline
from fenghuo.channels import gateways
from fenghuo.clock import FixedClock
from fenghuo.orchestration.run.plan import free_port
from fenghuo.outbox.claims import OPEN
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading

COUNT, MIDWAY, TAKES = 2_000, 700, 500
ROUNDS = 3
OUTAGE = 60.0
QUIET = 15.0
"""Seconds without a text after which a sender has come to rest: Alertmanager's longest pause."""
ACCEPTS = 3.0
"""Seconds in which Alertmanager accepts all of the second act before it sends any."""
SITE = re.compile("工地([0-9]{5})")
CONFIG = """
route:
  receiver: city
  group_by: ['...']
  group_wait: {wait}s
  group_interval: 1s
  repeat_interval: 24h
receivers:
- name: city
  webhook_configs:
  - url: {url}
    send_resolved: false
"""


class Peer(ABC):
    """A sender with 2,000 texts to hand over; started, killed and started again."""

    name: str
    running: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> None:
        """Start its process; returns when it is ready."""

    @abstractmethod
    def hand_over(self) -> None:
        """Give it the texts; returns when it has promised to send them."""

    def kill(self) -> None:
        """As a power cut does."""
        if self.running is not None:
            self.running.kill()
            self.running.wait()


class House(Peer):
    """The outbox on an SQLite database."""

    name = "the house"

    def __init__(self, url: str, at: Receiver) -> None:
        self._url, self._at, self._engine = url, at.url, make_engine(url)

    def start(self) -> None:
        self.running = subprocess.Popen(
            [sys.executable, "-m", "bench.bench_alertmanager", "--send", self._url, self._at],
            stdout=subprocess.PIPE)
        assert self.running.stdout is not None and self.running.stdout.readline() == b"ready\n"

    def hand_over(self) -> None:
        queue(self._engine, COUNT)


class Alertmanager(Peer):
    """Prometheus' Alertmanager, one node."""

    name = "Alertmanager"

    def __init__(self, folder: Path, at: Receiver, wait: float) -> None:
        self._folder, self._url = folder, f"http://127.0.0.1:{free_port()}"
        (folder / "config.yml").write_text(CONFIG.format(url=at.url, wait=int(wait)))

    def start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self.running = subprocess.Popen(
                ["prometheus-alertmanager", f"--config.file={self._folder}/config.yml",
                 f"--storage.path={self._folder}/data", "--cluster.listen-address=",
                 f"--web.listen-address={self._url.removeprefix('http://')}",
                 "--data.maintenance-interval=1s", "--log.level=error"], stderr=log)
        while not answers(f"{self._url}/-/ready"):
            time.sleep(0.02)

    def hand_over(self) -> None:
        alerts = [{"labels": {"alertname": "typhoon", "site": f"s{number}"},
                   "annotations": {"text": TEXT.format(level="red", number=number)},
                   "endsAt": "2099-01-01T00:00:00Z"} for number in range(COUNT)]
        for start in range(0, COUNT, 500):
            requests.post(f"{self._url}/api/v2/alerts", json=alerts[start:start + 500],
                          timeout=60).raise_for_status()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the receiver took: texts by site, and when the last came."""

    sites: Counter[str]
    last: float

    @property
    def lost(self) -> int:
        """Sites that got none."""
        return COUNT - len(self.sites)

    @property
    def doubled(self) -> int:
        """Texts beyond one a site."""
        return self.sites.total() - len(self.sites)


def seen(at: Receiver) -> Seen:
    """What it has taken so far."""
    taken = at.taken()
    sites = (SITE.search(unquote_plus(body.decode())) for _, body in taken)
    return Seen(Counter(one[1] for one in sites if one), taken[-1][0] if taken else 0.0)


def wait_for(at: Receiver, count: int, patience: float = 120.0) -> None:
    """Until it took so many, or none for ``patience`` seconds."""
    began = time.time()
    while at.journal.read_bytes().count(b"\n") < count:
        if time.time() - max(began, at.journal.stat().st_mtime) > patience:
            return
        time.sleep(0.02)


def settled(at: Receiver) -> Seen:
    """Until nothing more comes."""
    wait_for(at, COUNT, QUIET)
    while time.time() - at.journal.stat().st_mtime < 2.0:
        time.sleep(0.1)
    return seen(at)


@contextmanager
def beside(name: str, wait: float = 0.0,
           each: float = 0.0, out_after: int | None = None) -> Iterator[tuple[Peer, Receiver]]:
    """A peer at work before a receiver of its own."""
    with ExitStack() as opened:
        at = opened.enter_context(receiver(each=each, out_after=out_after))
        peer: Peer
        if name == House.name:
            peer = House(opened.enter_context(database("SQLite")), at)
        else:
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="fenghuo-bench-"))
            peer = Alertmanager(Path(folder), at, wait)
        opened.callback(peer.kill)
        peer.start()
        yield peer, at


def at_once(name: str, each: float) -> float:
    """Seconds from the first text handed over to the last taken."""
    with beside(name, each=each) as (peer, at):
        began = time.time()
        peer.hand_over()
        end = settled(at)
        assert not end.lost and not end.doubled, end
        return end.last - began


def killed(name: str) -> Iterator[tuple[str, Seen, float]]:
    """What came to whom: after the restart, and where something is lost, after all is said again;
    with the seconds from that to the last."""
    with beside(name, ACCEPTS) as (peer, at):
        peer.hand_over()
        wait_for(at, MIDWAY)
        peer.kill()
        began = time.time()
        peer.start()
        end = settled(at)
        yield "", end, end.last - began
        if end.lost:
            began = time.time()
            peer.hand_over()
            end = settled(at)
            yield ", all said again", end, end.last - began


def cut_off(name: str, seconds: float) -> tuple[Seen, float]:
    """The receiver says 503 for so long; with the seconds from its recovery to the last."""
    with beside(name, out_after=MIDWAY) as (peer, at):
        peer.hand_over()
        wait_for(at, MIDWAY)
        time.sleep(seconds)
        at.recovers()
        began = time.time()
        wait_for(at, COUNT)
        end = settled(at)
        return end, end.last - began


def figures(outage: float = OUTAGE) -> Iterator[Figure]:
    """All of this page; the house's are promised, Alertmanager's are its own."""
    names = (House.name, Alertmanager.name)
    for each, limit, words in ((1 / TAKES, 0.9, f"that takes {TAKES} a second"),
                               (0.0, None, "without limit")):
        runs = [[at_once(name, each) for name in names] for _ in range(ROUNDS)]
        ours, theirs = (median(side) for side in zip(*runs, strict=True))
        yield Figure(f"a receiver {words}, by Alertmanager's speed",
                     median(other / one for one, other in runs), "x", limit,
                     f"{COUNT / ours:.0f} a second, Alertmanager {COUNT / theirs:.0f}")
    for name in names:
        none, soon = (0.0, 10.0) if name == House.name else (None, None)
        for then, end, after in killed(name):
            yield Figure(f"{name}, killed after {MIDWAY}{then}: lost", end.lost, "", none)
            yield Figure("… doubled", end.doubled, "", none, f"the last {after:.1f} s after")
        end, after = cut_off(name, outage)
        yield Figure(f"{name}, receiver out for {outage:g} s: lost", end.lost, "", none)
        yield Figure("… doubled", end.doubled, "", none)
        yield Figure("… the last after its recovery", after, "s", soon)


def send(url: str, to: str) -> None:
    """The house's sender: dispatches whenever something is queued, until it is killed."""
    engine = make_engine(url)
    settings = Settings(database_url=url, sandbox_url=to, clock="system")
    at = house.House(settings, engine, FixedClock(NOW), gateways(settings))
    open_ = t.notice.c.state.in_(OPEN)
    print("ready", flush=True)
    while True:
        with reading(engine) as connection:
            waits = connection.scalar(select(t.notice.c.id).where(open_).limit(1))
        if waits is not None:
            pipeline.dispatch(at)
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.bench_alertmanager",
                                     description=__doc__)
    parser.add_argument("--outage", type=float, default=OUTAGE)
    parser.add_argument("--send", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.send:
        send(*chosen.send)
    missed = False
    for figure in figures(chosen.outage):
        print(figure, flush=True)
        missed = missed or figure.reached is False
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
