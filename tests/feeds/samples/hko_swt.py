"""Hong Kong's special weather tips: an invented one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_swt", title=Title(zh="测试", en="Test"), bureau="weather", format="hko_swt",
    url="sandbox", authority="official", cadence=timedelta(minutes=2),
    stale=timedelta(hours=2))


def answer(*rows):
    """The payload of some tips."""
    return json.dumps({"swt": list(rows)}, ensure_ascii=False).encode()


SAMPLE = answer({"desc": "雷雨区影响本港。", "updateTime": "2026-07-01T11:15:00+08:00"})
