"""Hong Kong's warnings in force: two invented ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_warnsum", title=Title(zh="测试", en="Test"), bureau="weather", format="hko_warnsum",
    url="sandbox", authority="official", cadence=timedelta(minutes=2),
    stale=timedelta(hours=2), window=timedelta(days=10))


def row(code, issued="2026-07-01T11:15:00+08:00", **more):
    """One warning as the summary has it."""
    return {"name": "警告", "code": code, "actionCode": "ISSUE", "issueTime": issued,
            "updateTime": issued} | more


def answer(**families):
    """The payload of some warnings by family."""
    return json.dumps(families, ensure_ascii=False).encode()


SAMPLE = answer(WRAIN=row("WRAINR", type="红色"),
                WTS=row("WTS", expireTime="2026-07-01T19:30:00+08:00", actionCode="EXTEND"))
