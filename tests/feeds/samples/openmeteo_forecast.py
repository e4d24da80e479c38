"""Open-Meteo's answer for two points, with numbers nobody forecast."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
POINTS = [
    {"point": "enping", "zh": "恩平", "en": "Enping", "latitude": 22.19, "longitude": 112.31},
    {"point": "haiyan", "zh": "海宴", "en": "Haiyan", "latitude": 21.78, "longitude": 112.57}]
CONFIG = FeedConfig.model_validate({
    "name": "openmeteo_forecast", "title": {"zh": "测试", "en": "Test"}, "bureau": "weather",
    "format": "openmeteo_forecast", "url": "https://example.org/v1/forecast",
    "authority": "official", "cadence": "1h", "stale": "3h", "points": POINTS})
TIMES = [f"{datetime(2026, 6, 8) + timedelta(hours=hour):%Y-%m-%dT%H:%M}" for hour in range(12)]


def place(index):
    """The answer of one point."""
    return {"latitude": POINTS[index]["latitude"], "longitude": POINTS[index]["longitude"],
            "utc_offset_seconds": 0, **({"location_id": index} if index else {}),
            "hourly_units": {"time": "iso8601", "precipitation": "mm", "wind_gusts_10m": "km/h"},
            "hourly": {"time": TIMES, "precipitation": [1.5] * 11 + [None],
                       "wind_gusts_10m": [36.0] * 12}}


SAMPLE = json.dumps([place(0), place(1)]).encode()
