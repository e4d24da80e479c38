"""Surge: observed less predicted tide, at the same instant, station and datum, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fenghuo.feeds import config, storing
from fenghuo.feeds.parsed import read
from fenghuo.observations import surge
from fenghuo.observations.records import OBSERVATION_COLUMNS, ForecastSeries
from fenghuo.store.engine import writing
from fenghuo.store.tables import observation
from fenghuo.words import Refused

from .samples import coops, coops_predictions

T0 = datetime(2026, 7, 1, 6, tzinfo=UTC)
FEEDS = (Path(__file__).parents[2] / "rules" / "feeds.yaml").read_text(encoding="utf-8")


def observed(*numbers, subject="gauge", metric="tide", step=6):
    """Tides each so many minutes from T0 on; None is a gap."""
    rows = [(subject, metric, at, at, at, value, "observed") for index, value in enumerate(numbers)
            if value is not None for at in [T0 + timedelta(minutes=step * index)]]
    frame = pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS))
    for name in ("start", "end", "issued"):
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.as_unit("us")
    return frame


def predicted(*numbers, subject="gauge", step=6, issued=T0, t0=T0, metric="tide"):
    return ForecastSeries(metric, subject, issued, t0, step * 60, np.array(numbers, np.float32))


def found(frame):
    return {(row.subject, int((row.end - T0).total_seconds() // 60)): row.value
            for row in frame.itertuples()}


def test_surge_is_observed_less_predicted_at_the_same_instant():
    rows = surge.of(observed(2.0, 2.5, -0.25), [predicted(1.5, 1.25, 0.25)])
    assert found(rows) == {("gauge", 0): 0.5, ("gauge", 6): 1.25, ("gauge", 12): -0.5}
    assert set(rows["metric"]) == {"surge"} and (rows["start"] == rows["end"]).all()


def test_a_gap_in_either_makes_no_surge():
    rows = surge.of(observed(2.0, None, 2.0, 2.0), [predicted(1, 1, np.nan, 1)])
    assert found(rows) == {("gauge", 0): 1.0, ("gauge", 18): 1.0}


def test_of_other_steps_only_common_instants_count():
    rows = surge.of(observed(*[2.0] * 21), [predicted(1.0, 1.5, 1.75, step=60)])
    assert found(rows) == {("gauge", 0): 1.0, ("gauge", 60): 0.5, ("gauge", 120): 0.25}
    shifted = predicted(1, 1, t0=T0 + timedelta(minutes=3))
    assert surge.of(observed(2.0, 2.0), [shifted]).empty


def test_an_instant_between_two_seconds_meets_none():
    late = observed(2.0)
    late["start"] = late["end"] = late["end"] + pd.Timedelta(milliseconds=400)
    assert surge.of(late, [predicted(1.0, 1.0)]).empty


def test_other_stations_and_metrics_make_none():
    assert surge.of(observed(2.0, subject="other"), [predicted(1.0, 1.0)]).empty
    assert surge.of(observed(2.0, metric="stage"), [predicted(1.0, 1.0)]).empty
    assert surge.of(observed(2.0), [predicted(1.0, 1.0, metric="rain")]).empty
    assert surge.of(observed(2.0), []).empty


def test_of_two_predictions_the_newest_counts():
    old = predicted(1.0, 1.0, 1.0, issued=T0 - timedelta(hours=9))
    for runs in ([old, predicted(1.5)], [predicted(1.5), old]):
        assert found(surge.of(observed(2.0, 2.0), runs)) == {("gauge", 0): 0.5, ("gauge", 6): 1.0}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.none() | st.integers(-900, 900), st.none() | st.integers(-900, 900)),
                min_size=1, max_size=30))
def test_whatever_the_gaps_surge_and_prediction_are_the_tide(pairs):
    tides = [None if one is None else one / 100 for one, _ in pairs]
    course = [np.nan if one is None else one / 100 for _, one in pairs]
    rows = found(surge.of(observed(*tides), [predicted(*course)]))
    assert set(rows) == {("gauge", 6 * index) for index, (one, other) in enumerate(pairs)
                         if one is not None and other is not None}
    for (_, minute), value in rows.items():
        assert value + course[minute // 6] == pytest.approx(tides[minute // 6], abs=1e-3)


def test_a_feed_whose_tides_are_predicted_stores_their_surge(engine):
    feed = coops.CONFIG.model_copy(update={"predictions": "coops_predictions"})
    with writing(engine) as connection:
        for one, sample in ((coops_predictions.CONFIG, coops_predictions), (feed, coops)):
            parsed = read(one.format, sample.SAMPLE, one, coops.RECEIVED)
            storing.save_parsed(connection, one, parsed, "0" * 64, coops.RECEIVED)
        rows = connection.execute(select(observation.c.metric, observation.c.value).order_by(
            observation.c.metric, observation.c.end)).all()
    assert [(row.metric, round(row.value, 3)) for row in rows] == [
        ("surge", 0.298), ("surge", -1.65), ("tide", 1.798), ("tide", -0.25)]


def test_without_named_predictions_there_is_no_surge(engine):
    with writing(engine) as connection:
        for sample in (coops_predictions, coops):
            parsed = read(sample.CONFIG.format, sample.SAMPLE, sample.CONFIG, coops.RECEIVED)
            storing.save_parsed(connection, sample.CONFIG, parsed, "0" * 64, coops.RECEIVED)
        assert set(connection.scalars(select(observation.c.metric))) == {"tide"}


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("    stations: {\"9447130\": seattle}\n    datum: MLLW", None, "datum NAVD; predicted tides"),
    ("predictions: coops_predictions", "predictions: nobody", "nobody is no feed"),
    ("predictions: coops_predictions", "predictions: hko_tide", "predicted tides above MLLW"),
    ("datum: HKCD ", "# ", "datum for format"),
    ("    format: openmeteo_marine", "    format: openmeteo_marine\n    predictions: x",
     "predictions for observed tides")])
def test_another_datum_is_refused_with_the_entry(old, new, expected):
    assert old in FEEDS
    text = FEEDS.replace(old, old.replace("MLLW", "NAVD") if new is None else new)
    with pytest.raises(Refused, match=expected):
        config.read({config.PATH: text.encode()})
