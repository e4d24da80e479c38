"""Hong Kong's tides: an invented table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="hko_tide", title=Title(zh="测试", en="Test"), bureau="marine", format="hko_tide",
    url="sandbox", authority="official", cadence=timedelta(minutes=2),
    stale=timedelta(hours=2), step=timedelta(minutes=5), datum="HKCD",
    stations={"Quarry Bay": "a", "Shek Pik": "b"})


def answer(*rows):
    """The table of some rows."""
    return "\n".join(["\ufeffTide Station,Date,Time,Height(m)", *rows, ""]).encode()


SAMPLE = answer("Quarry Bay,2026-07-01,12:05,1.42", "Shek Pik,2026-07-01,12:05,-0.10",
                "Elsewhere,2026-07-01,12:05,1.00")
