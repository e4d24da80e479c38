"""The NMC's list of warnings: three invented rows of Guangdong, one of the province itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="cma_alarm_list", title=Title(zh="测试", en="Test"), bureau="weather",
    format="cma_alarm_list", url="sandbox", authority="official",
    cadence=timedelta(minutes=2), stale=timedelta(minutes=30), window=timedelta(days=2))


def row(title, at="2026/06/08 11:55", district="440781", **more):
    """One row as the centre lists it."""
    name = f"{district}41600000_{''.join(c for c in at if c.isdigit())}00"
    return {"alertid": name, "issuetime": at, "title": title,
            "url": f"/publish/alarm/{name}.html",
            "pic": "https://image.nmc.cn/assets/img/alarm/p0002002.png"} | more


def answer(*rows, provinces=(), count=None, **more):
    """The payload of some rows."""
    page = {"pageNo": 1, "pageSize": 200, "count": len(rows) if count is None else count,
            "list": list(rows)}
    return json.dumps({"msg": "success", "code": 0, "data": {
        "page": page, "provinceAlarms": list(provinces)}} | more, ensure_ascii=False).encode()


SAMPLE = answer(
    row("广东省江门市台山市气象台发布暴雨橙色预警信号"),
    row("广东省江门市恩平市气象台发布森林火险黄色预警信号", "2026/06/08 09:00", "440785"),
    row("广东省江门市气象台解除雷雨大风蓝色预警信号", "2026/06/08 12:01", "440700"),
    provinces=[row("广东省气象台发布台风蓝色预警", "2026/06/08 08:30", "440000")])
