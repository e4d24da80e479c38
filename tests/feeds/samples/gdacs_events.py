"""GDACS's event list in GeoJSON: an invented earthquake, cyclone, flood and an outline."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="gdacs_events", title=Title(zh="测试", en="Test"), bureau="weather",
    format="gdacs_events", url="sandbox",
    authority="official", cadence=timedelta(minutes=10), stale=timedelta(hours=2),
    window=timedelta(hours=48))


def feature(kind, number, lon, lat, severity, text, name="", shape="Point_Centroid", **more):
    """An event as the interface gives it, times UTC without an offset."""
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {
                "eventtype": kind, "eventid": number, "episodeid": 7, "eventname": name,
                "country": "Nowhere", "alertlevel": "Orange", "episodealertlevel": "Green",
                "fromdate": "2026-08-01T00:00:00", "todate": "2026-08-01T00:00:00",
                "datemodified": "2026-08-01T01:00:00", "Class": shape, "istemporary": "false",
                "severitydata": {"severity": severity, "severitytext": text}} | more}


QUAKE = feature("EQ", 9000001, 112.5, 22.1, 5.5, "Magnitude 5.5M, Depth:10km")
STORM = feature("TC", 9000002, 115.0, 20.5, 176.0,
                "Tropical Storm (maximum wind speed of 111 km/h)", "INVENTED-26",
                fromdate="2026-07-30T00:00:00", todate="2026-08-01T00:00:00")
FLOOD = feature("FL", 9000003, 80.9, 27.1, 0.0, "Magnitude 0 ")
OUTLINE = feature("TC", 9000002, 115.0, 20.5, 176.0, "", shape="Poly_Cones")


def listed(*features):
    """The payload of a list."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


SAMPLE = listed(QUAKE, STORM, FLOOD, OUTLINE)
