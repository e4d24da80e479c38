"""FDSN text: two invented quakes under a header of 14 columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 6, 8, 4, 30, tzinfo=UTC)
CONFIG = FeedConfig(
    name="fdsn_text", title=Title(zh="测试", en="Test"), bureau="seismic", format="fdsn_text",
    url="sandbox", authority="foreign", wait=timedelta(minutes=5),
    cadence=timedelta(minutes=1), stale=timedelta(minutes=10))

HEADER = ("#EventID|Time|Latitude|Longitude|Depth/km|Author|Catalog|Contributor|ContributorID"
          "|MagType|Magnitude|MagAuthor|EventLocationName|EventType")


def line(name="40000001", magnitude="5.6", at="2026-06-08T04:00:00.940000", kind="|earthquake"):
    """One quake as FDSN services write it."""
    return f"{name}|{at}|22.2|112.3|10.0|X#Y||||Mw|{magnitude}|--|Guangdong (CN){kind}"


def answer(*lines, header=HEADER):
    """The table."""
    return "\n".join([header, *lines, ""]).encode()


SAMPLE = answer(line(), line("smi:x/y?z=1#2", "2.1"))
