"""CMA's cyclones: JSONP, everything by position, longitude first, quarters, two-minute winds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import NO_FUTURE, read
from fenghuo.observations.records import Quadrants, Wind, WindArea
from fenghuo.words import EventStatus, Refused

from .samples import nmc_typhoon as index
from .samples.nmc_typhoon_track import CONFIG, RECEIVED, ROWS, SAMPLE, point, view

SIX = datetime(2026, 8, 1, 6, tzinfo=UTC)


def listed(body):
    return read("nmc_typhoon", body, index.CONFIG, index.RECEIVED)


def track(*points, at=RECEIVED, **storm):
    return read("nmc_typhoon_track", view(*points, **storm), CONFIG, at)


def test_only_cyclones_that_go_on_are_read_further():
    assert [entry.url for entry in listed(index.SAMPLE).entries] == [
        "view_7000002", "view_7000003"]


@pytest.mark.parametrize("wrap", ["f(({}))", "f({});", "{}", " a.b ( {} ) "])
def test_a_callback_once_twice_or_not_at_all_is_taken_off(wrap):
    body = wrap.replace("{}", json.dumps({"typhoonList": index.STORMS})).encode()
    assert len(listed(body).entries) == 2


def test_a_list_of_stopped_ones_only_is_no_cyclone_now():
    parsed = listed(index.wrapped({"typhoonList": index.STORMS[2:]}))
    assert (parsed.entries, parsed.as_of, parsed.refusals) == ((), index.RECEIVED, [])


def test_a_faulty_cyclone_of_the_list_leaves_its_neighbours():
    rows = [index.STORMS[0][:3], [True, *index.STORMS[0][1:]], index.STORMS[1]]
    parsed = listed(index.wrapped({"typhoonList": rows}))
    assert [entry.url for entry in parsed.entries] == ["view_7000003"]
    assert [refusal.place for refusal in parsed.refusals] == [
        "typhoonList[0]", "typhoonList[1].id"]


@pytest.mark.parametrize("body", [b"", b"f(", b"f()", b"f(([]))", b"<html>", b'f(({"a": 1}))',
                                  b"f(" * 5000 + b"1" + b")" * 5000])
def test_what_is_no_list_is_refused(body):
    with pytest.raises(Refused):
        listed(body)


def test_a_track_has_quarters_in_km_and_winds_of_two_minutes():
    (record,) = read("nmc_typhoon_track", SAMPLE, CONFIG, RECEIVED).events
    assert (record.external_id, record.issued, record.onset) == (
        "7000002", SIX, SIX - timedelta(hours=3))
    found = record.attributes
    assert (found.number, found.name, found.agency, found.minutes) == (
        "2698", "INVENTED", "CMA", 2)
    here = found.current
    # longitude stands before latitude
    assert (here.latitude, here.longitude, here.wind) == (20.5, 115.0, Wind(40, "m/s", 2))
    assert here.areas == (WindArea(Wind(30, "kt", 2), Quadrants(400, 350, 250, 300)),)
    assert [(fix.at - SIX, fix.latitude, fix.wind.value) for fix in found.fixes[2:]] == [
        (timedelta(hours=12), 21.0, 42), (timedelta(hours=24), 22.0, 30)]


def test_a_forecast_bears_the_label_of_its_fix_or_its_own():
    own = [[12, "202608011800", *ROWS[0][2:]], [24, "202608020600", *ROWS[1][2:]],
           [36, "202608011400", *ROWS[1][2:]]]
    parsed = track(point(6, ahead=own))
    assert [fix.at - SIX for fix in parsed.events[0].attributes.fixes[1:]] == [
        timedelta(hours=12), timedelta(hours=24)]
    assert [one.place for one in parsed.refusals] == ["202608010600.BABJ[2].label"]


def test_the_label_is_utc_and_must_agree_with_the_milliseconds():
    wrong = point(6)
    wrong[1] = "202608011400"  # Beijing's time
    parsed = track(point(3), wrong)
    assert parsed.events[0].issued == SIX - timedelta(hours=3)
    assert parsed.refusals[0].place == "typhoon[8][1].label"


def test_only_cmas_own_forecast_of_the_newest_fix_that_has_one_is_read():
    other = [[12, "202608010300", 100.0, 10.0, 950, 42, "BABJ", "STY"]]
    both = point(6, ahead=ROWS)
    both[11]["RJTD"] = [[12, "202608010600", 99.0, 9.0, 950, 42, "RJTD", "STY"]]
    found = track(point(3, ahead=other), both).events[0].attributes
    assert [fix.longitude for fix in found.fixes if fix.forecast] == [113.5, 111.9]
    # of an older fix, what is still to come
    found = track(point(3, ahead=other), point(6)).events[0].attributes
    assert [fix.at.hour for fix in found.fixes if fix.forecast] == [15]


def test_a_row_of_another_agency_among_cmas_is_refused_alone():
    mixed = [ROWS[0], [*ROWS[1][:6], "RJTD", "STS"]]
    parsed = track(point(6, ahead=mixed))
    assert len(parsed.events[0].attributes.fixes) == 2
    assert parsed.refusals[0].place == "202608010600.BABJ[1].agency"


def test_a_nameless_depression_has_neither_name_nor_number():
    found = track(point(), name="nameless", number=20260099).events[0].attributes
    assert (found.number, found.name) == ("", "")


def test_a_stopped_cyclone_has_ended():
    assert track(point(), state="stop").events[0].status is EventStatus.cancelled


@pytest.mark.parametrize(("bad", "place"), [
    (point(6, lon=20.5, lat=115.0), "latitude"), (point(6, lon=0, lat=0), "latitude"),
    (point(6, lon=361), "longitude"), (point(6)[:9], ""),
    (point(6, radii=[("40KTS", 1, 1, 1, 1)]), None),
    (point(6, radii=[(["30KTS"], 1, 1, 1, 1)]), None),
    (point(6, radii=[("30KTS", 400000, 1, 1, 1)]), None),
])
def test_a_faulty_fix_or_area_is_refused_alone(bad, place):
    parsed = track(point(3), bad)
    (refusal,) = parsed.refusals
    if place is None:
        assert refusal.place.startswith("202608010600.radii[0]")
        assert parsed.events[0].attributes.current.areas == ()
    else:
        assert refusal.place == ".".join(filter(None, ("typhoon[8][1]", place)))
        assert parsed.events[0].issued == SIX - timedelta(hours=3)


def test_a_fix_in_the_future_waits_and_an_old_track_is_history():
    with pytest.raises(Refused) as refused:
        track(point(6), at=SIX - timedelta(minutes=6))
    assert refused.value.refusals[-1].expected == NO_FUTURE
    assert track(point(6), at=SIX + timedelta(days=3)).events == []


def test_a_track_without_a_sound_fix_is_refused():
    with pytest.raises(Refused):
        track()
    with pytest.raises(Refused) as refused:
        track(point(6, lat=115.0))
    assert "latitude" in refused.value.refusals[0].place
