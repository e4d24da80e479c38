"""BMKG's newest quake and its list, invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="bmkg", title=Title(zh="测试", en="Test"), bureau="seismic", format="bmkg",
    url="sandbox", authority="foreign", wait=timedelta(minutes=5),
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10))


def quake(**changes):
    """One quake as BMKG writes it; keywords change its fields."""
    return {"Tanggal": "08 Jun 2026", "Jam": "11:00:48 WIB",
            "DateTime": "2026-06-08T04:00:48+00:00", "Coordinates": "-7.25,106.50",
            "Lintang": "7.25 LS", "Bujur": "106.50 BT", "Magnitude": "5.3",
            "Kedalaman": "10 km", "Wilayah": "1 km BaratLaut X",
            "Potensi": "Tidak berpotensi tsunami", "Dirasakan": "-"} | changes


def answer(found):
    """The payload of one quake, or of a list."""
    return json.dumps({"Infogempa": {"gempa": found}}).encode()


SAMPLE = answer([quake(), quake(Jam="11:20:00 WIB", DateTime="2026-06-08T04:20:00+00:00")])
