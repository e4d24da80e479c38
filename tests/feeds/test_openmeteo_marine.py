"""Open-Meteo's waves: metres, one height, and a point on land."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.formats import openmeteo_marine
from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

from .samples.openmeteo_marine import CONFIG, RECEIVED, SAMPLE, answer, place

LAND = Point(point="land", zh="陆", en="Land", latitude=22.6, longitude=112.6)


def parse(body, *more):
    config = CONFIG.model_copy(update={"points": (*CONFIG.points, *more)})
    return read("openmeteo_marine", body, config, RECEIVED)


def test_the_significant_height_is_read_and_no_other():
    (series,) = parse(SAMPLE).forecasts
    assert (series.metric, series.subject, series.step) == ("wave_height", "sea", 3600)
    assert series.t0 == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert series.values[:2].tolist() == [np.float32(0.8), 1.25] and np.isnan(series.values[2])


def test_feet_are_metres():
    assert parse(answer(place(10, 20, unit="ft"))).forecasts[0].values.tolist() == pytest.approx(
        [3.048, 6.096])


def test_a_point_on_land_is_refused_alone():
    parsed = parse(answer(place(0.8, 1.0),
                          place(None, None, latitude=22.6, location_id=1)), LAND)
    assert [one.subject for one in parsed.forecasts] == ["sea"]
    assert [(one.place, one.expected) for one in parsed.refusals] == [
        ("points[1].hourly.wave_height", "land at sea")]


@pytest.mark.parametrize("body", [
    answer(place(None, None, None)), answer(place(0.8, 50)), answer(place(-1, 1)),
    answer(place(1, 2, unit="cm")), b'{"error": true, "reason": "x"}', b""])
def test_what_is_no_sea_is_refused(body):
    with pytest.raises(Refused):
        parse(body)


def test_all_points_are_asked_for_at_once_in_utc():
    assert openmeteo_marine.address(CONFIG, RECEIVED) == (
        "http://127.0.0.1/v1/marine?latitude=21.6&longitude=112.6&hourly=wave_height"
        "&forecast_days=3&timezone=UTC")
