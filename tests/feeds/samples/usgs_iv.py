"""USGS instantaneous values: two invented gauges, one with a gap."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 12, tzinfo=UTC)
CONFIG = FeedConfig(
    name="usgs_iv", title=Title(zh="测试", en="Test"), bureau="flood", format="usgs_iv",
    url="sandbox", authority="official", cadence=timedelta(minutes=15),
    stale=timedelta(hours=2), step=timedelta(minutes=15),
    stations={"00000001": "upper", "00000002": "lower"})


def series(site, code, unit, values, method=7):
    """One time series as USGS nests it; ``values`` are (text, qualifier, time)."""
    return {
        "sourceInfo": {"siteName": site, "siteCode": [
            {"value": site, "network": "NWIS", "agencyCode": "USGS"}]},
        "variable": {"variableCode": [{"value": code}], "unit": {"unitCode": unit},
                     "noDataValue": -999999.0},
        "values": [{"value": [{"value": value, "qualifiers": [flag], "dateTime": at}
                              for value, flag, at in values],
                    "method": [{"methodDescription": "", "methodID": method}]}]}


def answer(*found):
    """The payload of some time series."""
    return json.dumps({"name": "ns1:timeSeriesResponseType",
                       "value": {"queryInfo": {}, "timeSeries": list(found)}}).encode()


SAMPLE = answer(
    series("00000001", "00065", "ft", [("10.00", "P", "2026-07-01T06:30:00.000-05:00"),
                                       ("10.50", "e", "2026-07-01T06:45:00.000-05:00"),
                                       ("-999999", "Eqp", "2026-07-01T07:00:00.000-05:00")]),
    series("00000001", "00010", "deg C", [("20.1", "P", "2026-07-01T06:30:00.000-05:00")]),
    series("00000002", "00060", "ft3/s", [("1000", "A", "2026-07-01T07:30:00.000-04:00")]))
