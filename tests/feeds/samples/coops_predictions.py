"""CO-OPS: an invented hour of predicted tides."""

from __future__ import annotations

import json
from datetime import timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

from .coops import RECEIVED as RECEIVED

CONFIG = FeedConfig(
    name="coops_predictions", title=Title(zh="测试", en="Test"), bureau="marine",
    format="coops_predictions",
    url="http://127.0.0.1/?product=predictions&station=1&datum=MLLW&units=metric&time_zone=gmt",
    authority="official", cadence=timedelta(hours=12), stale=timedelta(hours=36),
    stations={"1": "gauge"}, datum="MLLW")


def answer(*values, step=6):
    """The payload of some predictions from 6:00 on."""
    return json.dumps({"predictions": [
        {"t": f"2026-07-01 {6 + index * step // 60:02}:{index * step % 60:02}", "v": value}
        for index, value in enumerate(values)]}).encode()


SAMPLE = answer("1.500", "1.450", "1.400", "1.350", "1.300")
