"""weather.com.cn's list of warnings: two invented rows; and the page of one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="weathercn_alarm", title=Title(zh="测试", en="Test"), bureau="weather",
    format="weathercn_alarm", url="sandbox", authority="official",
    cadence=timedelta(minutes=5), stale=timedelta(minutes=30), window=timedelta(days=2))
NAME = "44078141600000_20260608115500"
TITLE = "广东省江门市台山市发布暴雨橙色预警信号"


def row(name=NAME, title=TITLE, file="101281103-20260608115500-0203.html", related=None):
    """One row, its fields by position."""
    return ["广东省江门市台山市", file, "112.79", "22.25", name, related or name, title,
            {"coordinates": [[[112.7, 22.2], [112.8, 22.2], [112.8, 22.3], [112.7, 22.2]]]}]


def answer(*rows, status="success"):
    """The payload of some rows; their number is a text."""
    return json.dumps({"status": status, "errMsg": "", "result": {
        "count": str(len(rows)), "data": list(rows)}}, ensure_ascii=False).encode()


def page(**more):
    """The page of one warning."""
    said = {"head": TITLE, "ALERTID": "202606081155004372暴雨橙色", "PROVINCE": "广东省",
            "CITY": "江门市", "STATIONNAME": "台山市", "SIGNALTYPE": "暴雨", "SIGNALLEVEL": "橙色",
            "TYPECODE": "02", "LEVELCODE": "03", "ISSUETIME": "2026-06-08 11:55:00",
            "ISSUECONTENT": "台山市气象台2026年6月8日11时55分发布暴雨橙色预警信号：有大雨。",
            "UNDERWRITER": "陈某某", "RELIEVETIME": "2026-06-08 23:55:00", "msgType": "Alert",
            "identifier": NAME, "references": NAME} | more
    return f"var alarminfo={json.dumps(said, ensure_ascii=False)};".encode()


SAMPLE = answer(row(), row("44078541600000_20260608100000",
                           "广东省江门市恩平市发布雷电黄色预警信号",
                           "101281105-20260608100000-0902.html"))
