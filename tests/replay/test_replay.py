"""A city in memory tells what the house would have told, when it would have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fenghuo.agreements.findings import Finding, Reach
from fenghuo.editions import Edition, files_on_disk, read
from fenghuo.observations.records import EarthquakeAttributes, EventRecord, SignalAttributes
from fenghuo.replay import Heard, Replay
from fenghuo.settings import Settings
from fenghuo.words import Channel, Ended, EventKind, EventStatus, Hazard, Holds, Level, RuleKind

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read(files_on_disk(ROOT / "rules", ROOT / "contacts"), "d" * 64)


@pytest.fixture
def city(edition: Edition, tmp_path: Path) -> Iterator[Replay]:
    made = Replay(edition, Settings(home=tmp_path))
    yield made
    made.close()


def gauge(at: datetime, tier: Level, value: float, **changed: Any) -> Finding:
    """The rain gauge at Liangxi over one of its three-hour limits."""
    return Finding(**{
        "agreement": "meteorological", "rule": "meteorological/rainstorm-gauge",
        "kind": RuleKind.observed, "hazard": Hazard.rainstorm, "subject": "rain:liangxi",
        "holds": Holds.true, "at": at, "since": at, "metric": "rain", "unit": "mm",
        "reach": Reach(radius_km=10, centre=(22.23, 112.27)), "tier": tier, "value": value,
        "threshold": 50.0, "stricter": {"tailings-pond": 1}, "facts": {
            "station": "liangxi", "station_name": "良西站", "station_name_en": "Liangxi gauge",
            "metric": "rain", "statistic": "sum", "window": 10800, "value": value, "unit": "mm",
            "threshold": 50.0, "start": (at - 3 * HOUR).isoformat(), "end": at.isoformat(),
            "comparison": "at_least", "mark": "", "radius_km": 10.0, "article": "CMA"}} | changed)


def over(at: datetime) -> Finding:
    return gauge(at, Level.orange, 20.0, holds=Holds.false, ended=Ended.cleared)


def test_a_red_text_leaves_at_once_and_an_orange_one_with_its_bundle(city: Replay) -> None:
    """The pond is raised to red by its kind; its officer is told before anybody waits."""
    at_once = city.at([gauge(NOON, Level.orange, 62.0)], NOON)
    later = city.until(NOON + HOUR)
    assert {(one.at, one.tier) for one in at_once} == {(NOON, Level.red)}
    assert {one.tier for one in later} == {Level.orange}
    assert all(NOON < one.at <= NOON + 2 * MINUTE for one in later)
    assert {"li-an"} <= {one.person for one in at_once}
    assert {one.sites for one in at_once if one.person == "li-an"} == {("ep-pond",)}


def test_a_red_that_asks_for_a_word_leaves_when_it_is_given_and_the_question_wakes_who_is_asked(
        city: Replay) -> None:
    told = city.at([gauge(NOON, Level.red, 120.0)], NOON)
    (question,) = [one for one in told if one.kind == "ask"]
    assert question.text.startswith("【江门市应急管理局】请审批：恩平市暴雨")
    assert (question.person, question.sites) == ("duty-jiangmen", ("city:440700",))
    assert {one.kind for one in told if one is not question} == {"tell"}
    assert {(one.at, one.tier) for one in told if one.channel is Channel.sms} == {(NOON, Level.red)}
    assert city.next_due() is None or city.next_due() > NOON


def test_nobody_is_told_the_same_twice(city: Replay) -> None:
    city.at([gauge(NOON, Level.orange, 62.0)], NOON)
    city.until(NOON + HOUR)
    assert city.at([gauge(NOON + HOUR, Level.orange, 66.0)], NOON + HOUR) == []
    assert city.until(NOON + 6 * HOUR) == []


def test_no_ladder_climbs_because_everybody_answers_in_time(city: Replay) -> None:
    told = city.at([gauge(NOON, Level.orange, 62.0)], NOON) + city.until(NOON + 24 * HOUR)
    assert {one.kind for one in told} == {"ask", "tell"}
    assert len({(one.person, one.channel, one.sites, one.kind) for one in told}) == len(told)


def test_the_all_clear_of_the_night_waits_for_the_morning(city: Replay) -> None:
    city.at([gauge(NIGHT, Level.orange, 62.0)], NIGHT)
    city.at([over(NIGHT + 2 * HOUR)], NIGHT + 2 * HOUR)
    told = city.until(NIGHT + 24 * HOUR)
    ends = [one for one in told if one.kind == "cancel"]
    assert ends and {one.at for one in ends} == {datetime(2026, 6, 8, 23, 0, tzinfo=UTC)}


def test_a_held_text_is_dropped_when_a_newer_one_leaves_at_its_very_instant(
        edition: Edition, city: Replay) -> None:
    """Blue of the night waits for seven o'clock; at seven the tier is orange."""
    blue = gauge(NIGHT, Level.blue, 12.0, stricter={})
    assert city.at([blue], NIGHT) == []
    seven = datetime(2026, 6, 8, 23, 0, tzinfo=UTC)
    told = city.at([gauge(seven, Level.orange, 62.0, stricter={})], seven) \
        + city.until(seven + HOUR)
    tiers = {one.tier for one in told if one.kind == "tell"}
    assert tiers == {Level.orange}


def test_a_signal_is_relayed_and_lapses_when_its_time_is_over(city: Replay) -> None:
    signal = EventRecord(
        EventKind.signal, "rain-1", EventStatus.actual, NOON, NOON, NOON + 3 * HOUR,
        SignalAttributes("rain-1", Hazard.rainstorm, "暴雨", "11B03", Level.red, "恩平市气象台",
                         "Alert", "恩平市气象台发布暴雨红色预警信号", "暴雨。", "",
                         ("440785000000",)))
    told = city.at((), NOON, [Heard("cma-guangdong", signal)])
    assert told and {one.tier for one in told} == {Level.red}
    assert "转发" in told[0].text
    told = city.until(NOON + 24 * HOUR)
    lapses = [one.at for one in told if one.kind == "lapse"]
    assert lapses and all(3 * HOUR <= at - NOON <= 3 * HOUR + 5 * MINUTE for at in lapses)
    assert city.next_due() is None


def test_a_foreign_quake_waits_for_an_official_word(city: Replay) -> None:
    quake = EventRecord(
        EventKind.earthquake, "us1", EventStatus.actual, NOON, NOON, None,
        EarthquakeAttributes(6.8, "mww", 22.2, 112.3, 10.0, "Enping", "reviewed"))
    foreign = next(name for name, feed in city.edition.feeds.items() if feed.wait)
    assert city.at((), NOON, [Heard(foreign, quake)]) == []
    told = city.until(NOON + HOUR)
    assert told and {one.at for one in told} == {NOON + city.edition.feeds[foreign].wait}


def test_time_never_goes_back(city: Replay) -> None:
    city.at((), NOON)
    with pytest.raises(ValueError, match="comes before"):
        city.at((), NOON - MINUTE)


def test_who_answered_and_left_is_not_written_to_when_the_warning_goes_on_without_him(
        city: Replay) -> None:
    """The wharf leaves a county's warning after its officer answered; the pond goes on."""
    def at(site: str, tier: Level, hour: int, **changed: Any) -> Finding:
        return gauge(NOON + hour * HOUR, tier, 60.0, subject=f"rain:{site}", stricter={},
                     reach=Reach(site=site), **changed)

    ends: dict[str, Any] = {"holds": Holds.false, "ended": Ended.cleared}
    city.at([at("ep-wharf", Level.yellow, 0), at("ep-pond", Level.orange, 0)], NOON)
    city.until(NOON + HOUR)
    left = city.at([at("ep-wharf", Level.yellow, 2, **ends)], NOON + 2 * HOUR) \
        + city.until(NOON + 3 * HOUR - MINUTE)
    assert "he-shui" in {one.person for one in left}
    later = city.at([at("ep-pond", Level.yellow, 3)], NOON + 3 * HOUR) \
        + city.until(NOON + 4 * HOUR)
    assert later and "he-shui" not in {one.person for one in later}
