"""FIRMS: two dialects and MODIS, pixels of our area alone, and what is refused of a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.feeds.parsed import read
from fenghuo.observations.records import FireAttributes
from fenghuo.words import EventKind, Refused

from .samples.firms import CONFIG, MODIS, RECEIVED, SAMPLE, STATIC, table

HERE = (22.2301, 112.2701)


def parse(*rows, config=CONFIG, **more):
    return read("firms", table(*rows, **more), config, RECEIVED)


def confidences(parsed):
    return [event.attributes.confidence for event in parsed.events]


def test_pixels_of_the_area_become_events_known_by_satellite_time_and_place():
    parsed = read("firms", SAMPLE, CONFIG, RECEIVED)
    seen = datetime(2026, 10, 5, 5, 56, tzinfo=UTC)
    first, second = parsed.events
    assert first.kind is EventKind.fire and first.onset == first.issued == seen
    assert first.external_id == "NOAA-20:20261005T0556:22.23010:112.27010"
    assert first.attributes == FireAttributes(*HERE, "nominal", 4.23, "NOAA-20", False)
    assert second.attributes.confidence == "high"
    assert parsed.as_of == seen and not parsed.refusals and parsed.present is None


def test_without_an_area_every_pixel_is_kept():
    config = CONFIG.model_copy(update={"area": None})
    assert len(read("firms", SAMPLE, config, RECEIVED).events) == 3


def test_both_dialects_say_the_same_pixel():
    api = parse((*HERE, 556, "N20", "l", 4.23), (*HERE, 557, "N", "n", ""))
    static = parse((*HERE, "0556", "1", "low", 4.23), (*HERE, "0557", "N", "nominal", ""),
                   head=STATIC)
    assert api.events == static.events and confidences(api) == ["low", "nominal"]
    assert api.events[1].attributes.frp_mw is None


def test_modis_has_numbers_divided_as_firms_does():
    parsed = parse(*((*HERE, time, "A", share, 5) for time, share in
                     enumerate((0, 29, 30, 79, 80, 100), 100)), head=MODIS)
    assert confidences(parsed) == ["low", "low", "nominal", "nominal", "high", "high"]
    assert {event.attributes.satellite for event in parsed.events} == {"Aqua"}


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_time_without_leading_zeros_is_the_same_time(hour, minute):
    config = CONFIG.model_copy(update={"area": None})
    body = table((*HERE, hour * 100 + minute, "N", "n", 1))
    (event,) = read("firms", body, config, datetime(2026, 10, 7, tzinfo=UTC)).events
    assert event.onset == datetime(2026, 10, 5, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(("row", "column", "expected"), [
    (("", "", 556, "N", "n", 1), "latitude", "a place on earth"),
    ((0, 0, 556, "N", "n", 1), "latitude", "a place on earth"),
    ((91, 112, 556, "N", "n", 1), "latitude", "a place on earth"),
    (("nan", 112, 556, "N", "n", 1), "latitude", "a place on earth"),
    ((22.1, 181, 556, "N", "n", 1), "latitude", "a place on earth"),
    ((*HERE, 2460, "N", "n", 1), "acq_time", "YYYY-MM-DD and HHMM"),
    ((*HERE, "5:56", "N", "n", 1), "acq_time", "YYYY-MM-DD and HHMM"),
    ((*HERE, 1206, "N", "n", 1), "acq_time", "no time in the future"),
    ((*HERE, 556, "N", "87", 1), "confidence", "l, n, h or low, nominal, high"),
    ((*HERE, 556, "", "n", 1), "satellite", "a satellite's name"),
    ((*HERE, 556, "N", "n", -1), "frp", "a power from 0"),
    ((*HERE, 556, "N", "n", "hot"), "frp", "a power from 0"),
])
def test_a_faulty_row_is_refused_alone(row, column, expected):
    parsed = parse(row, (*HERE, 500, "N", "n", 1))
    (refusal,) = parsed.refusals
    assert refusal.place == f"row 2.{column}" and expected in refusal.expected
    assert len(parsed.events) == 1 and parsed.as_of <= RECEIVED
    with pytest.raises(Refused):
        parse(row)


def test_a_row_cut_short_is_refused_alone():
    parsed = read("firms", SAMPLE + b"22.3,112.3,33", CONFIG, RECEIVED)
    assert [one.place for one in parsed.refusals] == ["row 5"] and len(parsed.events) == 2


def test_a_pixel_twice_counts_once_and_another_word_on_it_is_refused():
    same = (*HERE, 556, "N", "n", 1)
    assert not parse(same, same).refusals
    parsed = parse(same, (*HERE, 556, "N", "h", 1))
    assert len(parsed.events) == 1 and parsed.refusals[0].expected == "each pixel once"


@pytest.mark.parametrize("body", [
    b"Invalid MAP_KEY.", b"Invalid area coordinates. Expects: [west,south,east,north].", b"\n\n",
    b"", b"<html>Service unavailable</html>", b'{"error": "x"}', b"latitude,longitude\n22,112\n"])
def test_an_error_sent_as_text_is_refused_never_no_fires(body):
    with pytest.raises(Refused):
        read("firms", body, CONFIG, RECEIVED)


def test_a_head_without_rows_is_no_fires():
    parsed = parse()
    assert parsed.events == [] and not parsed.refusals
