"""USGS Water Data: one invented gauge, its stage, flow and temperature."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Title

RECEIVED = datetime(2026, 7, 1, 12, tzinfo=UTC)
CONFIG = FeedConfig(
    name="usgs_ogc", title=Title(zh="测试", en="Test"), bureau="flood", format="usgs_ogc",
    url="sandbox", authority="official", cadence=timedelta(minutes=15),
    stale=timedelta(hours=2), step=timedelta(minutes=15),
    stations={"USGS-00000001": "upper"})


def feature(code, unit, value, at, site="USGS-00000001", **more):
    """One value as the collection ``continuous`` lists it."""
    return {"type": "Feature", "id": f"{code}-{at}", "geometry": None, "properties": {
        "time_series_id": "a" * 32, "monitoring_location_id": site, "parameter_code": code,
        "statistic_id": "00011", "time": at, "value": value, "unit_of_measure": unit,
        "approval_status": "Provisional", "qualifier": None,
        "last_modified": "2026-07-01T11:50:00.123456+00:00"} | more}


def answer(*found, **more):
    """The payload of some values."""
    return json.dumps({"type": "FeatureCollection", "features": list(found),
                       "numberReturned": len(found), "links": []} | more).encode()


SAMPLE = answer(feature("00065", "ft", "10.00", "2026-07-01T11:30:00+00:00"),
                feature("00065", "ft", None, "2026-07-01T11:45:00+00:00"),
                feature("00060", "ft^3/s", "1000", "2026-07-01T11:30:00+00:00"),
                feature("00010", "degC", "20.1", "2026-07-01T11:30:00+00:00"))
