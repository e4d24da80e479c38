"""Lists of cyclones pulled: tracks that change in their place, ids that stand in the address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from fenghuo.clock import FixedClock
from fenghuo.store.engine import reading
from fenghuo.store.tables import event, event_revision, feed_state, fetch

from .samples import (
    jma_typhoon,
    jma_typhoon_track,
    nmc_typhoon,
    nmc_typhoon_track,
    qweather_storm,
    qweather_storms,
    zhejiang_typhoon,
    zhejiang_typhoon_track,
)

START = datetime(2026, 8, 1, 6, 30, tzinfo=UTC)


@pytest.fixture
def pulling(puller, configured, server):
    def of(name, path):
        made = puller(configured(name, url=f"{server.url}{path}"))
        made.clock = FixedClock(START)
        return made
    return of


def told(engine):
    with reading(engine) as connection:
        return [(row.external_id, row.number, row.status) for row in connection.execute(
            select(event.c.external_id, event_revision.c.number, event_revision.c.status)
            .join(event_revision).order_by(event_revision.c.id))]


def test_a_track_is_read_again_though_its_list_stays_the_same(engine, server, pulling):
    server.page("/jsons/list_default", nmc_typhoon.wrapped(
        {"typhoonList": nmc_typhoon.STORMS[:1]}), ETag='"1"')
    server.page("/jsons/view_7000002", nmc_typhoon_track.SAMPLE)
    nmc = pulling("nmc_cyclones", "/jsons/list_default")
    assert [nmc.pull().counts["revisions"] for _ in range(2)] == [1, 0]
    server.page("/jsons/view_7000002", nmc_typhoon_track.view(
        nmc_typhoon_track.point(3), nmc_typhoon_track.point(6, lon=114.8)))
    assert nmc.pull().counts["revisions"] == 1
    assert told(engine) == [("7000002", 1, "actual"), ("7000002", 2, "actual")]


def test_a_cyclone_that_left_the_list_lapses(engine, server, pulling):
    server.page("/jsons/list_default", nmc_typhoon.wrapped(
        {"typhoonList": nmc_typhoon.STORMS[:1]}))
    server.page("/jsons/view_7000002", nmc_typhoon_track.SAMPLE)
    nmc = pulling("nmc_cyclones", "/jsons/list_default")
    nmc.pull()
    server.page("/jsons/list_default", nmc_typhoon.wrapped({"typhoonList": []}))
    assert [nmc.pull().counts["revisions"] for _ in range(4)] == [0, 0, 1, 0]
    assert told(engine)[-1] == ("7000002", 2, "lapsed")


def test_a_track_that_does_not_come_is_no_end(engine, server, pulling):
    server.page("/jsons/list_default", nmc_typhoon.wrapped(
        {"typhoonList": nmc_typhoon.STORMS[:1]}))
    server.page("/jsons/view_7000002", nmc_typhoon_track.SAMPLE)
    nmc = pulling("nmc_cyclones", "/jsons/list_default")
    nmc.pull()
    server.page("/jsons/view_7000002", status=503)
    for _ in range(4):
        nmc.pull()
    assert told(engine) == [("7000002", 1, "actual")]


def test_jmas_track_is_named_by_its_address(engine, server, pulling):
    server.page("/data/targetTc.json", jma_typhoon.SAMPLE)
    for name in ("TC2699", "TC2698"):
        server.page(f"/data/{name}/specifications.json", jma_typhoon_track.SAMPLE)
    pulling("jma_cyclones", "/data/targetTc.json").pull()
    assert told(engine) == [("TC2699", 1, "actual"), ("TC2698", 1, "actual")]


def test_zhejiangs_track_lies_beside_its_list(engine, server, pulling):
    server.page("/Api/TyphoonList/2026", zhejiang_typhoon.SAMPLE)
    server.page("/Api/TyphoonInfo/202698", zhejiang_typhoon_track.SAMPLE)
    pulling("zhejiang_cyclones", "/Api/TyphoonList").pull()
    assert told(engine) == [("202698", 1, "actual")]


def test_qweathers_key_is_sent_for_a_track_and_kept_nowhere(
        engine, server, pulling, monkeypatch):
    monkeypatch.setenv("FENGHUO_KEY_QWEATHER", "s3cret")
    server.page("/storm-list?key=s3cret", qweather_storms.SAMPLE)
    server.page("/storm-track?stormid=NP_2698&key=s3cret", qweather_storm.SAMPLE)
    pulling("qweather_cyclones", "/storm-list?key={key}").pull()
    assert told(engine) == [("NP_2698", 1, "actual")]
    with reading(engine) as connection:
        kept = [*connection.execute(select(fetch.c.url, fetch.c.detail)),
                *connection.execute(select(feed_state.c.documents, feed_state.c.detail))]
    assert "s3cret" not in str(kept) and "{key}" in str(kept)
