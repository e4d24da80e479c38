"""QWeather's warnings: both forms say the same; ended, replaced, coloured; no forecaster's name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard, Level

from .samples.qweather_alert import CONFIG, RECEIVED, SAMPLE, alert, answer, old, old_answer


def parse(body):
    return read("qweather_alert", body, CONFIG, RECEIVED)


@pytest.mark.parametrize("body", [answer(alert()), old_answer(old())])
def test_both_forms_are_read_alike(body):
    parsed = parse(body)
    (event,) = parsed.events
    said = event.attributes
    assert (said.scheme, said.event_code, said.hazard) == ("qweather", "1003", Hazard.rainstorm)
    assert (said.level, said.issuer) == (Level.orange, "台山市气象台")
    assert said.districts == ("440781000000",) and parsed.present == {"1"}
    assert event.issued == datetime(2026, 6, 8, 3, 55, tzinfo=UTC)
    assert event.onset == datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    assert event.expires == datetime(2026, 6, 8, 10, 0, tzinfo=UTC)
    assert "陈某某" not in str(parsed)


def test_a_cancel_and_an_update_name_what_they_replace():
    _, ended = parse(SAMPLE).events
    assert (ended.status, ended.supersedes) == (EventStatus.cancelled, ("1",))
    (update,) = parse(old_answer(old("3", status="update", related="1"))).events
    assert (update.attributes.message_type, update.supersedes) == ("Update", ("1",))


def test_a_kind_the_table_does_not_know_is_known_by_its_name_or_kept():
    named, kept = (event.attributes for event in parse(answer(
        alert(eventType={"name": "大雾", "code": "1990"}),
        alert("2", eventType={"name": "花粉", "code": "1991"}))).events)
    assert (named.scheme, named.event_code, named.hazard) == ("gb", "11B17", Hazard.fog)
    assert (kept.scheme, kept.event_code, kept.hazard) == ("qweather", "1991", Hazard.other)


def test_without_an_end_it_counts_while_it_is_listed_and_white_is_a_colour():
    (event,) = parse(answer(alert(expireTime=None, color={"code": "white"}))).events
    assert event.expires == datetime(2026, 6, 9, 3, 55, tzinfo=UTC)
    assert event.attributes.level is Level.white


@pytest.mark.parametrize(("broken", "place"), [
    (alert("2", issuedTime="2026-06-08T12:16+08:00"), "issuedTime"),
    (alert("2", issuedTime="2026-06-08T11:55"), "issuedTime"),
    (alert("2", expireTime="2026-06-08T11:00+08:00"), "expireTime"),
    (alert("2", expireTime="2036-06-08T11:00+08:00"), "expireTime"),
    (alert("2", message="ack"), "messageType.code"),
    (alert("2", color=None, headline="台山市气象台发布暴雨预警"), "color"),
    (alert("2", color=None, headline="暴雨黄色、雷电橙色预警"), "headline"),
    (alert(""), "id"), (alert("2", eventType=None), "eventType"), (7, ""),
])
def test_a_faulty_warning_is_refused_alone(broken, place):
    parsed = parse(answer(alert(), broken))
    (refusal,) = parsed.refusals
    assert refusal.place == f"alerts[1].{place}".rstrip(".") and len(parsed.events) == 1


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{}", b"<html></html>", old_answer(code="401"), b'{"code":"402"}',
    b'{"error":{"status":403,"title":"Invalid Host"}}', b'{"metadata":{},"alerts":null}'])
def test_an_error_sent_with_200_is_refused(body):
    with pytest.raises(FeedError):
        parse(body)


def test_an_answer_that_says_itself_that_there_is_nothing_is_no_warning():
    body = b'{"metadata": {"tag": "x", "zeroResult": true}}'
    assert not read("qweather_alert", body, CONFIG, RECEIVED).says
    with pytest.raises(FeedError):
        read("qweather_alert", body.replace(b"true", b"false"), CONFIG, RECEIVED)


@pytest.mark.parametrize("body", [answer(), old_answer()])
def test_an_empty_list_means_that_nothing_is_in_force(body):
    assert parse(body).present == frozenset()
