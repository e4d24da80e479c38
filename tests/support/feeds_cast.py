"""What tests of pulls ask of the database, and a drop folder to lay files in."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from fenghuo import alarms
from fenghuo.alarms import outages
from fenghuo.alarms.ages import feed_ages
from fenghuo.store.engine import reading
from fenghuo.store.tables import (
    event_revision,
    feed_state,
    observation,
)

HEAD = "station,time,stage_m,rain_mm\n"
GOOD = HEAD + "a,2026-06-08 11:55,7.35,1.5\n"


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table)).all()


def open_kinds(engine):
    with reading(engine) as connection:
        return {str(alarm.kind) for alarm in alarms.open_alarms(connection)}


def statuses(engine):
    return [row.status for row in rows(engine, event_revision)]


class Drop:
    """The gauges' drop folder, and pulls of it a minute apart."""

    def __init__(self, puller, feed, engine):
        self.puller, self.engine = puller(feed), engine
        self.folder = self.puller.home / "var/drop/water"
        self.folder.mkdir(parents=True)

    def put(self, name, content=GOOD):
        (self.folder / name).write_bytes(
            content.encode() if isinstance(content, str) else content)

    def pull(self, times=2):
        for _ in range(times):
            report = self.puller.pull()
        return report

    def names(self, beside=""):
        """What lies there, without the stamp that a file was put away under."""
        found = (self.folder / beside).iterdir()
        return sorted(one.name.split("-", 2)[-1] for one in found if not one.is_dir())

    def said(self, beside, name):
        (path,) = (self.folder / beside).glob(f"*{name}")
        return path.read_text(encoding="utf-8")

    @property
    def state(self):
        (row,) = rows(self.engine, feed_state)
        return row

    @property
    def ailing(self):
        """What the watch would say of it."""
        with reading(self.engine) as connection:
            (age,) = feed_ages(connection, [self.puller.feed], self.puller.clock.at)
        return outages.ailment(replace(age, waiting=False))

    @property
    def values(self):
        return {row.value for row in rows(self.engine, observation) if row.metric == "stage"}
