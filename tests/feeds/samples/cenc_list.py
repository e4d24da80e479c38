"""CENC's list: two invented quakes, within parentheses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="cenc_list", title=Title(zh="测试", en="Test"), bureau="seismic", format="cenc_list",
    url="sandbox", authority="official",
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10))


def row(name="CC20260608120060", **changes):
    """One quake as CENC writes it; keywords change its fields."""
    return {"id": "1", "CATA_ID": f"{name}.00", "SAVE_TIME": "2026-06-08 12:08:35",
            "O_TIME": "2026-06-08 12:00:00", "EPI_LAT": "22.20", "EPI_LON": "112.30",
            "EPI_DEPTH": 10, "AUTO_FLAG": "M", "EQ_TYPE": "M", "M": "5.6", "M_MS": "0",
            "LOCATION_C": "广东江门市恩平市", "LOCATION_S": "", "IS_DEL": "",
            "NEW_DID": name} | changes


def answer(*found):
    """The list as the server wraps it."""
    return f"({json.dumps({'shuju': list(found), 'jieguo': ''}, ensure_ascii=False)})".encode()


SAMPLE = answer(row(), row("CD20260608121000", O_TIME="2026-06-08 12:09:60", EPI_DEPTH="6"))
