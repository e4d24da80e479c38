"""weather.com.cn: the list by position, the page with its relief time, one id with CMA and NMC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fenghuo.feeds.parsed import FeedError, read
from fenghuo.words import EventStatus, Hazard, Level

from .samples import cma_alarm_list
from .samples.weathercn_alarm import CONFIG, NAME, RECEIVED, SAMPLE, TITLE, answer, page, row


def parse(body):
    return read("weathercn_alarm", body, CONFIG, RECEIVED)


def test_a_list_is_read_by_position():
    parsed = parse(SAMPLE)
    first, second = parsed.events
    said = first.attributes
    assert (said.event_code, said.hazard, said.level) == ("11B03", Hazard.rainstorm, Level.orange)
    assert (said.issuer, said.districts) == ("广东省江门市台山市", ("440781000000",))
    assert first.issued == datetime(2026, 6, 8, 3, 55, tzinfo=UTC) and first.supersedes == ()
    assert second.attributes.event_code == "11B14" and len(parsed.present) == 2


def test_a_page_tells_its_end_and_its_issuer():
    parsed = parse(page())
    (event,) = parsed.events
    assert event.expires == datetime(2026, 6, 8, 15, 55, tzinfo=UTC)
    assert event.attributes.issuer == "台山市气象台" and parsed.present is None
    assert "陈某某" not in str(event)


def test_list_page_nmc_and_cap_give_one_warning_one_id(configured, alert):
    row_of_nmc = cma_alarm_list.row("广东省江门市台山市气象台发布暴雨橙色预警信号")
    told = [*parse(answer(row())).events, *parse(page()).events,
            *read("cma_alarm_list", cma_alarm_list.answer(row_of_nmc), cma_alarm_list.CONFIG,
                  RECEIVED).events,
            *read("cap_document", alert(), configured("jm_signals"), RECEIVED).events]
    assert [event.external_id for event in told] == [NAME] * 4
    assert len({(event.attributes.event_code, event.attributes.scheme, event.attributes.level,
                 event.attributes.districts, event.issued) for event in told}) == 1


@pytest.mark.parametrize("more", [
    {"msgType": "Cancel"}, {"head": TITLE.replace("发布", "解除")}])
def test_an_end_cancels(more):
    (event,) = parse(page(**more)).events
    assert event.status is EventStatus.cancelled


def test_what_it_refers_to_is_replaced():
    (listed,) = parse(answer(row(related="44078141600000_20260608090000"))).events
    (told,) = parse(page(references="44078141600000_20260608090000")).events
    assert listed.supersedes == told.supersedes == ("44078141600000_20260608090000",)


@pytest.mark.parametrize(("broken", "place"), [
    (row(file="x.html"), "file"),
    (row(file="101281103-20261308115500-0203.html"), "file"),
    (row(file="101281103-20260608121600-0203.html"), "file"),
    (row(file="101281103-20260608115500-0204.html"), "title"),
    (row(title="广东省江门市台山市发布暴雨预警信号"), "title"),
    (row(name=7), "identifier"), (row()[:4], "title"), ([], "file"), ({}, "file"), (7, ""),
])
def test_a_faulty_row_is_refused_alone(broken, place):
    sound = row("44078541600000_20260608115500")
    parsed = parse(answer(sound, broken))
    (refusal,) = parsed.refusals
    assert refusal.place == f"data[1].{place}".rstrip(".") and len(parsed.events) == 1


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{}", b"<html></html>", b"var alarminfo=;", b"var alarminfo={};",
    answer(status="error"), page(RELIEVETIME="2026-06-08 10:00:00"),
    page(ISSUETIME="2026-06-08 12:16:00"), page(msgType="Ack"), page(identifier=None)])
def test_what_is_neither_list_nor_page_is_refused(body):
    with pytest.raises(FeedError):
        parse(body)


def test_an_empty_list_means_that_nothing_is_in_force():
    assert parse(answer()).present == frozenset()
