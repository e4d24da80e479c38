"""USGS Water Data (OGC API): texts, units, gaps, statistics, and a page that is not the last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

from .samples.usgs_ogc import CONFIG, RECEIVED, SAMPLE, answer, feature

AT = "2026-07-01T11:30:00+00:00"
GOOD = feature("00065", "ft", "10", AT)


def parse(*found, config=CONFIG, **more):
    return read("usgs_ogc", answer(*found, **more), config, RECEIVED)


def values(parsed):
    return [(row.subject, row.metric, round(row.value, 6))
            for row in parsed.observations.itertuples()]


def test_texts_in_feet_become_metres():
    parsed = read("usgs_ogc", SAMPLE, CONFIG, RECEIVED)
    assert values(parsed) == [("upper", "stage", 3.048), ("upper", "flow", 28.316847)]
    assert parsed.as_of == datetime(2026, 7, 1, 11, 30, tzinfo=UTC) and not parsed.refusals


def test_a_next_page_is_not_read_and_says_so():
    parsed = parse(GOOD, links=[{"rel": "self"}, {"rel": "next", "href": "https://x/"}])
    assert [(one.place, one.expected) for one in parsed.refusals] == [
        ("links.next", "one page: fewer hours or gauges in url")]
    assert len(parsed.observations) == 1


@pytest.mark.parametrize("other", [feature("00065", "ft", "11", AT, statistic_id="00003"),
                                   feature("72414", "ft", "11", AT),
                                   feature("00065", "ft", "11", AT, site="USGS-2")])
def test_what_is_not_asked_for_is_passed_over(other):
    parsed = parse(GOOD, other)
    assert values(parsed) == [("upper", "stage", 3.048)] and not parsed.refusals


@pytest.mark.parametrize(("other", "found", "expected"), [
    (feature("00065", "m", "3", AT), "m", "ft"),
    (feature("00065", "ft", "ten", AT), "ten", "a plain decimal number"),
    (feature("00060", "ft^3/s", "-5", AT), "-5", "a flow from 0"),
    (feature("00060", "ft^3/s", "5", AT, qualifier=["ESTIMATED", "ICE"]), "ICE", "ESTIMATED"),
    (feature("00060", "ft^3/s", "5", "2026-07-01"), "2026-07-01", "with its offset"),
    ({"type": "Feature", "properties": None}, "NoneType", "an object"),
])
def test_a_faulty_value_is_refused_alone(other, found, expected):
    parsed = parse(GOOD, other)
    (refusal,) = parsed.refusals
    assert refusal.place.startswith("features[1].properties")
    assert refusal.found == found and expected in refusal.expected
    assert values(parsed) == [("upper", "stage", 3.048)]


def test_two_series_of_one_gauge_are_told_apart_by_name():
    config = CONFIG.model_copy(update={"stations": {"USGS-00000001:b": "upper"}})
    parsed = parse(GOOD, feature("00065", "ft", "11", AT, time_series_id="b"), config=config)
    assert values(parsed) == [("upper", "stage", 3.3528)]


@pytest.mark.parametrize("body", [b"{}", b'{"code": "429", "description": "slow down"}', b"[]",
                                  b'{"type": "FeatureCollection", "features": null}', b""])
def test_what_is_no_answer_is_refused(body):
    with pytest.raises(Refused):
        read("usgs_ogc", body, CONFIG, RECEIVED)
