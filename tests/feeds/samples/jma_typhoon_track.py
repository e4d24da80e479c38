"""JMA's track of one invented cyclone: an analysis with lopsided areas, two forecasts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="jma_typhoon_track", title=Title(zh="测试", en="Test"), bureau="weather",
    format="jma_typhoon_track",
    url="https://invented.example/data/TC2699/specifications.json",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))

TITLE = {"part": "title", "issue": {"JST": "2026-08-01T15:10:00+09:00",
                                    "UTC": "2026-08-01T06:10:00Z"},
         "typhoonNumber": "2698", "name": {"jp": "ヘイソウ", "en": "Invented"},
         "category": {"jp": "台風", "en": "TY"}}
ANALYSIS = {
    "part": {"jp": "実況", "en": "Analysis"}, "advancedHours": 0,
    "category": {"jp": "台風", "en": "TY"}, "position": {"deg": [20.5, 115.0]},
    "pressure": "955", "maximumWind": {"sustained": {"m/s": "40", "kt": "80"}},
    "galeWarning": [{"area": "北東", "range": {"km": 390, "nm": 210}},
                    {"area": {"jp": "南西"}, "range": {"km": "280", "nm": 150}}],
    "stormWarning": [{"area": {"jp": "全域", "en": "All"}, "range": {"km": 110, "nm": 60}}],
    "validtime": {"JST": "2026-08-01T15:00:00+09:00", "UTC": "2026-08-01T06:00:00Z"}}
AHEAD = {
    "part": {"jp": "予報　１２時間後", "en": "Forecast for 12 hours ahead"}, "advancedHours": 12,
    "category": {"jp": "台風", "en": "TY"}, "position": {"deg": [21.0, 113.5]},
    "pressure": "950", "maximumWind": {"sustained": {"m/s": "45", "kt": "85"}},
    "probabilityCircleRadius": {"km": 75, "nm": 40},
    "stormWarning": [{"area": {"jp": "全域", "en": "All"}, "range": {"km": 185, "nm": 100}}],
    "validtime": {"JST": "2026-08-02T03:00:00+09:00", "UTC": "2026-08-01T18:00:00Z"}}
LATER = {"part": {"jp": "予報　２４時間後"}, "advancedHours": 24, "pressure": "975",
         "category": {"jp": "台風", "en": "STS"}, "position": {"deg": [22.0, 111.9]},
         "maximumWind": {"sustained": {"kt": "60"}}}

SAMPLE = json.dumps([TITLE, ANALYSIS, AHEAD, LATER], ensure_ascii=False).encode()
