"""CENC's list: parentheses, Beijing time, a sixtieth second, numbers as texts, blasts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read

from .samples.cenc_list import CONFIG, RECEIVED, SAMPLE, answer, row


def parse(*found):
    return read("cenc_list", answer(*found), CONFIG, RECEIVED)


def test_a_quake_is_read_from_beijing_time_with_both_its_ids():
    event, other = read("cenc_list", SAMPLE, CONFIG, RECEIVED).events
    assert (event.external_id, event.aliases) == ("CC20260608120060", ("CC20260608120060.00",))
    assert event.onset == datetime(2026, 6, 8, 4, tzinfo=UTC)
    assert event.issued == datetime(2026, 6, 8, 4, 8, 35, tzinfo=UTC)
    assert (event.attributes.magnitude, event.attributes.depth_km) == (5.6, 10)
    assert other.onset == datetime(2026, 6, 8, 4, 10, tzinfo=UTC)  # 12:09:60


@pytest.mark.parametrize("wrapped", [b"%s", b"(%s)", b"jQuery1_2(%s);\n", b" ( %s ) "])
def test_the_list_is_read_whatever_is_wrapped_around_it(wrapped):
    assert len(read("cenc_list", wrapped % answer(row())[1:-1], CONFIG, RECEIVED).events) == 1


def test_a_list_alone_is_read_and_an_empty_one_is_no_answer():
    (event,) = read("cenc_list", f"({json.dumps([row()])})".encode(), CONFIG, RECEIVED).events
    assert event.external_id == "CC20260608120060"
    with pytest.raises(FeedError):
        read("cenc_list", b"([])", CONFIG, RECEIVED)


def test_automatic_and_reviewed_solutions_are_told_apart():
    found = [parse(row(AUTO_FLAG=flag)).events[0].attributes.review for flag in "MA"]
    assert found == ["reviewed", "automatic"]


@pytest.mark.parametrize("mark", ["(疑爆)", "（爆破）", "(塌陷)", "(疑塌陷)"])
def test_a_blast_or_a_collapse_is_passed_over(mark):
    parsed = parse(row(LOCATION_C=f"山西大同市{mark}"))
    assert not parsed.events and not parsed.refusals and len(parsed.passed) == 1


def test_a_quake_marked_as_deleted_is_withdrawn():
    parsed = parse(row(IS_DEL="1"))
    assert parsed.withdrawn == ("CC20260608120060", "CC20260608120060.00")
    assert len(parse(row(IS_DEL="0")).events) == 1


@pytest.mark.parametrize(("changes", "place"), [
    ({"M": "0x5"}, "M"), ({"M": ""}, "M"), ({"EPI_LAT": "112.30", "EPI_LON": "22.20"}, "EPI_LAT"),
    ({"O_TIME": "2026-06-08 12:00:61"}, "O_TIME"), ({"O_TIME": "2026-06-08 20:00:00"}, "O_TIME"),
    ({"AUTO_FLAG": ""}, "AUTO_FLAG"), ({"SAVE_TIME": None}, "SAVE_TIME")])
def test_a_faulty_record_is_refused_alone(changes, place):
    parsed = parse(row("a", **changes), row("b"))
    assert [event.external_id for event in parsed.events] == ["b"]
    assert [one.place for one in parsed.refusals] == [f"shuju[0] a.{place}"]


@pytest.mark.parametrize("body", [b"()", b"(1)", b'({"shuju": ""})', b"(((", b'{"jieguo": []}'])
def test_another_form_is_refused_whole(body):
    with pytest.raises(FeedError):
        read("cenc_list", body, CONFIG, RECEIVED)
