"""Hong Kong's predicted tides: the hours of a row, the year nobody says, the days around now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from fenghuo.feeds.parsed import FeedError, module_of, read

from .samples.hko_tide_predictions import CONFIG, RECEIVED, SAMPLE, answer, day


def parse(body, config=CONFIG, received=RECEIVED):
    return read("hko_tide_predictions", body, config, received)


def test_the_year_is_hong_kongs():
    address = module_of("hko_tide_predictions").address
    assert address(CONFIG, datetime(2026, 12, 31, 17, tzinfo=UTC)) == CONFIG.url + "&year=2027"


def test_hour_one_is_one_in_the_morning_and_hour_24_the_midnight_after():
    (series,) = parse(SAMPLE).forecasts
    assert (series.metric, series.subject, series.step) == ("tide", "a", 3600)
    assert series.t0 == datetime(2026, 6, 30, 17, tzinfo=UTC)      # 01:00 of 1 July
    assert series.values[[0, 23, 24]] == pytest.approx([1.01, 1.24, 2.01])
    assert series.issued == datetime(2026, 7, 1, 4, tzinfo=UTC)


def test_of_a_year_the_days_around_now_are_kept():
    first = datetime(2026, 1, 1, tzinfo=UTC)
    days = [first + timedelta(days=count) for count in range(365)]
    (series,) = parse(answer(*(day(one.month, one.day) for one in days))).forecasts
    assert series.t0 == RECEIVED.replace(minute=0) - timedelta(days=1)
    assert len(series.values) == 3 * 24 + 1


def test_of_days_that_do_not_follow_the_stretch_that_is_not_over_is_kept():
    days = answer(day(6, 1), day(6, 30), day(7, 1, 2.0), day(12, 31))
    (series,) = parse(days).forecasts
    assert series.t0 == datetime(2026, 6, 30, 4, tzinfo=UTC)       # a day before
    assert len(series.values) == 13 + 24 and series.values[-1] == pytest.approx(2.24)
    (series,) = parse(days, received=RECEIVED + timedelta(days=60)).forecasts
    assert series.t0 == datetime(2026, 12, 30, 17, tzinfo=UTC) and len(series.values) == 24


def test_an_empty_hour_is_a_gap():
    (series,) = parse(answer(day(7, 1, h3=""), day(7, 2))).forecasts
    assert np.isnan(series.values[2]) and np.isfinite(series.values).sum() == 47


@pytest.mark.parametrize("body", [
    answer(day(7, 1)[:-1], day(7, 2)), answer(day(7, 2), day(7, 1)), answer(day(2, 30)),
    answer(day(7, 1, h3="1.2 m")), answer(day(7, 1, h3="120")), answer(day(6, 1)), answer(),
    answer(day(7, 1), fields=["MM", "DD"]), answer(["07", None]), answer(7), b"[]", b"{}",
    b"Please include valid parameters in API request"])
def test_another_table_or_one_with_a_hole_is_refused_whole(body):
    with pytest.raises(FeedError):
        parse(body)


def test_a_station_that_is_not_ours_is_refused():
    with pytest.raises(FeedError, match="QUB"):
        parse(SAMPLE, CONFIG.model_copy(update={"stations": {"TAO": "tai-o"}}))
