"""The shipped rules and contacts, and ways to make years of numbers for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from fenghuo.agreements.history import Series
from fenghuo.editions import Edition, files_on_disk, read
from fenghuo.settings import Settings
from fenghuo.words.metrics import Metric

ROOT = Path(__file__).parents[2]
START = datetime(2026, 6, 1, tzinfo=UTC)
"""08:00 in the city."""
HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def edition() -> Edition:
    return read(files_on_disk(ROOT / "rules", ROOT / "contacts"), "d" * 64)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


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
