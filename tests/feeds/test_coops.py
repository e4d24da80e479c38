"""NOAA CO-OPS: levels and predictions in metres of GMT above the datum that was asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from fenghuo.feeds.formats import coops_predictions
from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

from .samples import coops as levels
from .samples import coops_predictions as predicted
from .samples.coops import answer, row

ERROR = b'{"error": {"message": "No Predictions data was found."}}'


def parse(body, of=levels, **more):
    return read(of.CONFIG.format, body, of.CONFIG.model_copy(update=more), of.RECEIVED)


def test_levels_are_texts_of_gmt_and_an_empty_one_is_a_gap():
    parsed = parse(levels.SAMPLE)
    assert [(one.subject, one.metric, one.end.minute, one.value)
            for one in parsed.observations.itertuples()] == [
        ("gauge", "tide", 0, 1.798), ("gauge", "tide", 12, -0.25)]
    assert parsed.as_of == datetime(2026, 7, 1, 6, 12, tzinfo=UTC) and not parsed.refusals


@pytest.mark.parametrize("more", [{"v": "x"}, {"v": None}, {"v": "179.8"}, {"t": "2026-07-01"},
                                  {"t": "2026-07-01 07:06"}])
def test_a_faulty_level_is_refused_alone(more):
    parsed = parse(answer(row("06:00", "1.0") | more, row("06:06", "1.1")))
    assert len(parsed.refusals) == 1 and parsed.observations["value"].tolist() == [1.1]


def test_another_station_is_passed_over():
    parsed = parse(answer(row("06:00", "1.0"), station="2"))
    assert parsed.observations.empty and not parsed.refusals


@pytest.mark.parametrize("of", [levels, predicted])
@pytest.mark.parametrize(("old", "new"), [
    ("units=metric", "units=english"), ("time_zone=gmt", "time_zone=lst_ldt"),
    ("datum=MLLW", "datum=NAVD"), ("&datum=MLLW", "")])
def test_an_address_of_other_units_zone_or_datum_is_refused_unread(of, old, new):
    with pytest.raises(Refused, match=r"url\."):
        parse(of.SAMPLE, of, url=of.CONFIG.url.replace(old, new))


@pytest.mark.parametrize("of", [levels, predicted])
@pytest.mark.parametrize("body", [ERROR, b'{"error": "x"}', b"{}", b"[]", b"", b'{"data": {}}'])
def test_an_error_sent_as_an_answer_is_refused(of, body):
    with pytest.raises(Refused):
        parse(body, of)


def test_predictions_are_a_forecast_of_tides():
    (series,) = parse(predicted.SAMPLE, predicted).forecasts
    assert (series.metric, series.subject, series.step) == ("tide", "gauge", 360)
    assert series.t0 == series.issued == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert series.values.tolist() == pytest.approx([1.5, 1.45, 1.4, 1.35, 1.3])


def test_a_gap_of_the_predictions_stays_one():
    (series,) = parse(predicted.answer("1.5", "", "1.4", "1.3", "1.2"), predicted).forecasts
    assert np.isnan(series.values).tolist() == [False, True, False, False, False]


@pytest.mark.parametrize("body", [
    predicted.answer("1.5"), predicted.answer("1.5", "1.4", step=180),
    predicted.answer("1.5", "1.4"),                                      # all past
    predicted.answer("1.5", "x", "1.4", "1.3", "1.2"),
    predicted.answer("1.5", "99", "1.4", "1.3", "1.2"),
    predicted.SAMPLE.replace(b"06:06", b"06:07")])
def test_predictions_that_are_no_even_course_are_refused(body):
    with pytest.raises(Refused):
        parse(body, predicted)


def test_predictions_of_a_station_that_is_not_ours_are_refused():
    with pytest.raises(Refused, match=r"url\.station"):
        parse(predicted.SAMPLE, predicted, stations={"2": "other"})


def test_three_days_from_yesterday_are_asked_for():
    address = coops_predictions.address(predicted.CONFIG, predicted.RECEIVED)
    assert address == predicted.CONFIG.url + "&begin_date=20260630&range=72"
