"""Backfill: what the archive says of a missed time, stored once, waking nobody for what is old."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from fenghuo.feeds import backfill
from fenghuo.feeds.backfilling import NoAnswer, NoArchive
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.store.tables import event_revision, feed_state, fetch

HOUR = timedelta(hours=1)


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table)).all()


@pytest.fixture
def missed(engine, server, configured, puller):
    """Ask for the six hours before now; gives the report."""
    usgs = puller(configured("usgs"))
    feed = usgs.feed.model_copy(update={"archive": f"{server.url}/query?format=geojson"})
    now = usgs.clock.at

    def ask(since=now - 6 * HOUR, until=now, feed=feed):
        return backfill(engine, Settings(home=usgs.home), usgs.clock, {feed.name: feed},
                        feed.name, since, until)

    ask.now, ask.feed = now, feed
    ask.path = (f"/query?format=geojson&starttime={now - 6 * HOUR:%Y-%m-%dT%H:%M:%S}"
                f"&endtime={now:%Y-%m-%dT%H:%M:%S}")
    return ask


def test_the_archive_is_asked_for_the_span_and_stored_as_heard_now(
        engine, server, missed, quake, quakes):
    server.page(missed.path, quakes(quake("us1")))
    assert missed().did == 1
    (revision,) = rows(engine, event_revision)
    assert revision.received == missed.now
    (row,) = rows(engine, fetch)
    assert row.outcome == "changed" and row.payload == revision.payload


def test_asked_twice_the_second_time_brings_nothing(engine, server, missed, quake, quakes):
    server.page(missed.path, quakes(quake("us1"), quake("us2")))
    assert [missed().did, missed().did] == [2, 0]
    assert len(rows(engine, event_revision)) == 2


def test_an_archive_says_nothing_of_the_age_of_the_feed(engine, server, missed, quake, quakes):
    server.page(missed.path, quakes(quake("us1")))
    missed()
    assert rows(engine, feed_state) == []


def test_no_events_is_an_answer(engine, server, missed):
    server.page(missed.path, b"", status=204)
    assert missed().did == 0
    assert [row.outcome for row in rows(engine, fetch)] == ["no_events"]


@pytest.mark.parametrize(("body", "status"), [(b"<html>", 200), (b"Bad request", 400)])
def test_what_is_no_answer_says_so_and_is_kept(engine, server, missed, body, status):
    server.page(missed.path, body, status=status)
    with pytest.raises(NoAnswer, match="usgs: "):
        missed()
    assert len(rows(engine, fetch)) == 1


def test_a_feed_without_an_archive_refuses_and_so_does_a_span_that_ends_before_it_begins(missed):
    with pytest.raises(NoArchive, match=r"usgs: the feed has no archive"):
        missed(feed=missed.feed.model_copy(update={"archive": None}))
    with pytest.raises(NoArchive, match="is not before"):
        missed(until=missed.now - 7 * HOUR)
