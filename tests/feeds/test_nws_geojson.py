"""NWS alerts: VTEC is the event, the end is not ``expires``, tests and problems alarm nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.entry_parts import Box
from fenghuo.feeds.parsed import FeedError, read
from fenghuo.observations import events
from fenghuo.store.engine import reading
from fenghuo.words import EventStatus, Hazard, Level

from .samples.nws_geojson import CONFIG, RECEIVED, SAMPLE, answer, feature, vtec

KEY = "KOKX.FF.W.0009.2026"


def parse(*features, received=RECEIVED, **more):
    return read("nws_geojson", answer(*features, **more), CONFIG, received)


def only(*features):
    parsed = parse(*features)
    assert not parsed.refusals
    (event,) = parsed.events
    return event


def test_an_alert_is_its_vtec_event_with_code_area_and_district():
    warning, statement = read("nws_geojson", SAMPLE, CONFIG, RECEIVED).events
    said = warning.attributes
    assert (warning.external_id, said.event_code, said.scheme) == (KEY, "FFW", "nws")
    assert (said.hazard, said.level, said.issuer) == (
        Hazard.flash_flood, Level.orange, "NWS KOKX")
    assert warning.area["type"] == "Polygon" and said.districts == ("440781000000",)
    assert statement.external_id.startswith("urn:oid:") and statement.area is None
    assert statement.attributes.event_code == "SPS"


def test_the_senders_name_is_never_kept():
    assert "Invented" not in str(read("nws_geojson", SAMPLE, CONFIG, RECEIVED))


@pytest.mark.parametrize(("more", "lines", "end"), [
    ({}, [vtec("NEW")], (19, 15)),
    ({"ends": None, "parameters": {"eventEndingTime": ["2026-07-09T16:30:00-04:00"]}}, [],
     (20, 30)),
    ({"ends": None}, [vtec("NEW", end="260709T2115Z")], (21, 15)),
    ({"ends": None}, [], (18, 15)),
])
def test_the_end_is_ends_then_event_ending_time_then_vtec_then_expires(more, lines, end):
    event = only(feature(lines=lines, **more))
    assert event.expires == datetime(2026, 7, 9, *end, tzinfo=UTC)


def test_until_further_notice_counts_while_it_is_listed():
    event = only(feature(lines=[vtec("NEW", end="000000T0000Z")], ends=None))
    assert event.expires == datetime(2026, 7, 10, 16, 11, tzinfo=UTC)


def test_a_chain_of_messages_is_one_event_to_its_end(server, puller, engine):
    feed = CONFIG.model_copy(update={"url": f"{server.url}/feed"})
    one, told = puller(feed), []
    one.clock.at = RECEIVED
    for number, action in enumerate(("NEW", "EXT", "EXT", "CON", "CON", "EXP"), 1):
        minute = f"2026-07-09T13:{number:02d}:00-04:00"
        extended = {"EXT": f"2026-07-09T1{4 + number}:15:00-04:00"}.get(
            action, "2026-07-09T17:15:00-04:00")
        server.page("/feed", answer(
            feature(number, [vtec(action)], sent=minute, ends=extended,
                    messageType="Alert" if number == 1 else "Update"),
            updated=f"2026-07-09T17:{number:02d}:30+00:00"))
        told.append(one.pull().did)
    with reading(engine) as connection:
        (event_id,) = set(events.known_as(connection, feed.name, [KEY]).values())
        last = events.newest(connection, [event_id])[event_id]
    assert told == [1, 1, 1, 0, 0, 1]  # CON says nothing new
    assert (last.status, last.number, last.supersedes) == (EventStatus.cancelled, 4, ())


def test_the_end_of_one_event_ends_no_other_of_its_office(server, puller, engine):
    feed = CONFIG.model_copy(update={"url": f"{server.url}/feed"})
    one = puller(feed)
    one.clock.at = RECEIVED
    other = feature(2, [vtec("NEW", "0010")])
    for minute, action in enumerate(("NEW", "CAN", "CAN")):
        server.page("/feed", answer(feature(lines=[vtec(action)], instruction=f"{minute}"), other))
        one.pull()
    with reading(engine) as connection:
        known = events.known_as(connection, feed.name, [KEY, KEY.replace("0009", "0010")])
        last = events.newest(connection, known.values())
    assert [(each.status, each.supersedes) for each in last.values()] == [
        (EventStatus.cancelled, ()), (EventStatus.actual, ())]


def test_an_event_stands_while_any_of_its_groups_of_zones_does():
    east = [[lon + 1, lat] for lon, lat in feature()["geometry"]["coordinates"][0]]
    gone = feature(2, [vtec("CAN")], sent="2026-07-09T12:30:00-04:00", messageType="Cancel")
    event = only(feature(), gone)
    assert event.status is EventStatus.actual and event.issued.minute == 30
    both = only(feature(severity="Moderate"), feature(2, ring=east))
    assert both.attributes.level is Level.orange and both.area["type"] == "MultiPolygon"
    assert len(both.aliases) == 2


def test_a_part_without_a_polygon_is_reached_by_its_districts():
    event = only(feature(), feature(2, ring=None))
    assert event.area is None and event.attributes.districts == ("440781000000",)


def test_an_upgrade_replaces_the_watch_unless_it_stands_elsewhere():
    watch = vtec("UPG", "0003", "FF.A")
    event = only(feature(lines=[watch, vtec("NEW")]))
    assert event.supersedes == ("KOKX.FF.A.0003.2026",)
    elsewhere = feature(2, [vtec("CON", "0003", "FF.A")], event="Flood Watch")
    first, _ = parse(feature(lines=[watch, vtec("NEW")]), elsewhere).events
    assert first.external_id == KEY and first.supersedes == ()


def test_without_vtec_the_references_say_what_it_replaces():
    chain = [{"@id": "x", "identifier": f"NWS-{each}", "sender": "w-nws.webmaster@noaa.gov",
              "sent": "2026-07-09T10:00:00-04:00"} for each in (1, 2)]
    assert only(feature(lines=[], references=chain)).supersedes == ("NWS-1", "NWS-2")


def test_the_year_of_an_event_is_that_of_its_first_message():
    chain = [{"identifier": "NWS-1", "sent": "2025-12-31T20:00:00-05:00"}]
    event = only(feature(references=chain))
    assert event.external_id.endswith(".2026")  # 01:00 of the new year in UTC
    chain[0]["sent"] = "2025-12-31T10:00:00-05:00"
    assert only(feature(references=chain)).external_id.endswith(".2025")


@pytest.mark.parametrize(("more", "lines"), [
    ({"status": "Test"}, [vtec("NEW")]), ({"status": "Exercise"}, [vtec("NEW")]),
    ({}, [vtec("NEW", product="T")]),
    ({"description": "THIS_MESSAGE_IS_FOR_TEST_PURPOSES_ONLY"}, [vtec("NEW")])])
def test_a_test_is_never_actual(more, lines):
    assert only(feature(lines=lines, **more)).status is EventStatus.exercise


@pytest.mark.parametrize(("more", "place", "expected"), [
    ({"status": "Draft"}, "properties.status", "one of Actual"),
    ({"messageType": "Ack"}, "properties.messageType", "one of Alert"),
    ({"sent": "2026-07-09T18:06:00+00:00"}, "properties.sent", "no time in the future"),
    ({"sent": "2026-07-09T12:11:00"}, "properties.sent", "with its offset"),
    ({"ends": "2026-07-09T12:00:00-04:00"}, "properties.ends", "an end after"),
    ({"ends": "2036-07-09T12:00:00-04:00"}, "properties.ends", "within a year"),
    ({"severity": "Huge"}, "properties.severity", "Unknown or one of"),
    ({"references": "x"}, "properties.references", "a list"),
    ({"parameters": {"VTEC": [vtec("NEW", end="269909T1915Z")]}}, "properties.parameters.VTEC",
     "times of the calendar"),
])
def test_a_faulty_alert_is_refused_alone(more, place, expected):
    parsed = parse(feature(), feature(2, [], **more))
    (refusal,) = parsed.refusals
    assert refusal.place == f"features[1].{place}" and expected in refusal.expected
    assert len(parsed.events) == 1 and len(parsed.present) == 3


@pytest.mark.parametrize("ring", [
    [[-74.1, 41.2], [-73.9, 41.2]], [[1, 2, 3], "x"], [[-181, 41], [-180, 41], [-180, 42]],
    [[41.2, -174.1], [41.2, -173.9], [41.5, -173.9]], [[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]])
def test_an_impossible_area_is_refused_alone(ring):
    parsed = parse(feature(), feature(2, [], ring))
    assert parsed.refusals[0].place.startswith("features[1].geometry")
    assert len(parsed.events) == 1


def test_swapped_coordinates_are_refused_by_the_service_area():
    config = CONFIG.model_copy(update={"area": Box(south=18, west=-170, north=72, east=-60)})
    swapped = [[lat, lon] for lon, lat in feature()["geometry"]["coordinates"][0]]
    parsed = read("nws_geojson", answer(feature(ring=swapped)), config, RECEIVED)
    assert "service area" in parsed.refusals[0].expected


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{}", b"<html></html>",
    b'{"type":"https://api.weather.gov/problems/UnexpectedProblem","title":"Unexpected Problem",'
    b'"status":500,"detail":"An unexpected problem has occurred."}',
    b'{"type":"FeatureCollection","features":null}'])
def test_an_answer_that_is_no_list_is_refused(body):
    with pytest.raises(FeedError):
        read("nws_geojson", body, CONFIG, RECEIVED)


def test_a_problem_sent_with_200_is_named():
    body = b'{"type":"https://x/problems/1","title":"Unexpected Problem","status":500}'
    with pytest.raises(FeedError, match="Unexpected Problem"):
        read("nws_geojson", body, CONFIG, RECEIVED)


def test_an_empty_list_means_that_nothing_is_in_force():
    parsed = parse()
    assert parsed.present == frozenset() and parsed.as_of == RECEIVED - timedelta(minutes=1)


def test_a_list_of_more_pages_says_nothing_of_what_it_lacks():
    parsed = parse(feature(), pagination={"next": "https://api.weather.gov/alerts?cursor=x"})
    assert parsed.present is None and "smaller area" in parsed.refusals[0].expected
