"""A pull of an index: its documents, each read once, and what it no longer names."""

from __future__ import annotations

import pytest
from feeds_cast import open_kinds, rows, statuses

from fenghuo.feeds import hauling
from fenghuo.store.tables import (
    event_revision,
    feed_state,
    fetch,
    quarantine,
)
from fenghuo.words import EventStatus


@pytest.fixture
def signals(puller, configured):
    return puller(configured("jm_signals"))


def test_an_index_is_read_document_by_document_and_each_once(
        engine, server, signals, alert, index):
    server.page("/feed", index("/a.xml", f"{server.url}/b.xml"))
    server.page("/a.xml", alert("44078141600000_20260608115500"))
    server.page("/b.xml", alert("44078141600000_20260608115000"))
    assert signals.pull().did == 2
    server.page("/feed", index("/a.xml", f"{server.url}/b.xml", "/c.xml"))
    server.page("/c.xml", alert("44078141600000_20260608115800"))
    assert signals.pull().did == 1
    asked = [path for path, _ in server.requests]
    assert [asked.count(path) for path in ("/feed", "/a.xml", "/b.xml", "/c.xml")] == [2, 1, 1, 1]
    assert len(rows(engine, fetch)) == 5


def test_one_bad_document_does_not_stop_the_others(engine, server, signals, alert, index):
    server.page("/feed", index("/bomb.xml", "/good.xml", "/gone.xml", "http://192.0.2.1/x.xml"))
    server.page("/bomb.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    server.page("/good.xml", alert())
    assert signals.pull().did == 1
    assert open_kinds(engine) == {"feed_quarantine"}
    assert rows(engine, feed_state)[0].failures == 1, "not all that it names has come"
    assert "/gone.xml: HTTP 404" in rows(engine, feed_state)[0].error
    assert {row.found for row in rows(engine, quarantine)} == {
        "a document type or entity", "a link to another host"}
    server.page("/gone.xml", alert("44078141600000_20260608115800"))
    assert signals.pull().did == 1, "a document that did not come is asked for again"
    assert rows(engine, feed_state)[0].failures == 0


def test_a_document_on_another_host_is_read_only_where_the_entry_names_it():
    home, named = "http://127.0.0.1:8080/feed", ("files.example.org",)
    assert hauling.document_url(home, "/a.xml") == "http://127.0.0.1:8080/a.xml"
    assert hauling.document_url(home, "https://files.example.org/a.xml") is None
    for link in ("https://files.example.org/a.xml", "http://files.example.org/a.xml"):
        assert hauling.document_url(home, link, named) == "https://files.example.org/a.xml"
    for link in ("https://files.example.org:8443/a", "https://x.files.example.org/a",
                 "https://me@files.example.org/a", "ftp://files.example.org/a",
                 "https://files.example.org.evil.example/a", "file:///etc/passwd"):
        assert hauling.document_url(home, link, named) is None


def test_below_an_index_read_by_https_every_document_is():
    assert hauling.document_url("https://example.org/list.xml", "http://example.org/a.xml") \
        == "https://example.org/a.xml"


def test_a_long_index_is_read_in_portions(engine, server, puller, configured, alert, index):
    signals = puller(configured("jm_signals", documents=2))
    links = [f"/{number}.xml" for number in range(5)]
    server.page("/feed", index(*links), ETag='"1"')
    for number, link in enumerate(links):
        server.page(link, alert(f"44078141600000_2026060811550{number}"))
    reports = [signals.pull() for _ in range(4)]
    assert [report.did for report in reports] == [2, 2, 1, 0]
    assert reports[0].next_due < reports[0].at + signals.feed.cadence
    assert reports[2].next_due == reports[2].at + signals.feed.cadence
    assert reports[3].counts["not_modified"] == 1


def test_a_signal_that_left_the_index_lapses_and_is_no_all_clear(
        engine, server, signals, alert, index):
    server.page("/feed", index("/a.xml"))
    server.page("/a.xml", alert())
    signals.pull()
    server.page("/feed", index())
    for _ in range(3):
        assert statuses(engine) == ["actual"]
        signals.pull()
    assert statuses(engine) == ["actual", EventStatus.lapsed.value]


def test_an_end_that_names_no_document_ends_the_one_in_force(
        engine, server, signals, alert, index):
    server.page("/feed", index("/a.xml", "/b.xml"))
    server.page("/a.xml", alert("44078141600000_20260608115500"))
    signals.pull()
    server.page("/b.xml", alert("44078141600000_20260608120100", sent="2026-06-08T12:01:00+08:00",
                                headline="台山市气象台解除暴雨橙色预警信号"))
    signals.pull()
    (_, end) = rows(engine, event_revision)
    assert end.status == "cancelled"
    assert end.supersedes == ["44078141600000_20260608115500"]


def test_a_document_from_the_future_is_read_again_when_its_time_has_come(
        engine, server, signals, alert, index):
    server.page("/feed", index("/a.xml"), ETag='"1"')
    server.page("/a.xml", alert(sent="2026-06-08T12:08:00+08:00"))
    assert signals.pull().did == 0
    assert open_kinds(engine) == {"feed_quarantine"}
    assert signals.pull(3).did == 1
    assert open_kinds(engine) == set()
