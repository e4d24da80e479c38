"""Recorded tables of FIRMS: a whole day of MODIS, and the head of a file of VIIRS."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from fenghuo.feeds.entry_parts import Box
from fenghuo.feeds.parsed import read

RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)
GUANGDONG = Box(south=20, west=109, north=26, east=118)


def pixels(recorded, shipped, name, area):
    config = shipped("firms").model_copy(update={"area": area})
    return read("firms", (recorded / "fire" / name).read_bytes(), config, RECEIVED)


def test_of_a_day_of_modis_the_pixels_of_our_area_are_kept(recorded, shipped):
    parsed = pixels(recorded, shipped, "firms-modis-c6.1-global-24h-202202.csv", GUANGDONG)
    assert len(parsed.events) == 140 and not parsed.refusals
    assert parsed.as_of == datetime(2022, 2, 27, 21, 33, tzinfo=UTC)
    assert Counter(one.attributes.satellite for one in parsed.events) == {
        "Terra": 116, "Aqua": 24}
    assert Counter(one.attributes.confidence for one in parsed.events) == {
        "nominal": 128, "high": 9, "low": 3}


def test_of_a_file_of_viirs_every_row_is_a_pixel(recorded, shipped):
    parsed = pixels(recorded, shipped, "firms-viirs-europe-24h-head-20261005.csv", None)
    first = parsed.events[0]
    assert len(parsed.events) == 49 and not parsed.refusals
    assert first.external_id == "Suomi NPP:20261005T0056:65.76751:24.19269"
    assert (first.attributes.confidence, first.attributes.frp_mw) == ("nominal", 4.23)


def test_a_whole_world_is_read_pixel_by_pixel(recorded, shipped):
    parsed = pixels(recorded, shipped, "firms-modis-c6.1-global-24h-202202.csv", None)
    assert len(parsed.events) == 19_416 and not parsed.refusals
