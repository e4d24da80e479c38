"""Open-Meteo marine: three invented hours of waves at one point."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point, Title

RECEIVED = datetime(2026, 7, 1, 6, 20, tzinfo=UTC)
CONFIG = FeedConfig(
    name="openmeteo_marine", title=Title(zh="测试", en="Test"), bureau="marine",
    format="openmeteo_marine", url="http://127.0.0.1/v1/marine", authority="official",
    cadence=timedelta(hours=3), stale=timedelta(hours=9),
    points=(Point(point="sea", zh="海", en="Sea", latitude=21.6, longitude=112.6),))


def place(*heights, unit="m", latitude=21.625, longitude=112.625, **more):
    """One point's answer."""
    count = len(heights)
    return {"latitude": latitude, "longitude": longitude, "utc_offset_seconds": 0,
            "hourly_units": {"time": "iso8601", "wave_height": unit, "wind_wave_height": unit},
            "hourly": {"time": [f"2026-07-01T{hour + 6:02}:00" for hour in range(count)],
                       "wave_height": list(heights), "wind_wave_height": [99] * count}} | more


def answer(*places):
    """The payload of some points: of one, its object."""
    return json.dumps(places[0] if len(places) == 1 else list(places)).encode()


SAMPLE = answer(place(0.8, 1.25, None))
