"""One signal in CAP 1.2, after CMA's documents, with a polygon and a circle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="cap_document", title=Title(zh="测试", en="Test"), bureau="weather",
    format="cap_document", url="sandbox", authority="official",
    cadence=timedelta(minutes=1), stale=timedelta(minutes=15))
SAMPLE = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>44078141600000_20260608115500</identifier><sender>Taishan_Observatory</sender>
<sent>2026-06-08T11:55:00+08:00</sent><status>Actual</status><msgType>Update</msgType>
<scope>Public</scope>
<references>Taishan_Observatory,44078141600000_20260608105500,2026-06-08T10:55:00+08:00</references>
<info><language>zh-CN</language><category>Met</category><event>暴雨</event>
<urgency>Unknown</urgency><severity>Severe</severity><certainty>Unknown</certainty>
<effective>2026-06-08T11:55:00+08:00</effective><expires>2026-06-08T18:00:00+08:00</expires>
<headline>台山市气象台发布暴雨橙色预警信号[Ⅱ级/严重]</headline>
<description>预计未来三小时有大雨。</description>
<area><areaDesc>台山</areaDesc><polygon>22,112 22,113 23,113 22,112</polygon>
<circle>22.2,112.8 10</circle><geocode><valueName>CPEAS Geographic Code</valueName>
<value>440781000000</value></geocode></area></info></alert>""".encode()
