"""BMKG: one quake or a list, latitude first, kilometres in words, two zones that must agree."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read

from .samples.bmkg import CONFIG, RECEIVED, SAMPLE, answer, quake


def parse(found):
    return read("bmkg", answer(found), CONFIG, RECEIVED)


def test_a_quake_south_of_the_equator_is_read():
    event, later = read("bmkg", SAMPLE, CONFIG, RECEIVED).events
    assert event.onset == datetime(2026, 6, 8, 4, 0, 48, tzinfo=UTC)
    said = event.attributes
    assert (said.latitude, said.longitude, said.depth_km, said.magnitude) == (-7.25, 106.5, 10, 5.3)
    assert event.external_id != later.external_id


def test_the_newest_alone_says_nothing_of_those_before_it():
    alone, listed = parse(quake()), parse([quake()])
    assert alone.events == listed.events
    assert alone.present is None and listed.present == {"2026-06-08T04:00:48+00:00"}


def test_a_unit_may_be_written_in_capitals():
    (event,) = parse(quake(Kedalaman="12 Km")).events
    assert event.attributes.depth_km == 12


@pytest.mark.parametrize(("changes", "place"), [
    ({"Jam": "04:00:48 WIB"}, "Jam"), ({"Jam": "11:00:48 WIT"}, "Jam"),
    ({"Kedalaman": "10"}, "Kedalaman"), ({"Kedalaman": "10 m"}, "Kedalaman"),
    ({"Coordinates": "106.50,-7.25"}, "Coordinates"), ({"Coordinates": "-7.25"}, "Coordinates[1]"),
    ({"Coordinates": "0.0,0.0"}, "Coordinates"), ({"Magnitude": "5,3"}, "Magnitude"),
    ({"DateTime": "2026-06-08T04:00:48"}, "DateTime")])
def test_a_faulty_record_is_refused_alone(changes, place):
    parsed = parse([quake(**changes), quake(Jam="11:20:00 WIB",
                                            DateTime="2026-06-08T04:20:00+00:00")])
    assert len(parsed.events) == 1
    assert [one.place.rpartition(".")[2] for one in parsed.refusals] == [place]


@pytest.mark.parametrize("body", [b"{}", b'{"Infogempa":{"gempa":"-"}}', b"[]"])
def test_another_form_is_refused_whole(body):
    with pytest.raises(FeedError):
        read("bmkg", body, CONFIG, RECEIVED)
