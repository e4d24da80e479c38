"""QWeather's track of one invented cyclone, radii by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="qweather_storm", title=Title(zh="测试", en="Test"), bureau="weather",
    format="qweather_storm",
    url="https://invented.example/v7/tropical/storm-track?stormid=NP_2698",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))


def fix(key, time, lat, lon):
    """A fix, everything written out."""
    return {key: time, "lat": lat, "lon": lon, "type": "TY", "pressure": "955", "windSpeed": "40",
            "windRadius30": {"neRadius": "400", "seRadius": "350", "swRadius": "250",
                             "nwRadius": "300"}}


TRACK = {"code": "200", "updateTime": "2026-08-01T06:11+00:00", "isActive": "1",
         "now": fix("pubTime", "2026-08-01T14:00+08:00", "20.5", "115.0"),
         "track": [fix("time", "2026-08-01T11:00+08:00", "20.2", "115.8")]}
SAMPLE = json.dumps(TRACK).encode()
