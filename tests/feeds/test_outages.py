"""What is kept of a source that goes wrong, and who speaks in its place.

Every source in every way beside a whole house: ``../scenarios/test_outages_rehearsed.py``.
"""

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
from fenghuo.alarms.watch import watch
from fenghuo.clock import FixedClock, machine_now
from fenghuo.feeds import polling
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.polling import address_of
from fenghuo.feeds.standing import FeedShown, Standing, shown
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.store.leases import leased
from fenghuo.store.tables import alarm, feed_state

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

    def play(self, steps: int, spoil: Spoil | None = None, victim: str = "",
             silent: tuple[str, ...] = ()) -> None:
        for _ in range(steps):
            self.clock.at += STEP
            for name in self.feeds:
                said = body(name if name in KINDS else "usgs", self.clock.at)
                self.server.page(self.path(name), said, status=404 if name in silent else 200)
            if spoil is not None:
                spoil(self, victim)
            for name, feed in self.feeds.items():
                if name in polling.due(self.engine, self.feeds, feed.bureau, self.clock.at):
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

    def said(self, name: str) -> str:
        """What was noted of a source's last answer."""
        with reading(self.engine) as connection:
            return str(connection.scalar(
                select(feed_state.c.detail).where(feed_state.c.feed == name)))

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


def ten_hours_ahead(town: Town, victim: str) -> None:
    date = format_datetime(datetime.fromtimestamp(machine_now(), UTC) + timedelta(hours=10),
                           usegmt=True)
    town.server.page(town.path(victim), body(victim, town.clock.at), Date=date)


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


def saying(ahead: timedelta) -> Spoil:
    """A payload made that far in the time to come, under a Date that is right."""
    return lambda town, victim: town.server.page(
        town.path(victim), body(victim, town.clock.at + ahead))


def test_a_payload_minutes_ahead_is_an_alarm_of_its_clock_though_the_date_is_right(
        town: Town) -> None:
    town.play(3, saying(timedelta(minutes=4)), "usgs")
    age = town.states()["usgs"].age
    assert town.raised() == [("feed_clock", "usgs", False)] and age.skew == 240
    assert age.outcome == "no_events" and age.error is None
    town.play(3)
    assert town.raised() == [("feed_clock", "usgs", True)]


def test_a_payload_hours_ahead_is_refused_by_its_field_though_the_date_is_right(
        town: Town) -> None:
    town.play(3, saying(timedelta(hours=10)), "usgs")
    age = town.states()["usgs"].age
    assert town.raised() == [("feed_stale", "usgs", False)] and age.outcome == "refused"
    assert "metadata.generated" in (age.error or "")
    assert abs(age.skew or 0) < 10, "the Date alone is measured: what it says was not believed"


@pytest.mark.parametrize("victim", ["usgs", "jm_signals"])
def test_a_list_with_records_that_says_it_was_made_hours_ahead_is_one_outage(
        town: Town, victim: str, quakes: Any, quake: Any) -> None:
    def ahead(town: Town, victim: str) -> None:
        at = town.clock.at + timedelta(hours=10)
        town.server.page(town.path(victim), body(victim, at) if victim == "jm_signals" else quakes(
            quake(), made=int(at.timestamp() * 1000)))

    town.play(5, ahead, victim)
    assert town.raised() == [("feed_stale", victim, False)]
    town.play(1)
    assert town.raised() == [("feed_stale", victim, True)]


@pytest.fixture
def three(town: Town) -> Town:
    """``usgs`` with ``emsc`` in its place when it is silent, and ``geofon`` in that one's."""
    for name, other in (("emsc", "usgs"), ("geofon", "emsc")):
        town.feeds[name] = town.feeds["usgs"].model_copy(update={
            "name": name, "fallback_for": other, "url": f"{town.server.url}/{name}"})
    return town


def asked(town: Town) -> list[str]:
    """Who of the seismic sources would be asked an hour from now."""
    return polling.due(town.engine, town.feeds, "seismic", town.clock.at + STEP)


def test_fallbacks_take_over_in_their_order_and_hand_back(three: Town) -> None:
    assert asked(three) == ["usgs"]
    three.play(3, page(status=503), "usgs", silent=("emsc", "geofon"))
    assert asked(three) == ["usgs", "emsc", "geofon"], "the second was asked and is silent too"
    three.play(1, page(status=503), "usgs", silent=("geofon",))
    assert asked(three) == ["usgs", "emsc"], "the second speaks, the third is not needed"
    assert three.states()["emsc"].state is Standing.speaking
    assert three.states()["geofon"].state is Standing.resting
    for hours in (1, 4):  # also when what the fallbacks once said has grown old
        three.play(hours)
        assert asked(three) == ["usgs"]


def test_a_fallback_alarms_only_while_it_speaks(three: Town) -> None:
    assert three.states()["emsc"].state is Standing.resting
    three.play(6, page(status=503), "usgs", silent=("emsc", "geofon"))
    assert three.raised() == [("feed_stale", name, False) for name in ("usgs", "emsc", "geofon")]
    three.play(1)
    assert all(over for _, _, over in three.raised()) and len(three.raised()) == 3
    assert three.states()["emsc"].state is Standing.resting


def test_a_list_that_stays_as_it_was_made_is_old_and_one_that_does_not_say_cannot_be_known(
        town: Town) -> None:
    def frozen(town: Town, victim: str) -> None:
        town.server.page(town.path(victim), body(victim, NOON + 2 * STEP))

    town.play(3, frozen, "jm_signals")
    assert town.raised() == [("feed_stale", "jm_signals", False)]
    assert town.states()["jm_signals"].age.outcome == "unchanged"
    assert town.states()["jm_signals"].age.dated
    assert not town.states()["jma_typhoon"].age.dated, "the page says so of it"
    town.play(1)
    assert town.raised() == [("feed_stale", "jm_signals", True)]


def test_a_mirror_that_lags_is_no_new_word_and_no_outage(town: Town) -> None:
    def lagging(town: Town, victim: str) -> None:
        town.server.page(town.path(victim), body(victim, NOON + STEP))

    town.play(1, lagging, "jm_signals")
    assert town.raised() == [] and "ignored" in town.said("jm_signals")


def test_how_long_a_list_may_stay_as_it_was_made_stands_in_its_entry(town: Town) -> None:
    town.feeds["jm_signals"] = town.feeds["jm_signals"].model_copy(update={"frozen": 9 * STEP})
    town.play(8, lambda town, victim: town.server.page(
        town.path(victim), body(victim, NOON + 2 * STEP)), "jm_signals")
    assert town.raised() == []


def test_times_to_come_of_a_source_whose_clock_runs_ahead_are_its_clocks_alarm(
        town: Town, quakes: Any, quake: Any) -> None:
    def ahead(town: Town, victim: str) -> None:
        date = datetime.fromtimestamp(machine_now(), UTC) + 10 * STEP
        made = town.clock.at + 10 * STEP
        town.server.page(town.path(victim), quakes(quake(), made=int(made.timestamp() * 1000)),
                         Date=format_datetime(date, usegmt=True))

    town.play(5, ahead, "usgs")
    assert [(kind, feed) for kind, feed, _ in town.raised()] == [("feed_stale", "usgs")]
