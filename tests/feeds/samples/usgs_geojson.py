"""USGS's summary list: two invented quakes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="usgs_geojson", title=Title(zh="测试", en="Test"), bureau="seismic",
    format="usgs_geojson", url="sandbox", authority="foreign", wait=timedelta(minutes=5),
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10), window=timedelta(minutes=50))


def quake(name, minute):
    """One quake of the list."""
    at = int(datetime(2026, 6, 8, 4, minute, tzinfo=UTC).timestamp() * 1000)
    return {"type": "Feature", "id": name, "properties": {
        "mag": 5.6, "place": "恩平 Enping", "time": at, "updated": at + 30_000,
        "status": "automatic", "ids": f",{name},", "magType": "mw", "type": "earthquake"},
        "geometry": {"type": "Point", "coordinates": [112.3, 22.2, 10.0]}}


SAMPLE = json.dumps({
    "type": "FeatureCollection", "features": [quake("us1", 0), quake("us2", 9)],
    "metadata": {"generated": int(RECEIVED.timestamp() * 1000)}}, ensure_ascii=False).encode()
