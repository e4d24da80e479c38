"""Hong Kong's quick earthquake message: an invented quake."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_qem", title=Title(zh="测试", en="Test"), bureau="seismic", format="hko_qem",
    url="sandbox", authority="foreign", cadence=timedelta(minutes=2),
    stale=timedelta(hours=2), wait=timedelta(minutes=5))


def answer(**more):
    """The payload of a message."""
    return json.dumps({"lat": 21.5, "lon": 120.5, "mag": 6.2, "region": "吕宋海峡",
                       "ptime": "2026-07-01T11:33:00+08:00",
                       "updateTime": "2026-07-01T11:50:00+08:00"} | more,
                      ensure_ascii=False).encode()


SAMPLE = answer()
