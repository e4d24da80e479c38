"""The NMC's list: everything from the title, ends by 解除 or by leaving, one id with CMA's CAP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds import cma_titles
from fenghuo.feeds.parsed import FeedError, read
from fenghuo.feeds.signal_rows import districts_of, while_listed
from fenghuo.observations import events
from fenghuo.store.engine import reading
from fenghuo.words import EventStatus, Hazard, Level

from .samples.cma_alarm_list import CONFIG, RECEIVED, SAMPLE, answer, row

RAIN = "广东省江门市台山市气象台发布暴雨橙色预警信号"


def parse(*rows, received=RECEIVED, **more):
    return read("cma_alarm_list", answer(*rows, **more), CONFIG, received)


def test_hazard_level_and_issuer_come_from_the_title():
    parsed = read("cma_alarm_list", SAMPLE, CONFIG, RECEIVED)
    assert not parsed.refusals and len(parsed.events) == len(parsed.present) == 4
    first, *_, province = parsed.events
    said = first.attributes
    assert (said.event_code, said.hazard, said.level) == ("11B03", Hazard.rainstorm, Level.orange)
    assert (said.issuer, said.districts) == ("台山市气象台", ("440781000000",))
    assert first.issued == datetime(2026, 6, 8, 3, 55, tzinfo=UTC)
    assert province.attributes.issuer == "广东省气象台"
    assert province.attributes.districts == ("440000000000",)
    assert parsed.as_of == datetime(2026, 6, 8, 4, 1, tzinfo=UTC)


def test_an_end_in_a_title_cancels():
    (event,) = parse(row("广东省江门市台山市气象台解除暴雨橙色预警信号")).events
    assert event.status is EventStatus.cancelled and event.attributes.event_code == "11B03"


def test_its_id_is_the_identifier_of_the_cap_document(configured, alert):
    (listed,) = parse(row(RAIN)).events
    (document,) = read("cap_document", alert(), configured("jm_signals"), RECEIVED).events
    assert listed.external_id == document.external_id
    for field in ("identifier", "hazard", "event_code", "level", "issuer", "districts"):
        assert getattr(listed.attributes, field) == getattr(document.attributes, field)


@pytest.mark.parametrize(("title", "kind", "level", "issuer"), [
    ("江门市自然资源局和江门市气象局联合发布地质灾害橙色预警", "地质灾害", Level.orange,
     "江门市自然资源局和江门市气象局"),
    ("广东省江门市气象台将台风黄色预警信号升级为台风橙色预警信号", "台风", Level.orange,
     "江门市气象台"),
    ("中央气象台6月8日10时继续发布暴雨黄色预警", "暴雨", Level.yellow, "中央气象台"),
    ("水利部和中国气象局6月8日18时联合发布橙色山洪灾害气象预警", "山洪灾害气象", Level.orange,
     "水利部和中国气象局"),
    ("北京市朝阳区气象台发布大雾红色预警信号", "大雾", Level.red, "朝阳区气象台"),
    ("湖北省荆州市沙市区气象台发布暴雨蓝色预警信号", "暴雨", Level.blue, "沙市区气象台"),
])
def test_a_title_is_read(title, kind, level, issuer):
    said = cma_titles.read(title)
    assert (said.kind, said.level, said.issuer) == (kind, level, issuer)


def test_a_place_that_does_not_read_as_one_is_left_out_and_the_name_kept_as_written():
    said = cma_titles.read("重庆市县云阳县气象台发布大雾黄色预警信号")
    assert (said.province, said.city, said.county) == ("重庆市", "重庆市", "")
    assert said.issuer == "重庆市县云阳县气象台"


@pytest.mark.parametrize(("changed", "place", "expected"), [
    ({"title": "广东省江门市台山市气象台发布暴雨预警信号"}, "title", "names the colour"),
    ({"title": "暴雨橙色预警信号"}, "title", "names its issuer"),
    ({"title": "台山市气象台解除暴雨橙色、发布暴雨黄色预警信号"}, "title", "one meaning"),
    ({"title": None}, "title", "a text"),
    ({"alertid": ""}, "alertid", "a text of 1 to"),
    ({"issuetime": "2026/06/08 12:16"}, "issuetime", "no time in the future"),
    ({"issuetime": "2026/06/08 24:00"}, "issuetime", "ISO 8601"),
    ({"issuetime": 1780000000}, "issuetime", "a text"),
])
def test_a_faulty_row_is_refused_alone(changed, place, expected):
    parsed = parse(row(RAIN, district="440785"), row(RAIN) | changed)
    (refusal,) = parsed.refusals
    assert refusal.place == f"list[1].{place}" and expected in refusal.expected
    assert len(parsed.events) == 1


def test_a_refused_row_is_still_listed():
    parsed = parse(row("台山市气象台发布暴雨"))
    assert not parsed.events and parsed.present == {"44078141600000_20260608115500"}


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{}", b"<html></html>", b'{"msg":"error","code":1,"data":null}',
    b'{"code":0,"data":{"page":{}}}', b'{"code":0,"data":{"page":{"list":"none"}}}'])
def test_an_answer_that_is_no_list_is_refused(body):
    with pytest.raises(FeedError):
        read("cma_alarm_list", body, CONFIG, RECEIVED)


def test_an_empty_list_means_that_nothing_is_in_force():
    parsed = parse()
    assert not parsed.events and parsed.present == frozenset()


def test_a_list_cut_by_its_page_says_nothing_of_what_it_lacks():
    parsed = parse(row(RAIN), count=201)
    assert parsed.present is None and parsed.events
    assert "pageSize" in parsed.refusals[0].expected


def test_a_row_counts_as_long_as_it_is_listed():
    issued, day = datetime(2026, 6, 8, tzinfo=UTC), timedelta(days=1)
    assert while_listed(issued, issued - timedelta(minutes=3), day) == issued + day
    assert while_listed(issued, issued + timedelta(hours=23), day) == issued + day
    assert while_listed(issued, issued + 3 * day, day) == issued + 4 * day


@pytest.mark.parametrize(("name", "districts"), [
    ("44078141600000_20260608115500", ("440781000000",)),
    ("140522416000_20260307174600", ("140522000000",)),
    ("00000041600000_20260608115500", ()), ("2.49.0.0.276.0", ())])
def test_the_district_is_the_identifiers(name, districts):
    assert districts_of(name) == districts


def test_an_upgrade_is_a_new_row_and_a_row_that_left_has_lapsed(server, puller, engine):
    feed = CONFIG.model_copy(update={"url": f"{server.url}/feed"})
    yellow = row(RAIN.replace("橙", "黄"), "2026/06/08 11:30")
    orange = row(RAIN)
    lists = [[yellow], [yellow, orange], [orange], [orange], [orange]]
    one = puller(feed)
    told = []
    for minute, rows in enumerate(lists):
        server.page("/feed", answer(*rows, msg=f"success {minute}"))
        told.append(one.pull().did)
    assert told == [1, 1, 0, 0, 1]
    with reading(engine) as connection:
        known = events.known_as(connection, feed.name, [yellow["alertid"], orange["alertid"]])
        last = events.newest(connection, known.values())
    assert last[known[yellow["alertid"]]].status is EventStatus.lapsed
    assert last[known[orange["alertid"]]].status is EventStatus.actual


def test_strict_json_faults_refuse_their_row_alone():
    body = answer(row(RAIN), row(RAIN, district="440785")).replace(
        b'"issuetime": ', b'"pic": NaN, "issuetime": ', 1)
    parsed = read("cma_alarm_list", body, CONFIG, RECEIVED)
    assert [event.attributes.districts for event in parsed.events] == [("440785000000",)]
    assert json.loads(body)["code"] == 0 and parsed.refusals
