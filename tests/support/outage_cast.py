"""A house on a day of danger whose sources go wrong one after the other.

The steps, database, gateways and texts are the real ones beside a sandbox; only the city clock
is moved by hand, an hour at a time. All words of the sources are invented, in their forms.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import requests
from sqlalchemy import select

from fenghuo import pipeline
from fenghuo.clock import FixedClock
from fenghuo.feeds.standing import FeedShown, shown
from fenghuo.house import House
from fenghuo.sandbox.server import Options, Running, in_thread
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading
from fenghuo.store.migrate import migrate
from fenghuo.words import BUREAUS

ROOT = Path(__file__).parents[2]
START = datetime(2026, 6, 8, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCES = ("usgs", "gd_seismic", "cma", "jm_signals", "gauges", "openmeteo", "jma_typhoon")
"""Those of the shipped file that are on."""
POINTS = ((22.19, 112.31), (22.12, 112.12), (22.38, 112.68), (22.10, 112.78), (21.78, 112.57),
          (22.46, 113.03), (22.62, 112.83), (23.03, 112.46), (23.06, 112.80))
Spoil = Callable[["Town", str], None]


def word(name: str, at: datetime) -> bytes:
    """What a source says at an instant: each danger stands as it did an hour ago."""
    if name in ("usgs", "gd_seismic"):
        return json.dumps({"type": "FeatureCollection", "features": [],
                           "metadata": {"generated": int(at.timestamp() * 1000)}}).encode()
    if name in ("cma", "jm_signals"):
        item = "<item><link>{{base}}/feeds/jm_signals/rain.xml</link></item>"
        return (f'<rss version="2.0"><channel><title>x</title><pubDate>{format_datetime(at)}'
                f"</pubDate>{item if name == 'jm_signals' else ''}</channel></rss>").encode()
    if name == "jma_typhoon":
        return (b"66666 2501  001 0001 2501 0 6             INVENTED\n"
                b"25060100 002 3 150 1200 1000     035\n")
    if name == "gauges":
        local = at + 8 * HOUR
        rows = [f"jinjiang,{local - step * timedelta(minutes=5):%Y-%m-%d %H:%M},9.05,\n"
                for step in range(13)]
        return ("station,time,stage_m,rain_mm\n" + "".join(rows)).encode()
    hours = [f"{at.replace(minute=0) + ahead * HOUR:%Y-%m-%dT%H:%M}" for ahead in range(48)]
    return json.dumps([{
        "latitude": latitude, "longitude": longitude, "utc_offset_seconds": 0,
        "hourly_units": {"time": "iso8601", "precipitation": "mm", "wind_gusts_10m": "km/h"},
        "hourly": {"time": hours, "precipitation": [0.0] * 48, "wind_gusts_10m": [95.0] * 48}}
        for latitude, longitude in POINTS]).encode()


def rain() -> bytes:
    """An orange signal that stands for a week."""
    text = (ROOT / "tests/scenarios/enping/payloads/rain-orange.xml").read_text()
    sent, end = START + 8 * HOUR, START + timedelta(days=7, hours=8)
    text = re.sub(r"<(sent|effective)>[^<]*", rf"<\1>{sent:%Y-%m-%dT%H:%M:%S}+08:00", text)
    return re.sub(r"<expires>[^<]*", f"<expires>{end:%Y-%m-%dT%H:%M:%S}+08:00", text).encode()


def good(town: Town, name: str) -> None:
    """It speaks as it should."""
    town.say(name, word(name, town.clock.at))


@dataclass
class Town:
    """A house, its sandbox, and what was seen of it at each instant."""

    house: House
    sandbox: Running
    clock: FixedClock
    seen: dict[datetime, dict[str, Any]] = field(default_factory=dict)

    def hour(self, spoiled: Mapping[str, Spoil] = MappingProxyType({})) -> None:
        """Every source speaks, or does what it is spoiled to; every step runs."""
        self.clock.at += HOUR
        for name in SOURCES:
            spoiled.get(name, good)(self, name)
        for bureau in BUREAUS:
            pipeline.pull_bureau(self.house, bureau)
        for step in (pipeline.assess, pipeline.watch, pipeline.follow_up, pipeline.dispatch):
            step(self.house)
        self.seen[self.clock.at] = self.looks()

    def say(self, path: str, body: bytes, **how: Any) -> None:
        requests.put(f"{self.sandbox.url}/control/feeds/{path}", body, params=how,
                     timeout=5).raise_for_status()

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with reading(self.house.engine) as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]

    def alarms(self) -> list[tuple[str, str, bool]]:
        """Every alarm of a source that ever was: kind, source, whether it is over."""
        return [(kind, feed, over is not None) for kind, feed, over in self.rows(
            t.alarm.c.kind, t.alarm.c.subject, t.alarm.c.recovered) if kind.startswith("feed_")]

    def told(self) -> list[tuple[str, str]]:
        """The texts about an alarm that the outside received: to whom, what. That nobody in this
        town ever answers, and nobody goes there, is told besides."""
        return [(text["to"], text["body"]) for text in self.sandbox.seen().texts()
                if "值守告警" in text["body"]
                and not any(word in text["body"] for word in ("无人可联系", "上门逾期"))]

    def states(self) -> dict[str, FeedShown]:
        now = self.clock.at
        with reading(self.house.engine) as connection:
            edition = pipeline.editions.load(connection, now)
            return {one.age.feed: one for one in shown(
                connection, edition.feeds, self.house.settings, now) if one.age.feed in SOURCES}

    def findings(self) -> set[tuple[Any, ...]]:
        """What holds now: rule, subject, whether it holds, its tier."""
        f = t.finding.c
        return {row[:4] for row in self.rows(f.rule, f.subject, f.holds, f.tier, f.ended_at)
                if row[4] is None}

    def looks(self) -> dict[str, Any]:
        """All that an outage elsewhere must not change."""
        n = t.notice.c
        states = self.states()
        return {
            "states": {name: (one.state, one.age.since, one.age.fetched_at, one.age.failures)
                       for name, one in states.items()},
            "findings": self.findings(),
            "notices": {row for row in self.rows(n.occasion, n.channel, n.address, n.step, n.state)
                        if not row[0].startswith(("alarm:", "recovered:"))},
            "events": self.rows(t.event.c.feed, t.event.c.external_id),
            "warnings": set(self.rows(t.warning.c.hazard, t.warning.c.scope, t.warning.c.state))}


@contextmanager
def town(home: Path, of: Path | None = None) -> Iterator[Town]:
    """A house under ``home`` where each danger was told; ``of``: a copy of that one's."""
    with in_thread(Options(log=home / "sandbox.jsonl")) as running:
        rules = (of or home) / "rules"
        if of is None:
            shutil.copytree(ROOT / "rules", rules, ignore=shutil.ignore_patterns("tests"))
            path = rules / "feeds.yaml"
            text = re.sub(r"(?m)^    (stale|frozen): .*$", r"    \1: 90m", path.read_text())
            path.write_text(re.sub(r"(?m)^    cadence: .*$", "    cadence: 45m", text))
        else:
            (home / "var").mkdir(parents=True)
            shutil.copytree(of / "var", home / "var", dirs_exist_ok=True)
        settings = Settings(home=home, rules=rules, contacts=ROOT / "contacts",
                            sandbox_url=running.url, sandbox_smtp_port=running.smtp_port,
                            sandbox_feeds=True)
        clock = FixedClock(START)
        migrate(settings.url)
        opened = House.open(settings)
        made = Town(House(settings, make_engine(settings.url), clock, opened.gateways), running,
                    clock)
        made.say("jm_signals/rain.xml", rain())
        if of is None:
            pipeline.adopt(made.house, by="rehearsal")
            for _ in range(3):
                made.hour()
        else:
            clock.at += 3 * HOUR
        yield made
        made.house.engine.dispose()
