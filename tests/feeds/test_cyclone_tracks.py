"""Cyclone tracks in best track columns: fixes, areas, forecasts; a bad line spoils its storm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import NO_FUTURE, read
from fenghuo.observations.records import Lopsided, Wind, WindArea
from fenghuo.observations.revisions import attributes_of, plain
from fenghuo.words import EventKind, EventStatus, Refused

NOW = datetime(2018, 9, 16, 0, 30, tzinfo=UTC)
CONFIG = FeedConfig.model_validate({
    "name": "track", "title": {"zh": "台风路径", "en": "tracks"}, "bureau": "weather",
    "format": "jma_best_track", "url": "sandbox", "authority": "official", "cadence": "10m",
    "stale": "1h", "window": "48h"})

LINES = ["18091518 002 5 198 1170  955     080     90120 0120 20350 0240",
         "18091600 002 5 206 1153  960     075     90090 0090 20350 0240",
         "18091606 00F 5 217 1135  960     075     90090 0090 20350 0210",
         "18091700 00F 2 240 1070  998     000"]


def storm(*lines: str, number: str = "1822", name: str = "MANGKHUT",
          count: int | None = None) -> str:
    rows = lines or tuple(LINES)
    return "\n".join([f"66666 {number}  {len(rows) if count is None else count:03d} 0029 {number} "
                      f"0 6 {name:>20}              20180916", *rows, ""])


def parse(*storms: str, at: datetime = NOW):
    return read("jma_best_track", "".join(storms).encode(), CONFIG, at)


def test_a_track_is_one_event_of_analysed_and_forecast_fixes():
    (record,) = parse(storm()).events
    assert (record.kind, record.external_id, record.status) == (
        EventKind.cyclone, "1822", EventStatus.actual)
    assert record.issued == datetime(2018, 9, 16, 0, tzinfo=UTC)
    assert record.expires == record.issued + timedelta(hours=12)
    track = record.attributes
    assert track.name == "MANGKHUT" and [fix.forecast for fix in track.fixes] == [
        False, False, True, True]
    here = track.current
    assert (here.latitude, here.longitude, here.pressure_hpa, here.wind, here.grade) == (
        20.6, 115.3, 960, Wind(75, "kt", 10), "TY")
    # 2: the longest radius points east; nautical miles in km
    assert here.areas == (
        WindArea(Wind(30, "kt", 10), Lopsided(350 * 1.852, 240 * 1.852, 90)),
        WindArea(Wind(50, "kt", 10), Lopsided(90 * 1.852, 90 * 1.852, None)))
    assert track.fixes[-1].areas == () and track.fixes[-1].wind is None
    assert (track.agency, track.minutes) == ("JMA", 10)


def test_the_headers_of_the_oldest_storms_are_read_and_their_storms_history():
    old = "66666 5101    2      5101 0 6                              19901017             \n" \
          "51021906 002 2 200 1385 1010          \n51021912 002 9 250 1460  994          \n"
    parsed = parse(old, storm())
    assert [record.external_id for record in parsed.events] == ["1822"] and not parsed.refusals


def test_a_track_keeps_its_shape_through_the_store():
    track = parse(storm()).events[0].attributes
    assert attributes_of(EventKind.cyclone, plain(track)) == track


def test_an_extratropical_storm_has_ended_and_an_old_one_is_history():
    ended = storm(LINES[0], "18091600 002 6 206 1153  960     075     90090 0090 20350 0240")
    assert parse(ended).events[0].status is EventStatus.cancelled
    old = parse(storm(), at=NOW + timedelta(days=4))
    assert (old.events, old.refusals) == ([], [])


@pytest.mark.parametrize(("line", "expected"), [
    ("18091600 002 5 206 1153  960     075     00090 0090 20350 0240", "longer radius points"),
    ("18091600 002 5 206 1153  960     075     90090 0080 20350 0240", "longer radius points"),
    ("18091600 002 5 206 1153  960     075     90090 0090 20240 0350", "longest radius"),
    ("18091600 002 5 206 1153  460     075", "800 to 1100 hPa"),
    ("18091600 002 5 206 1153  960     375", "250 kt"),
    ("18091600 002 5 906 1153  960     075", "degrees"),
    ("18091699 002 5 206 1153  960     075", "yymmddhh"),
    ("18091512 002 5 206 1153  960     075", "a later fix"),
    ("18091602 002 5 206 1153  960     075", NO_FUTURE),
    ("18091600 003 5 206 1153  960     075", "the columns"),
    ("18091600 002 5 20.6 115.3 960 075", "the columns"),
])
def test_a_faulty_line_spoils_its_storm_and_no_other(line, expected):
    parsed = parse(storm(LINES[0], line), storm(number="1823", name="BARIJAT"))
    assert [record.external_id for record in parsed.events] == ["1823"]
    (refusal,) = parsed.refusals
    assert expected in refusal.expected and refusal.place in ("line 1", "line 3")


@pytest.mark.parametrize(("body", "expected"), [
    (storm(count=3), "as its header says"), (storm() + storm(), "each storm once"),
    (storm(*LINES[2:]), "an analysed fix"), (storm(LINES[2], LINES[0]), "forecast ones last"),
    (storm(LINES[0], "18092600 00F 2 240 1070  998     000"), "days"),
    ("66666 MANGKHUT\n" + LINES[0], "a header"), ("typhoon\n", "a header 66666"), ("", "payload"),
])
def test_a_storm_that_contradicts_itself_is_refused(body, expected):
    try:
        refusals = parse(body).refusals
    except Refused as error:
        refusals = error.refusals
    assert expected in refusals[0].expected


@given(st.integers(0, 3), st.integers(0, 70), st.characters(codec="utf-8"))
def test_whatever_one_character_becomes_the_neighbour_stays(row, column, character):
    lines = list(LINES)
    lines[row] = lines[row][:column] + character + lines[row][column + 1:]
    parsed = parse(storm(*lines), storm(number="1823", name="BARIJAT"))
    assert "1823" in {record.external_id for record in parsed.events}


@given(st.text(max_size=300))
def test_whatever_text_comes_only_a_refusal_comes_out(text):
    with pytest.raises(Refused):
        read("jma_best_track", f"x{text}".encode(errors="replace"), CONFIG, NOW)
