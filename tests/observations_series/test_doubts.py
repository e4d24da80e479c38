"""Numbers in doubt: which are, what ends it, and that it does not matter how they come."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from fenghuo.alarms import open_alarms
from fenghuo.observations import series, tails
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.engine import make_engine, reading, writing
from fenghuo.store.tables import metadata, observation, quarantine, tail

TEN = timedelta(minutes=10)
NAN = float("nan")


def said(now: datetime, values: list[float], metric: str = "stage", step: timedelta = TEN,
         subject: str = "GK01") -> pd.DataFrame:
    """One number a step from ``now`` on; NaN: none."""
    ends = [now + place * step for place in range(len(values))]
    start = [end - step if metric in ("rain", "snow") else end for end in ends]
    frame = pd.DataFrame({"subject": subject, "metric": metric, "start": start, "end": ends,
                          "issued": ends, "value": values, "basis": "observed"})
    return frame[frame["value"].notna()][list(OBSERVATION_COLUMNS)]


def store(engine: Engine, frame: pd.DataFrame, step: timedelta = TEN, feed: str = "gauges") -> None:
    with writing(engine) as connection:
        received = frame["end"].max().to_pydatetime()
        series.record(connection, feed, frame, f"{feed}{received:%d%H%M}".rjust(64, "0"), received,
                      int(step.total_seconds()))


def one_by_one(engine: Engine, frame: pd.DataFrame, step: timedelta = TEN) -> None:
    for _, part in frame.groupby("end"):
        store(engine, part, step)


def doubts(engine: Engine, metric: str = "stage") -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.scalars(select(observation.c.doubt).where(
            observation.c.metric == metric).order_by(observation.c.subject, observation.c.end)))


def alarms(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [f"{one.kind} {one.subject}" for one in open_alarms(connection)]


def test_a_step_too_large_waits_for_the_next_reading_and_is_told_at_once(
    engine: Engine, now: datetime,
) -> None:
    store(engine, said(now, [1.0, 1.1, 5.2]))
    assert doubts(engine) == [None, None, "jump"]
    assert alarms(engine) == ["number_jumped stage:GK01"]
    with reading(engine) as connection:
        row = connection.execute(select(quarantine)).one()
    assert (row.found, row.expected, row.doubt) == (
        "5.2", "a step from 1.1 of at most 2 m at once, 5 in an hour", "jump")


def test_a_flood_that_leaps_counts_whole_as_soon_as_the_next_reading_says_so(
    engine: Engine, now: datetime,
) -> None:
    one_by_one(engine, said(now, [1.0, 1.1, 5.2, 5.6]))
    assert doubts(engine) == [None, None, None, None]
    assert alarms(engine) == []
    with reading(engine) as connection:
        (found,) = tails.named(connection, "stage", ["GK01"], now + 3 * TEN, 3 * TEN)
        assert connection.scalar(select(quarantine.c.fate)) == "confirmed"
    np.testing.assert_allclose(found.values[0], [1.0, 1.1, 5.2, 5.6], rtol=1e-6)


def test_a_spike_stays_doubted_and_the_reading_after_it_counts(
    engine: Engine, now: datetime,
) -> None:
    one_by_one(engine, said(now, [1.0, 7.0, 1.1, 7.0, 1.2]))
    assert doubts(engine) == [None, "jump", None, "jump", None]
    assert alarms(engine) == []


def test_a_second_source_of_the_same_instant_confirms(engine: Engine, now: datetime) -> None:
    store(engine, said(now, [1.0, 5.0]))
    store(engine, said(now, [NAN, 5.1]), feed="others")
    assert doubts(engine) == [None, None, None]


def test_readings_more_than_an_hour_apart_are_not_compared(
    engine: Engine, now: datetime,
) -> None:
    store(engine, said(now, [1.0, *[NAN] * 6, 9.0]))
    assert doubts(engine) == [None, None]


def test_an_hourly_gauge_may_rise_more_between_two_readings(
    engine: Engine, now: datetime,
) -> None:
    hour = timedelta(hours=1)
    store(engine, said(now, [1.0, 4.9], step=hour), hour)
    assert doubts(engine) == [None, None]


def test_rain_never_jumps(engine: Engine, now: datetime) -> None:
    store(engine, said(now, [0.0, 0.0, 60.0], "rain"))
    assert doubts(engine, "rain") == [None, None, None]


def test_a_float_that_sticks_half_way_down_is_doubted_until_it_moves(
    engine: Engine, now: datetime,
) -> None:
    hour = timedelta(hours=1)
    store(engine, said(now, [2.0, 2.4, *[2.2] * 27, 2.3], step=hour), hour)
    assert doubts(engine) == [None] * 26 + ["freeze"] * 3 + [None]
    assert alarms(engine) == []


def test_a_standstill_is_one_alarm_and_one_row_however_long_it_lasts(
    engine: Engine, now: datetime,
) -> None:
    hour = timedelta(hours=1)
    one_by_one(engine, said(now, [2.0, *[2.2] * 130], step=hour), hour)
    assert doubts(engine) == [None] * 25 + ["freeze"] * 106
    assert alarms(engine) == ["number_stuck stage:GK01"]
    with reading(engine) as connection:
        assert len(connection.execute(select(quarantine)).all()) == 1


@pytest.mark.parametrize(("metric", "values"), [
    ("stage", [2.0] * 60),                      # low water
    ("gust", [6.0, 3.0, *[0.0] * 40, 4.0]),     # a calm night
    ("gust", [6.0, 3.0, *[0.4] * 40, 4.0]),     # below what an anemometer tells
    ("tide", [1.4, 0.9, 0.3, *[0.1] * 9, 0.4]),  # dry at low water
    ("rain", [4.0, *[0.0] * 60]),
    ("visibility", [3000.0, *[10000.0] * 60]),  # as far as it sees
    ("flow", [30.0, *[31.0] * 60])])
def test_what_may_stand_still_is_not_doubted(
    engine: Engine, now: datetime, metric: str, values: list[float],
) -> None:
    hour = timedelta(hours=1)
    one_by_one(engine, said(now, values, metric, hour), hour)
    assert set(doubts(engine, metric)) == {None}


def test_a_thermometer_that_stands_still_is_doubted_also_at_its_lowest(
    engine: Engine, now: datetime,
) -> None:
    hour = timedelta(hours=1)
    store(engine, said(now, [20.0] * 13, "temperature", hour), hour)
    assert doubts(engine, "temperature") == [None] * 12 + ["freeze"]


WEATHER = {"temperature": [20.1, 20.4, 20.3], "wind_mean": [3.1, 2.9, 4.4],
           "gust": [6.0, 5.5, 8.1], "rain": [0.0, 0.0, 0.0]}


def report(now: datetime, order: list[int], metrics: tuple[str, ...] = tuple(WEATHER),
           ) -> pd.DataFrame:
    return pd.concat([said(now, [WEATHER[metric][place] for place in order], metric)
                      for metric in metrics], ignore_index=True)


def test_a_whole_report_said_a_third_time_is_doubted(engine: Engine, now: datetime) -> None:
    one_by_one(engine, report(now, [0, 1, 1, 1, 1, 2]))
    for metric in WEATHER:
        assert doubts(engine, metric) == [None, None, None, "repeat", "repeat", None]


def test_two_numbers_that_do_not_change_are_no_repeat(engine: Engine, now: datetime) -> None:
    one_by_one(engine, report(now, [0, 1, 1, 1, 1, 2], ("temperature", "gust", "rain")))
    assert set(doubts(engine, "gust")) == {None}


def test_a_late_number_and_a_correction_are_taken_as_they_are(
    engine: Engine, now: datetime,
) -> None:
    store(engine, said(now, [1.0, NAN, 1.2]))
    store(engine, said(now + TEN, [9.0]))
    store(engine, said(now + 2 * TEN, [8.0]).assign(issued=now + 3 * TEN))
    assert set(doubts(engine)) == {None}


def test_a_late_number_does_not_end_the_alarm_of_the_newest(
    engine: Engine, now: datetime,
) -> None:
    store(engine, said(now, [1.0, NAN, 7.0]))
    store(engine, said(now + TEN, [1.1]))
    assert alarms(engine) == ["number_jumped stage:GK01"]


def test_a_number_let_stand_is_not_doubted_again_for_the_doubts_after_it(
    engine: Engine, now: datetime,
) -> None:
    # low water for a day counts, and still does when whole reports have repeated beside it
    hour = timedelta(hours=1)
    others = pd.concat([said(now + 23 * hour, [first] * 5, metric, hour) for metric, first in
                        (("gust", 5.0), ("wind_mean", 3.0), ("temperature", 13.0))])
    one_by_one(engine, pd.concat([said(now, [50.0] * 30, "stage", hour), others]), hour)
    assert doubts(engine)[-6:] == [None, "repeat", "repeat", "repeat", None, None]


def test_a_new_number_is_no_repeat_though_all_before_it_is_doubted(
    engine: Engine, now: datetime,
) -> None:
    # longer than a run is looked back for: the doubted hide where the new number began
    hour = timedelta(hours=1)
    one_by_one(engine, pd.concat([
        said(now, [first] * 15 + [first + 0.3] * 2, metric, hour) for metric, first in
        (("gust", 5.0), ("wind_mean", 3.0), ("temperature", 13.0))]), hour)
    assert doubts(engine, "gust")[-3:] == ["freeze", None, None]


STEPS = st.sampled_from([0.0, 0.0, 0.0, 0.1, -0.1, 6.0, -6.0, NAN])
LIVELY = st.sampled_from([0.0, 0.0, 0.0, 0.0, 0.3, 40.0, NAN])


@settings(max_examples=12, deadline=None)
@given(stage=st.lists(STEPS, min_size=30, max_size=30),
       lively=st.lists(LIVELY, min_size=30, max_size=30))
def test_however_numbers_come_the_same_are_doubted_and_tails_can_be_made_anew(
    stage: list[float], lively: list[float],
) -> None:
    now = datetime.fromisoformat("2026-06-08T04:00:00+00:00")
    hour = timedelta(hours=1)
    walk = np.cumsum(np.nan_to_num(lively)) + np.where(np.isnan(lively), NAN, 3.0)
    level = np.cumsum(np.nan_to_num(stage)) + np.where(np.isnan(stage), NAN, 50.0)
    frames = [said(now, list(level), "stage", hour)]
    frames += [said(now, list(walk + more), metric, hour) for metric, more in
               (("gust", 2.0), ("wind_mean", 0.0), ("temperature", 10.0))]
    frame = pd.concat(frames, ignore_index=True)
    frame = frame[(frame["metric"] == "stage") | frame["value"].between(0, 55)]
    if frame.empty:
        return
    found = []
    for come in (store, one_by_one):
        engine = make_engine("sqlite://")
        metadata.create_all(engine)
        come(engine, frame, hour)
        with writing(engine) as connection:
            rows = connection.execute(select(
                observation.c.metric, observation.c.end, observation.c.doubt,
            ).order_by(observation.c.metric, observation.c.end)).all()
            kept = _tails(connection)
            first = {row.metric: row.doubt for row in reversed(rows)}
            assert not any(first.values()), "a doubt is held against a number before it"
            for metric in frame["metric"].unique():
                tails.rebuild(connection, metric, ["GK01"], 3600)
            assert _tails(connection) == kept
        found.append((rows, kept))
        engine.dispose()
    assert found[0] == found[1]


def _tails(connection: object) -> list[tuple[str, int, bytes]]:
    rows = connection.execute(select(tail).order_by(tail.c.metric)).mappings()  # type: ignore[attr-defined]
    return [(row["metric"], row["t0"].timestamp(), row["values"]) for row in rows]
