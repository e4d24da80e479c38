"""Recorded lists of official warnings: what comes out of each."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
import shapely

from fenghuo.feeds import cma_titles, vtec
from fenghuo.feeds.parsed import read
from fenghuo.observations import events
from fenghuo.store.engine import writing
from fenghuo.store.tables import fetch
from fenghuo.words import EventStatus, Hazard, Level

BEIJING = timedelta(hours=8)


def test_every_recorded_title_is_read_into_the_columns_it_expects(recorded):
    text = (recorded / "weather" / "nmc-alarm-titles-20261006.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    assert len(rows) == 21
    for row in rows:
        said = cma_titles.read(row["title"])
        assert (said.province, said.city, said.county, said.kind, said.level, said.ended) == (
            row["province"], row["city"], row["county"], row["kind"], Level(row["colour"]), False)


def test_the_recorded_nmc_list_is_read(recorded, shipped):
    body = (recorded / "weather" / "nmc-findAlarm-20260307.json").read_bytes()
    parsed = read("cma_alarm_list", body, shipped("nmc_alarms"),
                  datetime(2026, 3, 7, 10, tzinfo=UTC))
    assert not parsed.refusals and len(parsed.present) == 7
    assert [(event.external_id[:6], event.attributes.issuer, event.attributes.event_code,
             event.attributes.level.value) for event in parsed.events] == [
        ("140522", "阳城县气象台", "11B17", "yellow"),
        ("140524", "陵川县气象台", "11B21", "yellow"),
        ("140500", "晋城市气象台", "11B21", "yellow"),
        ("110000", "北京市气象台", "11B17", "red"),
        ("330200", "宁波市气象台", "11B03", "orange"),
        ("140000", "山西省气象台", "11B17", "yellow"),
        ("140000", "山西省气象台", "11B21", "yellow")]
    assert parsed.as_of == datetime(2026, 3, 7, 9, 46, tzinfo=UTC)


@pytest.fixture
def states(recorded):
    """The gravest warning of Guangdong in 36 successive states, as a list of one row each."""
    lines = (recorded / "weather" / "replay-nmc-guangdong-alarm-states-20260821.ndjson") \
        .read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        state = json.loads(line)
        top = (state["guangdong"] or {}).get("top")
        rows = [] if top is None else [
            {"alertid": top["url"].rpartition("/")[2].removesuffix(".html"),
             "issuetime": top["issuedAt"], "title": top["title"], "url": top["url"]}]
        body = json.dumps({"code": 0, "data": {"page": {"list": rows, "count": len(rows)}}})
        found.append((datetime.fromisoformat(state["committed"]), body.encode()))
    return found


def test_each_recorded_state_of_guangdong_is_read(states, shipped):
    issued = {}
    for at, body in states:
        parsed = read("cma_alarm_list", body, shipped("nmc_alarms"), at)
        assert not parsed.refusals
        for event in parsed.events:
            said = event.attributes
            assert (said.event_code, said.level) == ("11B03", Level.orange)
            assert said.districts == (event.external_id[:6] + "000000",)
            # the list's minute is the identifier's, or one of the minutes before it
            stamp = datetime.strptime(event.external_id[-14:], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            assert timedelta(0) <= stamp - BEIJING - event.issued < timedelta(minutes=1)
            issued.setdefault(event.external_id, said.issuer)
    assert len(states) == 36 and len(issued) == 17
    assert list(issued.values())[:3] == ["龙川县气象台", "五华县气象台", "潮州市气象台"]
    assert list(issued.values()).count("大埔县气象台") == 2  # issued anew half an hour later


def test_the_replay_issues_each_once_and_lapses_what_leaves(states, shipped, engine):
    config, seen = shipped("nmc_alarms"), []
    with writing(engine) as connection:
        for at, body in states:
            parsed = read("cma_alarm_list", body, config, at)
            connection.execute(fetch.insert().values(
                feed=config.name, url=config.url, at=at, started=0.0, seconds=0.1,
                http_status=200, outcome="changed", bytes=len(body)))
            new = events.record_events(connection, config.name, parsed.events, "0" * 64, at)
            gone = events.missing(connection, config.name, parsed.present, at, config.window,
                                  config.missing_polls, url=config.url, payload="0" * 64)
            told = [events.revision(connection, each) for each in [*new, *gone]]
            seen += [(one.external_id, one.status) for one in told]
    issues = [name for name, status in seen if status is EventStatus.actual]
    lapses = [name for name, status in seen if status is EventStatus.lapsed]
    assert len(set(issues)) == 17 and seen[0][1] is EventStatus.actual
    assert all(seen.index((name, EventStatus.actual)) < seen.index((name, EventStatus.lapsed))
               for name in lapses)
    # each once, though a graver one hid some for a poll or two; the last still stands
    assert (len(lapses), len(set(lapses)), len(issues)) == (16, 16, 17)


def test_the_recorded_nws_lists_are_read(recorded, shipped):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    body = (recorded / "cap" / "nws-alerts-active-zone.json").read_bytes()
    parsed = read("nws_geojson", body, shipped("nws"), now)
    (watch,) = parsed.events
    said = watch.attributes
    assert (watch.external_id, said.event_code) == ("KPQR.FA.A.0004.2019", "FAA")
    assert (said.hazard, said.level, said.issuer) == (Hazard.flood, Level.orange, "NWS KPQR")
    assert watch.expires == datetime(2019, 12, 22, 18, tzinfo=UTC)  # ends, not expires
    assert not parsed.refusals and "Portland" not in said.issuer
    body = (recorded / "cap" / "nws-alert-with-test-message.json").read_bytes()
    test, real = read("nws_geojson", body, shipped("nws"), now).events
    assert (test.status, test.attributes.hazard) == (EventStatus.exercise, Hazard.tsunami)
    assert (real.status, real.attributes.event_code) == (EventStatus.actual, "HTY")


def test_the_recorded_chain_of_messages_is_one_event(recorded):
    said = [line for number in range(1, 7) for line in vtec.lines(
        (recorded / "cap" / f"nwws-FFWOKX-20230709-{number}.txt").read_text())]
    assert [line.action for line in said] == ["NEW", "EXT", "EXT", "EXT", "EXT", "EXP"]
    assert {line.key(2023) for line in said} == {"KOKX.FF.W.0009.2023"}
    assert said[-1].ended and said[3].end == datetime(2023, 7, 9, 23, 15, tzinfo=UTC)
    (tsunami,) = vtec.lines((recorded / "cap" / "nwws-TSUGUM-20250730-kamchatka.txt").read_text())
    assert (tsunami.code, tsunami.end) == ("TSA", None)


def test_the_recorded_chain_is_one_signals_life(recorded, shipped, engine):
    config, seen = shipped("nws_product"), []
    with writing(engine) as connection:
        for number in range(1, 7):
            body = (recorded / "cap" / f"nwws-FFWOKX-20230709-{number}.txt").read_bytes()
            (event,) = read("nws_text", body, config, datetime(2023, 7, 10, 2, tzinfo=UTC)).events
            at = event.issued + timedelta(minutes=1)
            (new,) = events.record_events(connection, config.name, [event], "0" * 64, at)
            one = events.revision(connection, new)
            seen.append((one.event_id, one.number, one.status.value, one.attributes.event_code,
                         one.expires - one.issued))
    assert [said[1:4] for said in seen] == [
        *((number, "actual", "FFW") for number in range(1, 6)), (6, "cancelled", "FFW")]
    assert len({said[0] for said in seen}) == 1
    # extended by two hours and more, each time
    assert [said[4] // timedelta(minutes=1) for said in seen] == [184, 121, 124, 119, 129, 5]


def test_the_recorded_tsunami_watch_of_guam_is_read(recorded, shipped):
    body = (recorded / "cap" / "nwws-TSUGUM-20250730-kamchatka.txt").read_bytes()
    config = shipped("nws_product").model_copy(update={"districts": {"GUZ003": "440781000000"}})
    (event,) = read("nws_text", body, config, datetime(2025, 7, 30, tzinfo=UTC)).events
    said = event.attributes
    assert (event.external_id, said.hazard, said.level) == (
        "PHEB.TS.A.0001.2025", Hazard.tsunami, None)
    assert (said.headline, said.districts) == (
        "A TSUNAMI WATCH IS NOW IN EFFECT FOR GUAM AND CNMI", ("440781000000",))
    assert event.issued == datetime(2025, 7, 29, 23, 35, tzinfo=UTC)


def test_the_recorded_alerts_of_norway_are_read(recorded, shipped):
    body = (recorded / "cap" / "met-norway-alerts.json").read_bytes()
    parsed = read("metno_alerts", body, shipped("metno"), datetime(2026, 3, 7, 6, tzinfo=UTC))
    assert len(parsed.events) == len(parsed.present) == 29 and not parsed.refusals
    assert parsed.made == datetime(2026, 3, 7, 5, 17, 1, tzinfo=UTC)
    assert {(one.attributes.hazard, one.attributes.level) for one in parsed.events} == {
        (Hazard.gale, Level.yellow)}
    first, last = parsed.events[0], parsed.events[-1]
    assert (first.issued, first.onset, first.expires) == (
        datetime(2026, 3, 6, 22, tzinfo=UTC), datetime(2026, 3, 7, 20, tzinfo=UTC),
        datetime(2026, 3, 8, 10, tzinfo=UTC))
    assert last.issued == datetime(2026, 3, 6, 18, 38, tzinfo=UTC)
    assert all(one.area for one in parsed.events)


def test_the_recorded_frost_of_bright_sky_is_dwds_document(recorded, shipped):
    body = (recorded / "weather" / "brightsky-alerts.json").read_bytes()
    config = shipped("dwd_brightsky").model_copy(update={"districts": {
        "711000101": "440781000000"}})
    (event,) = read("brightsky_alerts", body, config, datetime(2026, 3, 6, 12, tzinfo=UTC)).events
    said = event.attributes
    assert event.aliases == ("2.49.0.0.276.0.DWD.PVW.1772797020000."
                             "bda05e21-69ce-45a9-aff8-25a95592cfd5.MUL",)
    assert (said.event_code, said.hazard, said.level, said.districts) == (
        "22", Hazard.frost, Level.yellow, ("440781000000",))


def test_the_recorded_swiss_alert_agrees_with_its_cap_document(recorded, shipped):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    name = recorded / "cap" / "alertswiss-POA-1216107687-4"
    (said,) = read("alertswiss", name.with_suffix(".json").read_bytes(), shipped("alertswiss"),
                   now).events
    (cap,) = read("cap_document", name.with_suffix(".xml").read_bytes(), shipped("cma"),
                  now).events
    assert said.aliases == (cap.external_id,) and said.status is cap.status
    assert said.attributes.headline == cap.attributes.headline
    assert timedelta(0) <= said.issued - cap.issued < timedelta(minutes=1)
    assert shapely.geometry.shape(said.area).equals(shapely.geometry.shape(cap.area))


def test_the_recorded_meteoalarm_list_is_read(recorded, shipped):
    config = shipped("meteoalarm").model_copy(update={"districts": {"DE343": "440781000000"}})
    body = (recorded / "cap" / "meteoalarm-germany.json").read_bytes()
    parsed = read("meteoalarm_json", body, config, datetime(2026, 4, 21, tzinfo=UTC))
    assert not parsed.refusals and len(parsed.present) == 4
    assert [(event.status.value, event.attributes.event_code, event.attributes.level,
             event.attributes.districts) for event in parsed.events] == [
        ("actual", "1", Level.orange, ("440781000000",)), ("actual", "6", Level.yellow, ()),
        ("cancelled", "7", None, ()), ("exercise", "1", Level.orange, ("440781000000",))]
    assert {event.attributes.issuer for event in parsed.events} == {"dwd.de"}
    assert parsed.events[2].supersedes == (
        "2.49.0.0.276.0.DWD.PVW.1776673620000.e839a672-1b60-44ae-bfe5-a53f369c1e98.MUL",)


def test_the_recorded_zip_of_dwd_is_read(recorded, shipped):
    body = (recorded / "cap" / "dwd-cap-communeunion-mul.zip").read_bytes()
    parsed = read("dwd_zip", body, shipped("dwd"), datetime(2023, 6, 23, 10, tzinfo=UTC))
    assert not parsed.refusals and len(parsed.present) == 3
    assert [(event.attributes.scheme, event.attributes.event_code, event.attributes.hazard,
             event.attributes.level, len(event.supersedes)) for event in parsed.events] == [
        ("dwd", "61", Hazard.rainstorm, Level.orange, 1),
        ("dwd", "61", Hazard.rainstorm, Level.orange, 1),
        ("dwd", "51", Hazard.gale, Level.yellow, 0)]
    whole, *_ = parsed.events
    assert not shapely.geometry.shape(whole.area).contains(shapely.Point(10.41448, 51.69272))
    assert parsed.as_of == datetime(2023, 6, 23, 9, 56, tzinfo=UTC)


def test_the_recorded_warnings_of_qweather_are_read(recorded, shipped):
    now, weather = datetime(2026, 11, 1, tzinfo=UTC), recorded / "weather"
    (new,) = read("qweather_alert", (weather / "qweather-weatheralert-current-zh.json")
                  .read_bytes(), shipped("qweather"), now).events
    (old,) = read("qweather_alert", (weather / "qweather-warning-now-zh.json").read_bytes(),
                  shipped("qweather"), now).events
    for event, issuer in ((new, "临桂区气象台"), (old, "上海中心气象台")):
        said = event.attributes
        assert (said.event_code, said.hazard, said.level, said.issuer) == (
            "1006", Hazard.gale, Level.blue, issuer)
    assert new.attributes.message_type == "Update"
    assert new.supersedes == ("202510181140100706230391",)
    assert old.expires == datetime(2023, 4, 4, 2, 30, tzinfo=UTC)


def test_the_recorded_page_of_weathercn_is_read(recorded, shipped):
    body = (recorded / "weather" / "weathercn-alarm-detail-zhaosu.js").read_bytes()
    (event,) = read("weathercn_alarm", body, shipped("weathercn"),
                    datetime(2026, 10, 7, tzinfo=UTC)).events
    said = event.attributes
    assert event.external_id == "65402641600000_20261006212927" and event.supersedes == ()
    assert (said.event_code, said.level, said.issuer) == ("11B14", Level.yellow, "昭苏县气象台")
    assert (event.issued, event.expires) == (datetime(2026, 10, 6, 13, 29, 27, tzinfo=UTC),
                                             datetime(2026, 10, 7, 1, 29, 27, tzinfo=UTC))
