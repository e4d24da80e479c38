"""Every recorded seismic JSON parses as USGS GeoJSON, or is refused for the reason stated here."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from fenghuo.feeds.formats import usgs_geojson
from fenghuo.words import Refused

RECEIVED = datetime(2026, 11, 1, tzinfo=UTC)

QUAKES = {
    "usgs-4.5_day-event-before.json": 1,
    "usgs-4.5_day-event-after-id-change.json": 1,
    "usgs-all_week-20180207.geojson": 1679,
    "usgs-detail-tohoku-2011.geojson": 1,
    "usgs-fdsn-ridgecrest-aftershocks-6h.geojson": 123,
    "usgs-fdsn-ridgecrest-m71-mainshock.geojson": 1,
}
REFUSED = {
    # products of one quake: no list of events, no GeoJSON
    "usgs-pager-event-nc72852151-v1.json": "type None",
    "usgs-pager-event-nc72852151-v9.json": "type None",
    "usgs-shakemap-info-nc72852151-v1.json": "type None",
    "usgs-shakemap-info-nc72852151-v2.json": "type None",
    "usgs-shakemap-info-nc72852151-v5.json": "type None",
    "usgs-shakemap-info-nc72852151-v8.json": "type None",
    # other networks' formats: GeoJSON without USGS's properties, or JSON of their own
    "emsc-fdsn-pyrenees.json": "properties.type: found nothing",
    "geonet-quake-mmi4.geojson": "properties.type: found nothing",
    "bmkg-autogempa-20260814.json": "type None",
    "cenc-ceic-speedsearch-48h.json": "type None",
    "wolfx-cenc_eqlist-2events.json": "type None",
}


def test_every_recorded_file_is_accounted_for(recorded):
    found = {path.name for path in (recorded / "seismic").iterdir()
             if path.suffix in (".json", ".geojson") and not path.name.endswith(".headers.json")}
    assert found == QUAKES.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", QUAKES)
def test_a_list_of_quakes_parses(recorded, shipped, name):
    body = (recorded / "seismic" / name).read_bytes()
    parsed = usgs_geojson.parse(body, shipped("usgs"), RECEIVED)
    assert len(parsed.events) == QUAKES[name] and not parsed.refusals


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_list_is_refused_for_its_reason(recorded, shipped, name):
    with pytest.raises(Refused) as refused:
        usgs_geojson.parse((recorded / "seismic" / name).read_bytes(), shipped("usgs"), RECEIVED)
    assert REFUSED[name] in str(refused.value)


def test_the_whole_week_is_read_and_only_blasts_are_passed_over(recorded, shipped):
    body = (recorded / "seismic" / "usgs-all_week-20180207.geojson").read_bytes()
    made = datetime(2018, 2, 7, 1, 49, 14, tzinfo=UTC)
    parsed = usgs_geojson.parse(body, shipped("usgs"), made)
    assert len(parsed.events) + len(parsed.passed) == 1707
    assert Counter(refusal.found for refusal in parsed.passed) == {
        "explosion": 15, "quarry blast": 13}
    assert parsed.made == parsed.as_of == made
    strongest = max(parsed.events, key=lambda event: event.attributes.magnitude)
    assert (strongest.external_id, strongest.attributes.magnitude) == ("us1000chhc", 6.4)
    assert min(event.attributes.magnitude for event in parsed.events) < 0


def test_one_quake_of_four_networks_carries_all_its_ids(recorded, shipped):
    body = (recorded / "seismic" / "usgs-fdsn-ridgecrest-m71-mainshock.geojson").read_bytes()
    (event,) = usgs_geojson.parse(body, shipped("usgs"), RECEIVED).events
    assert event.external_id == "ci38457511"
    assert set(event.aliases) == {"us70004bn0", "at00pu7alg", "pt19187000"}
    assert event.attributes.magnitude == 7.1 and event.attributes.depth_km == 8
