"""A table in CSV or JSON: one bad cell is refused alone, a gap is never a zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from fenghuo.feeds.formats import table as tables
from fenghuo.feeds.table_kinds import Table
from fenghuo.feeds.table_parts import Metric
from fenghuo.words import Refused

NOON = datetime(2026, 6, 8, 4, 1, tzinfo=UTC)


HEAD = "station,time,stage_m,rain_mm\n"


def read(config, *lines):
    return tables.parse((HEAD + "\n".join(lines)).encode(), config, NOON)


def values(parsed):
    return {(row.metric, row.subject): row.value for row in parsed.observations.itertuples()}


def mapped(config, **changes):
    """The same feed, its table read otherwise."""
    return config.model_copy(update={"table": config.table.model_copy(update=changes)})


def test_a_row_gives_stage_at_an_instant_and_rain_of_a_span(configured):
    parsed = read(configured("gauges"), "a,2026-06-08T12:00:00+08:00,7.35,1.5")
    rows = {row.metric: row for row in parsed.observations.itertuples()}
    assert rows["stage"].start == rows["stage"].end == datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    assert rows["rain"].end - rows["rain"].start == timedelta(minutes=5)
    assert rows["rain"].basis == "observed"
    assert parsed.as_of == datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


def test_a_time_without_offset_is_of_the_configured_zone_or_refused(configured):
    config = configured("gauges")
    assert read(config, "a,2026-06-08 12:00,7,").as_of == datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    with pytest.raises(Refused, match="with its offset"):
        read(mapped(config, zone=None), "a,2026-06-08 12:00,7,")


def test_a_gap_is_no_observation_and_no_fault(configured):
    parsed = read(configured("gauges"), "a,2026-06-08 12:00,,-9999", "b,2026-06-08 12:00,-,0")
    assert values(parsed) == {("rain", "b"): 0.0} and not parsed.refusals


@pytest.mark.parametrize(("line", "place", "found"), [
    ("x,2026-06-08 12:00,NaN,1", "row 3.stage_m", "'NaN'"),
    ("x,2026-06-08 12:00,1e999,1", "row 3.stage_m", "'1e999'"),
    ("x,2026-06-08 12:00,inf,1", "row 3.stage_m", "'inf'"),
    ("x,2026-06-08 12:00,7;3,1", "row 3.stage_m", "'7;3'"),
    ("x,2026-06-08 12:00,4000,1", "row 3.stage_m", "'4000'"),
    ("x,2026-06-08 12:00,7,-1", "row 3.rain_mm", "'-1'"),
    ("x,2026-06-08 12:30,7,1", "row 3.time", "'2026-06-08 12:30'"),
    ("x,2026-02-30 12:00,7,1", "row 3.time", "'2026-02-30 12:00'"),
    ("x,08/06/2026 12:00,7,1", "row 3.time", "'08/06/2026 12:00'"),
    (",2026-06-08 12:00,7,1", "row 3.station", "''"),
    ("x,2026-06-08 12:00,7", "row 3", "3 cells"),
    ("x,2026-06-08 12:00,7,1,9", "row 3", "5 cells"),
])
def test_a_bad_cell_is_refused_with_its_row_and_column(configured, line, place, found):
    parsed = read(configured("gauges"), "a,2026-06-08 12:00,7,1", line, "b,2026-06-08 12:00,8,2")
    assert {subject for _, subject in values(parsed)} >= {"a", "b"}
    (refusal,) = parsed.refusals
    assert (refusal.place, refusal.found) == (place, found)


def test_of_two_values_for_one_time_neither_is_believed(configured):
    twice = ["x,2026-06-08 12:00,7,1", "x,2026-06-08 12:00,9,1"]
    parsed = read(configured("gauges"), *twice)
    assert values(parsed) == {("rain", "x"): 1.0}
    assert {refusal.place for refusal in parsed.refusals} == {"row 2.stage", "row 3.stage"}


@pytest.mark.parametrize(("body", "place"), [
    (b"", "1:1"), (b"<html><head></head></html>", "1:1"),
    (b"station,time,stage\na,b,c\n", "row 1"),
    (b'station,time,stage_m,rain_mm\n"open', "line 2"),
    (b"station,time,stage_m,stage_m,rain_mm\n", "row 1"),
])
def test_what_is_no_such_table_is_refused_whole(configured, body, place):
    with pytest.raises(Refused) as refused:
        tables.parse(body, configured("gauges"), NOON)
    assert refused.value.refusals[0].place == place


def test_a_table_in_gb18030_with_other_columns_is_read(configured):
    table = Table(kind="csv", subject="站名", time="时间", zone="Asia/Shanghai", step="1h",
                  metrics=(Metric(metric="stage", column="水位", least=0, most=100),))
    body = "站名,时间,水位\n高要站,2026-06-08 11:00,10.05\n".encode("gb18030")
    parsed = tables.parse(body, configured("gauges", table=table), NOON)
    assert values(parsed) == {("stage", "高要站"): 10.05}


@pytest.mark.parametrize(("form", "written"), [
    ("%Y/%m/%d %H:%M", "2026/6/8 11:05"), ("%Y年%m月%d日%H时%M分", "2026年6月8日11时5分"),
    ("%Y%m%d%H%M", "202606081105"), ("%d.%m.%Y %H:%M:%S", "08.06.2026 11:05:00"),
    ("%Y/%m/%d %H:%M %z", "2026/06/08 03:05 +0000"),
])
def test_a_time_in_another_form_is_read_by_its_time_format_and_no_other(configured, form, written):
    config = mapped(configured("gauges"), time_format=form)
    parsed = read(config, f"a,{written},7,", "b,2026-06-08T11:05:00,7,")
    assert parsed.as_of == datetime(2026, 6, 8, 3, 5, tzinfo=UTC)
    assert [one.place for one in parsed.refusals] == ["row 3.time"]


def test_an_hour_that_a_clock_has_twice_is_refused(configured):
    config = mapped(configured("gauges"), zone="Europe/Berlin")
    parsed = read(config, "a,2025-10-26 02:30,7,", "a,2025-10-26 04:30,7,")
    assert [one.place for one in parsed.refusals] == ["row 2.time"]


def test_a_unit_of_the_table_is_turned_into_ours(configured):
    config = configured("gauges", table=Table(
        kind="csv", subject="station", time="time", zone="Asia/Shanghai", step="5m", metrics=(
            Metric(metric="stage", column="stage_m", least=0, most=30, unit="cm"),
            Metric(metric="rain", column="rain_mm", least=0, most=9, unit="0.1 mm", span="5m"))))
    parsed = read(config, "a,2026-06-08 12:00,735,12", "b,2026-06-08 12:00,7350,12")
    assert values(parsed) == {("stage", "a"): 7.35, ("rain", "a"): pytest.approx(1.2),
                              ("rain", "b"): pytest.approx(1.2)}
    assert parsed.refusals[0].expected == "a stage from 0 to 30"


@pytest.mark.parametrize(("unit", "expected"), [
    ("°F", "a unit of stage: m, mm, cm, dm, km, ft"), ("0.3 m", "or as 0.1 m")])
def test_a_unit_that_is_no_multiple_of_ours_is_refused(unit, expected):
    with pytest.raises(ValidationError, match=expected):
        Metric(metric="stage", column="x", least=0, most=9, unit=unit)


def test_a_bureaus_own_name_of_a_station_becomes_ours_and_a_constant_names_the_only_one(configured):
    config = mapped(configured("gauges"), values={"subject": {"马口": "makou"}})
    assert values(read(config, "马口,2026-06-08 12:00,7,")) == {("stage", "makou"): 7.0}
    config = mapped(config, subject=None, constants={"subject": "makou"}, values={})
    assert values(read(config, "?,2026-06-08 12:00,7,")) == {("stage", "makou"): 7.0}


@pytest.mark.parametrize(("head", "found"), [
    ("station;time;stage_m;rain_mm", "columns parted by ';'"),
    ("station\ttime\tstage_m\train_mm", "columns parted by '\\t'"),
    ("station,time,stage,rain_mm", "station, time, stage, rain_mm"),
])
def test_a_head_that_is_not_the_mapped_one_is_refused_with_what_it_says(configured, head, found):
    with pytest.raises(Refused) as refused:
        tables.parse(f"{head}\na,2026-06-08 12:00,7,1\n".encode(), configured("gauges"), NOON)
    assert found in refused.value.refusals[0].found


def test_a_byte_order_mark_and_gbk_are_read(configured):
    for body in ((HEAD + "马口,2026-06-08 12:00,7,").encode(coding)
                 for coding in ("utf-8-sig", "gbk", "utf-16")):
        assert values(tables.parse(body, configured("gauges"), NOON)) == {("stage", "马口"): 7.0}


LONG = Table(kind="json", rows="data.items", subject="station.id", time="at", step="15m",
             missing=("", "-888"), metrics=(
                 Metric(metric="stage", column="value", least=-20, most=300, unit="ft",
                        where="code", equals="00065"),
                 Metric(metric="rain", column="value", least=0, most=300, span="15m",
                        where="code", equals="00045")))


def test_a_long_json_table_is_told_apart_by_its_code_column(configured):
    row = '{"station":{"id":"%s"},"at":"2026-06-08T04:00:00Z","code":"%s","value":%s}'
    items = ",".join([row % ("a", "00065", '"10"'), row % ("a", "00045", "2.5"),
                      row % ("b", "00065", "NaN"), row % ("c", "00065", "-888"),
                      row % ("d", "00010", "9")])
    body = f'{{"data":{{"items":[{items}]}}}}'.encode()
    parsed = tables.parse(body, configured("gauges", table=LONG), NOON)
    assert values(parsed) == {("stage", "a"): pytest.approx(3.048), ("rain", "a"): 2.5}
    assert [refusal.place for refusal in parsed.refusals] == ["data.items[2].value"]


@pytest.mark.parametrize("body", [b"{}", b'{"data":{"items":{}}}', b"nonsense", b"[" * 90_000,
                                  b'{"data":{"items":[{"other":1}]}}'])
def test_json_that_is_no_such_table_is_refused_whole(configured, body):
    with pytest.raises(Refused):
        tables.parse(body, configured("gauges", table=LONG), NOON)
