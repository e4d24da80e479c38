"""Hong Kong's current report: rain of three invented districts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_rhrread", title=Title(zh="测试", en="Test"), bureau="weather", format="hko_rhrread",
    url="sandbox", authority="official", cadence=timedelta(minutes=2),
    stale=timedelta(hours=2), step=timedelta(hours=1),
    stations={"甲區": "a", "乙區": "b"})


def row(place, most, **more):
    """One district's rain."""
    return {"unit": "mm", "place": place, "max": most, "main": "FALSE"} | more


def answer(*rows, start="2026-07-01T10:45:00+08:00", end="2026-07-01T11:45:00+08:00", warning=""):
    """A report of the rain of some districts."""
    return json.dumps({"rainfall": {"data": list(rows), "startTime": start, "endTime": end},
                       "warningMessage": warning, "icon": [63]}, ensure_ascii=False).encode()


SAMPLE = answer(row("甲區", 46, min=2), row("乙區", 0, main=""), row("丙區", 5))
