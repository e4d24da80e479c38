"""QuakeML: preferred solutions, metres, old and new namespaces."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read

from .samples.quakeml import CONFIG, RECEIVED, SAMPLE, answer, event, magnitude, origin


def parse(*found):
    return read("quakeml", answer(*found), CONFIG, RECEIVED)


def test_the_preferred_solution_counts_and_its_depth_is_in_metres():
    (found,) = read("quakeml", SAMPLE, CONFIG, RECEIVED).events
    assert found.external_id == "smi:x/y?z=1"
    assert found.onset == datetime(2026, 6, 8, 4, 0, 0, 680_000, tzinfo=UTC)
    assert found.issued == datetime(2026, 6, 8, 4, 9, tzinfo=UTC)
    said = found.attributes
    assert (said.magnitude, said.magnitude_type, said.depth_km) == (5.6, "Mw", 10)
    assert (said.latitude, said.place, said.review) == (22.2, "Guangdong", "reviewed")


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_namespace_is_read(version):
    body = answer(event(inner=origin() + magnitude()), version=version)
    assert len(read("quakeml", body, CONFIG, RECEIVED).events) == 1


def test_where_none_is_preferred_the_only_one_counts_or_the_one_of_the_magnitude():
    alone = event(inner=origin("o9") + magnitude("m9"), origin="", magnitude="")
    assert len(parse(alone).events) == 1
    said = magnitude().replace("<type>", "<originID>o1</originID><type>")
    of_it = event(inner=origin("o0", latitude="1") + origin() + said, origin="")
    assert parse(of_it).events[0].attributes.latitude == 22.2


def test_the_only_origin_counts_where_that_of_the_magnitude_is_left_out():
    left_out = magnitude().replace("</magnitude>", "<originID>elsewhere</originID></magnitude>")
    (quake,) = parse(event(inner=origin() + left_out, origin="")).events
    assert quake.attributes.latitude == 22.2
    with pytest.raises(FeedError, match="preferredOriginID"):
        parse(event(inner=origin() + left_out, origin="elsewhere"))


def test_a_type_written_null_is_none():
    assert len(parse(event(inner=origin() + magnitude(), kind="null")).events) == 1


@pytest.mark.parametrize(("inner", "given", "place"), [
    (origin() + origin("o2") + magnitude(), {"origin": ""}, "preferredOriginID"),
    (origin() + magnitude(), {"origin": "o7"}, "preferredOriginID"),
    (origin(), {}, "preferredMagnitudeID"),
    (origin(time="") + magnitude(), {}, "origin.time"),
    (origin(depth="9000000") + magnitude(), {}, "origin.depth"),
    (origin(latitude="112.3", longitude="22.2") + magnitude(), {}, "origin.latitude"),
    (origin() + magnitude(value="nan"), {}, "magnitude.mag")])
def test_a_faulty_event_is_refused_alone(inner, given, place):
    parsed = parse(event("a", inner, **given), event("b", origin() + magnitude()))
    assert [found.external_id for found in parsed.events] == ["b"]
    assert [one.place for one in parsed.refusals] == [f"event[0] a.{place}"]


def test_a_rejected_solution_and_a_quake_that_never_was_are_withdrawn():
    parsed = parse(event("a", origin(status="rejected") + magnitude()),
                   event("b", kind="not existing"), event("c", kind="quarry_blast"))
    assert parsed.withdrawn == ("a", "b") and parsed.passed[0].found == "quarry blast"


def test_a_solution_without_a_depth_or_a_clock_is_read():
    bare = origin(depth="").split("<creationInfo>")[0] + "</origin>"
    (found,) = parse(event(inner=bare + magnitude())).events
    assert found.attributes.depth_km is None and found.issued == RECEIVED


@pytest.mark.parametrize("body", [
    b"<html/>", b"<quakeml/>", b"<!DOCTYPE q><quakeml/>", b"<q", answer()[:-9]])
def test_another_document_is_refused_whole(body):
    with pytest.raises(FeedError):
        read("quakeml", body, CONFIG, RECEIVED)


def test_an_empty_list_is_a_good_answer():
    assert parse().events == []
