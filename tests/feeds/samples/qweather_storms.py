"""QWeather's list of cyclones: one active, one over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="qweather_storms", title=Title(zh="测试", en="Test"), bureau="weather",
    format="qweather_storms", url="sandbox",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))

SAMPLE = json.dumps({"code": "200", "updateTime": "2026-08-01T06:11+00:00", "storm": [
    {"id": "NP_2698", "name": "虚构", "basin": "NP", "year": "2026", "isActive": "1"},
    {"id": "NP_2697", "name": "已去", "basin": "NP", "year": "2026", "isActive": "0"}]},
    ensure_ascii=False).encode()
