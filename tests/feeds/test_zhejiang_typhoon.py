"""Zhejiang's cyclones: Beijing's time, NE|SE|NW|SW, one agency of five."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.formats.zhejiang_typhoon import address
from fenghuo.feeds.parsed import read
from fenghuo.observations.records import Quadrants, Wind, WindArea
from fenghuo.words import EventStatus, Refused

from .samples import zhejiang_typhoon as index
from .samples.zhejiang_typhoon_track import CONFIG, RECEIVED, SAMPLE, STORM, fix

SIX = datetime(2026, 8, 1, 6, tzinfo=UTC)


def track(at=RECEIVED, **values):
    body = json.dumps(deepcopy(STORM) | values).encode()
    return read("zhejiang_typhoon_track", body, CONFIG, at)


def test_only_active_cyclones_are_read_further():
    parsed = read("zhejiang_typhoon", index.SAMPLE, index.CONFIG, index.RECEIVED)
    assert [entry.url for entry in parsed.entries] == ["../TyphoonInfo/202698"]


def test_the_list_is_asked_for_beijings_year():
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert address(index.CONFIG, new_year).endswith("/Api/TyphoonList/2027")
    assert address(index.CONFIG, new_year - timedelta(minutes=1)).endswith("/2026")


def test_an_empty_list_is_no_cyclone_and_a_faulty_line_leaves_its_neighbour():
    parsed = read("zhejiang_typhoon", b"[]", index.CONFIG, index.RECEIVED)
    assert (parsed.entries, parsed.as_of) == ((), index.RECEIVED)
    rows = json.loads(index.SAMPLE)
    rows[0]["tfid"] = "1/../../x"
    parsed = read("zhejiang_typhoon", json.dumps(rows).encode(), index.CONFIG, index.RECEIVED)
    assert len(parsed.entries) == 1 and parsed.refusals[0].place == "[0].tfid"


def test_cmas_forecast_may_bear_the_name_of_its_office():
    points = deepcopy(STORM["points"])
    for one in points[-1]["forecast"]:
        one["tm"] = "中央气象台" if one["tm"] == "中国" else one["tm"]
    named, plain = track(points=points), track()
    assert named.events == plain.events and plain.events[0].attributes.fixes[-1].forecast


def test_the_last_two_radii_are_north_west_and_south_west():
    (record,) = read("zhejiang_typhoon_track", SAMPLE, CONFIG, RECEIVED).events
    here = record.attributes.current
    assert here.areas == (
        WindArea(Wind(30, "kt", 2), Quadrants(ne_km=400, se_km=350, sw_km=250, nw_km=300)),
        WindArea(Wind(50, "kt", 2), Quadrants(ne_km=120, se_km=110, sw_km=90, nw_km=100)))
    assert record.attributes.fixes[0].areas == ()


def test_times_are_beijings_and_numbers_are_written_out():
    (record,) = read("zhejiang_typhoon_track", SAMPLE, CONFIG, RECEIVED).events
    found = record.attributes
    assert (record.external_id, record.issued) == ("202698", SIX)
    assert (found.number, found.name, found.agency, found.minutes) == (
        "2698", "INVENTED", "CMA", 2)
    assert (found.current.latitude, found.current.longitude, found.current.wind) == (
        20.5, 115.0, Wind(40, "m/s", 2))


def test_of_five_agencies_only_cmas_forecast_is_kept():
    (record,) = read("zhejiang_typhoon_track", SAMPLE, CONFIG, RECEIVED).events
    assert [(fix.at, fix.latitude, fix.wind.value) for fix in record.attributes.fixes
            if fix.forecast] == [(SIX + timedelta(hours=12), 21.0, 42)]
    points = deepcopy(STORM["points"])
    points[1]["forecast"] = [one for one in points[1]["forecast"] if one["tm"] != "中国"]
    (record,) = track(points=points).events
    assert not any(fix.forecast for fix in record.attributes.fixes)


def test_an_inactive_cyclone_has_ended():
    assert track(isactive="0").events[0].status is EventStatus.cancelled


@pytest.mark.parametrize(("values", "place"), [
    ({"lat": "115.0", "lng": "20.5"}, "lat"), ({"lat": "", "lng": ""}, "lat"),
    ({"speed": "4O"}, "speed"), ({"radius7": "400|350|300"}, "radius7"),
    ({"radius7": "400|350|300|-1"}, "radius7.sw"), ({"time": "2026-08-01 24:00:00"}, "time"),
    ({"time": "08-01 14时"}, "time"), ({"pressure": "95500"}, "pressure"),
])
def test_a_faulty_fix_is_refused_alone(values, place):
    bad = fix("2026-08-01 14:00:00", "20.5", "115.0") | values
    parsed = track(points=[STORM["points"][0], bad])
    assert parsed.events[0].issued == SIX - timedelta(hours=3)
    assert [refusal.place for refusal in parsed.refusals] == [f"points[1].{place}"]


@pytest.mark.parametrize("values", [
    {"points": []}, {"points": None}, {"tfid": "x"}, {"isactive": "yes"}])
def test_what_is_no_track_is_refused(values):
    with pytest.raises(Refused):
        track(**values)
