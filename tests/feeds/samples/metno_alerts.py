"""Norway's alerts: an invented gale and a landslide danger."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 3, 7, 5, 20, tzinfo=UTC)
CONFIG = FeedConfig(
    name="metno_alerts", title=Title(zh="测试", en="Test"), bureau="weather",
    format="metno_alerts", url="sandbox", authority="official", cadence=timedelta(minutes=5),
    stale=timedelta(minutes=30), window=timedelta(days=2), districts={"46": "440781000000"})
SQUARE = {"type": "Polygon", "coordinates": [[[5.0, 60.0], [6.0, 60.0], [6.0, 61.0], [5.0, 61.0],
                                              [5.0, 60.0]]]}


def feature(name="2.49.0.1.578.0.20260306192210.079", when=(
        "2026-03-07T01:00:00+00:00", "2026-03-07T13:00:00+00:00"), geometry=SQUARE, **more):
    """One alert; keywords are its properties."""
    return {"type": "Feature", "geometry": geometry, "when": {"interval": list(when)},
            "properties": {
                "area": "A coast", "awareness_level": "2; yellow; Moderate",
                "awareness_type": "1; Wind", "certainty": "Likely", "county": ["46"],
                "description": "Gale from the east.", "event": "gale", "id": name,
                "instruction": "Stay ashore.", "severity": "Moderate", "status": "Actual",
                "title": "Gale, A coast", "type": "Alert"} | more}


def answer(*features, **more):
    """The payload of some alerts."""
    return json.dumps({"features": list(features), "lang": "en", "type": "FeatureCollection",
                       "lastChange": "2026-03-07T05:17:01+00:00"} | more).encode()


SAMPLE = answer(feature(), feature("2.49.0.1.578.0.260306220000.0833_1_0", geometry=None,
                                   awareness_level="3; orange; Severe", event="forestFire",
                                   awareness_type="8; forest-fire", type="Update"))
