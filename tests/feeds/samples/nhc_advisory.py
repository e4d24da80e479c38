"""A public advisory of the NHC: an invented hurricane."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 9, 4, 15, 10, tzinfo=UTC)
CONFIG = FeedConfig(
    name="nhc_advisory", title=Title(zh="测试", en="Test"), bureau="weather",
    format="nhc_advisory", url="sandbox", authority="official", cadence=timedelta(minutes=10),
    stale=timedelta(hours=12), window=timedelta(hours=12))


def advisory(heading="WTNT34 KNHC 041453", title="Hurricane Vera Advisory Number   8",
             storm="AL092026", clock="1100 AM EDT...1500 UTC", place="LOCATION...25.4N 84.7W",
             wind="MAXIMUM SUSTAINED WINDS...85 MPH...140 KM/H",
             pressure="MINIMUM CENTRAL PRESSURE...975 MB...28.79 INCHES",
             date="1100 AM EDT Fri Sep 04 2026", body="Words."):
    """One advisory; keywords are its lines."""
    return "\n".join([
        "", "564 ", heading, "TCPAT4", "", "BULLETIN", title,
        f"NWS National Hurricane Center Miami FL       {storm}", date, "",
        "...VERA STRENGTHENS...", "", "", f"SUMMARY OF {clock}...INFORMATION", "-" * 46, place,
        "ABOUT 300 MI...480 KM SSE OF SOMEWHERE", wind,
        "PRESENT MOVEMENT...NW OR 315 DEGREES AT 12 MPH...19 KM/H", pressure, "", body, "", "$$",
        "Forecaster Invented", ""]).encode()


SAMPLE = advisory()
