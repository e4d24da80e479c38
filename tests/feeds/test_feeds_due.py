"""Which feeds are asked: by their cadence, in another's place, with their key."""

from __future__ import annotations

from sqlalchemy import select

from fenghuo import feeds as room
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.store.tables import (
    feed_state,
    fetch,
)


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
