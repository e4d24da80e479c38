"""GeoNet's list: an invented quake and a deleted one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="geonet", title=Title(zh="测试", en="Test"), bureau="seismic", format="geonet",
    url="sandbox", authority="foreign", wait=timedelta(minutes=5),
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10))


def feature(name="2026p000001", quality="best", **changes):
    """One quake as GeoNet writes it; keywords change its properties."""
    properties = {"publicID": name, "time": "2026-06-08T04:00:00.303Z", "depth": 5.9,
                  "magnitude": 3.900755846, "mmi": 5, "locality": "Within 5 km of Nowhere",
                  "quality": quality} | changes
    return {"type": "Feature", "properties": properties,
            "geometry": {"type": "Point", "coordinates": [172.6, -43.5]}}


def answer(*found):
    """A list of quakes."""
    return json.dumps({"type": "FeatureCollection", "features": list(found)}).encode()


SAMPLE = answer(feature(), feature("2026p000002", "deleted"))
