"""The watch step: it alarms when it should, not before, and takes it back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, update

from fenghuo import alarms, ledger
from fenghuo.alarms import silence
from fenghuo.alarms.watch import watch
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import leased
from fenghuo.store.tables import alarm as alarm_book
from fenghuo.store.tables import (
    answer,
    decision,
    edition,
    feed_state,
    obligation,
    revision,
    revision_site,
    step_lease,
    warning,
)
from fenghuo.words import StepReport


@dataclass(frozen=True)
class Feed:
    name: str = "usgs"
    bureau: str = "seismic"
    stale: timedelta = timedelta(minutes=10)
    quiet: bool = False
    frozen: timedelta | None = None
    patience: int = 3
    fallback_for: str | None = None


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


MINUTE = timedelta(minutes=1)


def _feed(engine: Engine, **values: object) -> None:
    with writing(engine) as connection:
        if not connection.execute(update(feed_state).values(**values)).rowcount:
            connection.execute(insert(feed_state).values(feed="usgs", **values))


def _watch(engine: Engine, house: Settings, now: datetime, *feeds: Feed) -> StepReport:
    with leased(engine, "watch", 60, now) as lease:
        assert lease is not None
        return watch(engine, {feed.name: feed for feed in feeds or (Feed(),)}, house, now)


def _open(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [f"{one.kind}:{one.subject}" for one in alarms.open_alarms(connection)]


def _pull(engine: Engine, now: datetime) -> None:
    with leased(engine, "pull_seismic", 60, now):
        pass


def test_old_data_alarms_and_young_data_recovers(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now - 10 * MINUTE + timedelta(seconds=1), fetched_at=now,
          due_at=now + MINUTE)
    report = _watch(engine, house, now)
    assert (_open(engine), report.next_due) == ([], None)
    _feed(engine, as_of=now - 10 * MINUTE)
    report = _watch(engine, house, now)
    assert (_open(engine), report.counts["raised"]) == (["feed_stale:usgs"], 1)
    _feed(engine, as_of=now - MINUTE)
    report = _watch(engine, house, now)
    assert (_open(engine), report.counts["recovered"]) == ([], 1)
    assert (report.next_due, report.stale_due) == (None, now + 9 * MINUTE)


def test_a_feed_without_a_time_of_its_own_is_as_old_as_its_last_good_answer(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, fetched_at=now - 11 * MINUTE, due_at=now + MINUTE)
    _watch(engine, house, now)
    assert _open(engine) == ["feed_stale:usgs"]


def test_a_list_of_signals_may_say_nothing_new_for_days(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now - timedelta(days=3), fetched_at=now, due_at=now + MINUTE)
    _watch(engine, house, now, Feed(quiet=True))
    assert _open(engine) == []
    _feed(engine, fetched_at=now - 11 * MINUTE)
    _watch(engine, house, now, Feed(quiet=True))
    assert _open(engine) == ["feed_stale:usgs"]


def test_a_leap_of_the_city_clock_does_not_alarm_before_the_pull_had_its_chance(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, fetched_at=now, due_at=now + MINUTE)
    _pull(engine, now)
    night = now + timedelta(hours=8)
    report = _watch(engine, house, night)
    assert (_open(engine), report.counts["waiting"]) == ([], 1)
    _pull(engine, night)  # it ran, and the bureau had nothing newer
    _feed(engine, fetched_at=night, due_at=night + MINUTE)
    _watch(engine, house, night)
    assert _open(engine) == ["feed_stale:usgs"]


def test_a_pull_that_ran_but_got_nothing_is_no_excuse(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, failures=3, due_at=now - MINUTE)
    _watch(engine, house, now)
    assert _open(engine) == []
    _pull(engine, now)
    _watch(engine, house, now)
    assert _open(engine) == ["feed_stale:usgs"]


def test_an_alarm_of_a_feed_that_was_dropped_is_taken_back(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now - 11 * MINUTE, due_at=now + MINUTE)
    _watch(engine, house, now)
    _watch(engine, house, now, Feed("cenc"))
    assert _open(engine) == []


def _ago(engine: Engine, **seconds: float) -> None:
    with writing(engine) as connection:
        for step, ago in seconds.items():
            values = {"finished": machine_now() - ago}
            if not connection.execute(update(step_lease).where(step_lease.c.step == step)
                                      .values(**values)).rowcount:
                connection.execute(insert(step_lease).values(step=step, **values))


def test_a_step_that_does_not_end_for_three_minutes_alarms(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + MINUTE)
    _ago(engine, house=900, watch=60, **dict.fromkeys(silence.STEPS, 100))
    _ago(engine, dispatch=181)
    _watch(engine, house, now)
    assert _open(engine) == ["step_silent:dispatch"]
    _ago(engine, dispatch=5)
    _watch(engine, house, now)
    assert _open(engine) == []


def test_a_house_that_was_off_is_not_silent(engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + MINUTE)
    _ago(engine, house=50_000, watch=30_000, **dict.fromkeys(silence.STEPS, 30_000))
    _watch(engine, house, now)
    _watch(engine, house, now)
    assert _open(engine) == []
    _ago(engine, house=170, watch=50)
    _watch(engine, house, now)
    assert _open(engine) == []
    _ago(engine, house=181, watch=50, assess=10)
    _watch(engine, house, now)
    quick = [step for step, limit in silence.STEPS.items() if limit == silence.SILENCE]
    assert _open(engine) == [f"step_silent:{step}" for step in quick if step != "assess"]
    _ago(engine, house=901, watch=50)
    _watch(engine, house, now)
    assert set(_open(engine)) == {f"step_silent:{step}" for step in silence.STEPS} - {
        "step_silent:assess"}


def _obligation(engine: Engine, now: datetime, status: str, due: datetime) -> None:
    with writing(engine) as connection:
        if connection.scalar(select(func.count()).select_from(edition)) == 0:
            connection.execute(insert(edition).values(
                digest="d" * 64, number=1, adopted=now, adopted_by="test"))
            connection.execute(insert(warning).values(
                id=1, hazard="flood", scope="440785000000", state="in_force", opened=now))
            connection.execute(insert(revision).values(
                id=1, warning_id=1, number=1, edition="d" * 64, at=now, change="issue", facts={}))
        count = connection.scalar(select(func.count()).select_from(obligation))
        key = connection.scalar(insert(obligation).values(
            warning_id=1, site=f"site-{count}", post="head", opened_by=1, revision_id=1, tier="red",
            status=status, reason="first", measures="none", opened=now, answer_due=due,
            next_rung_at=due + timedelta(days=1)).returning(obligation.c.id))
        if status == "answered":
            connection.execute(insert(answer).values(
                obligation_id=key, revision_id=1, person="li", answer="1", via="sms", at=now))


def test_overdue_answers_are_counted_once_the_follow_up_has_looked(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + timedelta(days=1))
    for status in ("told", "escalating", "answered", "excused"):
        _obligation(engine, now, status, now + 5 * MINUTE)
    _obligation(engine, now, "told", now + 8 * MINUTE)
    with leased(engine, "follow_up", 60, now):
        pass
    report = _watch(engine, house, now)
    assert (_open(engine), report.next_due) == ([], now + 5 * MINUTE)
    due = now + 5 * MINUTE
    assert _watch(engine, house, due).counts.get("overdue", 0) == 0
    with leased(engine, "follow_up", 60, due):
        pass
    report = _watch(engine, house, due)
    # an answer that is late climbs its ladder: no alarm of the watch
    assert (_open(engine), report.counts["overdue"]) == ([], 2)


def test_a_ladder_that_no_follow_up_climbs_is_one_alarm(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + timedelta(days=1))
    for _ in range(2):
        _obligation(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now + 8 * MINUTE))
    late, slow = now + 20 * MINUTE, Feed(stale=timedelta(days=1))
    _watch(engine, house, late, slow)
    assert _open(engine) == []  # no follow-up has had its chance
    with leased(engine, "follow_up", 60, now + 9 * MINUTE):
        pass
    _watch(engine, house, late, slow)
    assert _open(engine) == []
    with leased(engine, "follow_up", 60, now + 9 * MINUTE + timedelta(seconds=1)):
        pass
    _watch(engine, house, late, slow)
    with reading(engine) as connection:
        (alarm,) = alarms.open_alarms(connection)
    assert (alarm.kind, alarm.subject) == ("obligations_overdue", "city")
    assert alarm.detail.startswith("2 rungs not climbed")
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=late + MINUTE))
    _watch(engine, house, late, slow)
    assert _open(engine) == []


def test_a_ladder_is_overdue_too_when_no_follow_up_comes_at_all(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + timedelta(days=1))
    _obligation(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now))
    with leased(engine, "follow_up", 60, now - MINUTE):
        pass
    minute = now + MINUTE + timedelta(seconds=1)
    _ago(engine, **dict.fromkeys(silence.STEPS, 20) | {"house": 900, "watch": 60,
                                                       "follow_up": 89})
    _watch(engine, house, minute)
    assert _open(engine) == []  # it is on its way
    _ago(engine, follow_up=91)
    _watch(engine, house, minute - timedelta(seconds=2))
    assert _open(engine) == []  # not a minute yet, by the city's clock
    _watch(engine, house, minute)
    assert _open(engine) == ["obligations_overdue:city"]
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now + 30 * MINUTE))
    _watch(engine, house, minute)
    assert _open(engine) == []


def test_a_house_that_was_off_has_its_minute_to_climb(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + timedelta(days=1))
    _obligation(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now - 300 * MINUTE))
    _ago(engine, house=50_000, watch=30_000, **dict.fromkeys(silence.STEPS, 30_000))
    _watch(engine, house, now)
    assert _open(engine) == []


def test_a_closed_warnings_ladder_is_not_stuck(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + timedelta(days=1))
    _obligation(engine, now, "told", now)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now))
        connection.execute(update(warning).values(state="cancelled"))
    with leased(engine, "follow_up", 60, now + 9 * MINUTE):
        pass
    _watch(engine, house, now + 9 * MINUTE)
    assert _open(engine) == ["reach_unbalanced:asked_after_end"]


def test_a_roster_that_runs_out_is_an_alarm_until_it_goes_on(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + MINUTE)
    ends = {"city:440700.duty": now + timedelta(hours=23)}
    with leased(engine, "watch", 60, now):
        report = watch(engine, {"usgs": Feed()}, house, now, rosters=ends)
    assert (_open(engine), report.counts["raised"]) == (["roster_gap:city:440700.duty"], 1)
    _watch(engine, house, now)
    assert _open(engine) == []


def test_what_is_wrong_with_a_dropped_feed_is_over(
        engine: Engine, house: Settings, now: datetime) -> None:
    with writing(engine) as connection:
        for kind in ("feed_stale", "feed_unreachable", "feed_unreadable", "feed_quarantine"):
            alarms.raise_alarm(connection, kind, "gone", "", now)
    _feed(engine, as_of=now, due_at=now + MINUTE)
    _watch(engine, house, now)
    assert _open(engine) == []


def test_ended_alarms_nobody_waits_for_are_put_away(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + MINUTE)
    with writing(engine) as connection:
        for kind in ("feed_unreachable", "feed_stale"):  # never told
            alarms.raise_alarm(connection, kind, "usgs", "", now)
            alarms.recover(connection, kind, "usgs", now)
    for minutes, left in ((0, 1), (59, 1), (60, 0)):
        _watch(engine, house, now + minutes * MINUTE, Feed(stale=timedelta(days=1)))
        with reading(engine) as connection:
            assert connection.scalar(select(func.count()).select_from(alarm_book).where(
                alarm_book.c.closed.is_(None))) == left


def test_the_watch_seals_and_its_second_run_does_nothing(
        database: Engine, house: Settings, now: datetime) -> None:
    _feed(database, as_of=now - 11 * MINUTE, due_at=now + MINUTE)
    with writing(database) as connection:
        ledger.append(connection, "event.revised", "event:1", {}, now)
    assert _watch(database, house, now).counts == {"raised": 1, "sealed": 2}
    again = _watch(database, house, now)
    assert (again.did, again.counts) == (0, {})
    verdict = ledger.verify_log(database, ledger.public_key(house),
                                house.path(house.checkpoints), now)
    assert (verdict.faults, verdict.size, verdict.unsealed) == ((), 2, 0)


def test_a_ledger_that_cannot_be_sealed_alarms_and_recovers(
        engine: Engine, house: Settings, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + MINUTE)
    house.path(house.checkpoints).mkdir(parents=True)
    _watch(engine, house, now)
    assert _open(engine) == ["ledger_unsealed:ledger"]
    house.path(house.checkpoints).rmdir()
    report = _watch(engine, house, now)
    assert (_open(engine), report.counts["sealed"]) == ([], 2)
    assert _watch(engine, house, now).did == 0


class _Outside(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def outside() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Outside)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ping"
    server.shutdown()
    thread.join()
    server.server_close()


def test_somebody_outside_hears_of_every_watch(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    _feed(engine, as_of=now, due_at=now + MINUTE)
    report = _watch(engine, Settings(home=tmp_path, heartbeat_url=outside), now)
    assert (report.counts, _Outside.asked) == ({"heartbeat": 1}, ["/ping"])


def test_the_outside_hears_nothing_while_the_ledger_is_unsealed(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    _Outside.asked.clear()
    _feed(engine, as_of=now, due_at=now + MINUTE)
    house = Settings(home=tmp_path, heartbeat_url=outside)
    house.path(house.checkpoints).mkdir(parents=True)
    _obligation(engine, now, "told", now + 8 * MINUTE)
    with writing(engine) as connection:
        ledger.append(connection, "test", "test", {}, now)
    _watch(engine, house, now)
    assert (_open(engine), _Outside.asked) == (["ledger_unsealed:ledger"], [])
    house.path(house.checkpoints).rmdir()
    _watch(engine, house, now)
    assert _Outside.asked == ["/ping"]


def test_the_outside_hears_nothing_while_a_rung_is_due_and_nobody_climbs(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    _Outside.asked.clear()
    _feed(engine, as_of=now, due_at=now + timedelta(days=1))
    _obligation(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now + 8 * MINUTE))
    with leased(engine, "follow_up", 60, now + 10 * MINUTE):
        pass
    _watch(engine, Settings(home=tmp_path, heartbeat_url=outside), now + 20 * MINUTE,
           Feed(stale=timedelta(days=1)))
    assert (_open(engine), _Outside.asked) == (["obligations_overdue:city"], [])


def test_the_outside_hears_nothing_until_the_reach_sheet_adds_up(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    _Outside.asked.clear()
    house = Settings(home=tmp_path, heartbeat_url=outside)
    _feed(engine, as_of=now, due_at=now + timedelta(days=1))
    _obligation(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(insert(revision_site).values(
            revision_id=1, site="site-9", tier="red"))
    _watch(engine, house, now)
    _watch(engine, house, now)
    with reading(engine) as connection:
        (alarm,) = alarms.open_alarms(connection)
    assert (alarm.kind, alarm.subject, alarm.count, alarm.detail) == (
        "reach_unbalanced", "site_unaccounted", 2, "warning 1: 1, such as site-9")
    assert _Outside.asked == []
    with writing(engine) as connection:
        connection.execute(insert(decision).values(
            at=now, told=False, reason="no_release", site="site-9", revision_id=1))
    _watch(engine, house, now)
    assert (_open(engine), _Outside.asked) == ([], ["/ping"])


def test_an_outside_that_is_gone_does_not_stop_the_watch(
        engine: Engine, tmp_path: Path, now: datetime) -> None:
    _feed(engine, as_of=now, due_at=now + MINUTE)
    gone = Settings(home=tmp_path, heartbeat_url="http://127.0.0.1:9/secret-path")
    assert _watch(engine, gone, now).counts == {}
