"""JMA's list of cyclones: two invented ones, one a depression with a letter."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="jma_typhoon", title=Title(zh="测试", en="Test"), bureau="weather",
    format="jma_typhoon", url="sandbox",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))

SAMPLE = json.dumps([
    {"tropicalCyclone": "TC2699", "typhoonNumber": "2698", "category": "TY",
     "issue": "2026-08-01T15:10:00+09:00"},
    {"tropicalCyclone": "TC2698", "typhoonNumber": "a", "category": "TD",
     "issue": "2026-08-01T13:00:00+09:00"}]).encode()
