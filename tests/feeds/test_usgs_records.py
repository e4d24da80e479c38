"""Each fault of a USGS list is refused alone, named, and leaves its neighbours."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fenghuo.feeds.formats import usgs_geojson
from fenghuo.words import Refused

NOON = datetime(2026, 6, 8, 4, 1, tzinfo=UTC)


def test_a_quake_is_read_with_its_other_ids_and_instants_in_utc(configured, quake, quakes):
    body = quakes(quake("us1", ids=",us1,gd1,", depth=1, status="reviewed"))
    parsed = usgs_geojson.parse(body, configured("usgs"), NOON)
    (event,) = parsed.events
    assert (event.external_id, event.aliases) == ("us1", ("gd1",))
    assert event.onset == datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    assert event.attributes.depth_km == 10.0
    assert event.attributes.latitude == 22.2
    assert event.attributes.review == "reviewed"
    assert parsed.present == {"us1", "gd1"}


@pytest.mark.parametrize(("changes", "place", "found"), [
    ({"mag": None}, "bad.properties.mag", "nothing"),
    ({"mag": "7,1"}, "bad.properties.mag", "'7,1'"),
    ({"mag": -9}, "bad.properties.mag", "-9"),
    ({"mag": True}, "bad.properties.mag", "True"),
    ({"coordinates": [22.2, 112.3, 10]}, "bad.geometry.coordinates[1]", "112.3"),
    ({"coordinates": [181, 22.2, 10]}, "bad.geometry.coordinates[0]", "181"),
    ({"coordinates": [0, 0, 10]}, "bad.geometry.coordinates", "0, 0"),
    ({"coordinates": [112.3]}, "bad.geometry.coordinates", "[112.3]"),
    ({"coordinates": [112.3, 22.2, 9000]}, "bad.geometry.coordinates[2]", "9000"),
    ({"time": 1780891200}, "bad.properties.time", "1780891200"),
    ({"time": 1780901200000}, "bad.properties.time", "2026-06-08T06:46:40+00:00"),
    ({"updated": None}, "bad.properties.updated", "nothing"),
    ({"status": "rumour"}, "bad.properties.status", "'rumour'"),
])
def test_a_faulty_record_is_refused_alone(configured, quake, quakes, changes, place, found):
    body = quakes(quake("good"), quake("bad", **changes), quake("fine"))
    parsed = usgs_geojson.parse(body, configured("usgs"), NOON)
    assert [event.external_id for event in parsed.events] == ["good", "fine"]
    (refusal,) = parsed.refusals
    assert refusal.place == f"features[1] {place}"
    assert refusal.found == found
    assert refusal.source == "usgs"


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_json_does_not_have_refuses_its_record_only(configured, quake, quakes, word):
    body = quakes(quake("bad", mag=123456.0), quake("good")).replace(
        b"123456.0", word.encode())
    parsed = usgs_geojson.parse(body, configured("usgs"), NOON)
    assert [event.external_id for event in parsed.events] == ["good"]
    assert parsed.refusals[0].place == "features[0] bad.properties.mag"


def test_a_key_that_stands_twice_refuses_its_record_only(configured, quake, quakes):
    body = quakes(quake("bad"), quake("good")).replace(b'"mag": 5.6', b'"mag": 2, "mag": 5.6', 1)
    parsed = usgs_geojson.parse(body, configured("usgs"), NOON)
    assert [event.external_id for event in parsed.events] == ["good"]
    assert parsed.refusals[0].found == "the key 'mag' twice"


def test_swapped_coordinates_are_refused_by_the_service_area(configured, quake, quakes):
    body = quakes(quake("swapped", coordinates=[22.2, 80.3, 10]), quake("good"))
    parsed = usgs_geojson.parse(body, configured("gd_seismic"), NOON)
    assert [event.external_id for event in parsed.events] == ["good"]
    assert "service area" in parsed.refusals[0].expected


def test_of_an_id_that_stands_twice_the_newest_counts(configured, quake, quakes):
    later = quake("us1", mag=5.9, updated=quake()["properties"]["updated"] + 9000)
    for features in ((quake("us1"), later), (later, quake("us1"))):
        parsed = usgs_geojson.parse(quakes(*features), configured("usgs"), NOON)
        assert [event.attributes.magnitude for event in parsed.events] == [5.9]
        assert parsed.refusals[0].found == "the id us1 again"
    assert not usgs_geojson.parse(quakes(later, later), configured("usgs"), NOON).refusals


def test_a_quarry_blast_is_passed_over_and_is_no_fault(configured, quake, quakes):
    parsed = usgs_geojson.parse(quakes(quake("q", type="quarry blast")), configured("usgs"), NOON)
    assert not parsed.events and not parsed.refusals
    assert parsed.passed[0].found == "quarry blast"
    assert parsed.present == {"q"}


def test_a_deleted_quake_is_withdrawn_even_without_a_magnitude(configured, quake, quakes):
    body = quakes(quake("us1", status="deleted", mag=None))
    assert usgs_geojson.parse(body, configured("usgs"), NOON).withdrawn == ("us1",)


@pytest.mark.parametrize(("body", "found"), [
    (b"", "an empty body"),
    (b"  \n", "an empty body"),
    (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
    (b'{"type":"FeatureCollection","features":[{"type"', "Expecting"),
    (b"[" * 100_000, "nesting without end"),
    (b'{"type":"Topology"}', "type 'Topology'"),
    (b"[]", "list"),
    (b'{"type":"FeatureCollection","features":[],"metadata":{"generated":NaN}}', "NaN"),
    (b'{"type":"FeatureCollection","features":[],"features":[]}', "the key 'features' twice"),
])
def test_a_payload_that_is_no_list_is_refused_whole(configured, body, found):
    with pytest.raises(Refused) as refused:
        usgs_geojson.parse(body, configured("usgs"), NOON)
    assert found in refused.value.refusals[0].found


def test_an_empty_list_is_a_good_answer(configured, quakes):
    parsed = usgs_geojson.parse(quakes(), configured("usgs"), NOON)
    assert not parsed.events and parsed.made == datetime(2026, 6, 8, 4, 0, 40, tzinfo=UTC)


def test_a_list_in_gb18030_without_declaration_is_read(configured, quake, quakes):
    text = json.loads(quakes(quake("gd1", place="恩平市大槐镇")))
    body = json.dumps(text, ensure_ascii=False).encode("gb18030")
    parsed = usgs_geojson.parse(body, configured("gd_seismic"), NOON)
    assert parsed.events[0].attributes.place == "恩平市大槐镇"
