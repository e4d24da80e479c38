"""Recorded forecasts and cyclone tracks: the real columns, units and offsets are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.parsed import read
from fenghuo.observations.records import Lopsided, Wind, WindArea

TORONTO = Point(point="toronto", zh="多伦多", en="Toronto", latitude=43.70, longitude=-79.40)


def test_open_meteos_answer_in_inches_and_local_time_is_read(recorded, shipped):
    config = shipped("openmeteo").model_copy(update={"points": (TORONTO,)})
    body = (recorded / "weather" / "openmeteo-forecast-toronto.json").read_bytes()
    at = datetime(2026, 3, 6, 2, 10, tzinfo=UTC)
    parsed = read("openmeteo_forecast", body, config, at)
    rain, gust = parsed.forecasts
    assert parsed.refusals == [] and rain.issued == at.replace(minute=0)
    # 2026-03-04T00:00 at -5 h
    assert rain.t0 == gust.t0 == datetime(2026, 3, 4, 5, tzinfo=UTC) and rain.step == 3600
    assert len(rain.values) == 192 and np.isfinite(rain.values).all()
    assert rain.values.sum() == pytest.approx(2.043 * 25.4, abs=0.01)  # inches
    assert gust.values[0] == pytest.approx(7.6 * 0.44704, abs=1e-3)


def test_mangkhuts_track_is_read_and_barijats_is_history(recorded, shipped):
    body = (recorded / "typhoon" / "jma-bst-2018-mangkhut-barijat.txt").read_bytes()
    parsed = read("jma_best_track", body, shipped("jma_typhoon"),
                  datetime(2018, 9, 17, 18, 30, tzinfo=UTC))
    assert parsed.refusals == []
    (mangkhut,) = parsed.events
    track = mangkhut.attributes
    assert (track.number, track.name, len(track.fixes)) == ("1822", "MANGKHUT", 46)
    landfall = next(fix for fix in track.fixes if fix.at == datetime(2018, 9, 16, 6, tzinfo=UTC))
    assert (landfall.latitude, landfall.longitude, landfall.pressure_hpa, landfall.wind) == (
        21.7, 113.5, 960, Wind(75, "kt", 10))
    assert landfall.areas == (
        WindArea(Wind(30, "kt", 10), Lopsided(350 * 1.852, 210 * 1.852, 90)),
        WindArea(Wind(50, "kt", 10), Lopsided(90 * 1.852, 90 * 1.852, None)))
    assert max(fix.wind.kt for fix in track.fixes if fix.wind) == 110
    assert mangkhut.expires == datetime(2018, 9, 17, 18, tzinfo=UTC) + timedelta(hours=12)
