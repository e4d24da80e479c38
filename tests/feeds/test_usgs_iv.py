"""USGS instantaneous values: feet and cubic feet to ours, gaps, qualifiers, sensors, offsets."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

from .samples.usgs_iv import CONFIG, RECEIVED, SAMPLE, answer, series

AT = "2026-07-01T06:30:00.000-05:00"


def parse(*found, config=CONFIG):
    return read("usgs_iv", answer(*found), config, RECEIVED)


def rows(parsed):
    return [(row.subject, row.metric, row.end.to_pydatetime(), round(row.value, 6))
            for row in parsed.observations.itertuples()]


def test_feet_become_metres_and_offsets_utc():
    parsed = read("usgs_iv", SAMPLE, CONFIG, RECEIVED)
    assert rows(parsed) == [
        ("upper", "stage", datetime(2026, 7, 1, 11, 30, tzinfo=UTC), 3.048),
        ("upper", "stage", datetime(2026, 7, 1, 11, 45, tzinfo=UTC), 3.2004),
        ("lower", "flow", datetime(2026, 7, 1, 11, 30, tzinfo=UTC), 28.316847)]
    assert parsed.as_of == datetime(2026, 7, 1, 11, 45, tzinfo=UTC) and not parsed.refusals
    assert (parsed.observations["start"] == parsed.observations["end"]).all()


def test_a_gap_is_no_number_and_no_fault():
    parsed = parse(series("00000001", "00065", "ft", [("-999999", "P", AT)]))
    assert parsed.observations.empty and not parsed.refusals


def test_the_gap_is_what_the_variable_says():
    row = series("00000001", "00065", "ft", [("-9", "P", AT)])
    row["variable"]["noDataValue"] = -9
    assert parse(row).observations.empty


@pytest.mark.parametrize(("values", "found", "expected"), [
    (("3.1", "Ice", AT), "Ice", "P, A or e"),
    (("9999", "P", AT), "9999", "a stage from -20 to 1000 m"),
    (("3,1", "P", AT), "3,1", "a plain decimal number"),
    (("NaN", "P", AT), "NaN", "a plain decimal number"),
    (("3.1", "P", "2026-07-01T06:30:00"), "2026-07-01T06:30:00", "with its offset"),
    (("3.1", "P", "2026-07-01T11:59:61Z"), "2026-07-01T11:59:61Z", "with its offset"),
    (("3.1", "P", "2026-07-01T12:06:00Z"), "2026-07-01T12:06:00Z", "no time in the future"),
])
def test_a_faulty_value_is_refused_alone(values, found, expected):
    parsed = parse(series("00000001", "00065", "ft", [values]),
                   series("00000002", "00065", "ft", [("1", "P", AT)]))
    (refusal,) = parsed.refusals
    assert refusal.source == "usgs_iv"
    assert refusal.place.startswith("timeSeries[0].values[0].value[0]")
    assert refusal.found == found and expected in refusal.expected
    assert [row[0] for row in rows(parsed)] == ["lower"]


def test_another_unit_is_refused_never_scaled():
    with pytest.raises(Refused, match=r"unit\.unitCode: found m, expected ft"):
        parse(series("00000001", "00065", "m", [("3.1", "P", AT)]))


def test_a_series_without_a_unit_has_that_of_its_parameter():
    row = series("00000001", "00060", "", [("1", "A", AT)])
    del row["variable"]["unit"]
    row["values"][0]["value"][0]["qualifiers"] = "A"
    assert rows(parse(row))[0][3] == 0.028317


def test_two_sensors_that_differ_are_believed_neither_until_one_is_named():
    both = [series("00000001", "00065", "ft", [(value, "P", AT)], method)
            for value, method in (("10", 7), ("11", 8))]
    with pytest.raises(Refused, match="one stage of upper"):
        parse(*both)
    config = CONFIG.model_copy(update={"stations": {"00000001:8": "upper"}})
    assert [row[3] for row in rows(parse(*both, config=config))] == [3.3528]


@pytest.mark.parametrize("body", [b"{}", b'{"value": {"timeSeries": {}}}', b"[]", b"",
                                  b"<html>busy</html>", b"No sites found matching all criteria"])
def test_what_is_no_answer_is_refused(body):
    with pytest.raises(Refused):
        read("usgs_iv", body, CONFIG, RECEIVED)


def test_no_series_is_nothing_new():
    assert read("usgs_iv", answer(), CONFIG, RECEIVED).observations.empty


@pytest.mark.parametrize("row", [None, {}, {"sourceInfo": {"siteCode": []}},
                                 {**series("00000001", "00065", "ft", []), "values": [{}]},
                                 {**series("00000001", "00065", "ft", []), "values": None}])
def test_a_faulty_series_leaves_its_neighbour(row):
    body = json.dumps({"value": {"timeSeries": [
        row, series("00000002", "00065", "ft", [("1", "P", AT)])]}}).encode()
    parsed = read("usgs_iv", body, CONFIG, RECEIVED)
    assert len(parsed.refusals) == 1 and len(parsed.observations) == 1
