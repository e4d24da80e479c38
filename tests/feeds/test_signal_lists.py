"""Several signals in one index: each lapses by itself, an empty list is an answer, a document that
is rewritten in its place is read again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from fenghuo.store.engine import reading
from fenghuo.store.tables import event, event_revision

KINDS = {"typhoon": ("台风", "11B01"), "rain": ("暴雨", "11B03"), "thunder": ("雷雨大风", "11B20"),
         "gale": ("大风", "11B06"), "lightning": ("雷电", "11B14"), "surge": ("风暴潮", "11E02"),
         "geology": ("地质灾害气象风险", "11B37")}


@pytest.fixture
def signals(puller, configured):
    return puller(configured("jm_signals"))


def newest(engine):
    with reading(engine) as connection:
        rows = connection.execute(
            select(event.c.external_id, event_revision.c.status, event_revision.c.attributes)
            .join(event_revision).order_by(event_revision.c.id)).all()
    return {row.external_id: row for row in rows}


def lay_out(server, alert, index, *kinds):
    for number, kind in enumerate(KINDS):
        word = "警报" if kind == "surge" else "预警" if kind == "geology" else "预警信号"
        server.page(f"/{kind}.xml", alert(
            f"4407814160000{number}_20260608115500", event=KINDS[kind][0],
            headline=f"台山市气象台发布{KINDS[kind][0]}橙色{word}"))
    server.page("/feed", index(*(f"/{kind}.xml" for kind in kinds)))


def test_seven_hazards_at_once_are_seven_events_of_the_one_table(
        engine, server, signals, alert, index):
    lay_out(server, alert, index, *KINDS)
    assert signals.pull().counts["revisions"] == 7
    assert {row.attributes["event_code"] for row in newest(engine).values()} == {
        code for _, code in KINDS.values()}


def test_each_signal_lapses_by_itself_while_the_others_stay(engine, server, signals, alert, index):
    lay_out(server, alert, index, *KINDS)
    signals.pull()
    server.page("/feed", index("/typhoon.xml", "/rain.xml"))
    made = [signals.pull().counts["revisions"] for _ in range(4)]
    assert made == [0, 0, 5, 0]
    assert sorted(row.status for row in newest(engine).values()) == ["actual"] * 2 + ["lapsed"] * 5


def test_an_empty_list_is_an_answer_and_an_outage_is_none(engine, server, signals, alert, index):
    lay_out(server, alert, index, "typhoon", "rain")
    signals.pull()
    server.page("/feed", status=503)
    for _ in range(5):
        signals.pull()
    server.page("/feed", b"<rss><channel>")
    for _ in range(5):
        signals.pull()
    assert {row.status for row in newest(engine).values()} == {"actual"}
    server.page("/feed", index())
    made = [signals.pull().counts["revisions"] for _ in range(3)]
    assert made == [0, 0, 2]
    assert {row.status for row in newest(engine).values()} == {"lapsed"}


def test_a_document_rewritten_in_its_place_is_read_when_the_index_says_so(
        engine, server, signals, alert, index):
    lay_out(server, alert, index, "rain")
    signals.pull()
    name = "44078141600001_20260608115500"
    server.page("/rain.xml", alert(name, sent="2026-06-08T11:58:00+08:00", severity="Extreme",
                                   headline="台山市气象台发布暴雨红色预警信号"))
    assert signals.pull().did == 0, "the index has not moved"
    server.page("/feed", index("/rain.xml").replace(b"03:50", b"03:58"))
    assert signals.pull().did == 1
    assert newest(engine)[name].attributes["level"] == "red"
    asked = len(server.requests)
    signals.pull()
    assert len(server.requests) == asked + 1, "and it is not read a third time"
    server.page("/feed", index("/rain.xml").replace(b"03:50", b"03:59"))
    for _ in range(4):
        signals.pull()
    assert newest(engine)[name].status == "actual", "the same words again do not end it"


def test_a_document_that_cannot_be_read_again_keeps_what_it_said(
        engine, server, signals, alert, index):
    lay_out(server, alert, index, "rain")
    signals.pull()
    server.page("/rain.xml", status=500)
    server.page("/feed", index("/rain.xml").replace(b"03:50", b"03:58"))
    for _ in range(5):
        signals.pull()
    assert {row.status for row in newest(engine).values()} == {"actual"}
