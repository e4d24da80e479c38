"""FIRMS fire pixels as the API writes them: two invented ones of NOAA-20, one out of the area."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Box, Title

RECEIVED = datetime(2026, 10, 5, 12, tzinfo=UTC)
CONFIG = FeedConfig(
    name="firms", title=Title(zh="测试", en="Test"), bureau="forestry", format="firms",
    url="sandbox", authority="official", cadence=timedelta(minutes=15), stale=timedelta(hours=26),
    area=Box(south=20, west=110, north=26, east=118))

API = ("latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,"
       "confidence,version,bright_ti5,frp,daynight")
STATIC = API.replace("instrument,", "")
MODIS = STATIC.replace("bright_ti4", "brightness").replace("bright_ti5", "bright_t31")


def table(*rows, head=API):
    """The payload of some rows; a row is latitude, longitude, time, satellite, confidence, frp."""
    lines = [head]
    for latitude, longitude, time, satellite, confidence, frp in rows:
        instrument = "VIIRS," if head is API else ""
        lines.append(f"{latitude},{longitude},330.1,0.4,0.4,2026-10-05,{time},{satellite},"
                     f"{instrument}{confidence},2.0NRT,290.2,{frp},D")
    return ("\n".join(lines) + "\n").encode()


SAMPLE = table((22.2301, 112.2701, 556, "N20", "n", 4.23), (22.2345, 112.2752, 556, "N20", "h", 9),
               (50.1, 8.2, 556, "N20", "h", 5))
