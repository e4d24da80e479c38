"""The Environment Agency's readings: the measure's name says what it is; a value may be a list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

from .samples.ea_readings import CONFIG, RECEIVED, SAMPLE, answer, item

LEVEL = "0001-level-stage-i-15_min-mASD"
AT = "2026-07-01T11:45:00Z"


def parse(*found, stations=CONFIG.stations):
    config = CONFIG.model_copy(update={"stations": stations})
    return read("ea_readings", answer(*found), config, RECEIVED)


def values(parsed):
    return [(row.subject, row.metric, row.value) for row in parsed.observations.itertuples()]


def test_levels_and_flows_of_our_measures_are_read():
    parsed = read("ea_readings", SAMPLE, CONFIG, RECEIVED)
    assert values(parsed) == [("weir", "stage", 0.134), ("weir", "flow", 2.5)]
    assert parsed.as_of == datetime(2026, 7, 1, 11, 45, tzinfo=UTC) and not parsed.refusals


def test_litres_a_second_are_thousandths():
    name = "0001-flow-water-i-15_min-l_s"
    assert values(parse(item(name, AT, 500), stations={name: "x"})) == [("x", "flow", 0.5)]


@pytest.mark.parametrize("name", ["0001-rainfall-tipping_bucket_raingauge-t-15_min-mm",
                                  "0001-level-stage-i-15_min-ft",
                                  "0001-flow--Mean-15_min-m3_s", "0001"])
def test_a_measure_of_another_kind_is_refused(name):
    with pytest.raises(Refused, match=r"items\[0\]\.measure"):
        parse(item(name, AT, 1.0), stations={name: "x"})


@pytest.mark.parametrize("value", [[0.1, 0.2], [], None, "-", True, {"value": 1}])
def test_a_value_that_is_no_one_number_is_refused_alone(value):
    parsed = parse(item(LEVEL, AT, value), item(LEVEL, "2026-07-01T11:30:00Z", 0.5))
    assert [one.place for one in parsed.refusals] == ["items[0].value"]
    assert values(parsed) == [("weir", "stage", 0.5)]


def test_a_single_reading_needs_no_list():
    body = answer().replace(b"[]", b'{"dateTime": "2026-07-01T11:45:00Z", "value": 1.5,'
                            b' "measure": {"@id": "x/0001-level-stage-i-15_min-mASD"}}')
    assert values(read("ea_readings", body, CONFIG, RECEIVED)) == [("weir", "stage", 1.5)]


def test_nothing_to_read_is_nothing_new():
    parsed = parse()
    assert parsed.observations.empty and parsed.as_of is None


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"items": "none"}', b""])
def test_what_is_no_answer_is_refused(body):
    with pytest.raises(Refused):
        read("ea_readings", body, CONFIG, RECEIVED)
