"""Wolfx's relay of CENC's list: a numbered object of texts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read

from .samples.wolfx_cenc import CONFIG, RECEIVED, SAMPLE, answer, quake


def parse(*found):
    return read("wolfx_cenc", answer(*found), CONFIG, RECEIVED)


def test_a_quake_is_read_from_beijing_time():
    event, other = read("wolfx_cenc", SAMPLE, CONFIG, RECEIVED).events
    assert event.external_id == "CD.20260608120000.125"
    assert event.onset == datetime(2026, 6, 8, 4, tzinfo=UTC)
    assert event.issued == datetime(2026, 6, 8, 4, 8, 43, tzinfo=UTC)
    assert (event.attributes.magnitude, event.attributes.place) == (5.6, "广东江门市恩平市")
    assert (event.attributes.review, other.attributes.review) == ("reviewed", "automatic")


@pytest.mark.parametrize(("changes", "place"), [
    ({"type": "x"}, "type"), ({"magnitude": None}, "magnitude"), ({"latitude": "99"}, "latitude"),
    ({"time": "12:00"}, "time"), ({"ReportTime": "2026-06-08 20:00:00"}, "ReportTime")])
def test_a_faulty_record_is_refused_alone(changes, place):
    parsed = parse(quake("a", **changes), quake("b"))
    assert [event.external_id for event in parsed.events] == ["b"]
    assert [one.place for one in parsed.refusals] == [f"No1 a.{place}"]


def test_an_answer_of_before_it_had_ids_is_known_by_its_times():
    old = quake()
    del old["EventID"], old["ReportTime"], old["placeName"]
    (event,) = read("wolfx_cenc", answer(old), CONFIG, RECEIVED).events
    assert (event.external_id, event.issued) == ("2026-06-08 12:00:00", RECEIVED)


def test_an_empty_list_is_a_good_answer_and_an_error_is_none():
    assert parse().events == []
    for body in (b"{}", b'{"error": "busy"}', b"[]"):
        with pytest.raises(FeedError):
            read("wolfx_cenc", body, CONFIG, RECEIVED)
