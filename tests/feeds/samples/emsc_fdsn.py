"""EMSC's list and its websocket: two invented quakes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="emsc_fdsn", title=Title(zh="测试", en="Test"), bureau="seismic", format="emsc_fdsn",
    url="sandbox", authority="foreign", wait=timedelta(minutes=5),
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10))


def feature(unid="20260608_0000001", coordinates=(112.3, 22.2, -10.0), **changes):
    """One quake as EMSC writes it; keywords change its properties."""
    properties = {
        "source_id": "1", "source_catalog": "EMSC-RTS", "lastupdate": "2026-06-08T04:05:00.5Z",
        "time": "2026-06-08T04:00:00.1Z", "flynn_region": "GUANGDONG, CHINA", "lat": 22.2,
        "lon": 112.3, "depth": 10.0, "evtype": "ke", "auth": "EMSC", "mag": 5.6,
        "magtype": "mw", "unid": unid} | changes
    return {"type": "Feature", "id": unid, "properties": properties,
            "geometry": {"type": "Point", "coordinates": list(coordinates)}}


def answer(*found):
    """A list of quakes."""
    return json.dumps({"type": "FeatureCollection", "metadata": {"count": len(found)},
                       "features": list(found)}).encode()


def said(action, found):
    """A message of the websocket."""
    return json.dumps({"action": action, "data": found}).encode()


SAMPLE = answer(feature(), feature("20260608_0000002", time="2026-06-08T04:10:00Z", mag=2.1,
                                   lastupdate="2026-06-08T04:12:00Z"))
