"""NHC's public advisories: one fix, a wind of one minute, the cyclone by its number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.observations.records import Wind
from fenghuo.words import EventStatus

from .samples.nhc_advisory import CONFIG, RECEIVED, SAMPLE, advisory


def parse(body, received=RECEIVED):
    (event,) = read("nhc_advisory", body, CONFIG, received).events
    return event


def test_an_advisory_is_a_fix_at_the_time_of_its_summary():
    event = parse(SAMPLE)
    track, here = event.attributes, event.attributes.current
    assert (event.external_id, track.name, track.agency, track.number) == (
        "AL092026", "VERA", "NHC", "")
    assert (here.latitude, here.longitude, here.pressure_hpa) == (25.4, -84.7, 975)
    assert (here.wind, here.grade) == (Wind(140, "km/h", 1), "HU")
    assert event.issued == here.at == datetime(2026, 9, 4, 15, tzinfo=UTC)  # sent at 14:53
    assert "Invented" not in str(event)


@pytest.mark.parametrize(("title", "grade", "name"), [
    ("TROPICAL STORM HERMINE ADVISORY NUMBER  27", "TS", "HERMINE"),
    ("Tropical Depression Nine Special Advisory Number   2", "TD", ""),
    ("Tropical Depression Twenty-Two Advisory Number   2", "TD", ""),
    ("Potential Tropical Cyclone Eight Advisory Number   1", "DB", ""),
    ("Subtropical Storm Alberto Intermediate Advisory Number 3A", "SS", "ALBERTO"),
    ("Post-Tropical Cyclone Vera Advisory Number  30", "PTC", "VERA"),
    ("Tropical Depression Five-E Advisory Number   1", "TD", ""),
    ("Hurricane Vera Intermediate Advisory Number 8A...Corrected", "HU", "VERA"),
    ("POST-TROPICAL CYCLONE HERMINE\nINTERMEDIATE ADVISORY NUMBER 28A...CORRECTED", "PTC",
     "HERMINE")])
def test_the_words_of_its_title_are_grade_and_name(title, grade, name):
    track = parse(advisory(title=title)).attributes
    assert (track.current.grade, track.name) == (grade, name)


def test_remnants_are_over():
    assert parse(advisory(title="Remnants of Vera Advisory Number  31")).status \
        is EventStatus.cancelled


def test_the_central_pacific_over_the_date_line_and_at_midnight():
    event = parse(advisory(heading="WTPA31 PHFO 050245", storm="CP012026",
                           clock="500 PM HST...0300 UTC", place="LOCATION...NEAR 8.0S 179.5E",
                           date="500 PM HST Fri Sep 04 2026"),
                  RECEIVED + timedelta(hours=12))
    here = event.attributes.current
    assert (event.external_id, here.latitude, here.longitude) == ("CP012026", -8.0, 179.5)
    assert here.at == datetime(2026, 9, 5, 3, tzinfo=UTC)


def test_without_the_heading_of_the_wire_it_is_read_too():
    body = SAMPLE[SAMPLE.index(b"BULLETIN"):].replace(b"\n", b"\r\r\n")
    assert parse(body) == parse(SAMPLE)


def test_of_several_advisories_the_last_counts():
    assert parse(SAMPLE + advisory(wind="MAXIMUM SUSTAINED WINDS...90 MPH...150 KM/H")) \
        .attributes.current.wind.value == 150


def test_a_pressure_that_is_not_said_is_none():
    assert parse(advisory(pressure="")).attributes.current.pressure_hpa is None


def test_an_exercise_is_no_cyclone():
    assert parse(advisory(body="THIS IS A TEST")).status is EventStatus.exercise


def test_an_advisory_of_last_week_is_history():
    parsed = read("nhc_advisory", SAMPLE, CONFIG, RECEIVED + timedelta(days=7))
    assert not parsed.events and not parsed.refusals


@pytest.mark.parametrize("body", [
    advisory(storm=""), advisory(title="Advisory"), advisory(place="LOCATION...0.0N 0.0W"),
    advisory(place="LOCATION...95.4N 84.7W"), advisory(wind="MAXIMUM SUSTAINED WINDS...85 MPH"),
    advisory(wind="MAXIMUM SUSTAINED WINDS...985 MPH...999 KM/H"),
    advisory(clock="1100 AM EDT...2500 UTC"), advisory(clock="1100 AM EDT"),
    advisory(date="some day"), advisory(pressure="MINIMUM CENTRAL PRESSURE...1975 MB"),
    b"No active storms"])
def test_what_does_not_say_where_or_how_strong_is_refused(body):
    with pytest.raises(FeedError):
        read("nhc_advisory", body, CONFIG, RECEIVED)
