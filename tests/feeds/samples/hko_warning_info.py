"""Hong Kong's warning bulletins: an invented one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_warning_info", title=Title(zh="测试", en="Test"), bureau="weather",
    format="hko_warning_info", url="sandbox", authority="official", cadence=timedelta(minutes=2),
    stale=timedelta(hours=2), window=timedelta(days=10))


def row(family, at="2026-07-01T11:15:00+08:00", **more):
    """One bulletin."""
    return {"warningStatementCode": family, "contents": ["第一句。", "第二句。"],
            "updateTime": at} | more


def answer(*rows):
    """The payload of some bulletins."""
    return json.dumps({"details": list(rows)}, ensure_ascii=False).encode()


SAMPLE = answer(row("WRAIN", subtype="WRAINB"), row("WL"))
