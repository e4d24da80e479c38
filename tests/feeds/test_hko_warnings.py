"""Hong Kong's warnings: the summary, the bulletins and the tips, and what raises nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import read
from fenghuo.words import EventStatus, Hazard, Level, Refused

from .samples import hko_swt as tips
from .samples import hko_warning_info as bulletins
from .samples import hko_warnsum as summary
from .samples.hko_warnsum import answer, row

ISSUED = datetime(2026, 7, 1, 3, 15, tzinfo=UTC)


def parse(body, of=summary):
    return read(of.CONFIG.format, body, of.CONFIG, of.RECEIVED)


def test_warnings_in_force_are_signals_of_all_hong_kong():
    parsed = parse(summary.SAMPLE)
    rain, thunder = parsed.events
    said = rain.attributes
    assert (said.event_code, said.scheme, said.hazard, said.level) == (
        "WRAINR", "hko", Hazard.rainstorm, Level.red)
    assert said.headline == "香港天文台发出红色警告" and said.districts == ("810000000000",)
    assert rain.issued == rain.onset == ISSUED
    assert rain.expires == ISSUED + timedelta(hours=24)  # none is named: while it is listed
    assert thunder.expires == datetime(2026, 7, 1, 11, 30, tzinfo=UTC)
    assert thunder.attributes.message_type == "Update" and not parsed.refusals
    assert parsed.present == {"WRAIN@2026-07-01T03:15Z", "WTS@2026-07-01T03:15Z"}


def test_an_empty_summary_says_that_nothing_is_in_force():
    parsed = parse(b"{}")
    assert (parsed.events, parsed.present, parsed.refusals) == ([], frozenset(), [])


def test_a_later_signal_of_a_family_is_another_one_and_a_later_word_a_revision():
    three = parse(answer(WTCSGNL=row("TC3"))).events[0]
    eight = parse(answer(WTCSGNL=row("TC8NE", "2026-07-01T12:00:00+08:00"))).events[0]
    again = parse(answer(WTCSGNL=row("TC3", actionCode="UPDATE",
                                     updateTime="2026-07-01T11:45:00+08:00"))).events[0]
    assert three.external_id == again.external_id != eight.external_id
    assert again.issued - three.issued == timedelta(minutes=30) and again.onset == three.onset
    assert eight.attributes.level is None  # no number is a colour


def test_an_update_time_before_the_issue_makes_no_warning_older():
    said = parse(answer(WTS=row("WTS", updateTime="2026-07-01T05:00:00+08:00"))).events[0]
    assert said.issued == said.onset == ISSUED


@pytest.mark.parametrize("more", [{"actionCode": "CANCEL"}, {"code": "CANCEL"}])
def test_a_cancelled_warning_keeps_its_name(more):
    said = parse(answer(WTCSGNL=row("WTCSGNL", name="热带气旋警告信号") | more)).events[0]
    assert said.status is EventStatus.cancelled and said.attributes.event_code == "WTCSGNL"
    assert said.attributes.headline == "香港天文台取消热带气旋警告信号"


def test_a_code_that_is_not_known_is_kept_and_means_nothing():
    said = parse(answer(WNEW=row("WNEW1"))).events[0].attributes
    assert (said.event_code, said.hazard, said.level) == ("WNEW1", Hazard.other, None)


@pytest.mark.parametrize(("more", "place"), [
    ({"actionCode": "SHOUT"}, "actionCode"), ({"name": ""}, "name"),
    ({"type": 1}, "type"), ({"updateTime": "2026-07-01T11:15:00"}, "updateTime"),
    ({"updateTime": "2026-07-01T13:00:00+08:00"}, "updateTime"),
    ({"expireTime": "2036-07-01T13:00:00+08:00"}, "expireTime")])
def test_a_faulty_warning_is_refused_alone_and_is_still_in_force(more, place):
    parsed = parse(answer(WTS=row("WTS", **more), WL=row("WL")))
    assert [one.place for one in parsed.refusals] == [f"warnings[0].{place}"]
    assert [one.attributes.event_code for one in parsed.events] == ["WL"]
    assert "WTS@2026-07-01T03:15Z" in parsed.present


def test_absence_means_nothing_where_a_warning_cannot_be_named():
    parsed = parse(answer(WTS=row("WTS", "soon"), WL=row("WL")))
    assert parsed.present is None and len(parsed.events) == 1


@pytest.mark.parametrize("of", [summary, bulletins, tips])
@pytest.mark.parametrize("body", [b"", b"[]", b"<html></html>", b'"x"',
                                  b"Please include valid parameters in API request."])
def test_what_is_no_answer_is_refused(of, body):
    with pytest.raises(Refused):
        parse(body, of)


def test_a_bulletin_is_a_signal_with_all_it_says():
    black, landslip = parse(bulletins.SAMPLE, bulletins).events
    said = black.attributes
    assert (said.event_code, said.level, said.description) == ("WRAINB", None, "第一句。 第二句。")
    assert (landslip.attributes.hazard, landslip.issued) == (Hazard.geology, ISSUED)
    assert parse(b"{}", bulletins).present == frozenset()
    ended = parse(bulletins.answer(bulletins.row("WTCSGNL", subtype="CANCEL")), bulletins)
    assert ended.events[0].status is EventStatus.cancelled


@pytest.mark.parametrize(("more", "place"), [
    ({"contents": []}, "contents"), ({"contents": [1]}, "contents"),
    ({"contents": "a"}, "contents"),
    ({"updateTime": "2026-07-02T11:15:00+08:00"}, "updateTime")])
def test_a_faulty_bulletin_is_refused_alone(more, place):
    parsed = parse(bulletins.answer(bulletins.row("WL", **more), bulletins.row("WTS")), bulletins)
    assert [one.place for one in parsed.refusals] == [f"details[0].{place}"]
    assert len(parsed.events) == 1


def test_a_tip_raises_nothing_and_is_kept():
    parsed = parse(tips.SAMPLE, tips)
    assert parsed.events == [] and parsed.as_of == ISSUED
    assert [(one.place, one.found) for one in parsed.passed] == [("swt[0]", "雷雨区影响本港。")]
    for empty in (b"{}", b'{"swt": []}'):
        assert parse(empty, tips).passed == [] and parse(empty, tips).as_of is None


def test_a_faulty_tip_is_refused():
    with pytest.raises(Refused, match="updateTime"):
        parse(tips.answer({"desc": "x", "updateTime": "now"}), tips)
