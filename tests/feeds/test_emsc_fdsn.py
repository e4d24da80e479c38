"""EMSC's list and its messages are the same records: ids, revisions, the sign of depth."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.formats import emsc_fdsn
from fenghuo.feeds.parsed import FeedError, read

from .samples.emsc_fdsn import CONFIG, RECEIVED, SAMPLE, answer, feature, said


def parse(*found):
    return read("emsc_fdsn", answer(*found), CONFIG, RECEIVED)


def test_a_quake_is_read_with_its_clock_of_revisions():
    event, _ = read("emsc_fdsn", SAMPLE, CONFIG, RECEIVED).events
    assert (event.external_id, event.aliases) == ("20260608_0000001", ())
    assert event.onset == datetime(2026, 6, 8, 4, 0, 0, 100_000, tzinfo=UTC)
    assert event.issued == datetime(2026, 6, 8, 4, 5, 0, 500_000, tzinfo=UTC)
    said = event.attributes
    assert (said.magnitude, said.depth_km, said.latitude, said.longitude) == (5.6, 10, 22.2, 112.3)
    assert (said.place, said.review) == ("GUANGDONG, CHINA", "automatic")


@pytest.mark.parametrize(("changes", "place", "found"), [
    ({"mag": None}, "properties.mag", "nothing"),
    ({"mag": "5.6"}, "properties.mag", "'5.6'"),
    ({"depth": -10.0}, "geometry.coordinates[2]", "-10"),
    ({"coordinates": [112.3, 22.2, 10.0]}, "geometry.coordinates[2]", "10"),
    ({"coordinates": [22.2, 112.3, -10.0]}, "geometry.coordinates[1]", "112.3"),
    ({"time": "2026-06-08T04:00:00"}, "properties.time", "'2026-06-08T04:00:00'"),
    ({"lastupdate": "2026-06-08T05:00:00Z"}, "properties.lastupdate", "2026-06-08T05:00:00+00:00"),
])
def test_a_faulty_record_is_refused_alone(changes, place, found):
    parsed = parse(feature("a", **changes), feature("b"))
    assert [event.external_id for event in parsed.events] == ["b"]
    (refusal,) = parsed.refusals
    assert (refusal.place, refusal.found) == (f"features[0] a.{place}", found)
    assert parsed.present == {"a", "b"}


@pytest.mark.parametrize(("kind", "kept"), [
    ("ke", True), ("se", True), ("fe", True), ("ki", True), ("uk", True), (None, True),
    ("km", False), ("sh", False), ("kn", False), ("sr", False), ("ls", False)])
def test_what_is_known_to_be_no_earthquake_is_passed_over(kind, kept):
    parsed = parse(feature(evtype=kind))
    assert bool(parsed.events) is kept and bool(parsed.passed) is not kept
    assert not parsed.refusals


@pytest.mark.parametrize("action", ["create", "update"])
def test_a_message_says_the_same_as_the_list(action):
    told = emsc_fdsn.message(said(action, feature()), CONFIG, RECEIVED)
    assert told.events == parse(feature()).events
    assert told.present is None  # a message says nothing of other quakes


def test_a_message_may_take_a_quake_back():
    told = emsc_fdsn.message(said("delete", feature(mag=None)), CONFIG, RECEIVED)
    assert told.withdrawn == ("20260608_0000001",) and not told.events


@pytest.mark.parametrize(("body", "place"), [
    (b"[]", "payload"), (b"{}", "action"), (said("ping", feature()), "action"),
    (said("create", None), "data"), (said("create", feature(mag=None)), "data 20260608_0000001"),
    (b'{"action":"create","data":{"properties":{"unid":"a","mag":NaN}}}', "data a"),
    (b'{"action":["create"],"data":1}', "action")])
def test_a_message_that_cannot_be_read_is_refused(body, place):
    with pytest.raises(Exception) as refused:
        emsc_fdsn.message(body, CONFIG, RECEIVED)
    assert refused.value.refusals[0].place.startswith(place)


def test_no_quakes_are_no_fault_and_another_form_is():
    assert parse().events == [] and parse().present == frozenset()
    with pytest.raises(FeedError):
        read("emsc_fdsn", b'{"error": "too many"}', CONFIG, RECEIVED)
