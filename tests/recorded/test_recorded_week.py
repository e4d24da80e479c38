"""The recorded week in the database: stored once, joined by ids, one incident a quake."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from fenghuo.feeds.formats import usgs_geojson
from fenghuo.observations import events
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import event, event_revision, incident


def count(engine, table):
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_the_week_is_stored_once(engine, recorded, shipped):
    body = (recorded / "seismic" / "usgs-all_week-20180207.geojson").read_bytes()
    made = datetime(2018, 2, 7, 1, 49, 14, tzinfo=UTC)
    week = usgs_geojson.parse(body, shipped("usgs"), made).events
    with writing(engine) as connection:
        assert len(events.record_events(connection, "usgs", week, "p", made)) == 1679
    with writing(engine) as connection:
        assert events.record_events(connection, "usgs", week, "p", made) == []
    assert count(engine, event) == count(engine, event_revision) == 1679
    assert count(engine, incident) == 1679, "every quake of one feed is its own"


def test_the_recorded_change_of_id_is_one_event_and_nothing_new(engine, recorded, shipped):
    made = datetime(2020, 8, 13, tzinfo=UTC)
    revisions = []
    for step in ("before", "after-id-change"):
        body = (recorded / "seismic" / f"usgs-4.5_day-event-{step}.json").read_bytes()
        told = usgs_geojson.parse(body, shipped("usgs"), made).events
        with writing(engine) as connection:
            revisions.append(events.record_events(connection, "usgs", told, step, made))
            known = events.known_as(connection, "usgs", ["us6000bdgz", "NEW_ID"])
    assert [len(each) for each in revisions] == [1, 0], "only its title changed"
    assert known["us6000bdgz"] == known["NEW_ID"]
