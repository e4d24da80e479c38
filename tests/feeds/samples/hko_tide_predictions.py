"""Predicted tides of Hong Kong: two invented days of a year."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_tide_predictions", title=Title(zh="测试", en="Test"), bureau="marine",
    format="hko_tide_predictions", authority="official", cadence=timedelta(hours=12),
    stale=timedelta(hours=36), stations={"QUB": "a"}, datum="HKCD",
    url="https://example.org/opendata.php?dataType=HHOT&rformat=json&station=QUB")
FIELDS = ["MM", "DD", *(f"{hour:02}" for hour in range(1, 25))]


def day(month, day, first=1.0, **hours):
    """A row: the height of hour ``n`` is ``first + n / 100``, or what ``h<n>`` says."""
    return [f"{month:02}", f"{day:02}", *(hours.get(f"h{hour}", f"{first + hour / 100:.2f}")
                                          for hour in range(1, 25))]


def answer(*rows, fields=FIELDS):
    """The payload of some rows."""
    return json.dumps({"fields": fields, "data": list(rows)}).encode()


SAMPLE = answer(day(7, 1), day(7, 2, 2.0))
