"""JMA's cyclones: the list, positions latitude first, halves of areas in km, ten-minute winds."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import NO_FUTURE, read
from fenghuo.observations.records import Lopsided, Wind, WindArea
from fenghuo.words import EventStatus, Refused

from .samples import jma_typhoon as index
from .samples.jma_typhoon_track import AHEAD, ANALYSIS, CONFIG, LATER, RECEIVED, SAMPLE, TITLE

SIX = datetime(2026, 8, 1, 6, tzinfo=UTC)


def track(*parts, config=CONFIG, at=RECEIVED):
    return read("jma_typhoon_track", json.dumps(parts).encode(), config, at)


def changed(part, **values):
    return deepcopy(part) | values


def test_the_list_names_a_track_by_its_id_and_its_issue():
    parsed = read("jma_typhoon", index.SAMPLE, index.CONFIG, index.RECEIVED)
    assert [(entry.url, entry.at) for entry in parsed.entries] == [
        ("TC2699/specifications.json", datetime(2026, 8, 1, 6, 10, tzinfo=UTC)),
        ("TC2698/specifications.json", datetime(2026, 8, 1, 4, tzinfo=UTC))]
    assert parsed.as_of == datetime(2026, 8, 1, 6, 10, tzinfo=UTC)


def test_an_empty_list_is_no_cyclone_and_an_empty_body_is_refused():
    parsed = read("jma_typhoon", b"[]", index.CONFIG, index.RECEIVED)
    assert (parsed.entries, parsed.as_of, parsed.refusals) == ((), index.RECEIVED, [])
    for body in (b"", b"{}", b"<html></html>"):
        with pytest.raises(Refused):
            read("jma_typhoon", body, index.CONFIG, index.RECEIVED)


def test_a_faulty_line_of_the_list_leaves_its_neighbour():
    rows = json.loads(index.SAMPLE)
    rows[0]["tropicalCyclone"] = "../../etc"
    parsed = read("jma_typhoon", json.dumps(rows).encode(), index.CONFIG, index.RECEIVED)
    assert [entry.url for entry in parsed.entries] == ["TC2698/specifications.json"]
    assert parsed.refusals[0].place == "[0].tropicalCyclone"


def test_a_track_has_its_analysis_with_areas_and_forecasts_without():
    (record,) = read("jma_typhoon_track", SAMPLE, CONFIG, RECEIVED).events
    track = record.attributes
    assert (record.external_id, record.issued, record.status) == ("TC2699", SIX,
                                                                  EventStatus.actual)
    assert (track.number, track.name, track.agency, track.minutes) == (
        "2698", "INVENTED", "JMA", 10)
    here = track.current
    assert (here.latitude, here.longitude, here.pressure_hpa, here.wind, here.grade) == (
        20.5, 115.0, 955, Wind(80, "kt", 10), "TY")
    assert here.areas == (WindArea(Wind(30, "kt", 10), Lopsided(390, 280, 45)),
                          WindArea(Wind(50, "kt", 10), Lopsided(110, 110, None)))
    # the last has no time of its own: hours from the analysis
    assert [fix.at - SIX for fix in track.fixes[1:]] == [timedelta(hours=12), timedelta(hours=24)]
    # what a forecast calls its storm area holds every place the eye might reach
    assert all(fix.forecast and fix.areas == () for fix in track.fixes[1:])


def test_a_depression_has_a_letter_and_is_named_by_its_address():
    title = changed(TITLE, typhoonNumber="a")
    del title["name"]
    (record,) = track(title, ANALYSIS).events
    assert (record.external_id, record.attributes.number, record.attributes.name) == (
        "TC2699", "", "")
    with pytest.raises(Refused, match="letter"):
        track(title, ANALYSIS, config=CONFIG.model_copy(update={"url": "sandbox"}))


def test_a_low_has_ended_and_an_old_track_is_history():
    low = changed(ANALYSIS, category={"jp": "温帯低気圧", "en": "LOW"})
    assert track(TITLE, low).events[0].status is EventStatus.cancelled
    old = track(TITLE, ANALYSIS, at=RECEIVED + timedelta(days=3))
    assert (old.events, old.refusals) == ([], [])


def test_a_depression_whose_wind_is_null_has_none():
    weak = changed(ANALYSIS, maximumWind={"sustained": None, "gust": None})
    (record,) = track(TITLE, weak).events
    assert record.attributes.current.wind is None
    dashes = changed(ANALYSIS, maximumWind={"sustained": {"kt": "-"}}, pressure="-")
    here = track(TITLE, dashes).events[0].attributes.current
    assert (here.wind, here.pressure_hpa) == (None, None)


@pytest.mark.parametrize(("values", "place"), [
    ({"position": {"deg": [115.0, 20.5]}}, "analysis[0].position.deg[0]"),
    ({"position": {"deg": [0, 0]}}, "analysis[0].position.deg[0]"),
    ({"position": {"deg": [20.5]}}, "analysis[0].position.deg"),
    ({"pressure": "9555"}, "analysis[0].pressure"),
    ({"maximumWind": {"sustained": {"kt": "8O"}}}, "analysis[0].maximumWind.sustained.kt"),
    ({"galeWarning": [{"area": "北", "range": {"km": 390}}, {"area": "東", "range": {"km": 9}}]},
     "analysis[0].galeWarning"),
    ({"galeWarning": [{"area": "北", "range": {"km": 390}}]}, "analysis[0].galeWarning"),
    ({"galeWarning": [{"area": "全域", "range": {"km": 390000}}]},
     "analysis[0].galeWarning[0].range.km"),
    ({"validtime": {"UTC": "2026-08-01T25:00:00Z"}}, "analysis[0].validtime.UTC"),
    ({"advancedHours": 12}, "analysis[0].advancedHours"),
])
def test_a_faulty_analysis_spoils_the_track(values, place):
    with pytest.raises(Refused) as refused:
        track(TITLE, changed(ANALYSIS, **values), AHEAD)
    assert refused.value.refusals[0].place == place


def test_a_faulty_forecast_is_refused_alone():
    parsed = track(TITLE, ANALYSIS, changed(AHEAD, pressure="?"), LATER)
    assert len(parsed.events[0].attributes.fixes) == 2
    assert [refusal.place for refusal in parsed.refusals] == ["forecast[0].pressure"]


def test_an_analysis_in_the_future_waits():
    with pytest.raises(Refused) as refused:
        track(TITLE, ANALYSIS, at=SIX - timedelta(minutes=6))
    assert refused.value.refusals[-1].expected == NO_FUTURE
