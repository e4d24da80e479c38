"""CO-OPS: three invented water levels of one gauge."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 6, 20, tzinfo=UTC)
CONFIG = FeedConfig(
    name="coops", title=Title(zh="测试", en="Test"), bureau="marine", format="coops",
    url="http://127.0.0.1/?product=water_level&station=1&datum=MLLW&units=metric&time_zone=gmt",
    authority="official", cadence=timedelta(minutes=6), stale=timedelta(hours=1),
    stations={"1": "gauge"}, step=timedelta(minutes=6), datum="MLLW")


def row(time, value, **more):
    """One level as CO-OPS writes it."""
    return {"t": f"2026-07-01 {time}", "v": value, "s": "0.003", "f": "0,0,0,0", "q": "p"} | more


def answer(*rows, station="1"):
    """The payload of some levels."""
    return json.dumps({"metadata": {"id": station, "name": "X"}, "data": list(rows)}).encode()


SAMPLE = answer(row("06:00", "1.798"), row("06:06", ""), row("06:12", "-0.250"))
