"""Alertswiss: revisions of one event, Swiss time in words, areas with holes and circles."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import shapely

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard, Level

from .samples.alertswiss import CONFIG, RECEIVED, RING, SAMPLE, alert, answer


def parse(*alerts, **more):
    return read("alertswiss", answer(*alerts, **more), CONFIG, RECEIVED)


def test_an_alert_is_a_revision_of_its_event():
    parsed = read("alertswiss", SAMPLE, CONFIG, RECEIVED)
    flood, clear = parsed.events
    said = flood.attributes
    assert (flood.external_id, said.identifier) == ("POA-1216", "POA-1216-4")
    assert (said.hazard, said.level, said.issuer) == (Hazard.flood, Level.yellow, "Canton Valais")
    assert said.description == "The Rhone rises. Keep away & wait."
    assert (said.instruction, said.districts) == ("Leave the banks.", ("440781000000",))
    assert flood.issued == datetime(2026, 6, 20, 8, 1, 29, tzinfo=UTC)
    assert (clear.status, clear.attributes.level) == (EventStatus.cancelled, None)
    assert parsed.present == {"POA-1216", "POA-1217"}
    assert parsed.as_of == datetime(2026, 6, 20, 8, 9, 40, tzinfo=UTC)  # its heartbeat


def test_a_hole_and_a_circle_are_read():
    area = {"circles": [{"centerPosition": ["46.5", "6.0"], "radius": "10"}],
            "polygons": alert()["areas"][0]["polygons"]}
    (event,) = parse(alert(areas=[area])).events
    shape = shapely.geometry.shape(event.area)
    inside = [shape.contains(shapely.Point(lon, lat)) for lat, lon in (
        (46.1, 7.1), (46.45, 7.55), (46.55, 6.05), (46.65, 6.0))]
    assert inside == [True, False, True, False]


def test_without_a_reference_the_words_are_read_in_swiss_time():
    (summer,) = parse(alert(reference="")).events
    assert summer.issued == datetime(2026, 6, 20, 8, 1, tzinfo=UTC)
    (winter,) = parse(alert(reference=None, sent="Do, 15.01.2026, 10:01")).events
    assert winter.issued == datetime(2026, 1, 15, 9, 1, tzinfo=UTC)


def test_a_test_is_no_alert():
    technical, test = parse(
        alert("TEST-1163", technicalTestAlert=True, severity="unknown", areas=[],
              description={"description": ""}), alert("b", testAlert=True)).events
    assert technical.status is test.status is EventStatus.exercise
    assert (technical.external_id, technical.attributes.level, technical.area) == (
        "TEST-1163", None, None)


def test_one_alert_alone_is_read_and_says_nothing_of_others():
    parsed = read("alertswiss", json.dumps(alert()).encode(), CONFIG, RECEIVED)
    assert len(parsed.events) == 1 and parsed.present is None


def test_no_alerts_is_no_event():
    assert not parse().says and parse().as_of is not None


@pytest.mark.parametrize(("broken", "place"), [
    (alert("b", severity="huge"), "severity"), (alert("b", reference="", sent="today"), "sent"),
    (alert("b", reference="x,b,2026-06-20T10:16:00+02:00"), "reference"),
    (alert("b", areas=[{"polygons": [{"coordinates": RING[:2]}]}]), "b.area.polygon[0]"),
    (alert("b", areas=[{"polygons": [{"coordinates": [7]}]}]), "b.area.polygon[0]"),
    (alert("b", areas=[{"circles": [{"centerPosition": ["46", "7"], "radius": "5000"}]}]),
     "b.area.circle[0]"), (alert("b", areas=7), "areas"), (alert(""), "identifier"), (7, "")])
def test_a_faulty_alert_is_refused_alone(broken, place):
    parsed = parse(alert(), broken)
    assert [one.place for one in parsed.refusals] == [f"alerts[1].{place}".rstrip(".")]
    assert len(parsed.events) == 1


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"alerts":null}', SAMPLE[:-9],
                                  json.dumps(alert(severity="huge")).encode()])
def test_an_answer_that_is_no_list_is_refused(body):
    with pytest.raises(FeedError):
        read("alertswiss", body, CONFIG, RECEIVED)
