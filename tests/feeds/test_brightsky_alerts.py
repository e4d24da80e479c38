"""Bright Sky: DWD's warnings in JSON, under the identifiers of its CAP documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard, Level

from .samples.brightsky_alerts import CONFIG, RECEIVED, SAMPLE, alert, answer


def parse(*alerts, **more):
    return read("brightsky_alerts", answer(*alerts, **more), CONFIG, RECEIVED)


def test_a_warning_is_one_event_with_its_cap_document():
    parsed = read("brightsky_alerts", SAMPLE, CONFIG, RECEIVED)
    frost, _ = parsed.events
    said = frost.attributes
    assert frost.aliases == ("2.49.0.0.276.0.DWD.PVW.1.a.MUL",)
    assert (said.hazard, said.scheme, said.event_code, said.level) == (
        Hazard.frost, "dwd", "22", Level.yellow)
    assert (said.districts, said.headline) == (("440781000000",), "Official WARNING of FROST")
    assert frost.issued == datetime(2026, 3, 6, 11, 37, tzinfo=UTC)
    assert frost.expires == datetime(2026, 3, 7, 8, tzinfo=UTC)
    assert parsed.present == {"2.49.0.0.276.0.DWD.PVW.1.a", "b"}


@pytest.mark.parametrize(("severity", "level"), [
    ("minor", Level.yellow), ("moderate", Level.orange), ("severe", Level.red),
    ("extreme", Level.red)])
def test_the_level_is_the_colour_of_dwds_map(severity, level):
    (event,) = parse(alert(severity=severity)).events
    assert event.attributes.level is level


def test_an_all_clear_ends_and_a_test_is_no_warning():
    ended, test = parse(alert(response_type="allclear"), alert("b", status="test")).events
    assert (ended.status, ended.attributes.level) == (EventStatus.cancelled, None)
    assert test.status is EventStatus.exercise


def test_what_is_null_is_left_out():
    (event,) = parse(alert(onset=None, expires=None, event_code=None, headline_en=None,
                           event_en=None, description_en=None, category=None, urgency=None),
                     location=None).events
    said = event.attributes
    assert event.onset == event.issued and event.expires - event.issued == timedelta(hours=24)
    assert (said.event_code, said.event_name, said.headline) == (
        "", "FROST", "Amtliche WARNUNG vor FROST")
    assert (said.description, said.districts) == ("Es tritt Frost auf.", ())


def test_no_warnings_is_no_event():
    assert not parse().says and parse().present == frozenset()


@pytest.mark.parametrize(("broken", "place"), [
    (alert("b", severity="unknown"), "severity"), (alert("b", status="draft"), "status"),
    (alert("b", effective="2026-03-06T11:46:00+00:00"), "effective"),
    (alert("b", expires="2026-03-06T11:00:00+00:00"), "expires"),
    (alert("b", event_code="x"), "event_code"), (alert(""), "alert_id"), (7, "")])
def test_a_faulty_warning_is_refused_alone(broken, place):
    parsed = parse(alert(), broken)
    assert [one.place for one in parsed.refusals] == [f"alerts[1].{place}".rstrip(".")]
    assert len(parsed.events) == 1


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"alerts":null}', SAMPLE[:-9],
                                  b'{"detail":"Not Found"}', b'{"alerts":[],"location":7}'])
def test_an_answer_that_is_no_list_is_refused(body):
    with pytest.raises(FeedError):
        read("brightsky_alerts", body, CONFIG, RECEIVED)
