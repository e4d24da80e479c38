"""A pull as a whole: what is stored, what an alarm says, what a second pull does not do again."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from feeds_cast import open_kinds, rows, statuses

from fenghuo.feeds import archive
from fenghuo.observations import events
from fenghuo.store.engine import reading
from fenghuo.store.tables import (
    event_revision,
    feed_state,
    fetch,
    ledger_entry,
    observation,
    quarantine,
)


@pytest.fixture
def usgs(puller, configured):
    return puller(configured("usgs"))


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
