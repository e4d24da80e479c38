"""Rain and river to come in a CSV table: two invented points, one run, an hour unsaid."""

from __future__ import annotations

from datetime import UTC, datetime

from fenghuo.feeds.config import FeedConfig

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig.model_validate({
    "name": "table_forecast", "title": {"zh": "测试", "en": "Test"}, "bureau": "weather",
    "format": "table_forecast", "url": "sandbox", "authority": "official", "cadence": "10m",
    "stale": "3h", "points": [
        {"point": "enping", "zh": "恩平", "en": "Enping", "latitude": 22.19, "longitude": 112.31},
        {"point": "naji", "zh": "那吉", "en": "Naji", "latitude": 22.12, "longitude": 112.12}],
    "forecast_table": {
        "kind": "csv", "zone": "Asia/Shanghai", "time_format": "%Y/%m/%d %H:%M", "step": "1h",
        "subject": "点", "issued": "起报", "begin": "从", "end": "到",
        "values": {"subject": {"恩平": "enping", "那吉": "naji"}}, "metrics": [
            {"metric": "rain", "column": "雨量", "unit": "0.1 mm", "least": 0, "most": 300},
            {"metric": "gust", "column": "阵风", "unit": "km/h", "least": 0, "most": 100}]}})
SAMPLE = (
    "点,起报,从,到,雨量,阵风\n"
    "恩平,2026/6/8 12:00,2026/6/8 12:00,2026/6/8 13:00,125,36\n"
    "恩平,2026/6/8 12:00,2026/6/8 13:00,2026/6/8 14:00,80,54\n"
    "恩平,2026/6/8 12:00,2026/6/8 15:00,2026/6/8 16:00,5,18\n"
    "那吉,2026/6/8 12:00,2026/6/8 12:00,2026/6/8 13:00,0,\n").encode()
