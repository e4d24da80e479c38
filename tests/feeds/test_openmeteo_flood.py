"""Open-Meteo flood: daily means at points, and which of the cells around a point is the river."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fenghuo.cli import app
from fenghuo.feeds import cells, fetch
from fenghuo.feeds.formats import openmeteo_flood
from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

from .samples.openmeteo_flood import CONFIG, RECEIVED, SAMPLE, place


def parse(value, config=CONFIG):
    return read("openmeteo_flood", json.dumps(value).encode(), config, RECEIVED)


def test_a_days_mean_is_the_number_of_the_day_that_its_date_begins():
    parsed = read("openmeteo_flood", SAMPLE, CONFIG, RECEIVED)
    (series,) = parsed.forecasts
    assert (series.metric, series.subject, series.step) == ("flow", "xijiang", 86400)
    assert series.t0 == datetime(2026, 7, 2, tzinfo=UTC)  # the end of the first of July
    assert series.values.tolist()[:2] == [9000.5, 9100] and np.isnan(series.values[4])


def test_a_day_that_is_still_running_is_to_come():
    assert len(parse(place(23.075, 112.475, 1, 2, first=30) | {"daily": {
        "time": ["2026-06-30", "2026-07-01"], "river_discharge": [1, 2]}}).forecasts) == 1
    with pytest.raises(Refused, match="a forecast of what is to come"):
        parse(place(23.075, 112.475, 1) | {"daily": {
            "time": ["2026-06-29", "2026-06-30"], "river_discharge": [1, 2]}})


@pytest.mark.parametrize(("value", "said"), [
    (place(23.075, 112.475, 1, 2, unit="ft³/s"), "daily_units.river_discharge"),
    (place(23.075, 112.475, 1, -2), "flow from 0 to 350000"),
    (place(23.075, 112.575, 1, 2), "within 0.05 degrees of 112.475"),
    (place(23.075, 112.475, 1, 2) | {"daily": {"time": ["2026-07-01T00:00", "2026-07-01T01:00"],
                                               "river_discharge": [1, 2]}}, "evenly spaced"),
    ({"error": True, "reason": "Daily variable expected"}, "reason: found Daily"),
])
def test_what_is_no_daily_flow_of_the_point_is_refused(value, said):
    with pytest.raises(Refused, match=said):
        parse(value)


def test_a_week_is_asked_for_in_utc():
    address = openmeteo_flood.address(CONFIG, RECEIVED)
    assert address.endswith("latitude=23.075&longitude=112.475&daily=river_discharge"
                            "&forecast_days=7&timezone=UTC")


def test_the_cells_around_a_point_are_the_models_own():
    points = cells.around(23.06, 112.46, rings=1)
    assert [(one.latitude, one.longitude) for one in points] == [
        (y, x) for y in (23.025, 23.075, 23.125) for x in (112.425, 112.475, 112.525)]
    assert len(cells.around(-0.01, -178.99, rings=2)) == 25


def answered(server, points, flows):
    """A feed whose server answers for these cells."""
    config = CONFIG.model_copy(update={"url": f"{server.url}/v1/flood"})
    address = openmeteo_flood.address(config.model_copy(update={"points": points}), RECEIVED)
    server.page(address.removeprefix(server.url), json.dumps([
        place(one.latitude, one.longitude, *([flow] * 7), first=7, location_id=number)
        for number, (one, flow) in enumerate(zip(points, flows, strict=True))]).encode())
    return config


def test_the_cell_of_the_largest_mean_is_the_channel(server):
    config = answered(server, cells.around(23.06, 112.46, rings=1),
                      [0.0, 0.1, None, 0.2, 3.0, 4.0, 8800, 9.0, 0.0])
    found = cells.choose(fetch.session(), config, 23.06, 112.46, 1, RECEIVED)
    assert (found[0].latitude, found[0].longitude, found[0].mean) == (23.125, 112.425, 8800)
    assert len(found) == 9 and np.isnan(found[-1].mean) and len(server.requests) == 1


def test_no_answer_is_an_error_that_says_so(server):
    config = CONFIG.model_copy(update={"url": f"{server.url}/v1/flood"})
    with pytest.raises(Refused, match="HTTP 404"):
        cells.choose(fetch.session(), config, 23.06, 112.46, 1, RECEIVED)


def test_an_operator_is_shown_the_cell_to_write_down(server, tmp_path, monkeypatch):
    config = answered(server, cells.around(23.06, 112.46, rings=1), [*range(8), 500])
    (tmp_path / "rules").mkdir()
    shipped = (Path(__file__).parents[2] / "rules" / "feeds.yaml").read_text()
    (tmp_path / "rules" / "feeds.yaml").write_text(shipped.replace(
        "https://flood-api.open-meteo.com/v1/flood", config.url))
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    monkeypatch.setattr(cells, "read", lambda format, body, asking, now: read(
        format, body, asking, RECEIVED))
    typed = CliRunner().invoke(app, ["feed-cell", "23.06", "112.46"])
    assert typed.exit_code == 0, typed.output
    assert "points: {latitude: 23.125, longitude: 112.525}" in typed.output
    away = CliRunner().invoke(app, ["feed-cell", "23.06", "113.46"])
    assert away.exit_code == 1 and "HTTP 404" in away.output
