"""Recorded answers of marine services: tides, an error, predictions in feet, another block."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

RECEIVED = datetime(2026, 3, 5, 1, tzinfo=UTC)


def body(recorded, name):
    return (recorded / "marine" / name).read_bytes()


def test_a_recorded_month_of_seattles_tides_is_read(recorded, shipped):
    parsed = read("coops", body(recorded, "coops-water_level-seattle-201501.json"),
                  shipped("coops_tides"), RECEIVED)
    tides = parsed.observations
    assert len(tides) == len(range(0, 30 * 24 * 60 + 1, 6)) and not parsed.refusals
    assert (tides["value"].min(), tides["value"].max()) == (-0.787, 3.888)
    assert parsed.as_of == datetime(2015, 1, 31, tzinfo=UTC)


def test_recorded_minutes_of_veracruz_are_read(recorded, shipped):
    parsed = read("ioc_sealevel", body(recorded, "ioc-vera-20220831.html"),
                  shipped("ioc_sealevel"), RECEIVED)
    tides = parsed.observations
    assert len(tides) == 210 and not parsed.refusals
    assert (tides["value"].min(), tides["value"].max()) == (1.66, 1.76)
    assert tides["end"].min() == datetime(2022, 8, 31, 21, 36, 45, tzinfo=UTC)
    assert parsed.as_of == datetime(2022, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize("feed", ["coops_tides", "coops_predictions"])
def test_a_recorded_error_is_refused_with_its_words(recorded, shipped, feed):
    config = shipped(feed)
    with pytest.raises(Refused, match="Datum input is valid"):
        read(config.format, body(recorded, "coops-error-no-predictions.json"), config, RECEIVED)


def test_the_recorded_predictions_are_an_even_course(recorded, shipped):
    (series,) = read("coops_predictions", body(recorded, "coops-predictions-6min.json"),
                     shipped("coops_predictions"), RECEIVED).forecasts
    assert (len(series.values), series.step) == (240, 360)
    assert series.values[0] == pytest.approx(11.45)  # recorded in feet, read as asked for: metres


def test_a_recorded_answer_without_an_hourly_block_is_refused(recorded, shipped):
    sea = Point(point="qingdao", zh="青岛", en="Qingdao", latitude=36.04, longitude=120.38)
    config = shipped("openmeteo_marine").model_copy(update={"points": (sea,)})
    with pytest.raises(Refused, match="hourly"):
        read("openmeteo_marine", body(recorded, "openmeteo-marine-qingdao-current.json"), config,
             RECEIVED)
