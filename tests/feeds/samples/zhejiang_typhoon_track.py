"""Zhejiang's track of one invented cyclone: two fixes, forecasts of five agencies, a landfall."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="zhejiang_typhoon_track", title=Title(zh="测试", en="Test"), bureau="weather",
    format="zhejiang_typhoon_track", url="sandbox",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))


def fix(time, lat, lng, speed="40", **more):
    """A fix in Beijing's time, everything written out."""
    return {"time": time, "lat": lat, "lng": lng, "strong": "台风", "power": "13",
            "speed": speed, "pressure": "955"} | more


AHEAD = [{"tm": agency, "forecastpoints": [
    fix("2026-08-01 14:00:00", "20.5", "115.0", speed),
    fix("2026-08-02 02:00:00", lat, "113.5", speed)]}
    for agency, lat, speed in (
        ("日本", "21.4", "39"), ("中国", "21.0", "42"), ("美国", "21.8", "49"),
        ("中国台湾", "21.2", "41"), ("中国香港", "21.1", "38"))]
STORM = {"tfid": "202698", "name": "虚构", "enname": "Invented", "isactive": "1", "land": [
    {"landaddress": "虚构县", "landtime": "2026-08-01 12:00:00", "lat": "20.4", "lng": "115.2"}],
    "points": [fix("2026-08-01 11:00:00", "20.2", "115.8", radius7="", radius10="0|0|0|0"),
               fix("2026-08-01 14:00:00", "20.5", "115.0", radius7="400|350|300|250",
                   radius10="120|110|100|90", radius12="", forecast=AHEAD)]}
SAMPLE = json.dumps(STORM, ensure_ascii=False).encode()
