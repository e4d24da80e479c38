"""A bureau's own warnings in a table: its words become ours, or the row is refused by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats import table_signals
from fenghuo.observations.records import SignalAttributes
from fenghuo.words import EventStatus, Hazard, Level, Refused

from .samples import table_signals as sample

HEAD = "文号,类别,等级,发布时间,生效时间,失效时间,区域,标题,状态,替代\n"
ROW = {"文号": "7", "类别": "暴雨", "等级": "红色", "发布时间": "2026-06-08 12:00", "生效时间": "",
       "失效时间": "", "区域": "440785", "标题": "", "状态": "发布", "替代": ""}


def read(*rows, config=sample.CONFIG):
    lines = [",".join((ROW | row).values()) for row in rows]
    return table_signals.parse((HEAD + "\n".join(lines)).encode(), config, sample.RECEIVED)


def changed(**table):
    value = sample.CONFIG.signal_table.model_dump() | table
    return FeedConfig.model_validate(sample.CONFIG.model_dump() | {"signal_table": value})


def test_the_bureaus_words_become_ours():
    first, second, last = table_signals.parse(
        sample.SAMPLE, sample.CONFIG, sample.RECEIVED).events
    said = first.attributes
    assert isinstance(said, SignalAttributes)
    assert (said.hazard, said.event_code, said.level, said.issuer) == (
        Hazard.flash_flood, "11A51", Level.yellow, "江门市水利局")
    assert first.expires == datetime(2026, 6, 8, 13, 0, tzinfo=UTC)
    assert (second.onset, second.supersedes) == (
        datetime(2026, 6, 8, 4, 0, tzinfo=UTC), ("2026-11",))
    assert second.attributes.districts == ("440785000000", "440781000000")
    assert second.attributes.message_type == "Update"
    assert (last.status, last.attributes.level) == (EventStatus.cancelled, None)


def test_a_row_without_an_end_counts_for_the_entrys_lifetime():
    (event,) = read({}).events
    assert event.expires - event.issued == sample.CONFIG.lifetime == timedelta(hours=24)


@pytest.mark.parametrize("row", [{"状态": "exercise"}, {"标题": "【演练】暴雨红色预警"}])
def test_an_exercise_is_told_by_its_status_or_by_its_headline(row):
    (event,) = read(row).events
    assert event.status is EventStatus.exercise


@pytest.mark.parametrize(("row", "place", "expected"), [
    ({"类别": "怪事"}, "row 3.类别", "11B03"),
    ({"等级": "1"}, "row 3.等级", "a colour"),
    ({"等级": ""}, "row 3.等级", "a colour"),
    ({"状态": "作废"}, "row 3.状态", "new, update, cancel"),
    ({"发布时间": "昨天"}, "row 3.发布时间", "ISO 8601"),
    ({"发布时间": "2026-06-08 12:40"}, "row 3.发布时间", "no time in the future"),
    ({"发布时间": ""}, "row 3.发布时间", "ISO 8601"),
    ({"失效时间": "2026-06-08 11:00"}, "row 3.失效时间", "an end after it begins"),
    ({"失效时间": "2028-06-08 11:00"}, "row 3.失效时间", "within a year"),
    ({"区域": "火星"}, "row 3.区域", "6 or 12 digits"),
    ({"区域": ""}, "row 3.区域", "a text"),
    ({"文号": ""}, "row 3.文号", "1 to 200"),
])
def test_a_faulty_row_is_refused_at_its_own_column_and_its_neighbours_stay(row, place, expected):
    parsed = read({"文号": "1"}, row, {"文号": "3"})
    assert [event.external_id for event in parsed.events] == ["1", "3"]
    (refusal,) = parsed.refusals
    assert refusal.place == place and expected in refusal.expected


def test_of_several_districts_the_unknown_are_refused_and_the_others_warned():
    parsed = read({"区域": "恩平市、火星 440781"})
    assert parsed.events[0].attributes.districts == ("440785000000", "440781000000")
    assert [(one.place, one.found) for one in parsed.refusals] == [("7.区域", "火星")]


def test_of_one_identifier_twice_the_newest_counts():
    parsed = read({"等级": "黄色", "发布时间": "2026-06-08 11:00"}, {"等级": "红色"})
    assert [event.attributes.level for event in parsed.events] == [Level.red]
    assert parsed.refusals[0].place == "row 3"


def test_every_identifier_is_named_as_present_a_refused_one_too():
    assert read({"文号": "1"}, {"文号": "2", "类别": "怪事"}).present == {"1", "2"}


def test_a_head_without_rows_is_a_good_answer_without_warnings():
    parsed = read()
    assert not parsed.says and parsed.present == frozenset()


def test_a_table_of_which_no_row_can_be_used_is_refused():
    with pytest.raises(Refused, match="怪事"):
        read({"类别": "怪事"})


@pytest.mark.parametrize(("table", "expected"), [
    ({"values": {"event": {"大雨": "11Z99"}}}, "11Z99"),
    ({"values": {"level": {"一级": "purple"}}}, "purple: a colour"),
    ({"values": {"status": {"发布": "begin"}}}, "begin: one of new"),
    ({"values": {"colour": {"一级": "red"}}}, "constants and values of identifier"),
    ({"constants": {}}, "issuer: its column, or what it always is"),
    ({"constants": {"issuer": "x", "event": "暴雨"}}, "event as a column or as a constant"),
    ({"time_format": "%d.%m."}, "a day and an hour"),
    ({"sheet": "预警"}, "sheet for xlsx"),
])
def test_a_faulty_mapping_is_refused_before_it_is_ever_used(table, expected):
    with pytest.raises(ValidationError, match=expected):
        changed(**table)


def test_a_list_in_json_says_what_the_same_csv_says():
    config = changed(kind="json", rows="data", identifier="no", event="kind", level="grade",
                     issued="sent", effective=None, expires="until", district="where.code",
                     headline="title", status="state", references=None)
    body = {"data": [{"no": "7", "kind": "洪水", "grade": "二级",
                      "sent": "2026-06-08T12:00:00+08:00", "until": None,
                      "where": {"code": 440785}, "title": "", "state": "发布"}]}
    (event,) = table_signals.parse(json.dumps(body).encode(), config, sample.RECEIVED).events
    (same,) = read({"类别": "洪水", "等级": "二级"}).events
    assert event == same


def test_a_constant_may_stand_for_what_the_table_does_not_say():
    config = changed(event=None, constants={"issuer": "x", "event": "rainstorm"})
    (event,) = read({"类别": "whatever"}, config=config).events
    assert event.attributes.event_code == "11B03"
