"""How long telling takes: one strong earthquake under a city of N sites, a safety officer each.

Rules, templates, measures and districts are the house's own; sites and people are invented. The
quake is red or orange at every site; posts that only red tells stay vacant but for the duty desks.
Measured through SQLite as the steps do it: judging, exposure and the warning; obligations and
texts; and the outbox's claims, each in the transaction that a lane makes of it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from sqlalchemy import Connection, func, select

from bench.figures import Figure
from fenghuo import exposure, lifecycle, notices
from fenghuo.agreements import judge
from fenghuo.channels.smtp import SmtpMail
from fenghuo.editions import Edition
from fenghuo.editions.disk import files_on_disk
from fenghuo.editions.reading import read
from fenghuo.judging import authorities, titles
from fenghuo.lifecycle import RevisionWritten
from fenghuo.observations import events
from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.outbox.claims import claim
from fenghuo.outbox.lanes import HANDS
from fenghuo.outbox.routing import route
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store.engine import make_engine, writing
from fenghuo.store.tables import metadata, notice
from fenghuo.words import Channel, EventKind, EventStatus

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
SETTINGS = Settings(public_url="https://fenghuo.example/fenghuo")
QUAKE = EventRecord(
    EventKind.earthquake, "bench-1", EventStatus.actual, NOW - timedelta(minutes=1),
    NOW - timedelta(minutes=2), None,
    EarthquakeAttributes(6.4, "ms", 22.20, 112.31, 10.0, "广东恩平", "automatic"))
TOWNS = ("440785104000", "440785112000", "440785110000", "440785105000")
INDUSTRIES = ("chemicals", "construction", "tailings-pond", "port", "fireworks")


@dataclass(frozen=True, slots=True)
class Night:
    """Seconds of one run, and how many notices it made."""

    judged: float
    announced: float
    claimed: float
    notices: int


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    for count in (600, 2_000):
        edition, files = edition_of(count)
        runs = [night(edition, files) for _ in range(4)][1:]
        made = runs[0].notices
        name = f"quake over {count:,} sites"
        yield Figure(f"{name}: judge, expose, apply", median(run.judged for run in runs), "s")
        announced = median(run.announced for run in runs)
        yield Figure(f"{name}: announce", announced, "s", None, f"{made:,} notices")
        yield Figure("  … a notice", 1000 * announced / made, "ms")
        claimed = median(run.claimed for run in runs)
        yield Figure(f"{name}: outbox claims", claimed, "s", None, f"{HANDS} a transaction")
        yield Figure("  … a notice", 1000 * claimed / made, "ms")


def night(edition: Edition, files: dict[str, bytes]) -> Night:
    """One quake in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder)}/bench.db")
        metadata.create_all(engine)
        with writing(engine) as connection:
            editions.keep(connection, files, NOW, "bench")
            events.record_events(connection, "gd_seismic", [QUAKE], "0" * 64, NOW)
        with writing(engine) as connection:
            began = perf_counter()
            revisions = judged(connection, edition)
            between = perf_counter()
            notices.announce(connection, revisions, edition, SETTINGS, NOW)
            ended = perf_counter()
            made = connection.scalar(select(func.count()).select_from(notice)) or 0
        asked = perf_counter()
        for channel in (Channel.sms, Channel.email):
            one = SmtpMail("smtp://x", "a@b.example", 1, channel=channel)
            way = route([one], one)
            while True:
                with writing(engine) as connection:
                    if not claim(connection, way, HANDS, 50.0, 1000.0):
                        break
        claimed = perf_counter() - asked
        engine.dispose()
    return Night(between - began, ended - between, claimed, made)


def judged(connection: Connection, edition: Edition) -> list[RevisionWritten]:
    """The revisions of what is pending, as the step ``assess`` makes them."""
    findings = []
    for event in events.pending(connection, NOW):
        found, _ = judge.judge_event(connection, event, edition.agreements, authorities(edition),
                                     edition.contacts, NOW, titles(edition))
        findings += found
    return lifecycle.apply(connection, findings, exposure.expose(findings, edition.contacts),
                           edition.digest, edition.contacts, NOW)


def edition_of(count: int) -> tuple[Edition, dict[str, bytes]]:
    """The house's own rules over ``count`` invented sites, and the files they are read from."""
    files = files_on_disk(ROOT / "rules", ROOT / "contacts")
    random = np.random.default_rng(7)
    latitudes, longitudes = (random.uniform(at - 0.08, at + 0.08, count) for at in (22.20, 112.31))
    sites, people, posts = (files[f"contacts/{name}.csv"].decode().splitlines()[:1]
                            for name in ("sites", "people", "posts"))
    desks = [line for line in files["contacts/posts.csv"].decode().splitlines() if ",duty," in line]
    known = {line.rpartition(",")[2] for line in desks}
    known |= {line.split(",")[2] for line in files["contacts/roster.csv"].decode().splitlines()[1:]}
    people += [line for line in files["contacts/people.csv"].decode().splitlines()
               if line.partition(",")[0] in known]
    posts += desks
    for row, (latitude, longitude) in enumerate(zip(latitudes, longitudes, strict=True)):
        sites.append(f"s{row},烽火{row}号厂,Works {row},{INDUSTRIES[row % 5]},,{TOWNS[row % 4]},"
                     f"{latitude:.4f},{longitude:.4f},,,{row % 90 + 5}")
        email = f"p{row}@example.org" if row % 3 == 0 else ""
        language = "en" if row % 10 == 1 else "zh"
        people.append(f"p{row},安全员{row},+86139{row:08d},{email},{language}")
        posts.append(f"s{row},safety_officer,p{row}")
    files |= {f"contacts/{name}.csv": ("\n".join(lines) + "\n").encode() for name, lines in (
        ("sites", sites), ("people", people), ("posts", posts))}
    return read(files, editions.digest_of(files)), files
