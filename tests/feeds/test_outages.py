"""One source goes wrong in every way sources do: one alarm, one recovery, no other changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from fenghuo import feeds as room
from fenghuo.alarms.ages import resting
from fenghuo.alarms.watch import watch
from fenghuo.clock import FixedClock, machine_now
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.polling import address_of
from fenghuo.feeds.standing import FeedShown, Standing, shown
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.store.leases import leased
from fenghuo.store.tables import alarm

KINDS = ("usgs", "jm_signals", "gauges", "openmeteo", "jma_typhoon")
NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
STEP = timedelta(hours=1)
Spoil = Callable[["Town", str], None]


def body(name: str, at: datetime) -> bytes:
    """What a good source of a kind says at an instant: nothing is going on."""
    if name == "usgs":
        return json.dumps({"type": "FeatureCollection", "features": [],
                           "metadata": {"generated": int(at.timestamp() * 1000)}}).encode()
    if name == "jm_signals":
        return (f'<rss version="2.0"><channel><title>x</title><pubDate>{at.isoformat()}</pubDate>'
                "</channel></rss>").encode()
    if name == "jma_typhoon":
        return (b"66666 2501  001 0001 2501 0 6             INVENTED\n"
                b"25060100 002 3 150 1200 1000     035\n")
    if name == "gauges":
        local = at + timedelta(hours=8)
        return f"station,time,stage_m,rain_mm\njinjiang,{local:%Y-%m-%d %H:%M},9.05,0\n".encode()
    hours = [at.replace(minute=0) + timedelta(hours=hour) for hour in range(24)]
    return json.dumps([{
        "latitude": 22.19, "longitude": 112.31, "utc_offset_seconds": 0,
        "hourly_units": {"time": "iso8601", "precipitation": "mm", "wind_gusts_10m": "km/h"},
        "hourly": {"time": [f"{hour:%Y-%m-%dT%H:%M}" for hour in hours],
                   "precipitation": [0.0] * 24, "wind_gusts_10m": [9.0] * 24}}]).encode()


class Town:
    """Every kind of source beside each other, asked each hour, stale after three."""

    def __init__(self, engine: Engine, server: Any, configured: Any, home: Path) -> None:
        self.engine, self.server, self.settings = engine, server, Settings(home=home)
        self.clock = FixedClock(NOON)
        self.feeds: dict[str, FeedConfig] = {name: configured(
            name, url=f"{server.url}/{name}", cadence=STEP, stale=3 * STEP, timeout=1.0,
            budget=1.0, frozen=None) for name in KINDS}
        self.feeds["openmeteo"] = self.feeds["openmeteo"].model_copy(
            update={"points": self.feeds["openmeteo"].points[:1]})

    def play(self, steps: int, spoil: Spoil | None = None, victim: str = "") -> None:
        for _ in range(steps):
            self.clock.at += STEP
            for name in KINDS:
                self.server.page(self.path(name), body(name, self.clock.at))
            if spoil is not None:
                spoil(self, victim)
            for name, feed in self.feeds.items():
                room.pull(self.engine, self.settings, self.clock, self.feeds, name)
                with leased(self.engine, f"pull_{feed.bureau}", 60, self.clock.at):
                    pass
            with leased(self.engine, "watch", 60, self.clock.at) as lease:
                assert lease is not None
                watch(self.engine, self.feeds, self.settings, self.clock.at)

    def path(self, name: str) -> str:
        """Where a source is asked."""
        url = address_of(self.feeds[name], self.settings, self.clock.at)
        assert url is not None
        return url.removeprefix(self.server.url)

    def raised(self) -> list[tuple[str, str, bool]]:
        """Every alarm of a source that ever was: kind, source, whether it is over."""
        with reading(self.engine) as connection:
            return [(row.kind, row.subject, row.recovered is not None)
                    for row in connection.execute(select(alarm).order_by(alarm.c.id))
                    if row.kind.startswith("feed_")]

    def states(self) -> dict[str, FeedShown]:
        with reading(self.engine) as connection:
            return {one.age.feed: one for one in shown(
                connection, self.feeds, self.settings, self.clock.at)}


@pytest.fixture
def town(engine: Engine, server: Any, configured: Any, tmp_path: Path) -> Town:
    made = Town(engine, server, configured, tmp_path)
    made.play(2)
    assert made.raised() == []
    assert {one.state for one in made.states().values()} == {Standing.fresh}
    return made


def page(**spoiled: Any) -> Spoil:
    return lambda town, victim: town.server.page(town.path(victim), **spoiled)


def frozen(town: Town, victim: str) -> None:
    town.server.page(town.path(victim), body(victim, NOON))


def ten_hours_ahead(town: Town, victim: str) -> None:
    date = format_datetime(datetime.fromtimestamp(machine_now(), UTC) + timedelta(hours=10),
                           usegmt=True)
    town.server.page(town.path(victim), body(victim, town.clock.at), Date=date)


@pytest.mark.parametrize("victim", KINDS)
@pytest.mark.parametrize(("spoil", "steps", "kinds", "outcome"), [
    (page(status=503), 4, ["feed_stale"], "failed"),
    (page(body=b"<!DOCTYPE html><html><body>Sign in</body></html>"), 4,
     ["feed_stale"], "refused"),
    (page(body=b""), 4, ["feed_stale"], "empty"),
    (frozen, 4, ["feed_stale"], "unchanged"),
    (ten_hours_ahead, 3, ["feed_clock"], None),
], ids=["unplugged", "garbled", "empty", "frozen", "wrong-clock"])
def test_a_source_gone_wrong_raises_its_alarm_once_recovers_and_changes_no_other(
        town: Town, victim: str, spoil: Spoil, steps: int, kinds: list[str],
        outcome: str | None) -> None:
    others = {name: one.state for name, one in town.states().items() if name != victim}
    town.play(steps, spoil, victim)
    if outcome == "unchanged" and victim == "jma_typhoon":
        kinds = []  # a file of tracks that says the same for days, and never when it was made
        assert not town.states()[victim].age.dated
    assert town.raised() == [(kind, victim, False) for kind in kinds]
    found = town.states()
    assert {name: one.state for name, one in found.items() if name != victim} == others
    assert outcome in (None, found[victim].age.outcome)
    assert (found[victim].state is Standing.stale) == ("feed_stale" in kinds)
    town.play(3)
    assert town.raised() == [(kind, victim, True) for kind in kinds]
    assert town.states()[victim].state is Standing.fresh


def test_an_outage_an_empty_answer_and_no_events_are_counted_apart(town: Town) -> None:
    town.play(1, page(status=503), "usgs")
    town.play(2, page(body=b""), "usgs")
    assert town.states()["usgs"].day == {"empty": 2, "failed": 1, "no_events": 2}
    assert town.states()["usgs"].age.error == (
        "usgs:1:1: found an empty body, expected a payload")


def test_what_the_last_error_said_and_when_stays_after_the_recovery(town: Town) -> None:
    town.play(1, page(status=503), "gauges")
    failed = town.clock.at
    town.play(1)
    age = town.states()["gauges"].age
    assert (age.failures, age.error_at) == (0, failed)
    assert age.error == "HTTP 503 Service Unavailable"


def test_one_odd_date_says_nothing_of_a_clock(town: Town) -> None:
    town.play(1, ten_hours_ahead, "usgs")
    assert town.raised() == [] and abs(town.states()["usgs"].age.skew or 0) < 10
    town.play(2, ten_hours_ahead, "usgs")
    assert (town.states()["usgs"].age.skew or 0) == pytest.approx(36000, abs=10)


def test_a_fallback_alarms_only_while_it_speaks(town: Town) -> None:
    stand_in = town.feeds["usgs"].model_copy(update={
        "name": "emsc", "fallback_for": "usgs", "url": f"{town.server.url}/emsc"})
    town.feeds["emsc"] = stand_in
    with reading(town.engine) as connection:
        assert resting(connection, town.feeds.values(), town.clock.at) == {"emsc"}
    assert town.states()["emsc"].state is Standing.resting
    town.play(4, page(status=503), "usgs")  # the fallback is asked here and answers 404
    assert ("feed_stale", "emsc", False) in town.raised()
    town.play(1)
    assert all(over for _, _, over in town.raised())
    assert town.states()["emsc"].state is Standing.resting
