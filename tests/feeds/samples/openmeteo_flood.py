"""Open-Meteo flood: a week of one invented river cell."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point, Title

RECEIVED = datetime(2026, 7, 1, 6, 20, tzinfo=UTC)
CONFIG = FeedConfig(
    name="openmeteo_flood", title=Title(zh="测试", en="Test"), bureau="flood",
    format="openmeteo_flood", url="http://127.0.0.1/v1/flood", authority="official",
    cadence=timedelta(hours=6), stale=timedelta(hours=30),
    points=(Point(point="xijiang", zh="西江", en="Xi River", latitude=23.075, longitude=112.475),))


def place(latitude, longitude, *flows, first=1, unit="m³/s", **more):
    """One point's answer: the mean of each day from the ``first`` of July."""
    return {
        "latitude": latitude, "longitude": longitude, "utc_offset_seconds": 0, "timezone": "GMT",
        "daily_units": {"time": "iso8601", "river_discharge": unit},
        "daily": {"time": [f"2026-07-{first + day:02}" for day in range(len(flows))],
                  "river_discharge": list(flows)}} | more


SAMPLE = json.dumps(place(23.075, 112.475, 9000.5, 9100, 12000, 15000, None, 14000, 13000)).encode()
