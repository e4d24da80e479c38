"""GeoNet: a deleted quake stays listed and is withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read

from .samples.geonet import CONFIG, RECEIVED, SAMPLE, answer, feature


def parse(*found):
    return read("geonet", answer(*found), CONFIG, RECEIVED)


def test_a_quake_counts_from_its_receipt_and_a_deleted_one_is_withdrawn():
    parsed = read("geonet", SAMPLE, CONFIG, RECEIVED)
    (event,) = parsed.events
    assert event.onset == datetime(2026, 6, 8, 4, 0, 0, 303_000, tzinfo=UTC)
    assert (event.issued, event.attributes.depth_km) == (RECEIVED, 5.9)
    assert parsed.withdrawn == ("2026p000002",) and not parsed.refusals


@pytest.mark.parametrize(("quality", "review"), [
    ("best", "reviewed"), ("preliminary", "automatic"), ("automatic", "automatic")])
def test_only_the_best_solution_is_reviewed(quality, review):
    assert parse(feature(quality=quality)).events[0].attributes.review == review


@pytest.mark.parametrize(("changes", "place"), [
    ({"quality": "rumour"}, "quality"), ({"time": "2026-06-08"}, "time"),
    ({"magnitude": None}, "magnitude"), ({"depth": 5000}, "depth")])
def test_a_faulty_record_is_refused_alone(changes, place):
    parsed = parse(feature("a", **changes), feature("b"))
    assert [event.external_id for event in parsed.events] == ["b"]
    assert [one.place for one in parsed.refusals] == [f"features[0] a.properties.{place}"]


def test_another_form_is_refused_whole():
    with pytest.raises(FeedError):
        read("geonet", b'{"features": []}', CONFIG, RECEIVED)
