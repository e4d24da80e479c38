"""QWeather's cyclones: radii by name, errors sent with 200, the id in the address."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.observations.records import Quadrants, Wind, WindArea
from fenghuo.words import EventStatus, Refused

from .samples import qweather_storms as index
from .samples.qweather_storm import CONFIG, RECEIVED, SAMPLE, TRACK


def track(**values):
    return read("qweather_storm", json.dumps(TRACK | values).encode(), CONFIG, RECEIVED)


def test_only_active_cyclones_are_read_further_with_the_key_in_its_place():
    parsed = read("qweather_storms", index.SAMPLE, index.CONFIG, index.RECEIVED)
    assert [entry.url for entry in parsed.entries] == ["storm-track?stormid=NP_2698&key={key}"]
    assert parsed.as_of == datetime(2026, 8, 1, 6, 11, tzinfo=UTC)


def test_no_cyclone_is_204_and_an_error_with_200_is_refused():
    parsed = read("qweather_storms", b'{"code": "204"}', index.CONFIG, index.RECEIVED)
    assert (parsed.entries, parsed.as_of) == ((), index.RECEIVED)
    for format in ("qweather_storms", "qweather_storm"):
        with pytest.raises(Refused, match="402"):
            read(format, b'{"code": "402"}', CONFIG, RECEIVED)


def test_a_track_is_its_fixes_and_the_newest():
    (record,) = read("qweather_storm", SAMPLE, CONFIG, RECEIVED).events
    found = record.attributes
    assert (record.external_id, found.number, found.agency, found.minutes) == (
        "NP_2698", "2698", "CMA", 2)
    assert [fix.at.hour for fix in found.fixes] == [3, 6]
    assert found.current.wind == Wind(40, "m/s", 2)
    assert found.current.areas == (
        WindArea(Wind(30, "kt", 2), Quadrants(ne_km=400, se_km=350, sw_km=250, nw_km=300)),)
    assert track(isActive="0").events[0].status is EventStatus.cancelled


def test_a_track_whose_address_names_no_cyclone_is_refused():
    with pytest.raises(Refused, match="names the cyclone"):
        read("qweather_storm", SAMPLE, CONFIG.model_copy(update={"url": "sandbox"}), RECEIVED)


def test_a_faulty_fix_is_refused_alone():
    parsed = track(now=TRACK["now"] | {"lat": "115", "lon": "20"})
    assert [fix.at.hour for fix in parsed.events[0].attributes.fixes] == [3]
    assert parsed.refusals[0].place == "now[0].lat"
