"""CMA's list of cyclones: two that go on, one of them nameless, and one that stopped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="nmc_typhoon", title=Title(zh="测试", en="Test"), bureau="weather",
    format="nmc_typhoon", url="sandbox",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))

STORMS = [[7000002, "INVENTED", "虚构\n", "2698", "2698", None, None, "start"],
          [7000003, "nameless", "热带低压", "20260099", "20260099", 20260099, None, "start"],
          [7000001, "GONE", "已去", "2697", "2697", None, None, "stop"]]


def wrapped(value, name="typhoon_jsons_list_default"):
    """The payload of a list, wrapped twice."""
    return f"{name}(({json.dumps(value, ensure_ascii=False)}))".encode()


SAMPLE = wrapped({"typhoonList": STORMS})
