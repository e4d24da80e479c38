"""Hong Kong's nowcast: an invented grid of four cells and two half hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point, Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_nowcast", title=Title(zh="测试", en="Test"), bureau="weather", format="hko_nowcast",
    url="sandbox", authority="official", cadence=timedelta(minutes=2),
    stale=timedelta(hours=2), points=(
        Point(point="a", zh="甲", en="A", latitude=22.301, longitude=113.001),))

HEAD = ("Updated Date and Time (in Hong Kong Time),Ending Date and Time (in Hong Kong Time),"
        "Latitude (degree),Longitude (degree),Half-hourly Nowcast Accumulated Rainfall (mm)")


def answer(*rows):
    """The table of some rows."""
    return "\n".join([HEAD, *rows, ""]).encode()


def grid(endings=("202607011230", "202607011300"), updated="202607011200"):
    """Rows of four cells; the first has 1, 2 … mm, the others 90."""
    return [f"{updated},{ending},{latitude},{longitude},"
            f"{index + 1 if (latitude, longitude) == (22.3, 113.0) else 90}"
            for index, ending in enumerate(endings)
            for latitude in (22.3, 22.318) for longitude in (113.0, 113.019)]


SAMPLE = answer(*grid())
