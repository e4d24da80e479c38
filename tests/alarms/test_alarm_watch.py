"""The watch step: it alarms when it should, not before, and takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from watch_cast import MINUTE, Feed, ended, look, pulled, standing, state

from fenghuo import alarms, ledger
from fenghuo.alarms import silence
from fenghuo.alarms.watch import watch
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import leased
from fenghuo.store.tables import alarm as alarm_book


def test_old_data_alarms_and_young_data_recovers(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now - 10 * MINUTE + timedelta(seconds=1), fetched_at=now,
          due_at=now + MINUTE)
    report = look(engine, house, now)
    assert (standing(engine), report.next_due) == ([], None)
    state(engine, as_of=now - 10 * MINUTE)
    report = look(engine, house, now)
    assert (standing(engine), report.counts["raised"]) == (["feed_stale:usgs"], 1)
    state(engine, as_of=now - MINUTE)
    report = look(engine, house, now)
    assert (standing(engine), report.counts["recovered"]) == ([], 1)
    assert (report.next_due, report.stale_due) == (None, now + 9 * MINUTE)


def test_a_feed_without_a_time_of_its_own_is_as_old_as_its_last_good_answer(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, fetched_at=now - 11 * MINUTE, due_at=now + MINUTE)
    look(engine, house, now)
    assert standing(engine) == ["feed_stale:usgs"]


def test_a_list_of_signals_may_say_nothing_new_for_days(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now - timedelta(days=3), fetched_at=now, due_at=now + MINUTE)
    look(engine, house, now, Feed(quiet=True))
    assert standing(engine) == []
    state(engine, fetched_at=now - 11 * MINUTE)
    look(engine, house, now, Feed(quiet=True))
    assert standing(engine) == ["feed_stale:usgs"]


def test_a_leap_of_the_city_clock_does_not_alarm_before_the_pull_had_its_chance(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, fetched_at=now, due_at=now + MINUTE)
    pulled(engine, now)
    night = now + timedelta(hours=8)
    report = look(engine, house, night)
    assert (standing(engine), report.counts["waiting"]) == ([], 1)
    pulled(engine, night)  # it ran, and the bureau had nothing newer
    state(engine, fetched_at=night, due_at=night + MINUTE)
    look(engine, house, night)
    assert standing(engine) == ["feed_stale:usgs"]


def test_a_pull_that_ran_but_got_nothing_is_no_excuse(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, failures=3, due_at=now - MINUTE)
    look(engine, house, now)
    assert standing(engine) == []
    pulled(engine, now)
    look(engine, house, now)
    assert standing(engine) == ["feed_stale:usgs"]


def test_an_alarm_of_a_feed_that_was_dropped_is_taken_back(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now - 11 * MINUTE, due_at=now + MINUTE)
    look(engine, house, now)
    look(engine, house, now, Feed("cenc"))
    assert standing(engine) == []


def test_a_step_that_does_not_end_for_three_minutes_alarms(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + MINUTE)
    ended(engine, house=900, watch=60, **dict.fromkeys(silence.STEPS, 100))
    ended(engine, dispatch=181)
    look(engine, house, now)
    assert standing(engine) == ["step_silent:dispatch"]
    ended(engine, dispatch=5)
    look(engine, house, now)
    assert standing(engine) == []


def test_a_house_that_was_off_is_not_silent(engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + MINUTE)
    ended(engine, house=50_000, watch=30_000, **dict.fromkeys(silence.STEPS, 30_000))
    look(engine, house, now)
    look(engine, house, now)
    assert standing(engine) == []
    ended(engine, house=170, watch=50)
    look(engine, house, now)
    assert standing(engine) == []
    ended(engine, house=181, watch=50, assess=10)
    look(engine, house, now)
    quick = [step for step, limit in silence.STEPS.items() if limit == silence.SILENCE]
    assert standing(engine) == [f"step_silent:{step}" for step in quick if step != "assess"]
    ended(engine, house=901, watch=50)
    look(engine, house, now)
    assert set(standing(engine)) == {f"step_silent:{step}" for step in silence.STEPS} - {
        "step_silent:assess"}


def test_a_roster_that_runs_out_is_an_alarm_until_it_goes_on(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + MINUTE)
    ends = {"city:440700.duty": now + timedelta(hours=23)}
    with leased(engine, "watch", 60, now):
        report = watch(engine, {"usgs": Feed()}, house, now, rosters=ends)
    assert (standing(engine), report.counts["raised"]) == (["roster_gap:city:440700.duty"], 1)
    look(engine, house, now)
    assert standing(engine) == []


def test_what_is_wrong_with_a_dropped_feed_is_over(
        engine: Engine, house: Settings, now: datetime) -> None:
    with writing(engine) as connection:
        for kind in ("feed_stale", "feed_unreachable", "feed_unreadable", "feed_quarantine"):
            alarms.raise_alarm(connection, kind, "gone", "", now)
    state(engine, as_of=now, due_at=now + MINUTE)
    look(engine, house, now)
    assert standing(engine) == []


def test_ended_alarms_nobody_waits_for_are_put_away(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + MINUTE)
    with writing(engine) as connection:
        for kind in ("feed_unreachable", "feed_stale"):  # never told
            alarms.raise_alarm(connection, kind, "usgs", "", now)
            alarms.recover(connection, kind, "usgs", now)
    for minutes, left in ((0, 1), (59, 1), (60, 0)):
        look(engine, house, now + minutes * MINUTE, Feed(stale=timedelta(days=1)))
        with reading(engine) as connection:
            assert connection.scalar(select(func.count()).select_from(alarm_book).where(
                alarm_book.c.closed.is_(None))) == left


def test_the_watch_seals_and_its_second_run_does_nothing(
        database: Engine, house: Settings, now: datetime) -> None:
    state(database, as_of=now - 11 * MINUTE, due_at=now + MINUTE)
    with writing(database) as connection:
        ledger.append(connection, "event.revised", "event:1", {}, now)
    assert look(database, house, now).counts == {"raised": 1, "sealed": 2}
    again = look(database, house, now)
    assert (again.did, again.counts) == (0, {})
    verdict = ledger.verify_log(database, ledger.public_key(house),
                                house.path(house.checkpoints), now)
    assert (verdict.faults, verdict.size, verdict.unsealed) == ((), 2, 0)


def test_a_ledger_that_cannot_be_sealed_alarms_and_recovers(
        engine: Engine, house: Settings, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + MINUTE)
    house.path(house.checkpoints).mkdir(parents=True)
    look(engine, house, now)
    assert standing(engine) == ["ledger_unsealed:ledger"]
    house.path(house.checkpoints).rmdir()
    report = look(engine, house, now)
    assert (standing(engine), report.counts["sealed"]) == ([], 2)
    assert look(engine, house, now).did == 0
