"""The IOC's tide gauges: the sensor asked for, in UTC, and what is no table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read

from .samples.ioc_sealevel import CONFIG, RECEIVED, SAMPLE, answer


def parse(body, config=CONFIG):
    return read("ioc_sealevel", body, config, RECEIVED)


def test_the_sensor_named_is_read_and_an_empty_cell_is_a_gap():
    parsed = parse(SAMPLE)
    rows = parsed.observations
    assert list(rows["value"]) == [1.67, 1.68] and set(rows["subject"]) == {"a"}
    assert set(rows["metric"]) == {"tide"} and not parsed.refusals
    assert parsed.as_of == datetime(2026, 7, 1, 4, 8, tzinfo=UTC)


def test_two_sensors_of_a_gauge_are_two_stations():
    config = CONFIG.model_copy(update={"stations": {"vera.rad": "a", "vera.prs": "b"}})
    assert list(parse(SAMPLE, config).observations["subject"]) == ["a", "b", "a", "b"]


def test_a_table_without_rows_is_no_event():
    assert parse(answer()).observations.empty


@pytest.mark.parametrize(("row", "place"), [
    (("2026-07-01 04:09:00", "1,7", "2"), "rows[1].vera.rad.value"),
    (("2026-07-01 04:09:00", "99.9", "2"), "rows[1].vera.rad.value"),
    (("2026-07-01 04:16:00", "1.7", "2"), "rows[1].vera.rad.time"),
    (("01/07/2026 04:09", "1.7", "2"), "rows[1].vera.rad.time"),
    (("2026-07-01 04:09:00", "1.7"), "rows[1]")])
def test_a_faulty_row_is_refused_alone(row, place):
    parsed = parse(answer(("2026-07-01 04:08:00", "1.6", "2"), row))
    assert [one.place for one in parsed.refusals] == [place]
    assert list(parsed.observations["value"]) == [1.6]


@pytest.mark.parametrize("body", [
    b"<div align=center>NO DATA</div>", SAMPLE[:-60], answer(head="<td>rad(cm)</td><td>b(V)</td>"),
    answer(head="<td>enc(m)</td><td>prs(m)</td>"), b"Incorrect code", b"{}"])
def test_a_page_without_the_sensor_or_cut_off_is_refused(body):
    with pytest.raises(FeedError):
        parse(body)
