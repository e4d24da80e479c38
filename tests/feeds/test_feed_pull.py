"""A pull as a whole: what is stored, what an alarm says, what a second pull does not do again."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from fenghuo import alarms
from fenghuo import feeds as room
from fenghuo.feeds import archive, hauling
from fenghuo.observations import events
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.store.tables import (
    event_revision,
    feed_state,
    fetch,
    ledger_entry,
    observation,
    quarantine,
)
from fenghuo.words import EventStatus


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table)).all()


def open_kinds(engine):
    with reading(engine) as connection:
        return {str(alarm.kind) for alarm in alarms.open_alarms(connection)}


def statuses(engine):
    return [row.status for row in rows(engine, event_revision)]


@pytest.fixture
def usgs(puller, configured):
    return puller(configured("usgs"))


@pytest.fixture
def signals(puller, configured):
    return puller(configured("jm_signals"))


def test_a_quake_is_archived_stored_and_in_the_ledger(engine, server, usgs, quake, quakes):
    body = quakes(quake("us1"))
    server.page("/feed", body)
    report = usgs.pull()
    assert (report.step, report.did) == ("pull_seismic", 1)
    assert report.next_due == usgs.clock.at + usgs.feed.cadence
    digest = hashlib.sha256(body).hexdigest()
    (row,) = rows(engine, fetch)
    assert (row.outcome, row.payload, row.http_status, row.bytes) == (
        "changed", digest, 200, len(body))
    assert archive.read(usgs.home / "var/archive", digest) == body
    (revision,) = rows(engine, event_revision)
    assert revision.payload == digest
    assert [entry.kind for entry in rows(engine, ledger_entry)] == ["event.revised"]


def test_a_foreign_word_waits_and_its_correction_does_not_wait_anew(
        engine, server, usgs, quake, quakes):
    server.page("/feed", quakes(quake("us1")))
    usgs.pull()
    heard = usgs.clock.at
    later = quake("us1", mag=5.9, updated=quake()["properties"]["updated"] + 1000)
    server.page("/feed", quakes(later, made=json.loads(quakes())["metadata"]["generated"] + 60000))
    usgs.pull(2)
    with reading(engine) as connection:
        assert events.pending(connection, heard + timedelta(minutes=4)) == []
        assert events.next_pending(connection) == heard + timedelta(minutes=5)
        (due,) = events.pending(connection, heard + timedelta(minutes=5))
    assert due.attributes.magnitude == 5.9


def test_the_same_bytes_are_stored_once_and_count_as_good(engine, server, usgs, quake, quakes):
    server.page("/feed", quakes(quake("us1")))
    assert [usgs.pull().did for _ in range(3)] == [1, 0, 0]
    assert [row.outcome for row in rows(engine, fetch)] == ["changed", "unchanged", "unchanged"]
    (state,) = rows(engine, feed_state)
    assert state.fetched_at == usgs.clock.at


def test_a_304_counts_as_good(engine, server, usgs, quake, quakes):
    server.page("/feed", quakes(quake("us1")), ETag='"7"')
    usgs.pull()
    assert usgs.pull().counts == {"not_modified": 1, "revisions": 0}
    assert rows(engine, feed_state)[0].fetched_at == usgs.clock.at


def test_an_unreadable_answer_is_kept_as_the_last_error_and_a_good_one_heals(
        engine, server, usgs, quake, quakes):
    server.page("/feed", b"<html><body>Sign in</body></html>", ETag='"bad"')
    report = usgs.pull()
    assert report.counts == {"refused": 1} and report.did == 0
    (state,) = rows(engine, feed_state)
    assert (state.outcome, state.failures, state.error_at) == ("refused", 1, usgs.clock.at)
    assert "found a web page" in state.error
    (bad,) = rows(engine, quarantine)
    assert (bad.found, bad.feed) == ("a web page", "usgs")
    assert report.next_due == usgs.clock.at + timedelta(seconds=10)
    server.page("/feed", quakes(quake("us1")))
    assert usgs.pull().did == 1
    assert rows(engine, feed_state)[0].failures == 0
    assert "If-None-Match" not in server.requests[-1][1]


def test_a_feed_that_does_not_answer_is_tried_again_within_its_cadence(engine, server, usgs,
                                                                       quakes):
    gaps = []
    for _ in range(5):
        report = usgs.pull()
        gaps.append((report.next_due - usgs.clock.at).total_seconds())
    assert gaps == [10, 20, 40, 60, 60]
    assert rows(engine, feed_state)[0].failures == 5
    assert [row.http_status for row in rows(engine, fetch)] == [404] * 5
    server.page("/feed", quakes())
    usgs.pull()
    assert rows(engine, feed_state)[0].failures == 0


def test_a_deleted_quake_is_retracted(engine, server, usgs, quake, quakes):
    server.page("/feed", quakes(quake("us1", ids=",us1,gd9,")))
    usgs.pull()
    server.page("/feed", quakes(quake("gd9", ids=",gd9,", status="deleted", mag=None)))
    assert usgs.pull().did == 1
    assert statuses(engine) == ["actual", "deleted"]


def made_later(body, minutes):
    value = json.loads(body)
    value["metadata"]["generated"] += minutes * 60_000
    return json.dumps(value).encode()


def test_a_quake_that_three_good_answers_no_longer_name_is_deleted(
        engine, server, usgs, quake, quakes):
    server.page("/feed", quakes(quake("us1"), quake("us2")))
    usgs.pull()
    for minute in (1, 2):
        server.page("/feed", made_later(quakes(quake("us2")), minute))
        usgs.pull()
    assert statuses(engine) == ["actual", "actual"]
    server.page("/feed", status=503)
    usgs.pull()
    assert statuses(engine) == ["actual", "actual"], "a failure is no answer"
    server.page("/feed", made_later(quakes(quake("us2")), 4))
    usgs.pull()
    assert statuses(engine) == ["actual", "actual", "deleted"]
    usgs.pull()
    assert len(statuses(engine)) == 3
    server.page("/feed", made_later(quakes(quake("us1"), quake("us2")), 6))
    usgs.pull()
    assert statuses(engine) == ["actual", "actual", "deleted", "actual"], "it came back"


def test_a_quake_that_left_the_list_by_age_is_not_deleted(engine, server, usgs, quake, quakes):
    server.page("/feed", quakes(quake("us1")))
    usgs.pull()
    for minute in (60, 61, 62, 63):
        server.page("/feed", made_later(quakes(), minute))
        usgs.pull(60 if minute == 60 else 1)
    assert statuses(engine) == ["actual"]


def test_an_older_list_is_a_replay_and_says_nothing(engine, server, usgs, quake, quakes):
    old = quakes(quake("us1"))
    server.page("/feed", old)
    usgs.pull()
    server.page("/feed", made_later(quakes(quake("us1", mag=6.0), quake("us2")), 1))
    usgs.pull()
    server.page("/feed", old)
    report = usgs.pull()
    assert report.did == 0 and report.counts["unchanged"] == 1
    assert "older than the last" in rows(engine, fetch)[-1].detail
    assert len(statuses(engine)) == 3


def test_refused_records_are_quarantined_once_and_their_neighbours_stored(
        engine, server, usgs, quake, quakes):
    for minute in range(3):
        server.page("/feed", made_later(quakes(quake("bad", mag=None), quake("us1")), minute))
        usgs.pull()
    (bad,) = rows(engine, quarantine)
    assert bad.place == "features[0] bad.properties.mag"
    assert len(statuses(engine)) == 1
    assert open_kinds(engine) == {"feed_quarantine"}
    server.page("/feed", made_later(quakes(quake("us1")), 5))
    usgs.pull()
    assert open_kinds(engine) == set()


def test_a_quake_from_the_future_is_quarantined_and_looked_at_again(
        engine, server, usgs, quake, quakes):
    at = quake()["properties"]["time"] + 10 * 60_000
    server.page("/feed", quakes(quake("us1", time=at, updated=at)), ETag='"1"')
    assert usgs.pull().did == 0
    assert open_kinds(engine) == {"feed_quarantine"}
    assert usgs.pull(6).did == 1
    assert open_kinds(engine) == set()


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


def test_gauges_become_observations(engine, server, puller, configured):
    gauges = puller(configured("gauges"))
    server.page("/feed", b"station,time,stage_m,rain_mm\n"
                         b"enping,2026-06-08T12:00:00+08:00,7.35,1.5\n"
                         b"broken,2026-06-08T12:00:00+08:00,NaN,1e999\n")
    report = gauges.pull()
    assert (report.step, report.did) == ("pull_flood", 2)
    stored = {(row.metric, row.subject): row for row in rows(engine, observation)}
    assert stored["stage", "enping"].value == 7.35
    assert stored["rain", "enping"].end - stored["rain", "enping"].start == timedelta(minutes=5)
    assert len(rows(engine, quarantine)) == 2
    assert rows(engine, feed_state)[0].as_of == stored["stage", "enping"].end


def test_sandbox_feeds_come_from_the_sandbox_and_rest_without_one(
        engine, server, puller, configured, tmp_path, quakes):
    feed = configured("gd_seismic", url="sandbox")
    tested = puller(feed)
    assert tested.pull().counts == {"no_sandbox": 1}
    server.page("/feeds/gd_seismic", quakes())
    settings = Settings(home=tmp_path, sandbox_url=server.url)
    room.pull(engine, settings, tested.clock, {feed.name: feed}, feed.name)
    assert server.requests[-1][0] == "/feeds/gd_seismic"
    usgs = configured("usgs")
    server.page("/feeds/usgs", quakes())
    settings = settings.model_copy(update={"sandbox_feeds": True})
    room.pull(engine, settings, tested.clock, {"usgs": usgs}, "usgs")
    assert server.requests[-1][0] == "/feeds/usgs"


def test_a_feed_is_due_by_its_cadence(engine, server, configured, puller, quakes):
    feeds = {name: configured(name) for name in ("usgs", "gd_seismic", "gauges")}
    tested = puller(feeds["usgs"])
    now = tested.clock.at
    assert room.due(engine, feeds, "seismic", now) == ["usgs", "gd_seismic"]
    assert room.next_due(engine, feeds, "seismic", now) is None
    server.page("/feed", quakes())
    tested.pull()
    assert room.due(engine, feeds, "seismic", tested.clock.at) == ["gd_seismic"]
    later = tested.clock.at + feeds["usgs"].cadence
    assert room.due(engine, feeds, "seismic", later) == ["usgs", "gd_seismic"]


def test_a_fallback_is_due_only_while_the_other_is_silent(engine, server, configured, puller,
                                                          quakes):
    other = configured("gd_seismic").model_copy(update={"fallback_for": "usgs"})
    tested = puller(configured("usgs"))
    feeds = {"usgs": tested.feed, "gd_seismic": other}
    now = tested.clock.at
    assert room.due(engine, feeds, "seismic", now) == ["usgs"]
    tested.pull()
    assert room.due(engine, feeds, "seismic", now) == ["gd_seismic"], "it never answered"
    server.page("/feed", quakes())
    tested.pull()
    good = tested.clock.at
    assert room.due(engine, feeds, "seismic", good) == []
    assert room.due(engine, feeds, "seismic", good + other.stale) == ["usgs", "gd_seismic"]


def test_a_fallback_takes_over_from_a_source_that_answers_with_old_data(
        engine, server, configured, puller, quakes):
    other = configured("gd_seismic").model_copy(update={"fallback_for": "usgs"})
    third = configured("gd_seismic").model_copy(update={"fallback_for": "gd_seismic"})
    tested = puller(configured("usgs"))
    feeds = {"usgs": tested.feed, "gd_seismic": other, "third": third.model_copy(
        update={"name": "third"})}
    server.page("/feed", quakes())
    tested.pull()
    assert room.due(engine, feeds, "seismic", tested.clock.at) == []
    tested.pull(minutes=11)  # the same bytes still
    assert room.due(engine, feeds, "seismic", tested.clock.at) == ["gd_seismic"]


def test_a_feed_that_is_off_or_has_no_key_is_not_asked(configured, monkeypatch):
    usgs = configured("usgs")
    off = usgs.model_copy(update={"on": False})
    keyed = usgs.model_copy(update={"key": "FENGHUO_KEY_FIRMS", "url": "https://a.org/{key}"})
    unreal = usgs.model_copy(update={"url": "sandbox"})
    feeds = {"usgs": usgs, "off": off, "keyed": keyed, "unreal": unreal}
    assert list(room.heard(feeds, Settings())) == ["usgs"]
    monkeypatch.setenv("FENGHUO_KEY_FIRMS", "k/1")
    assert list(room.heard(feeds, Settings())) == ["usgs", "keyed"]
    assert list(room.heard(feeds, Settings(sandbox_url="http://127.0.0.1:1", sandbox_feeds=True))
                ) == ["usgs", "keyed", "unreal"]


def test_a_key_is_sent_and_told_to_nobody(engine, server, configured, puller, quakes, monkeypatch):
    monkeypatch.setenv("FENGHUO_KEY_FIRMS", "s3cret")
    tested = puller(configured("usgs"))
    tested.feed = tested.feed.model_copy(update={
        "key": "FENGHUO_KEY_FIRMS", "url": f"{server.url}/feed/{{key}}"})
    tested.pull()
    assert server.requests[-1][0] == "/feed/s3cret"
    server.page("/feed/s3cret", quakes())
    assert tested.pull().counts["no_events"] == 1
    with reading(engine) as connection:
        told = str([tuple(row) for row in connection.execute(select(fetch))])
        told += str([tuple(row) for row in connection.execute(select(feed_state))])
    assert "s3cret" not in told and "/feed/{key}" in told


def test_a_document_from_the_future_is_read_again_when_its_time_has_come(
        engine, server, signals, alert, index):
    server.page("/feed", index("/a.xml"), ETag='"1"')
    server.page("/a.xml", alert(sent="2026-06-08T12:08:00+08:00"))
    assert signals.pull().did == 0
    assert open_kinds(engine) == {"feed_quarantine"}
    assert signals.pull(3).did == 1
    assert open_kinds(engine) == set()
