"""Observations from files: what is sound is laid on the grid, the rest is named by its place."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from fenghuo.agreements.history import Series
from fenghuo.backtest import columns
from fenghuo.backtest.reading import Observations, observations
from fenghuo.feeds.config import FeedConfig
from fenghuo.words import Refused
from fenghuo.words.metrics import Metric

EIGHT = 1213142400
"""2008-06-11 08:00 in the city (00:00 UTC), epoch seconds."""


def read(folder: Path, text: str, name: str = "gauges.csv", **how: object) -> Observations:
    (folder / name).write_text(text)
    return observations([folder], {"gaoyao", "liangxi"}, {Metric.rain, Metric.stage}, 600,
                        **how)  # type: ignore[arg-type]


def said(found: Observations) -> list[str]:
    return [f"{one.place}: {one.found}" for one in found.faults]


def numbers(series: Series, station: str = "gaoyao") -> list[float]:
    row = series.subjects.tolist().index(station)
    return [round(float(value), 2) for value in series.values[row]]


def test_a_wide_table_becomes_one_matrix_a_metric(tmp_path: Path) -> None:
    found = read(tmp_path, "station,time,stage,rain\n"
                 "gaoyao,2008-06-11 08:00+08:00,9.8,0\n"
                 "gaoyao,2008-06-11T09:00:00+08:00,9.9,1.5\n"
                 "liangxi,2008-06-11T02:00:00Z,,2.5\n")
    stage, rain = sorted(found.series, key=lambda one: one.metric, reverse=True)
    assert (stage.t0, stage.step, stage.latency) == (EIGHT, 3600, 600)
    assert numbers(stage) == [9.8, 9.9]
    assert numbers(rain)[:2] == [0, 1.5]
    assert numbers(rain, "liangxi")[2] == 2.5
    assert (found.rows, found.bad) == (3, 0)


def test_a_long_table_names_its_metric_in_each_row(tmp_path: Path) -> None:
    found = read(tmp_path, "station,time,metric,value\n"
                 "gaoyao,2008-06-11 08:00+08:00,stage,9.8\n"
                 "gaoyao,2008-06-11 09:00+08:00,stage,9.9\n"
                 "gaoyao,2008-06-11 09:00+08:00,rain,12\n")
    assert {one.metric for one in found.series} == {Metric.stage, Metric.rain}


def test_times_without_an_offset_are_of_the_zone_given_and_refused_without_one(
        tmp_path: Path) -> None:
    mixed = ("station,time,stage\ngaoyao,2008-06-11 08:00,9.8\n"
             "gaoyao,2008-06-11 09:00+08:00,9.9\n")
    assert numbers(read(tmp_path, mixed, zone="Asia/Shanghai").series[0]) == [9.8, 9.9]
    found = read(tmp_path, mixed)
    assert said(found) == ["row 2.time: '2008-06-11 08:00'"]
    assert numbers(found.series[0]) == [9.9]


def test_of_two_numbers_of_one_slot_the_later_in_the_file_counts(tmp_path: Path) -> None:
    found = read(tmp_path, "station,time,stage\ngaoyao,2008-06-11 08:00Z,9.8\n"
                 "gaoyao,2008-06-11 09:00Z,1\ngaoyao,2008-06-11 08:00Z,9.7\n")
    assert numbers(found.series[0]) == [9.7, 1]


def test_gaps_are_gaps_and_never_zero(tmp_path: Path) -> None:
    found = read(tmp_path, "station,time,stage\ngaoyao,2008-06-11 08:00Z,1\n"
                 "gaoyao,2008-06-11 09:00Z,-9999\ngaoyao,2008-06-11 10:00Z,NaN\n"
                 "gaoyao,2008-06-11 11:00Z,2\ngaoyao,2008-06-11 12:00Z,2\n")
    assert np.isnan(found.series[0].values[0, 1:3]).all()
    assert found.bad == 0


@pytest.mark.parametrize(("row", "place"), [
    ("gaoyao,11/06/2008 08:00,1,0", "row 3.time: '11/06/2008 08:00'"),
    ("gaoyao,2008-06-11 25:00Z,1,0", "row 3.time: '2008-06-11 25:00Z'"),
    ("gaoyao,1008-06-11 08:00Z,1,0", "row 3.time: '1008-06-11 08:00Z'"),
    ("gaoyao,9008-06-11 08:00Z,1,0", "row 3.time: '9008-06-11 08:00Z'"),
    (",2008-06-11 08:00Z,1,0", "row 3.station: "),
    ("gaoyao,2008-06-11 08:00Z,１,0", "row 3.stage: '１'"),
    ("gaoyao,2008-06-11 08:00Z,1e1,0", "row 3.stage: '1e1'"),
    ("gaoyao,2008-06-11 08:00Z,1,-3", "row 3.rain: '-3'"),
    ("gaoyao,2008-06-11 08:00Z,1,99999999", "row 3.rain: '99999999'"),
    ("gaoyao,2008-06-11 08:00Z,inf,0", "row 3.stage: 'inf'"),
    ("gaoyao,2008-06-11 08:00Z,1,0,7,7", "row 3: "),
])
def test_a_bad_row_is_counted_and_named_and_the_rest_stands(
        tmp_path: Path, row: str, place: str) -> None:
    found = read(tmp_path, "station,time,stage,rain\ngaoyao,2008-06-11 08:00Z,9,0\n"
                 f"{row}\ngaoyao,2008-06-11 10:00Z,9.5,0\n")
    assert found.bad == 1
    assert said(found)[0].startswith(place)
    stage = next(one for one in found.series if one.metric is Metric.stage)
    assert numbers(stage)[::2] == [9, 9.5] or numbers(stage)[0] == 9


def test_only_where_nothing_is_left_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, "station,time,stage\ngaoyao,yesterday,9\n")
    assert str(refused.value.refusals[0].place) == "row 2.time"


@pytest.mark.parametrize(("text", "expected"), [
    ("place,time,stage\n", "a column station"), ("station,time,level\n", "metric and value"),
    ("", "a "), ("station\x00,time\n", "a "),
])
def test_a_table_without_its_columns_is_refused(
        tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, text)
    assert any(expected in str(one.expected) for one in refused.value.refusals)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        observations([tmp_path / "no.csv"], {"gaoyao"}, {Metric.stage}, 0)
    with pytest.raises(Refused):
        observations([tmp_path], {"gaoyao"}, {Metric.stage}, 0)


def test_stations_that_the_rules_do_not_know_are_counted_by_name(tmp_path: Path) -> None:
    found = read(tmp_path, "station,time,stage\ngaoyao,2008-06-11 08:00Z,9\n"
                 "elsewhere,2008-06-11 08:00Z,9\n")
    assert found.unknown == {"elsewhere": 1}
    assert found.series[0].subjects.tolist() == ["gaoyao"]


def test_one_stray_time_cannot_fill_the_memory(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="1901"):
        read(tmp_path, "station,time,stage\ngaoyao,1901-01-01 00:00Z,9\n"
             "gaoyao,2008-06-11 08:00Z,9\nliangxi,2008-06-11 08:00Z,9\n", step=1)


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    text = ("station,time,stage\ngaoyao,2008-06-11 08:00Z,9.25\ngaoyao,2008-06-11 09:00Z,-9999\n"
            "gaoyao,2008-06-11 10:00Z,9.75\n")
    csv = read(tmp_path, text)
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        table = f"read_csv('{tmp_path}/gauges.csv', all_varchar = true)"
        database.execute("COPY (SELECT station, time::TIMESTAMPTZ AS time, stage::DOUBLE AS stage"
                         f" FROM {table}) TO '{tmp_path}/a.parquet'")
    (tmp_path / "gauges.csv").unlink()
    parquet = observations([tmp_path], {"gaoyao"}, {Metric.stage}, 600)
    np.testing.assert_array_equal(csv.series[0].values, parquet.series[0].values)
    assert csv.series[0].t0 == parquet.series[0].t0


def mapped(**changes: object) -> FeedConfig:
    """A feed of a table of a bureau's own; keywords change how it is mapped."""
    return FeedConfig.model_validate({
        "name": "river", "title": {"zh": "河", "en": "river"}, "bureau": "flood",
        "format": "table", "url": "sandbox", "authority": "official", "cadence": "60s",
        "stale": "20m", "table": {
            "kind": "csv", "subject": "id", "time": "at", "zone": "Asia/Shanghai", "step": "1h",
            "missing": ["", "x"], "metrics": [
                {"metric": "stage", "column": "cm", "unit": "cm", "least": -5, "most": 50}]}
        | changes})


def test_a_feed_s_own_mapping_reads_its_tables(tmp_path: Path) -> None:
    found = read(tmp_path, "id,at,cm\ngaoyao,2008-06-11 08:00,980\ngaoyao,2008-06-11 09:00,x\n"
                 "gaoyao,2008-06-11 10:00,6000\n", mapped=columns.of_feed(mapped()))
    assert numbers(found.series[0])[0] == 9.8
    assert said(found) == ["row 4.cm: '6000'"]


@pytest.mark.parametrize(("changes", "found"), [
    ({"kind": "xlsx"}, ["kind: xlsx"]),
    ({"time_format": "%d.%m.%Y %H:%M"}, ["time_format: %d.%m.%Y %H:%M"]),
    ({"head": 3, "values": {"subject": {"A": "gaoyao"}}}, [
        "values: {'subject': {'A': 'gaoyao'}}", "head: 3"]),
    ({"subject": None, "constants": {"subject": "gaoyao"}}, ["constants: {'subject': 'gaoyao'}"])])
def test_each_key_of_a_mapping_that_no_backtest_reads_is_named(
        changes: dict[str, object], found: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        columns.of_feed(mapped(**changes))
    assert [f"{one.place}: {one.found}" for one in refused.value.refusals] == [
        f"river.table.{one}" for one in found]
