"""A bureau's letters as a CSV list: a warning, its update and an end, all invented."""

from __future__ import annotations

from datetime import UTC, datetime

from fenghuo.feeds.config import FeedConfig

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig.model_validate({
    "name": "table_signals", "title": {"zh": "测试", "en": "Test"}, "bureau": "flood",
    "format": "table_signals", "url": "sandbox", "authority": "official", "cadence": "60s",
    "stale": "1d", "districts": {"恩平市": "440785000000"}, "signal_table": {
        "kind": "csv", "zone": "Asia/Shanghai", "identifier": "文号", "event": "类别",
        "level": "等级", "issued": "发布时间", "effective": "生效时间", "expires": "失效时间",
        "district": "区域", "headline": "标题", "status": "状态", "references": "替代",
        "constants": {"issuer": "江门市水利局"}, "values": {
            "event": {"山洪灾害气象预警": "11A51", "洪水": "flood"},
            "level": {"二级": "orange", "三级": "yellow"},
            "status": {"发布": "new", "续报": "update", "解除": "cancel"}}}})
SAMPLE = (
    "文号,类别,等级,发布时间,生效时间,失效时间,区域,标题,状态,替代\n"
    "2026-11,山洪灾害气象预警,三级,2026-06-08 09:00,,2026-06-08 21:00,恩平市,山洪黄色预警,发布,\n"
    "2026-12,山洪灾害气象预警,二级,2026-06-08 11:00,2026-06-08 12:00,2026-06-08 22:00,"
    "恩平市、440781,山洪橙色预警,续报,2026-11\n"
    "2026-09,洪水,,2026-06-08 12:05,,,440703000000,解除洪水预警,解除,2026-08\n").encode()
