"""Numbers to come in a table: one series a run and point, holes unknown, units ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from pydantic import ValidationError

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats import table_forecast
from fenghuo.words import Refused

from .samples import table_forecast as sample

HEAD = "点,起报,从,到,雨量,阵风\n"
GOOD = "恩平,2026/6/8 12:00,2026/6/8 12:00,2026/6/8 13:00,125,36"


def read(*lines, config=sample.CONFIG, received=sample.RECEIVED):
    return table_forecast.parse((HEAD + "\n".join(lines)).encode(), config, received)


def changed(**table):
    value = sample.CONFIG.forecast_table.model_dump() | table
    return FeedConfig.model_validate(sample.CONFIG.model_dump() | {"forecast_table": value})


def test_a_run_is_a_series_by_steps_in_our_units_and_a_hole_is_unknown():
    parsed = table_forecast.parse(sample.SAMPLE, sample.CONFIG, sample.RECEIVED)
    found = {(one.metric, one.subject): one for one in parsed.forecasts}
    assert set(found) == {("rain", "enping"), ("gust", "enping"), ("rain", "naji")}
    rain = found["rain", "enping"]
    assert (rain.t0, rain.step) == (datetime(2026, 6, 8, 5, 0, tzinfo=UTC), 3600)
    assert np.allclose(rain.values, [12.5, 8.0, np.nan, 0.5], equal_nan=True)
    assert np.allclose(found["gust", "enping"].values, [10, 15, np.nan, 5], equal_nan=True)
    assert parsed.as_of == rain.issued == datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


def test_two_runs_of_one_table_are_never_mixed():
    older = GOOD.replace("恩平,2026/6/8 12:00", "恩平,2026/6/8 11:00").replace("125", "99")
    runs = [one for one in read(GOOD, older).forecasts if one.metric == "rain"]
    assert [float(run.values[0]) for run in runs] == [pytest.approx(9.9), pytest.approx(12.5)]


@pytest.mark.parametrize(("line", "place", "expected"), [
    ("恩平,2026/6/8 12:00,2026/6/8 12:30,2026/6/8 14:00,1,1", "row 3.从", "1:00:00 before"),
    ("恩平,2026/6/8 12:00,2026/6/8 14:00,2026/6/8 14:00,1,", "row 3.从", "1:00:00 before"),
    ("恩平,2026/6/8 12:50,2026/6/8 13:00,2026/6/8 14:00,1,1", "row 3.起报", "no time in"),
    ("恩平,2026/6/8 12:00,2026/9/8 13:00,2026/9/8 14:00,1,1", "row 3.到", "within 30 days"),
    ("恩平,2026-06-08 12:00,2026/6/8 13:00,2026/6/8 14:00,1,1", "row 3.起报", "%Y/%m/%d"),
    ("恩平,2026/6/8 12:00,2026/6/8 13:00,２026/6/8 14:00,1,1", "row 3.到", "%Y/%m/%d"),
    ("恩平,2026/6/8 12:00,2026/6/8 13:00,2026/6/8 14:00,-5,1", "row 3.雨量", "from 0 to 300"),
    ("恩平,2026/6/8 12:00,2026/6/8 13:00,2026/6/8 14:00,about 5,1", "row 3.雨量", "decimal"),
])
def test_a_faulty_row_is_refused_and_the_series_stays(line, place, expected):
    parsed = read(GOOD, line)
    (rain,) = [one for one in parsed.forecasts if one.metric == "rain"]
    assert rain.values.tolist() == [12.5]
    (refusal,) = parsed.refusals
    assert refusal.place == place and expected in refusal.expected


def test_of_two_numbers_of_one_step_neither_is_believed():
    parsed = read(GOOD, GOOD.replace("125", "126"))
    assert {one.metric for one in parsed.forecasts} == {"gust"}
    assert {one.place for one in parsed.refusals} == {"row 2.rain", "row 3.rain"}


def test_ends_that_are_not_whole_steps_apart_are_refused_with_their_series():
    parsed = read(GOOD, GOOD.replace("恩平", "那吉"),
                  "恩平,2026/6/8 12:00,2026/6/8 13:30,2026/6/8 14:30,1,")
    assert ("rain", "naji") in {(one.metric, one.subject) for one in parsed.forecasts}
    assert [one.place for one in parsed.refusals] == ["row 4.到"]


def test_a_point_that_is_not_ours_is_passed_over_unless_none_is_ours():
    parsed = read(GOOD, GOOD.replace("恩平", "江门"))
    assert {one.subject for one in parsed.forecasts} == {"enping"} and not parsed.refusals
    with pytest.raises(Refused, match=r"found 江门, expected a row of enping, naji"):
        read(GOOD.replace("恩平", "江门"))


def test_a_table_of_the_past_alone_is_no_forecast():
    with pytest.raises(Refused, match="what is to come"):
        read(GOOD, received=sample.RECEIVED + timedelta(days=1))


@pytest.mark.parametrize(("table", "expected"), [
    ({"metrics": [{"metric": "rain", "column": "雨量", "unit": "ft", "least": 0, "most": 9}]},
     "a unit of rain"),
    ({"metrics": [{"metric": "rain", "column": "雨量", "unit": "hPa", "least": 0, "most": 9}]},
     "a unit of rain: mm, cm, m, in"),
    ({"metrics": [{"metric": "rain", "column": "雨量", "span": "1h", "least": 0, "most": 9}]},
     "no span"),
    ({"end": None}, "end: its column"),
    ({"subject": None, "constants": {}}, "subject: its column, or what it always is"),
])
def test_a_faulty_mapping_is_refused(table, expected):
    with pytest.raises(ValidationError, match=expected):
        changed(**table)


def test_a_table_of_one_point_names_it_as_a_constant():
    config = changed(subject=None, constants={"subject": "naji"}, values={})
    assert {one.subject for one in read(GOOD, config=config).forecasts} == {"naji"}
