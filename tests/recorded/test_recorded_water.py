"""Recorded answers of water offices abroad: what comes out of each, in our units."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read

RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)

GAUGES = {   # file: feed, stations, (readings, the first: subject, metric, end, value)
    "usgs-nwis-iv.json": ("usgs_water", {"03339000": "a", "05447500": "b"}, 2,
                          ("a", "flow", datetime(2018, 1, 24, tzinfo=UTC), 0.028317)),
    "usgs-nwis-iv-two-sites.json": (
        "usgs_water", {"01646500": "a", "02458502": "b"}, 186,
        ("a", "flow", datetime(2020, 8, 17, 21, tzinfo=UTC), 169.334743)),
    "usgs-waterservices-iv.json": (
        "usgs_water", {"01491000": "a", "01645000": "b"}, 20,
        ("a", "flow", datetime(2019, 2, 14, 5, tzinfo=UTC), 27.580609)),
    "usgs-ogc-continuous-15484000-20220930.json": (
        "usgs_waterdata", {"USGS-15484000": "a"}, 192,
        ("a", "flow", datetime(2022, 9, 30, tzinfo=UTC), 64.279242)),
    "ea-reading-680403.json": ("ea_gauges", {"680403-level-stage-i-15_min-m": "a"}, 1,
                               ("a", "stage", datetime(2026, 8, 11, 6, 45, tzinfo=UTC), 0.134)),
}


@pytest.mark.parametrize("name", GAUGES)
def test_recorded_readings_are_ours_in_metres(recorded, shipped, name):
    feed, stations, count, first = GAUGES[name]
    config = shipped(feed).model_copy(update={"stations": stations})
    parsed = read(config.format, (recorded / "flood" / name).read_bytes(), config, RECEIVED)
    rows = [(row.subject, row.metric, row.end.to_pydatetime(), round(row.value, 6))
            for row in parsed.observations.itertuples()]
    assert len(rows) == count and not parsed.refusals
    assert next(row for row in rows if row[1] == first[1]) == first
    assert {row[0] for row in rows} == set(stations.values())
