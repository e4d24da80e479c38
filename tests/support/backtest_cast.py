"""Years of numbers for the shipped rules, made by hand: shared by tests/backtest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from fenghuo.agreements.history import Series
from fenghuo.words.metrics import Metric

START = datetime(2026, 6, 1, tzinfo=UTC)
"""08:00 in the city."""
HOUR = timedelta(hours=1)


def hourly(metric: Metric, days: int, latency: int = 600, **stations: dict[int, float]) -> Series:
    """Hourly numbers of stations from START on, nought but at the hours given."""
    names = np.array(sorted(stations), dtype=object)
    values = np.zeros((len(names), days * 24), dtype=np.float32)
    for row, name in enumerate(names):
        for hour, value in stations[name].items():
            values[row, hour] = value
    return Series(metric, names, int(START.timestamp()), 3600, values, latency)


def rain(days: int = 4, latency: int = 600, **stations: dict[int, float]) -> Series:
    return hourly(Metric.rain, days, latency, **stations)
