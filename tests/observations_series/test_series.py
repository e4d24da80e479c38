"""Observations and tails: what is stored, what is refused, what a tail then says."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, func, select, update

from fenghuo.observations import series, tails
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import observation, quarantine, tail

HOUR = timedelta(hours=1)


def rain(now: datetime, hours_ago: list[int], values: list[float], subject: str = "GK01",
         **changed: object) -> pd.DataFrame:
    ends = [now - hours * HOUR for hours in hours_ago]
    frame = pd.DataFrame({
        "subject": subject, "metric": "rain", "start": [end - HOUR for end in ends],
        "end": ends, "issued": ends, "value": values, "basis": "observed"}).assign(**changed)
    return frame[list(OBSERVATION_COLUMNS)]


def store(engine: Engine, frame: pd.DataFrame, now: datetime, payload: str = "a" * 64) -> int:
    with writing(engine) as connection:
        return series.record(connection, "gauges", frame, payload, now, 3600)


def loaded(engine: Engine, now: datetime, hours: int = 6) -> tails.Tails:
    with reading(engine) as connection:
        found = tails.named(connection, "rain", tails.dirty(connection, "rain"), now,
                            timedelta(hours=hours - 1))
    assert len(found) == 1
    return found[0]


def test_numbers_stand_at_their_hours_with_gaps_where_nothing_came(
    engine: Engine, now: datetime,
) -> None:
    assert store(engine, rain(now, [5, 3, 1], [1.0, 2.0, 3.5]), now) == 3
    found = loaded(engine, now)
    assert found.end.tolist() == [int((now - HOUR).timestamp())]
    np.testing.assert_array_equal(found.values[0], [np.nan, 1.0, np.nan, 2.0, np.nan, 3.5])


def test_the_same_payload_twice_adds_nothing_and_wakes_nobody(
    engine: Engine, now: datetime,
) -> None:
    frame = rain(now, [2, 1], [4.0, 5.0])
    store(engine, frame, now)
    with writing(engine) as connection:
        tails.clean(connection, "rain", ["GK01"])
    assert store(engine, frame, now) == 0
    with reading(engine) as connection:
        assert tails.dirty(connection, "rain") == set()


def test_later_numbers_are_laid_over_the_kept_tail_and_old_ones_fall_out(
    engine: Engine, now: datetime,
) -> None:
    store(engine, rain(now, [80, 2], [9.0, 4.0]), now)
    store(engine, rain(now, [0], [6.0]), now)
    found = loaded(engine, now, hours=80)
    assert found.values.shape == (1, tails.slots(3600))
    assert np.nansum(found.values) == 10.0 and found.values[0, -1] == 6.0


def test_a_late_number_fills_its_gap(engine: Engine, now: datetime) -> None:
    store(engine, rain(now, [3, 1], [1.0, 3.0]), now)
    store(engine, rain(now, [2], [2.0]), now, "b" * 64)
    np.testing.assert_array_equal(loaded(engine, now, hours=3).values[0], [1.0, 2.0, 3.0])


def test_the_last_issued_word_on_an_hour_counts_in_whatever_order_it_came(
    engine: Engine, now: datetime,
) -> None:
    later = rain(now, [1], [7.0], issued=[now])
    store(engine, later, now)
    store(engine, rain(now, [1], [5.0]), now, "b" * 64)
    assert loaded(engine, now).values[0, -1] == 7.0
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(observation)) == 2


def test_bad_numbers_are_quarantined_and_their_neighbours_stored(
    engine: Engine, now: datetime,
) -> None:
    good = rain(now, [1], [5.0])
    bad = pd.concat([
        rain(now, [2], [float("nan")]), rain(now, [3], [float("inf")]), rain(now, [4], [-1.0]),
        rain(now, [-3], [2.0]), rain(now, [5], [2.0], start=[now]),
        rain(now, [6], [2.0], start=[now - 9 * HOUR])], ignore_index=True)
    assert store(engine, pd.concat([good, bad], ignore_index=True), now) == 1
    assert store(engine, bad, now) == 0
    with reading(engine) as connection:
        words = connection.scalars(select(quarantine.c.expected)).all()
    assert sorted(words) == ["a finite number", "a finite number", "a start before the end",
                             "an interval of one step", "no future instant",
                             "rain from 0 to 500 mm"]
    assert np.nansum(loaded(engine, now).values) == 5.0


@pytest.mark.parametrize(("metric", "stored"), [
    ("temperature", 1), ("stage", 1), ("tide", 1), ("surge", 1), ("snow", 0), ("gust", 0),
    ("wind_mean", 0), ("flow", 0), ("visibility", 0), ("wave_height", 0)])
def test_below_zero_is_refused_where_it_can_only_be_a_fault(
    engine: Engine, now: datetime, metric: str, stored: int,
) -> None:
    assert store(engine, rain(now, [1], [-0.5], metric=metric), now) == stored


def test_forecasts_are_stored_but_never_enter_a_tail(engine: Engine, now: datetime) -> None:
    assert store(engine, rain(now, [-6], [40.0], basis="forecast", issued=[now]), now) == 1
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(tail)) == 0


def test_a_tail_read_at_an_earlier_instant_knows_nothing_of_later_numbers(
    engine: Engine, now: datetime,
) -> None:
    store(engine, rain(now, [2, 1, 0], [1.0, 2.0, 3.0]), now)
    found = loaded(engine, now - HOUR, hours=2)
    np.testing.assert_array_equal(found.values[0], [1.0, 2.0])
    assert found.end.tolist() == [int((now - HOUR).timestamp())]


def test_series_that_ended_at_different_hours_are_each_aligned_at_their_own_newest(
    engine: Engine, now: datetime,
) -> None:
    store(engine, pd.concat([rain(now, [4, 3], [1.0, 2.0], "A"), rain(now, [1, 0], [3.0, 4.0], "B"),
                             ], ignore_index=True), now)
    found = loaded(engine, now, hours=2)
    by_name = dict(zip(found.subjects, found.values.tolist(), strict=True))
    assert by_name == {"A": [1.0, 2.0], "B": [3.0, 4.0]}


def test_a_damaged_tail_is_rebuilt_from_the_observations(engine: Engine, now: datetime) -> None:
    store(engine, rain(now, [3, 1], [1.0, 3.0]), now)
    before = loaded(engine, now).values.copy()
    with writing(engine) as connection:
        connection.execute(update(tail).values(values=b"\0" * 4 * tails.slots(3600)))
        assert tails.rebuild(connection, "rain", ["GK01"], 3600) == 1
    np.testing.assert_array_equal(loaded(engine, now).values, before)


def test_a_station_that_changes_its_step_gets_a_new_tail(engine: Engine, now: datetime) -> None:
    store(engine, rain(now, [3, 2], [1.0, 2.0]), now)
    half = rain(now, [1], [6.0], start=[now - 1.5 * HOUR])
    with writing(engine) as connection:
        assert series.record(connection, "gauges", half, "c" * 64, now, {"GK01": 1800}) == 1
    found = loaded(engine, now)
    assert found.step == 1800 and found.values[0, -1] == 6.0


@pytest.mark.parametrize("metric", ["stage"])
def test_instants_between_two_slots_fall_into_the_earlier_one(
    engine: Engine, now: datetime, metric: str,
) -> None:
    at = now - timedelta(minutes=7)
    frame = rain(now, [0], [10.05], metric=metric, start=[at], end=[at])
    store(engine, frame, now)
    with reading(engine) as connection:
        found = tails.named(connection, metric, tails.dirty(connection, metric), now)[0]
    assert found.end.tolist() == [int((now - HOUR).timestamp())]
    assert found.values[0, -1] == np.float32(10.05)
