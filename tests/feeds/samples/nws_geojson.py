"""Alerts of api.weather.gov: an invented flash flood warning, and a statement without VTEC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 9, 18, tzinfo=UTC)
CONFIG = FeedConfig(
    name="nws_geojson", title=Title(zh="测试", en="Test"), bureau="weather", format="nws_geojson",
    url="sandbox", authority="official", cadence=timedelta(minutes=1),
    stale=timedelta(minutes=30), window=timedelta(days=2), districts={"NYC071": "440781000000"})
RING = [[-74.1, 41.2], [-73.9, 41.2], [-73.9, 41.5], [-74.1, 41.5], [-74.1, 41.2]]


def vtec(action, number="0009", code="FF.W", end="260709T1915Z", product="O"):
    """One line of an invented event of KOKX."""
    return f"/{product}.{action}.KOKX.{code}.{number}.000000T0000Z-{end}/"


def feature(number=1, lines=None, ring=RING, **more):
    """One alert; keywords are its properties."""
    name = f"urn:oid:2.49.0.1.840.0.{number:040d}.001.1"
    return {"id": f"https://api.weather.gov/alerts/{name}", "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]} if ring else None,
            "properties": {
                "id": name, "areaDesc": "Orange, NY",
                "geocode": {"SAME": ["036071"], "UGC": ["NYC071"]}, "references": [],
                "sent": "2026-07-09T12:11:00-04:00", "effective": "2026-07-09T12:11:00-04:00",
                "onset": "2026-07-09T12:11:00-04:00", "expires": "2026-07-09T14:15:00-04:00",
                "ends": "2026-07-09T15:15:00-04:00", "status": "Actual", "messageType": "Alert",
                "category": "Met", "severity": "Severe", "certainty": "Likely",
                "urgency": "Immediate", "event": "Flash Flood Warning",
                "sender": "w-nws.webmaster@noaa.gov", "senderName": "Jane Invented",
                "headline": "Flash Flood Warning issued July 9", "description": "Heavy rain.",
                "instruction": "Move to higher ground.",
                "parameters": {"VTEC": [vtec("NEW")] if lines is None else lines}} | more}


def answer(*features, updated="2026-07-09T17:59:00+00:00", **more):
    """The payload of some alerts."""
    return json.dumps({"type": "FeatureCollection", "features": list(features),
                       "title": "Current watches, warnings, and advisories",
                       "updated": updated} | more).encode()


SAMPLE = answer(feature(), feature(2, [], None, event="Special Weather Statement",
                                   severity="Moderate", ends=None,
                                   eventCode={"SAME": ["SPS"]}))
