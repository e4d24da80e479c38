"""A bad body and its neighbours: what is known already, the other documents, the other feeds."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from fenghuo import alarms
from fenghuo.store.engine import reading
from fenghuo.store.tables import event_revision, feed_state, observation, quarantine

HEAD = b"station,time,stage_m,rain_mm\n"
HTML = b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>"
BOMB = b'<!DOCTYPE a [<!ENTITY a "aaa"><!ENTITY b "&a;&a;&a;&a;">]><alert>&b;</alert>'
XXE = b'<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>'


def open_alarms(engine):
    with reading(engine) as connection:
        return {(str(one.kind), one.subject): one for one in alarms.open_alarms(connection)}


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table)).all()


def test_a_list_of_the_future_is_not_believed_and_silences_no_list_after_it(
        engine, server, puller, configured, quake, quakes):
    usgs = puller(configured("usgs"))
    made = json.loads(quakes())["metadata"]["generated"]
    server.page("/feed", quakes(quake("us1"), made=made + 3 * 3_600_000))
    assert usgs.pull().did == 1, "its records carry their own times"
    refused, = rows(engine, quarantine)
    assert refused.place == "metadata.generated"
    assert refused.found == "2026-06-08T07:00:40+00:00"
    assert open_alarms(engine) == {}, "its age is its alarm"
    server.page("/feed", quakes(quake("us1"), quake("us2"), made=made + 60_000))
    assert usgs.pull().did == 1
    assert open_alarms(engine) == {}


BAD = [HTML, b"", BOMB, XXE, b'{"type":"FeatureCollection","features":[{"id"', b"\xff\xff\xff",
       "站名,水位\n高要,7\n".encode("gbk"), b"<rss><channel><item>", b"[" * 90_000, b"NaN",
       b"1e999"]


@pytest.mark.parametrize("body", BAD, ids=[repr(body[:20]) for body in BAD])
def test_a_bad_body_touches_neither_what_is_known_nor_any_other_feed(
        engine, server, puller, configured, quake, quakes, alert, index, body):
    pullers = {name: puller(configured(name, url=f"{server.url}/{name}"))
               for name in ("gd_seismic", "jm_signals", "gauges")}
    good = {"gd_seismic": quakes(quake("gd1")), "jm_signals": index("/a.xml"),
            "gauges": HEAD + b"a,2026-06-08 12:00,7,1\n"}
    server.page("/a.xml", alert())
    for name, content in good.items():
        server.page(f"/{name}", content)
        assert pullers[name].pull().did > 0
    before = {name: [tuple(one) for one in rows(engine, table)] for name, table in
              (("events", event_revision), ("gauges", observation))}
    states = {state.feed: state for state in rows(engine, feed_state)}
    for bad in good:
        server.page(f"/{bad}", body)
        report = pullers[bad].pull()
        assert report.counts == {"refused" if body else "empty": 1} and report.did == 0
        error = {state.feed: state.error for state in rows(engine, feed_state)}
        assert error[bad].startswith(f"{bad}:") and ": found " in error[bad]
        assert ", expected " in error[bad] and open_alarms(engine) == {}, "once is no outage"
        for name in good:
            if name != bad:
                assert pullers[name].pull().did == 0, "and it is asked as before"
        assert {one.feed for one in rows(engine, quarantine)} >= {bad}
        server.page(f"/{bad}", good[bad])
        pullers[bad].pull()
    assert before == {name: [tuple(one) for one in rows(engine, table)] for name, table in
                      (("events", event_revision), ("gauges", observation))}
    after = {state.feed: state for state in rows(engine, feed_state)}
    assert {name: state.payload for name, state in after.items()} == {
        name: state.payload for name, state in states.items()}


@pytest.mark.parametrize("links", [("/a.xml", "/again.xml"), ("/again.xml", "/a.xml")])
def test_of_two_documents_of_one_identifier_the_newer_counts_and_a_neighbour_stays(
        engine, server, puller, configured, alert, index, links):
    signals = puller(configured("jm_signals"))
    server.page("/feed", index(*links, "/other.xml"))
    server.page("/a.xml", alert())
    server.page("/again.xml", alert(sent="2026-06-08T11:58:00+08:00", severity="Extreme",
                                    headline="台山市气象台发布暴雨红色预警信号"))
    server.page("/other.xml", alert("44078141600000_20260608115900"))
    signals.pull()
    newest = {one.event_id: one for one in rows(engine, event_revision)}
    assert sorted(one.attributes["level"] for one in newest.values()) == ["orange", "red"]
