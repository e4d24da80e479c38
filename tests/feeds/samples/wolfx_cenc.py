"""Wolfx's relay of CENC's list: two invented quakes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="wolfx_cenc", title=Title(zh="测试", en="Test"), bureau="seismic", format="wolfx_cenc",
    url="sandbox", authority="foreign", wait=timedelta(minutes=5),
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10))


def quake(name="CD.20260608120000.125", **changes):
    """One quake as Wolfx writes it; keywords change its fields."""
    return {"type": "reviewed", "EventID": name, "time": "2026-06-08 12:00:00",
            "ReportTime": "2026-06-08 12:08:43", "location": "广东江门市恩平市",
            "placeName": "广东江门市恩平市", "magnitude": "5.6", "depth": "10",
            "latitude": "22.20", "longitude": "112.30", "intensity": "7"} | changes


def answer(*found):
    """The numbered list."""
    numbered = {f"No{number}": one for number, one in enumerate(found, 1)}
    return json.dumps(numbered | {"md5": "0" * 32}, ensure_ascii=False).encode()


SAMPLE = answer(quake(), quake("CD.20260608120500.7", type="automatic"))
