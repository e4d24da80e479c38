"""FDSN text: columns by whatever header, ids of any characters, UTC without a Z."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read

from .samples.fdsn_text import CONFIG, HEADER, RECEIVED, SAMPLE, answer, line


def parse(*found):
    return read("fdsn_text", answer(*found), CONFIG, RECEIVED)


def test_a_quake_is_read_in_utc_and_counts_from_its_receipt():
    event, other = read("fdsn_text", SAMPLE, CONFIG, RECEIVED).events
    assert event.onset == datetime(2026, 6, 8, 4, 0, 0, 940_000, tzinfo=UTC)
    assert event.issued == RECEIVED and event.attributes.depth_km == 10
    assert (event.attributes.magnitude_type, event.attributes.place) == ("Mw", "Guangdong (CN)")
    assert other.external_id == "smi:x/y?z=1#2"


@pytest.mark.parametrize("header", [
    HEADER, HEADER.replace("Depth/km", "Depth/Km"), HEADER.lower(), HEADER.replace("#", "# "),
    HEADER.replace("|", " | "), HEADER.removeprefix("#"), f"\n{HEADER}"])
def test_columns_are_found_whatever_the_headers_capitals(header):
    (event,) = read("fdsn_text", answer(line(), header=header), CONFIG, RECEIVED).events
    assert (event.attributes.magnitude, event.attributes.depth_km) == (5.6, 10)


def test_thirteen_columns_have_no_type_of_event():
    body = answer(line(kind=""), header=HEADER.removesuffix("|EventType"))
    assert len(read("fdsn_text", body, CONFIG, RECEIVED).events) == 1


def test_a_blast_is_passed_over_and_what_never_was_is_withdrawn():
    parsed = parse(line("a", kind="|quarry blast"), line("b", kind="|not existing"), line("c"))
    assert [event.external_id for event in parsed.events] == ["c"]
    assert parsed.passed[0].found == "quarry blast" and parsed.withdrawn == ("b",)


@pytest.mark.parametrize(("bad", "place"), [
    (line("a", magnitude=""), "line 2 a.magnitude"),
    (line("a", magnitude="NaN"), "line 2 a.magnitude"),
    (line("a", at="2026-06-08"), "line 2 a.time"), (line("a", kind=""), "line 2 a"),
    (line("a", at="2026-06-08T05:00:00"), "line 2 a.time"), (line(""), "line 2.eventid")])
def test_a_faulty_line_is_refused_alone(bad, place):
    parsed = parse(bad, line("b"))
    assert [event.external_id for event in parsed.events] == ["b"]
    assert [one.place for one in parsed.refusals] == [place]


@pytest.mark.parametrize("body", [
    b"Error 400: too broad", answer(header="#EventID|Time"), answer(header=f"{HEADER}|Time")])
def test_a_table_without_its_header_is_refused_whole(body):
    with pytest.raises(FeedError):
        read("fdsn_text", body, CONFIG, RECEIVED)
