"""DWD's warnings by Bright Sky: an invented frost at one place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 3, 6, 11, 40, tzinfo=UTC)
CONFIG = FeedConfig(
    name="brightsky_alerts", title=Title(zh="测试", en="Test"), bureau="weather",
    format="brightsky_alerts", url="sandbox", authority="official", cadence=timedelta(minutes=5),
    stale=timedelta(minutes=30), window=timedelta(days=2), districts={"711": "440781000000"})


def alert(name="2.49.0.0.276.0.DWD.PVW.1.a", **more):
    """One warning; keywords are its fields."""
    return {"id": 1, "alert_id": name, "effective": "2026-03-06T11:37:00+00:00",
            "onset": "2026-03-07T00:00:00+00:00", "expires": "2026-03-07T08:00:00+00:00",
            "category": "met", "response_type": "prepare", "urgency": "immediate",
            "severity": "minor", "certainty": "likely", "event_code": 22, "event_en": "frost",
            "event_de": "FROST", "headline_en": "Official WARNING of FROST",
            "headline_de": "Amtliche WARNUNG vor FROST", "description_en": "A risk of frost.",
            "description_de": "Es tritt Frost auf.", "instruction_en": None,
            "instruction_de": None, "status": "actual"} | more


CELL = {"warn_cell_id": 711, "name": "A town"}


def answer(*alerts, location=CELL):
    """The payload of some warnings."""
    return json.dumps({"alerts": list(alerts), "location": location}).encode()


SAMPLE = answer(alert(), alert("b", event_code=95, event_en="severe thunderstorm",
                               severity="severe"))
