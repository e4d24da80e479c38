"""Zhejiang's list of a year's cyclones: one active, one over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="zhejiang_typhoon", title=Title(zh="测试", en="Test"), bureau="weather",
    format="zhejiang_typhoon", url="https://invented.example/Api/TyphoonList",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))

SAMPLE = json.dumps([
    {"tfid": "202697", "name": "已去", "enname": "GONE", "isactive": "0",
     "starttime": "2026-07-20 08:00:00", "endtime": "2026-07-24 08:00:00"},
    {"tfid": "202698", "name": "虚构", "enname": "INVENTED", "isactive": "1",
     "starttime": "2026-07-30 08:00:00", "endtime": None}], ensure_ascii=False).encode()
