"""Old observations and fetches go; what a finding cites stays, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, insert, select

from fenghuo.observations.forgetting import forget
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing

DAY = timedelta(days=1)


def fill(database: Engine, now: datetime) -> None:
    """An observation and a fetch a day for forty days, each of a payload of its own; a finding
    cites the one of 38 days ago. One fetch brought nothing."""
    ages = range(1, 41)
    with writing(database) as connection:
        connection.execute(insert(t.observation), [
            {"feed": "gauges", "subject": "jinjiang", "metric": "stage", "start": now - age * DAY,
             "end": now - age * DAY, "issued": now - age * DAY, "received": now - age * DAY,
             "value": 9.0, "basis": "observed", "payload": f"sha-{age}"} for age in ages])
        connection.execute(insert(t.fetch), [
            {"feed": "gauges", "url": "u", "at": now - age * DAY, "started": 0.0, "seconds": 0.1,
             "outcome": "changed", "bytes": 1, "payload": f"sha-{age}" if age != 39 else None}
            for age in ages])
        connection.execute(insert(t.edition).values(digest="e", number=1, adopted=now,
                                                    adopted_by="test"))
        connection.execute(insert(t.finding).values(
            edition="e", agreement="flood", rule="stage", kind="observed", hazard="flood",
            subject="jinjiang", at=now, holds="true", metric="stage", unit="m", since=now,
            proof=[{"payload": "sha-38", "place": "jinjiang"}], facts={}))


def left(database: Engine) -> dict[str, set[str | None]]:
    with reading(database) as connection:
        return {table.name: set(connection.scalars(select(table.c.payload)))
                for table in (t.observation, t.fetch)}


def test_rows_beyond_the_hot_days_go_and_what_is_cited_stays(
        database: Engine, now: datetime) -> None:
    fill(database, now)
    gone = forget(database, now - 35 * DAY)
    kept = {f"sha-{age}" for age in (*range(1, 36), 38)}
    assert left(database) == {"observation": kept, "fetch": kept}
    assert gone == {"observation": 4, "fetch": 4, "quarantine": 0}


def test_the_second_run_finds_nothing_left_to_forget(database: Engine, now: datetime) -> None:
    fill(database, now)
    forget(database, now - 35 * DAY)
    assert forget(database, now - 35 * DAY) == {"observation": 0, "fetch": 0, "quarantine": 0}


def test_what_the_house_decided_and_told_is_never_forgotten(
        database: Engine, now: datetime) -> None:
    fill(database, now)
    assert forget(database, now + DAY)["observation"] == 39
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).select_from(t.finding)) == 1
