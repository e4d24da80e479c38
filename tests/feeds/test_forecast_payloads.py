"""Open-Meteo: units, offsets, gaps; a faulty point is refused alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.openmeteo_forecast import address
from fenghuo.feeds.parsed import read
from fenghuo.store.engine import reading
from fenghuo.store.tables import feed_state, forecast, quarantine
from fenghuo.words import Refused

NOON = datetime(2018, 9, 15, 4, 10, tzinfo=UTC)
POINTS = ({"point": "enping", "zh": "恩平", "en": "Enping", "latitude": 22.19, "longitude": 112.31},
          {"point": "haiyan", "zh": "海宴", "en": "Haiyan", "latitude": 21.78, "longitude": 112.57})
CONFIG = FeedConfig.model_validate({
    "name": "fc", "title": {"zh": "预报", "en": "forecast"}, "bureau": "weather",
    "format": "openmeteo_forecast", "url": "https://example.org/v1/forecast",
    "authority": "official", "cadence": "1h", "stale": "3h", "points": POINTS})


def place(index: int = 0, **changes: object) -> dict:
    times = [f"{datetime(2018, 9, 15) + timedelta(hours=hour):%Y-%m-%dT%H:%M}"
             for hour in range(24)]
    return {"latitude": POINTS[index]["latitude"] + 0.05, "utc_offset_seconds": 0,
            "longitude": POINTS[index]["longitude"] - 0.05,
            **({"location_id": index} if index else {}),
            "hourly_units": {"time": "iso8601", "precipitation": "mm", "wind_gusts_10m": "km/h"},
            "hourly": {"time": times, "precipitation": [1.5] * 23 + [None],
                       "wind_gusts_10m": [36.0] * 24}} | changes


def hourly(**changes: object) -> dict:
    made = place()
    made["hourly"] |= changes
    return made


def parse(*places: object):
    return read("openmeteo_forecast", json.dumps(list(places)).encode(), CONFIG, NOON)


def test_several_points_of_one_answer_become_named_series():
    parsed = parse(place(), place(1))
    assert [(one.metric, one.subject) for one in parsed.forecasts] == [
        ("rain", "enping"), ("gust", "enping"), ("rain", "haiyan"), ("gust", "haiyan")]
    rain, gust = parsed.forecasts[:2]
    assert rain.issued == parsed.as_of == datetime(2018, 9, 15, 4, tzinfo=UTC)
    assert (rain.t0, rain.step) == (datetime(2018, 9, 15, tzinfo=UTC), 3600)
    assert rain.values[0] == 1.5 and np.isnan(rain.values[-1])
    assert gust.values[0] == pytest.approx(10.0)


def test_local_times_and_other_units_are_turned_into_ours():
    made = place(utc_offset_seconds=28800)
    made["hourly_units"] |= {"precipitation": "inch", "wind_gusts_10m": "mp/h"}
    rain, gust, *_ = parse(made, place(1)).forecasts
    assert rain.t0 == datetime(2018, 9, 14, 16, tzinfo=UTC)
    assert rain.values[0] == pytest.approx(38.1)
    assert gust.values[0] == pytest.approx(16.093, abs=1e-3)


def test_one_point_is_an_object_and_all_points_are_asked_for_at_once():
    alone = CONFIG.model_copy(update={"points": CONFIG.points[:1]})
    assert len(read("openmeteo_forecast", json.dumps(place()).encode(), alone,
                    NOON).forecasts) == 2
    assert address(CONFIG, NOON) == (
        "https://example.org/v1/forecast?latitude=22.19,21.78&longitude=112.31,112.57"
        "&hourly=precipitation,wind_gusts_10m&forecast_days=3&timezone=UTC")


@pytest.mark.parametrize(("bad", "where"), [
    (place(latitude=23.5), "latitude"), (place(longitude="112"), "longitude"),
    (place(location_id=1), "location_id"), (place(utc_offset_seconds=None), "utc_offset_seconds"),
    (place(hourly=None), "hourly"), (place(hourly_units=[]), "hourly"),
    (hourly(time="2018"), "hourly.time"), (hourly(time=["2018-09-15T00:00"] * 24), "hourly.time"),
    (hourly(time=["2018-09-15T25:00"] * 24), "hourly.time"),
    (hourly(time=[f"2018-09-14T{hour:02d}:00" for hour in range(24)]), "hourly.time"),
    (hourly(precipitation=[1.0] * 23, wind_gusts_10m=[]), "hourly.precipitation"),
    (hourly(precipitation=["1"] * 24, wind_gusts_10m=[True] * 24), "hourly.precipitation"),
    (hourly(precipitation=[-1.0] * 24, wind_gusts_10m=[900] * 24), "hourly.precipitation"),
    ({"error": True}, "latitude"), ("no", ""), (None, ""),
])
def test_a_faulty_point_is_refused_and_its_neighbour_stays(bad, where):
    parsed = parse(bad, place(1))
    assert [one.subject for one in parsed.forecasts] == ["haiyan", "haiyan"]
    assert parsed.refusals[0].place == (f"points[0].{where}" if where else "points[0]")


def test_a_faulty_metric_is_refused_and_the_other_stays():
    parsed = parse(hourly(precipitation=[700.0] * 24), place(1))
    assert [(one.metric, one.subject) for one in parsed.forecasts] == [
        ("gust", "enping"), ("rain", "haiyan"), ("gust", "haiyan")]
    assert [refusal.place for refusal in parsed.refusals] == ["points[0].hourly.precipitation"]


@pytest.mark.parametrize(("body", "found"), [
    (b'{"error":true,"reason":"Cannot initialize WeatherVariable"}', "Cannot initialize"),
    (b"[]", "0 points"), (b"{}", "1 points"), (b"Too many requests", "Expecting value"),
    (b'[{"latitude": NaN}, {}]', "NaN"), (b"", "an empty body"),
])
def test_an_answer_without_any_usable_point_is_refused_whole(body, found):
    with pytest.raises(Refused) as refused:
        read("openmeteo_forecast", body, CONFIG, NOON)
    assert found in refused.value.refusals[0].found


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
                        st.sampled_from(["hourly", "time", "latitude", "precipitation", "x"]),
                        inner, max_size=4), max_leaves=12)


@given(st.sampled_from(["latitude", "utc_offset_seconds", "hourly", "hourly_units",
                        "location_id"]), JSON)
@example("hourly_units", {"precipitation": []})
def test_whatever_stands_in_a_point_only_refusals_come_out(field, value):
    parsed = parse(place(**{field: value}), place(1))
    assert {"haiyan"} <= {one.subject for one in parsed.forecasts} <= {"haiyan", "enping"}


@given(st.sampled_from(["time", "precipitation", "wind_gusts_10m"]), JSON)
def test_whatever_stands_in_a_series_only_refusals_come_out(field, value):
    parsed = parse(hourly(**{field: value}), place(1))
    assert {"haiyan"} <= {one.subject for one in parsed.forecasts}


@given(st.binary(max_size=200))
def test_whatever_bytes_come_only_a_refusal_comes_out(body):
    with pytest.raises(Refused):
        read("openmeteo_forecast", body, CONFIG, NOON)


def test_a_run_is_stored_once_and_a_faulty_point_is_quarantined(engine, server, puller,
                                                                configured):
    fresh = puller(CONFIG.model_copy(update={"url": f"{server.url}/feed", "timeout": 2.0}))
    fresh.clock.at = NOON
    server.page(address(fresh.feed, NOON).removeprefix(server.url),
                json.dumps([place(), place(1, latitude=0)]).encode())
    assert fresh.pull().counts == {"changed": 1, "revisions": 0, "observations": 2,
                                   "quarantined": 1}
    assert fresh.pull(60).did == 0, "the same bytes are no new run"
    with reading(engine) as connection:
        (rain,) = connection.execute(select(forecast).where(forecast.c.metric == "rain")).all()
        assert (rain.subject, rain.step, rain.issued) == ("enping", 3600, NOON.replace(minute=0))
        assert connection.scalar(select(quarantine.c.place)) == "points[1].latitude"
        assert connection.scalar(select(feed_state.c.as_of)) == NOON.replace(minute=0)
