"""River and rain gauges in CSV: an invented station at two times."""

from __future__ import annotations

from datetime import UTC, datetime

from fenghuo.feeds.config import FeedConfig

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig.model_validate({
    "name": "table", "title": {"zh": "测试", "en": "Test"}, "bureau": "flood",
    "format": "table", "url": "sandbox", "authority": "official", "cadence": "60s",
    "stale": "20m", "table": {
        "kind": "csv", "subject": "station", "time": "time", "zone": "Asia/Shanghai",
        "step": "5m", "missing": ["", "-"], "metrics": [
            {"metric": "stage", "column": "stage_m", "least": -20, "most": 300},
            {"metric": "rain", "column": "rain_mm", "least": 0, "most": 150, "span": "5m"}]}})
SAMPLE = ("station,time,stage_m,rain_mm\n马口,2026-06-08 12:00,7.35,1.5\n"
          "马口,2026-06-08 12:05,7.40,-\n").encode()
