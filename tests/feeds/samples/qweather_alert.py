"""QWeather's warnings at a place: two invented ones, new form and old."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="qweather_alert", title=Title(zh="测试", en="Test"), bureau="weather",
    format="qweather_alert", url="sandbox", authority="official",
    cadence=timedelta(minutes=5), stale=timedelta(minutes=30), window=timedelta(days=2),
    districts={"台山市气象台": "440781000000"})


def alert(name="1", kind="1003", message="alert", supersedes=(), **more):
    """One warning of the new form."""
    return {"id": name, "senderName": "陈某某", "issuedTime": "2026-06-08T11:55+08:00",
            "messageType": {"code": message, "supersedes": list(supersedes)},
            "eventType": {"name": "暴雨", "code": kind}, "urgency": None, "severity": "severe",
            "certainty": None, "icon": kind, "color": {"code": "orange", "red": 255},
            "effectiveTime": "2026-06-08T11:55+08:00", "onsetTime": "2026-06-08T12:00+08:00",
            "expireTime": "2026-06-08T18:00+08:00", "headline": "台山市气象台发布暴雨橙色预警信号",
            "description": "有大雨。", "instruction": "注意防范。", "responseTypes": []} | more


def old(name="1", **more):
    """One warning of the old form."""
    return {"id": name, "sender": "陈某某", "pubTime": "2026-06-08T11:55+08:00",
            "title": "台山市气象台发布暴雨橙色预警[Ⅱ级/严重]",
            "startTime": "2026-06-08T12:00+08:00",
            "endTime": "2026-06-08T18:00+08:00", "status": "active", "level": "",
            "severity": "Severe", "severityColor": "Orange", "type": "1003", "typeName": "暴雨",
            "urgency": "", "certainty": "", "text": "有大雨。", "related": ""} | more


def answer(*alerts, **more):
    """The new payload of some warnings."""
    return json.dumps({"metadata": {"tag": "x", "zeroResult": not alerts}, "alerts": list(alerts)}
                      | more, ensure_ascii=False).encode()


def old_answer(*warnings, code="200"):
    """The old payload of some warnings."""
    return json.dumps({"code": code, "updateTime": "2026-06-08T12:00+08:00",
                       "warning": list(warnings)}, ensure_ascii=False).encode()


SAMPLE = answer(alert(), alert("2", "1099", "cancel", ["1"]))
