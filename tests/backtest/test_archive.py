"""The house's own observations become the same series as a table of them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from backtest_cast import HOUR, START
from sqlalchemy import Engine

from fenghuo.backtest import archive
from fenghuo.editions import Edition
from fenghuo.observations import series
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.engine import reading, writing
from fenghuo.words.metrics import Metric


def test_what_was_kept_is_laid_on_each_station_s_own_step(
        engine: Engine, edition: Edition) -> None:
    """Three readings of five minutes, the second missing, the third corrected later."""
    rows = [(0, 9.5, 0), (10, 9.7, 0), (10, 9.8, 1)]
    with writing(engine) as connection:
        for minute, value, later in rows:
            at = START + timedelta(minutes=minute)
            frame = pd.DataFrame([{
                "subject": "gaoyao", "metric": "stage", "start": at, "end": at,
                "issued": at + timedelta(seconds=later), "value": value, "basis": "observed"}])
            series.record(connection, "gauges", frame[list(OBSERVATION_COLUMNS)],
                          f"{minute}{later}".rjust(64, "0"), at + HOUR, 300)
    with reading(engine) as connection:
        (found,) = archive.kept(connection, edition, {Metric.stage, Metric.rain}, 600)
    assert (found.metric, found.step, found.latency) == (Metric.stage, 300, 600)
    assert found.t0 == int(START.timestamp())
    np.testing.assert_array_almost_equal(found.values, [[9.5, np.nan, 9.8]], 4)
