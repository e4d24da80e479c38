"""An RSS index of signals, after SWIC's: two links."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="cap_index", title=Title(zh="测试", en="Test"), bureau="weather", format="cap_index",
    url="sandbox", authority="official", cadence=timedelta(minutes=1),
    stale=timedelta(minutes=15))
SAMPLE = ('<rss version="2.0"><channel><title>台山市气象台</title>' + "".join(
    f"<item><title>暴雨</title><link>/cap/{name}.xml</link>"
    f"<pubDate>Mon, 08 Jun 2026 03:5{minute}:00 +0000</pubDate></item>"
    for minute, name in enumerate("ab")) + "</channel></rss>").encode()
