"""A tide gauge's page: invented minutes of two sensors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="ioc_sealevel", title=Title(zh="测试", en="Test"), bureau="marine",
    format="ioc_sealevel", url="https://example.org/bgraph.php?code=vera&output=tab&period=0.1",
    authority="official", cadence=timedelta(minutes=5), stale=timedelta(hours=1),
    step=timedelta(minutes=1), stations={"vera.rad": "a"})


def answer(*rows, head="<td class=field>rad(m)</td><td class=field>prs(m)</td>"):
    """The page of some rows; each is the cells behind its time."""
    said = "".join(f"<tr><td>{time}</td>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
                   for time, *cells in rows)
    return ('<div align=center><table border="1"><th colspan="3">Tide gauge at Vera</th>'
            f"<tr><td>Time (UTC)</td>{head}</tr>{said}</table></div>").encode()


SAMPLE = answer(("2026-07-01 04:07:45", "1.67", "2.31"), ("2026-07-01 04:08:00", "1.68", "&nbsp;"),
                ("2026-07-01 04:08:45", "&nbsp;", "2.33"))
