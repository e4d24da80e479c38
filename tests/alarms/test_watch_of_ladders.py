"""The watch step: answers overdue, ladders nobody climbs, a reach sheet that does not add up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, update
from watch_cast import MINUTE, Feed, ended, look, obligated, standing, state

from fenghuo import alarms
from fenghuo.alarms import silence
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import leased
from fenghuo.store.tables import (
    obligation,
    warning,
)


def test_overdue_answers_are_counted_once_the_follow_up_has_looked(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + timedelta(days=1))
    for status in ("told", "escalating", "answered", "excused"):
        obligated(engine, now, status, now + 5 * MINUTE)
    obligated(engine, now, "told", now + 8 * MINUTE)
    with leased(engine, "follow_up", 60, now):
        pass
    report = look(engine, house, now)
    assert (standing(engine), report.next_due) == ([], now + 5 * MINUTE)
    due = now + 5 * MINUTE
    assert look(engine, house, due).counts.get("overdue", 0) == 0
    with leased(engine, "follow_up", 60, due):
        pass
    report = look(engine, house, due)
    # an answer that is late climbs its ladder: no alarm of the watch
    assert (standing(engine), report.counts["overdue"]) == ([], 2)


def test_a_ladder_that_no_follow_up_climbs_is_one_alarm(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + timedelta(days=1))
    for _ in range(2):
        obligated(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now + 8 * MINUTE))
    late, slow = now + 20 * MINUTE, Feed(stale=timedelta(days=1))
    look(engine, house, late, slow)
    assert standing(engine) == []  # no follow-up has had its chance
    with leased(engine, "follow_up", 60, now + 9 * MINUTE):
        pass
    look(engine, house, late, slow)
    assert standing(engine) == []
    with leased(engine, "follow_up", 60, now + 9 * MINUTE + timedelta(seconds=1)):
        pass
    look(engine, house, late, slow)
    with reading(engine) as connection:
        (alarm,) = alarms.open_alarms(connection)
    assert (alarm.kind, alarm.subject) == ("obligations_overdue", "city")
    assert alarm.detail.startswith("2 rungs not climbed")
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=late + MINUTE))
    look(engine, house, late, slow)
    assert standing(engine) == []


def test_a_ladder_is_overdue_too_when_no_follow_up_comes_at_all(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + timedelta(days=1))
    obligated(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now))
    with leased(engine, "follow_up", 60, now - MINUTE):
        pass
    minute = now + MINUTE + timedelta(seconds=1)
    ended(engine, **dict.fromkeys(silence.STEPS, 20) | {"house": 900, "watch": 60,
                                                       "follow_up": 89})
    look(engine, house, minute)
    assert standing(engine) == []  # it is on its way
    ended(engine, follow_up=91)
    look(engine, house, minute - timedelta(seconds=2))
    assert standing(engine) == []  # not a minute yet, by the city's clock
    look(engine, house, minute)
    assert standing(engine) == ["obligations_overdue:city"]
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now + 30 * MINUTE))
    look(engine, house, minute)
    assert standing(engine) == []


def test_a_house_that_was_off_has_its_minute_to_climb(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + timedelta(days=1))
    obligated(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now - 300 * MINUTE))
    ended(engine, house=50_000, watch=30_000, **dict.fromkeys(silence.STEPS, 30_000))
    look(engine, house, now)
    assert standing(engine) == []


def test_a_closed_warnings_ladder_is_not_stuck(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + timedelta(days=1))
    obligated(engine, now, "told", now)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now))
        connection.execute(update(warning).values(state="cancelled"))
    with leased(engine, "follow_up", 60, now + 9 * MINUTE):
        pass
    look(engine, house, now + 9 * MINUTE)
    assert standing(engine) == ["reach_unbalanced:asked_after_end"]
