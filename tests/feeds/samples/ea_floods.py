"""Flood warnings of the Environment Agency: an invented warning and one no longer in force."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 12, tzinfo=UTC)
CONFIG = FeedConfig(
    name="ea_floods", title=Title(zh="测试", en="Test"), bureau="flood", format="ea_floods",
    url="sandbox", authority="official", cadence=timedelta(minutes=15), stale=timedelta(hours=2),
    window=timedelta(days=2))


def item(area, severity=2, changed="2026-07-01T11:30:00", **more):
    """One warning as the agency lists it."""
    said = {1: "Severe Flood Warning", 2: "Flood Warning", 3: "Flood Alert",
            4: "Warning no Longer in Force"}
    return {
        "@id": f"http://environment.data.gov.uk/flood-monitoring/id/floods/{area}",
        "description": "The invented brook at Nowhere", "eaAreaName": "Nowhere",
        "floodArea": {"notation": area, "county": ["Here", "There"], "riverOrSea": "Brook"},
        "floodAreaID": area, "isTidal": False, "message": "Levels are rising.",
        "severity": said.get(severity, "?"), "severityLevel": severity,
        "timeRaised": "2026-07-01T06:00:00", "timeSeverityChanged": "2026-07-01T06:00:00",
        "timeMessageChanged": changed} | more


def answer(*found):
    """The payload of some warnings."""
    return json.dumps({"items": list(found)}).encode()


SAMPLE = answer(item("001FWFA1"), item("001FWFA2", 4, "2026-07-01T11:45:00"))
