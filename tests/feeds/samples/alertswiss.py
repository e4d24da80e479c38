"""Switzerland's alerts: an invented flood with a hole in its area, and an all-clear."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 20, 8, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="alertswiss", title=Title(zh="测试", en="Test"), bureau="weather", format="alertswiss",
    url="sandbox", authority="official", cadence=timedelta(minutes=2),
    stale=timedelta(minutes=30), window=timedelta(days=2), districts={"VS": "440781000000"})
RING = [["46.0", "7.0"], ["46.0", "8.0"], ["47.0", "8.0"], ["47.0", "7.0"], ["46.0", "7.0"]]
HOLE = [["46.4", "7.4"], ["46.4", "7.6"], ["46.6", "7.6"], ["46.4", "7.4"]]


def alert(name="POA-1216-4", **more):
    """One alert; keywords are its fields."""
    return {"identifier": name, "sent": "Sat, 20.06.2026, 10:01",
            "title": {"title": "Danger of flooding"},
            "description": {"description": "The Rhone rises.<br/>Keep away &amp; wait."},
            "nationWide": False, "instructions": [{"text": "Leave the banks."}],
            "sender": "info@alertswiss.ch", "publisherName": "Canton Valais", "event": "Flood",
            "allClear": False, "severity": "moderate", "testAlert": False,
            "technicalTestAlert": False, "areas": [{
                "description": {"description": "Valais"}, "circles": [],
                "polygons": [{"coordinates": RING, "excludes": [{"coordinates": HOLE}]}],
                "regions": [{"region": "VS"}]}],
            "reference": f"info@alertswiss.ch,{name},2026-06-20T10:01:29+02:00"} | more


def answer(*alerts, **more):
    """The payload of some alerts."""
    return json.dumps({"heartbeatAgeInMillis": 20_000, "alerts": list(alerts)} | more,
                      ensure_ascii=False).encode()


SAMPLE = answer(alert(), alert("POA-1217-1", allClear=True, severity="minor"))
