"""Hong Kong's numbers: districts' rain, tides, the nowcast's grid; and its earthquake message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.parsed import read
from fenghuo.words import Refused

from .samples import hko_nowcast as nowcast
from .samples import hko_qem as quakes
from .samples import hko_rhrread as report
from .samples import hko_tide as tide

HOUR_ENDED = datetime(2026, 7, 1, 3, 45, tzinfo=UTC)


def parse(body, of, **more):
    return read(of.CONFIG.format, body, of.CONFIG.model_copy(update=more), of.RECEIVED)


def test_the_most_rain_of_each_of_our_districts_covers_its_hour():
    parsed = parse(report.SAMPLE, report)
    rows = [(row.subject, row.metric, row.end - row.start, row.end.to_pydatetime(), row.value)
            for row in parsed.observations.itertuples()]
    hour = timedelta(hours=1)
    assert rows == [("a", "rain", hour, HOUR_ENDED, 46.0), ("b", "rain", hour, HOUR_ENDED, 0.0)]
    assert parsed.as_of == HOUR_ENDED and not parsed.refusals


@pytest.mark.parametrize(("more", "place"), [
    ({"main": "TRUE"}, "main"), ({"unit": "in"}, "unit"), ({"max": None}, "value"),
    ({"max": -1}, "value"), ({"max": 900}, "value"), ({"place": None}, "place")])
def test_a_districts_faulty_rain_is_refused_alone(more, place):
    parsed = parse(report.answer(report.row("甲區", 5) | more, report.row("乙區", 1)), report)
    assert [one.place for one in parsed.refusals] == [f"rainfall.data[0].{place}"]
    assert list(parsed.observations["subject"]) == ["b"]


@pytest.mark.parametrize("warning", ["", ["雷暴警告现正生效。"]])
def test_the_report_is_read_with_and_without_a_warning(warning):
    assert len(parse(report.answer(report.row("甲區", 5), warning=warning), report).observations)


@pytest.mark.parametrize("body", [
    report.answer(report.row("甲區", 5), start="2026-07-01T09:45:00+08:00"),   # two hours
    report.answer(report.row("甲區", 5), start="2026-07-01T12:45:00+08:00",
                  end="2026-07-01T13:45:00+08:00"),
    report.answer(report.row("甲區", 5), end="2026-07-01 11:45:00"), b'{"rainfall": ""}', b"[]"])
def test_rain_of_another_time_is_refused_whole(body):
    with pytest.raises(Refused):
        parse(body, report)


def test_tides_are_read_in_metres_by_hong_kongs_clock():
    parsed = parse(tide.SAMPLE, tide)
    assert [(row.subject, row.metric, row.value) for row in parsed.observations.itertuples()] == [
        ("a", "tide", 1.42), ("b", "tide", -0.1)]
    assert parsed.as_of == datetime(2026, 7, 1, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("gap", ["", "-", "----", "***"])
def test_a_tide_of_dashes_is_a_gap(gap):
    parsed = parse(tide.answer(f"Quarry Bay,2026-07-01,12:05,{gap}"), tide)
    assert parsed.observations.empty and not parsed.refusals


@pytest.mark.parametrize("row", ["Quarry Bay,2026-07-01,12:05,142", "Quarry Bay,2026-07-01,12:05",
                                 "Quarry Bay,01/07/2026,12:05,1.42", "Quarry Bay,2026-07-01,x,1",
                                 "Quarry Bay,2026-07-01,13:05,1.42"])
def test_a_faulty_tide_is_refused_alone(row):
    parsed = parse(tide.answer(row, "Shek Pik,2026-07-01,12:05,1.00"), tide)
    assert len(parsed.refusals) == 1 and list(parsed.observations["subject"]) == ["b"]


@pytest.mark.parametrize("body", [tide.SAMPLE.replace(b"(m)", b"(ft)"), b"x", b""])
def test_a_table_of_other_columns_is_refused(body):
    with pytest.raises(Refused):
        parse(body, tide)


def test_a_point_has_the_rain_of_the_nearest_cell():
    (series,) = parse(nowcast.SAMPLE, nowcast).forecasts
    assert (series.metric, series.subject, series.step) == ("rain", "a", 1800)
    assert series.issued == datetime(2026, 7, 1, 4, tzinfo=UTC)
    assert series.t0 == datetime(2026, 7, 1, 4, 30, tzinfo=UTC)
    assert series.values.tolist() == [1, 2]


def test_a_point_beyond_the_grid_is_refused_alone():
    far = Point(point="far", zh="远", en="Far", latitude=22.301, longitude=113.05)
    parsed = parse(nowcast.SAMPLE, nowcast, points=(far, *nowcast.CONFIG.points))
    assert [one.subject for one in parsed.forecasts] == ["a"]
    assert [one.found for one in parsed.refusals] == ["3.2 km to a cell"]
    with pytest.raises(Refused, match="within 2 km"):
        parse(nowcast.SAMPLE, nowcast, points=(far,))


def test_a_faulty_row_is_refused_alone_and_its_half_hour_is_not_forecast():
    rows = nowcast.grid()
    for bad in ("x", "", "-3", "9999", "nan"):
        spoiled = [rows[0].rpartition(",")[0] + f",{bad}", *rows[1:]]
        parsed = parse(nowcast.answer(*spoiled), nowcast)
        assert [one.place for one in parsed.refusals] == ["rows[0]"]
        values = parsed.forecasts[0].values
        assert np.isnan(values[0]) and values[1] == 2


def test_two_numbers_of_a_half_hour_are_neither_believed():
    rows = nowcast.grid()
    parsed = parse(nowcast.answer(*rows, rows[0].rpartition(",")[0] + ",7"), nowcast)
    assert "one number" in parsed.refusals[0].expected
    assert np.isnan(parsed.forecasts[0].values[0])


@pytest.mark.parametrize("rows", [
    nowcast.grid(("202607011300",)),                           # the first half hour is missing
    nowcast.grid(("202607011230", "202607011330")),
    nowcast.grid(("202607011530", "202607011600"), "202607011500"),   # a run of the future
    nowcast.grid(("202607011000", "202607011030"), "202607010930"),   # all past
    nowcast.grid(("202607999999",)), [],
    [*nowcast.grid(), *nowcast.grid(("202607011300",), "202607011148")]])
def test_a_run_that_is_not_the_next_half_hours_is_refused(rows):
    with pytest.raises(Refused):
        parse(nowcast.answer(*rows), nowcast)


def test_other_columns_are_refused():
    with pytest.raises(Refused, match="Half-hourly"):
        parse(nowcast.SAMPLE.replace(b"(mm)", b"(in)"), nowcast)


def test_a_quick_message_is_an_earthquake_without_a_depth():
    (quake,) = parse(quakes.SAMPLE, quakes).events
    said = quake.attributes
    assert (said.magnitude, said.latitude, said.longitude) == (6.2, 21.5, 120.5)
    assert said.depth_km is None
    assert quake.onset == datetime(2026, 7, 1, 3, 33, tzinfo=UTC)
    assert quake.external_id == "hko-20260701T0333Z" and said.review == "automatic"


def test_a_moved_quake_is_the_same_one():
    later = parse(quakes.answer(lat=21.7, updateTime="2026-07-01T12:05:00+08:00"), quakes).events[0]
    first = parse(quakes.SAMPLE, quakes).events[0]
    assert later.external_id == first.external_id and later.issued > first.issued


def test_no_message_is_no_quake():
    parsed = parse(b"{}", quakes)
    assert parsed.events == [] and parsed.present is None and not parsed.refusals


@pytest.mark.parametrize("more", [{"lat": 0, "lon": 0}, {"mag": "6"}, {"mag": 12}, {"region": ""},
                                  {"ptime": "2026-07-01T11:33:00"}, {"lat": 121},
                                  {"updateTime": "2026-07-02T11:50:00+08:00"}])
def test_a_faulty_message_is_refused(more):
    with pytest.raises(Refused):
        parse(quakes.answer(**more), quakes)
