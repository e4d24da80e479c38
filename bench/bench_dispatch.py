"""The outbox against its gateway: a paced one, one without limit, and four dispatchers at once.

The notices go through the house's own door, each with its obligation and its revision. What
counts is what the receiver (bench/receiver.py, a process) wrote down. The peer in the same run is
a bare ``requests`` session a thread, as many threads, posting the same bytes to the same receiver.
Four dispatchers are four processes on one PostgreSQL, before a gateway that answers after 100 ms,
as one beyond a wide-area line does: before a faster one two cores are the limit, not the claims.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs

import requests
from sqlalchemy import Engine, insert, select

from bench.databases import KINDS, database
from bench.figures import Figure
from fenghuo import pipeline
from fenghuo.channels import gateways
from fenghuo.channels.base import Limits
from fenghuo.clock import FixedClock
from fenghuo.house import House
from fenghuo.notices.outgoing import Notice, enqueue
from fenghuo.orchestration.run.plan import free_port
from fenghuo.outbox.lanes import HANDS
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, writing
from fenghuo.words import Channel, Level, Reason

NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
PACED, PACE = 10_000, 500
FREE, SHARED, LATENCY = 2_000, 2_000, 0.1
TEXT = ("【江门市应急管理局】转发台山市气象台09月16日06:00台风{level}预警信号："
        "12小时内可达12级以上。海宴工地{number:05}人员留在坚固建筑内。1收到3人员到位+人数9求助，码K12。值班0750-0000000")


@dataclass(frozen=True, slots=True)
class Receiver:
    """One at work: its address, what it writes down, and its process."""

    url: str
    journal: Path
    process: subprocess.Popen[bytes] | None = None

    def taken(self) -> list[tuple[float, bytes]]:
        """(machine instant, body) of all it took, in order."""
        lines = (line.partition(b"\t") for line in self.journal.read_bytes().splitlines())
        return [(float(at), body) for at, _, body in lines]

    def recovers(self) -> None:
        """It takes what comes again."""
        if self.process is not None:
            self.process.send_signal(signal.SIGUSR1)


@contextmanager
def receiver(per_second: float = 0, latency: float = 0, each: float = 0,
             out_after: int | None = None) -> Iterator[Receiver]:
    """A process that takes what comes, or only the first so many until it ``recovers``."""
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as folder:
        port, journal = free_port(), Path(folder) / "journal"
        asked = [f"--per-second={per_second}", f"--latency={latency}", f"--each={each}",
                 *([f"--out-after={out_after}"] if out_after else [])]
        with subprocess.Popen([sys.executable, "-m", "bench.receiver", str(port), str(journal),
                               *asked]) as process:
            url = f"http://127.0.0.1:{port}"
            while not answers(url):
                time.sleep(0.05)
            try:
                yield Receiver(url, journal, process)
            finally:
                process.terminate()


def answers(url: str) -> bool:
    """Whether somebody is there."""
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False


def queue(engine: Engine, count: int, levels: Sequence[Level] = (Level.red,)) -> None:
    """Notices of one warning in equal shares, the mildest written first."""
    with writing(engine) as c:
        c.execute(insert(t.edition).values(digest="e" * 64, number=1, adopted=NOW,
                                           adopted_by="bench"))
        warning = c.execute(insert(t.warning).values(
            hazard="typhoon", scope="440781000000", state="in_force",
            opened=NOW)).inserted_primary_key[0]
        revision = c.execute(insert(t.revision).values(
            warning_id=warning, number=1, edition="e" * 64, at=NOW, change="issue",
            tier="red", facts={})).inserted_primary_key[0]
        c.execute(insert(t.obligation), [
            {"warning_id": warning, "site": f"s{number}", "post": "safety_officer",
             "person": f"p{number}", "opened_by": revision, "revision_id": revision,
             "tier": "red", "status": "pending", "reason": "first", "measures": "none",
             "opened": NOW, "rung": 0} for number in range(count)])
        owed = list(c.scalars(select(t.obligation.c.id).order_by(t.obligation.c.id)))
    share = count // len(levels)
    for part, level in enumerate(levels):
        mine = range(part * share, (part + 1) * share)
        with writing(engine) as c:
            enqueue(c, [_notice(number, level, revision, owed[number]) for number in mine],
                    NOW + timedelta(seconds=part))


def _notice(number: int, level: Level, revision: int, owed: int) -> Notice:
    return Notice(
        Channel.sms, f"+861390{number:07}", "first", f"p{number}", "zh", "台风",
        TEXT.format(level=level.value, number=number), 2, "K12", level.rank, True, Reason.first,
        NOW + timedelta(hours=3), (revision,), (owed,), hazard="typhoon", kind="tell")


def drain(url: str, at: Receiver, pace: float | None = None) -> None:
    """Dispatch until nothing is left to do."""
    engine = make_engine(url)
    settings = Settings(database_url=url, sandbox_url=at.url, clock="system")
    made = gateways(settings)
    for gateway in made:
        gateway.carries = Limits(per_second=pace)
    house = House(settings, engine, FixedClock(NOW), made)
    while pipeline.dispatch(house).did:
        pass
    engine.dispose()


def paced(latency: float) -> tuple[float, int]:
    """Seconds for all at a gateway with a limit; blue texts that came before a red one."""
    # the pace is ours to keep; the receiver refuses only what goes well beyond it
    with database("SQLite") as url, receiver(PACE * 1.2, latency) as at:
        engine = make_engine(url)
        queue(engine, PACED, (Level.blue, Level.red))
        began = time.time()
        drain(url, at, PACE * 2)  # texts of two parts
        taken = at.taken()
    assert len({body for _, body in taken}) == len(taken) == PACED
    return taken[-1][0] - began, early(taken)


def early(taken: Sequence[tuple[float, bytes]]) -> int:
    """Blue texts that came before a red one."""
    reds = [Level.red.value in parse_qs(body.decode())["Body"][0] for _, body in taken]
    return reds[:max(index for index, red in enumerate(reds) if red)].count(False)


def unlimited(kind: str) -> tuple[float, float, float, float]:
    """Texts a second of the house and of the bare client; processor seconds a text of both, which
    tell more where others use the machine too."""
    with database(kind) as url, receiver() as at:
        engine = make_engine(url)
        queue(engine, FREE)
        began, processor = time.time(), time.process_time()
        drain(url, at)
        ours, taken = time.process_time() - processor, at.taken()
        assert len(taken) == FREE
        seconds, processor = taken[-1][0] - began, time.process_time()
        peer = bare(at, [body for _, body in taken])
        return FREE / seconds, FREE / peer, ours / FREE, (time.process_time() - processor) / FREE


def bare(at: Receiver, bodies: list[bytes]) -> float:
    """Seconds that a bare client takes for the same."""
    def hand(mine: list[bytes]) -> None:
        with requests.Session() as session:
            for body in mine:
                session.post(at.url, data=body, timeout=10)

    began = time.time()
    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(hand, [bodies[start::HANDS] for start in range(HANDS)]))
    return time.time() - began


def together(dispatchers: int) -> tuple[float, int]:
    """Texts a second of so many dispatchers on one PostgreSQL; blue ones before a red one."""
    with database("PostgreSQL") as url, receiver(latency=LATENCY) as at:
        queue(make_engine(url), SHARED, (Level.blue, Level.red))
        running = [subprocess.Popen([sys.executable, "-m", "bench.bench_dispatch", url, at.url])
                   for _ in range(dispatchers)]
        assert not any([one.wait() for one in running])
        taken = at.taken()
        assert len({body for _, body in taken}) == len(taken) == SHARED
        return SHARED / (taken[-1][0] - taken[0][0]), early(taken)


def figures() -> Iterator[Figure]:
    """All of this page."""
    for latency in (0.0, LATENCY):
        seconds, overtaken = paced(latency)
        yield Figure(f"{PACED:,} notices at {PACE} a second, answered in {latency:g} s",
                     seconds, "s", 25.0)
        yield Figure("… blue texts before the last red", overtaken, "", 0.0)
    for kind in KINDS:
        runs = [unlimited(kind) for _ in range(3)]
        ours, peer, *processor = (median(side) for side in zip(*runs, strict=True))
        yield Figure(f"notices at an unlimited gateway, {kind}, by a bare client's",
                     median(one / other for one, other, *_ in runs), "x", 0.6,
                     f"{ours:.0f} a second, bare {peer:.0f}; processor "
                     + ", ".join(f"{1e3 * one:.2f}" for one in processor) + " ms a text")
    (one, _), (four, overtaken) = together(1), together(4)
    yield Figure("four dispatchers on PostgreSQL by one", four / one, "x", 2.5,
                 f"{four:.0f} and {one:.0f} a second, the gateway answers in {LATENCY} s")
    yield Figure("… blue texts before the last red", overtaken, "", 0.0)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        drain(sys.argv[1], Receiver(sys.argv[2], Path()))
    else:
        for figure in figures():
            print(figure, flush=True)
