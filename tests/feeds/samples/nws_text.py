"""Text products of the NWS: an invented flash flood warning of two counties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 9, 16, 20, tzinfo=UTC)
CONFIG = FeedConfig(
    name="nws_text", title=Title(zh="测试", en="Test"), bureau="weather", format="nws_text",
    url="sandbox", authority="official", cadence=timedelta(minutes=1),
    stale=timedelta(minutes=30), districts={"NJC004": "440781000000"})
POINTS = "LAT...LON 4100 7440 4120 7440 4120 7400\n      4100 7400"


def segment(action="NEW", begin="260709T1611Z", end="260709T1915Z", zones="NJC003>005-NYC087-",
            number="0009", body="...FLASH FLOODING EXPECTED...\n\nWords.", points=POINTS, kind="O",
            office="KOKX", code="FF.W"):
    """One segment, its VTEC line from the pieces."""
    return (f"{zones}091915-\n/{kind}.{action}.{office}.{code}.{number}.{begin}-{end}/\n\n"
            f"{body}\n\n{points}\n\n$$\n")


def product(*segments, heading="WGUS51 KOKX 091611", date="1211 PM EDT Thu Jul 9 2026"):
    """A product of some segments."""
    return (f"017 \n{heading}\nFFWOKX\n\nFlash Flood Warning\nNational Weather Service Nowhere NY\n"
            f"{date}\n\n" + "\n".join(segments) + "\nJM\n")


SAMPLE = product(segment()).encode()
