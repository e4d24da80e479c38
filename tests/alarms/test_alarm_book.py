"""The alarm book: one open alarm a thing, counted, recovered, in the ledger."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from fenghuo import alarms
from fenghuo.alarms import AlarmKind
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import alarm, ledger_entry


def test_an_alarm_is_raised_once_counted_and_recovered(database: Engine, now: datetime) -> None:
    later = now + timedelta(minutes=3)
    with writing(database) as connection:
        assert alarms.raise_alarm(connection, "feed_stale", "usgs", "40 min old", now)
        assert not alarms.raise_alarm(connection, AlarmKind.feed_stale, "usgs", "43 min old", later)
        assert alarms.raise_alarm(connection, AlarmKind.feed_stale, "cma", "old", later)
        first, second = alarms.open_alarms(connection)
        assert (first.subject, first.detail, first.raised, first.last, first.count) == (
            "usgs", "43 min old", now, later, 2)
        assert second.subject == "cma"
        assert alarms.recover(connection, "feed_stale", "usgs", later)
        assert not alarms.recover(connection, "feed_stale", "usgs", later)
        assert [one.subject for one in alarms.open_alarms(connection, "feed_stale")] == ["cma"]
        assert alarms.open_alarms(connection, "database") == []
        assert alarms.raise_alarm(connection, "feed_stale", "usgs", "again", later)


def test_the_ledger_hears_of_the_beginning_and_the_end_only(
        database: Engine, now: datetime) -> None:
    with writing(database) as connection:
        for _ in range(3):
            alarms.raise_alarm(connection, "gateway_refused", "twilio", "21610", now)
        alarms.recover(connection, "gateway_refused", "twilio", now)
        alarms.recover(connection, "gateway_refused", "twilio", now)
    with reading(database) as connection:
        said = connection.execute(select(ledger_entry.c.kind, ledger_entry.c.subject)
                                  .order_by(ledger_entry.c.id)).all()
    assert [tuple(row) for row in said] == [
        ("alarm.raised", "gateway_refused:twilio"), ("alarm.recovered", "gateway_refused:twilio")]


def test_a_kind_outside_the_list_is_refused(engine: Engine, now: datetime) -> None:
    with pytest.raises(ValueError, match="not a valid AlarmKind"), writing(engine) as connection:
        alarms.raise_alarm(connection, "something", "x", "", now)


def test_two_at_once_open_one_alarm(database: Engine, now: datetime) -> None:
    def raise_it(_number: int) -> bool:
        with writing(database) as connection:
            return alarms.raise_alarm(connection, "database", "x", "", now)

    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(raise_it, range(8)))
    assert sum(opened) == 1
    with reading(database) as connection:
        assert connection.execute(select(func.count(), func.sum(alarm.c.count))).one() == (1, 8)
