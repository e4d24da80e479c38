"""MeteoAlarm's list of one country: an invented warning of rain in two languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="meteoalarm_json", title=Title(zh="测试", en="Test"), bureau="weather",
    format="meteoalarm_json", url="sandbox", authority="official",
    cadence=timedelta(minutes=5), stale=timedelta(minutes=30), window=timedelta(days=2),
    districts={"DE343": "440781000000"})


def info(language="en", level="3; orange; Severe", kind="10; Rain", **more):
    """One block of a warning; keywords are its fields."""
    return {"area": [{"areaDesc": "A county", "altitude": 3280.8399, "geocode": [
                {"value": "DE343", "valueName": "EMMA_ID"}]}],
            "category": ["Met"], "certainty": "Likely", "contact": "Jane Invented",
            "description": "Much rain.", "event": "heavy rain", "eventCode": [],
            "expires": "2026-06-08T18:00:00+02:00", "headline": "Warning of HEAVY RAIN",
            "language": language, "onset": "2026-06-08T08:00:00+02:00",
            "parameter": [{"value": level, "valueName": "awareness_level"},
                          {"value": kind, "valueName": "awareness_type"}],
            "responseType": ["Prepare"], "senderName": "Jane Invented", "severity": "Moderate",
            "urgency": "Immediate"} | more


def warning(name="2.49.0.0.276.0.1", infos=None, **more):
    """One warning; keywords are fields of its alert."""
    return {"uuid": "00000000-0000-0000-0000-000000000000", "alert": {
        "code": ["MCP:v2.0"], "identifier": name, "incidents": "Alert",
        "info": [info("de-DE"), info()] if infos is None else infos, "msgType": "Alert",
        "scope": "Public", "sender": "warn@met.example", "sent": "2026-06-08T05:55:00+02:00",
        "source": "x", "status": "Actual"} | more}


def answer(*warnings, **more):
    """The payload of some warnings."""
    return json.dumps({"warnings": list(warnings)} | more, ensure_ascii=False).encode()


SAMPLE = answer(warning(), warning("2.49.0.0.276.0.2", [info(responseType=["AllClear"])]))
