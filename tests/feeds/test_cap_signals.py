"""CMA's habits, other countries' habits, and what is refused of a CAP document."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

import pytest
import shapely
from pyproj import Geod

from fenghuo.feeds.event_codes import event_of
from fenghuo.feeds.formats import cap
from fenghuo.feeds.formats.cap_words import colour_of, ends, issuer_of
from fenghuo.words import EventStatus, Hazard, Level, Refused

NOON = datetime(2026, 6, 8, 4, 1, tzinfo=UTC)


def read(body, config):
    (event,) = cap.parse(body, config, NOON).events
    return event


def refusal_of(body, config):
    with pytest.raises(Refused) as refused:
        cap.parse(body, config, NOON)
    (refusal,) = refused.value.refusals
    return refusal


def test_the_zh_block_gives_code_colour_issuer_and_district(configured, alert):
    event = read(alert(), configured("jm_signals"))
    said = event.attributes
    assert (said.event_code, said.hazard, said.level) == ("11B03", Hazard.rainstorm, Level.orange)
    assert said.issuer == "台山市气象台"
    assert said.districts == ("440781000000",)
    assert event.status is EventStatus.actual
    assert event.issued == datetime(2026, 6, 8, 3, 55, tzinfo=UTC)
    assert event.expires == datetime(2026, 6, 8, 10, 0, tzinfo=UTC)
    assert event.area is None


def test_the_forecasters_name_is_never_kept(configured, alert):
    event = read(alert(headline="暴雨橙色预警信号"), configured("jm_signals"))
    assert event.attributes.issuer == "Taishan_Observatory"
    assert "陈某某" not in str(event)


def test_an_update_is_matched_by_identifier_only(configured, alert):
    event = read(alert(message="Update", references=(
        "Taishan_Observatory,44078141600000_20260608090000,2026-06-08T11:55:00+08:00")),
        configured("jm_signals"))
    assert event.supersedes == ("44078141600000_20260608090000",)
    assert event.attributes.message_type == "Update"


@pytest.mark.parametrize(("colour", "severity", "level"), [
    ("红", "Extreme", Level.red), ("橙", "Severe", Level.orange),
    ("黄", "Moderate", Level.yellow), ("蓝", "Minor", Level.blue),
    ("白", "Minor", Level.white), ("白", "Unknown", Level.white), ("红", "Unknown", Level.red),
])
def test_the_level_is_the_headlines_colour(configured, alert, colour, severity, level):
    body = alert(headline=f"台山市气象台发布台风{colour}色预警信号", severity=severity)
    assert read(body, configured("jm_signals")).attributes.level is level


@pytest.mark.parametrize(("colour", "severity"), [
    ("红", "Severe"), ("橙", "Extreme"), ("黄", "Minor"), ("蓝", "Moderate"), ("白", "Severe")])
def test_colour_and_severity_that_disagree_are_quarantined(configured, alert, colour, severity):
    body = alert(headline=f"台山市气象台发布暴雨{colour}色预警信号", severity=severity)
    refusal = refusal_of(body, configured("jm_signals"))
    assert refusal.place.endswith(".severity") and severity in refusal.found


def test_a_zh_headline_without_colour_is_quarantined(configured, alert):
    refusal = refusal_of(alert(headline="台山市气象台发布暴雨预警"), configured("jm_signals"))
    assert "colour" in refusal.expected


@pytest.mark.parametrize("fields", [
    {"message": "Cancel", "headline": "台山市气象台暴雨预警"},
    {"headline": "台山市气象台解除暴雨橙色预警信号"},
    {"message": "Update", "headline": "台山市气象台2026年06月08日11时55分解除暴雨橙色预警信号"},
])
def test_an_end_is_cancelled_whatever_its_message_type(configured, alert, fields):
    assert read(alert(**fields), configured("jm_signals")).status is EventStatus.cancelled


@pytest.mark.parametrize("fields", [
    {"status": "Exercise"}, {"status": "Test"},
    {"headline": "【演练】台山市气象台发布暴雨橙色预警信号"},
    {"description": "THIS_MESSAGE_IS_FOR_TEST_PURPOSES_ONLY"},
])
def test_a_drill_is_never_actual(configured, alert, fields):
    assert read(alert(**fields), configured("jm_signals")).status is EventStatus.exercise


def test_a_polygon_becomes_lon_lat_and_an_open_ring_is_closed(configured, alert):
    area = "<polygon>22.0,112.0 22.0,113.0 23.0,113.0</polygon>"
    event = read(alert(area=area), configured("jm_signals"))
    ring = event.area["coordinates"][0]
    assert ring[0] == ring[-1] and [112.0, 22.0] in ring and event.area["type"] == "Polygon"


@pytest.mark.parametrize("wound", [1, -1])
def test_a_ring_of_fifty_thousand_points_wound_either_way_leaves_nobody_out(
        configured, alert, wound):
    turns = [wound * 2 * math.pi * n / 50_000 for n in range(50_000)]
    ring = " ".join(f"{22.5 + 0.3 * math.sin(turn):.6f},{112.5 + 0.3 * math.cos(turn):.6f}"
                    for turn in turns)
    began = time.process_time()
    event = read(alert(area=f"<polygon>{ring}</polygon>"), configured("jm_signals"))
    shape = shapely.geometry.shape(event.area)
    assert time.process_time() - began < 5
    for turn in turns[::500]:
        people = shapely.Point(112.5 + 0.2999 * math.cos(turn), 22.5 + 0.2999 * math.sin(turn))
        assert shape.contains(people)
    assert not shape.contains(shapely.Point(112.5, 22.81))


def test_a_circle_becomes_a_polygon_that_leaves_nobody_out(configured, alert):
    event = read(alert(area="<circle>22.0,112.0 10</circle>"), configured("jm_signals"))
    shape = shapely.geometry.shape(event.area)
    # half-way between two corners of the drawn ring, where it is nearest to the centre
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(112.0, 22.0, 2.5, 9_999)
    assert shape.contains(shapely.Point(longitude, latitude))
    # 10 km are 0.0903 degrees of latitude here, 0.0969 of longitude
    assert shape.contains(shapely.Point(112.0, 22.0 + 0.0899))
    assert shape.contains(shapely.Point(112.0 + 0.0965, 22.0))
    assert not shape.contains(shapely.Point(112.0, 22.0 + 0.0910))


def test_swapped_coordinates_are_refused_by_the_service_area(configured, alert):
    area = "<polygon>30,20 30,21 31,21 30,20</polygon>"
    refusal = refusal_of(alert(area=area), configured("jm_signals"))
    assert "service area" in refusal.expected and refusal.found == "30,20"


def test_an_area_over_the_antimeridian_is_cut_and_not_a_band_round_the_world(configured, alert):
    config = configured("jm_signals", area=None)
    area = "<polygon>10,179 10,-179 12,-179 12,179 10,179</polygon>"
    shape = shapely.geometry.shape(read(alert(area=area), config).area)
    assert shape.area == pytest.approx(4.0)
    assert shape.contains(shapely.Point(179.5, 11)) and shape.contains(shapely.Point(-179.5, 11))


@pytest.mark.parametrize("area", [
    "<polygon>NaN,112 22,113 23,113 NaN,112</polygon>", "<polygon/>",
    "<polygon>22,112 22,113</polygon>", "<polygon>22,112 23,113 23,112 22,113 22,112</polygon>",
    "<circle>22,112 0</circle>", "<circle>22,112 -5</circle>", "<circle>22,112 5000</circle>",
    "<circle>22,112,5</circle>", "<circle>112,22 5</circle>"])
def test_an_impossible_area_is_refused(configured, alert, area):
    refusal = refusal_of(alert(area=area), configured("jm_signals"))
    assert ".area." in refusal.place and refusal.place.startswith("44078141600000_")


@pytest.mark.parametrize(("fields", "place"), [
    ({"sent": "2026-06-08T12:30:00+08:00"}, "sent"),
    ({"sent": "2026-06-08T11:55:00"}, "sent"),
    ({"sent": "2026-13-08T11:55:00+08:00"}, "sent"),
    ({"expires": "2026-06-08T11:00:00+08:00"}, "expires"),
    ({"identifier": "a b"}, "identifier"),
    ({"status": "Draft"}, "status"),
    ({"message": "Ack"}, "msgType"),
    ({"severity": "Huge"}, "severity"),
    ({"references": "urn:oid:1"}, "references"),
    ({"headline": "台山市气象台解除暴雨橙色、发布暴雨黄色预警信号"}, "headline"),
])
def test_a_broken_document_is_refused_with_its_place(configured, alert, fields, place):
    identifier = fields.pop("identifier", "44078141600000_20260608115500")
    refusal = refusal_of(alert(identifier, **fields), configured("jm_signals"))
    assert refusal.place.endswith(f".{place}")


def test_an_unknown_event_keeps_an_empty_code(configured, alert):
    event = read(alert(event="停课铃"), configured("jm_signals"))
    assert (event.attributes.event_code, event.attributes.hazard) == ("", Hazard.other)


@pytest.mark.parametrize(("name", "code"), [
    ("台风", "11B01"), ("暴雨橙色预警信号", "11B03"), ("雷雨大风", "11B20"), ("大风", "11B06"),
    ("森林火险", "11B25"), ("地质灾害气象风险", "11B37"), ("地质灾害气象风险预警", "11B37"),
    ("山洪灾害气象风险预警", "11A51"), ("风暴潮", "11E02"), ("灰霾", "11B19"), ("", "")])
def test_the_event_code_comes_from_the_table(name, code):
    assert event_of(name)[0] == code


def test_a_headline_that_changes_colour_means_the_new_one():
    assert colour_of("台山市气象台将台风黄色预警信号升级为台风橙色预警信号") is Level.orange
    assert colour_of("台山市气象台变更台风黄色预警信号为台风橙色预警信号") is Level.orange
    assert colour_of("台山市气象台发布暴雨预警") is None
    with pytest.raises(ValueError, match="several colours"):
        colour_of("暴雨黄色、雷电橙色预警信号")


def test_the_issuer_is_read_before_the_verb():
    assert issuer_of("蓬莱区气象台变更发布高温红色预警信号[Ⅰ级/特别严重]") == "蓬莱区气象台"
    assert issuer_of("台山市气象台2026年06月08日11时55分发布暴雨橙色预警信号") == "台山市气象台"
    assert issuer_of("江门市自然资源局和江门市气象局联合发布地质灾害橙色预警") \
        == "江门市自然资源局和江门市气象局"
    assert issuer_of("暴雨橙色预警信号") == ""
    assert not ends("台山市气象台发布暴雨橙色预警信号")


@pytest.mark.parametrize("namespace", cap.NAMESPACES)
def test_every_cap_version_is_read(configured, alert, namespace):
    body = alert().replace(cap.NAMESPACES[2].encode(), namespace.encode())
    assert read(body, configured("jm_signals")).attributes.level is Level.orange


def test_a_gbk_document_without_declaration_is_read(configured, alert):
    text = alert(headline="台山市气象台发布暴雨橙色预警信号", description="镕").decode()
    bare = text.split("?>", 1)[1].encode("gb18030")
    assert read(bare, configured("jm_signals")).attributes.description == "镕"
    named = text.replace("UTF-8", "gb2312", 1).encode("gb18030")
    assert read(named, configured("jm_signals")).attributes.description == "镕"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<alert>&c;</alert>"""
XXE = b"""<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>"""
DTD = b"""<!DOCTYPE alert SYSTEM "http://192.0.2.1/x.dtd"><alert/>"""


@pytest.mark.parametrize(("body", "found"), [
    (BOMB, "document type"), (XXE, "document type"), (DTD, "document type"),
    (b"<alert>&undefined;</alert>", "not defined"),
    (b"<a>" * 100_000, "depth"), (b"<alert><identifier>", "Premature"),
    (b"", "empty body"), (b"<html><body>login</body></html>", "web page"),
    (b"\x00\x01\x02", "Document is empty"), (b"\xff\xff\xff", "GB18030"),
    (b"<alert a='" + b"x" * 11_000_000 + b"'/>", "limit exceeded"),
])
def test_dangerous_or_broken_xml_is_refused_in_bounded_time(configured, body, found):
    began = time.process_time()
    refusal = refusal_of(body, configured("jm_signals"))
    assert found.lower() in refusal.found.lower()
    assert time.process_time() - began < 5


def test_a_foreign_document_takes_awareness_level_before_severity(configured):
    body = b"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>i</identifier>
    <sender>s@x</sender><sent>2026-06-08T03:00:00-00:00</sent><status>Actual</status>
    <msgType>Alert</msgType><scope>Public</scope><info><language>en-GB</language>
    <category>Met</category><event>Wind</event><urgency>Future</urgency>
    <severity>Minor</severity><certainty>Likely</certainty><parameter>
    <valueName>awareness_level</valueName><value>3; orange; Severe</value></parameter>
    </info></alert>"""
    config = configured("cma")
    assert read(body, config).attributes.level is Level.orange
    assert read(body, config).expires == datetime(2026, 6, 9, 3, 0, tzinfo=UTC)
    violet = refusal_of(body.replace(b"3; orange; Severe", b"5; violet; Extreme"), config)
    assert violet.place == "i.parameter.awareness_level"
    silent = body.replace(b"awareness_level", b"other").replace(b"Minor", b"Unknown")
    assert read(silent, config).attributes.level is None
    bare = body.replace(b"awareness_level", b"other").replace(b"<severity>Minor</severity>", b"")
    assert refusal_of(bare, config).place == "i.severity"
