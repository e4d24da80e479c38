"""The clock leaps only when the whole house is idle, and stands while the house is down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import requests

from fenghuo.clock import SandboxClock, clock_of, machine_now
from fenghuo.sandbox.leaps import Leaps
from fenghuo.sandbox.server import Running
from fenghuo.words import StepReport

START = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
QUIET = """
scenario: quiet
start: 2026-06-08T12:00:00+08:00
ends: 1h
steps: [pull_seismic, assess, follow_up]
feeds:
  usgs:
    - {at: 0s, text: quiet}
    - {at: 10m, text: quake}
"""
Play = Callable[..., Running]


def idle(clock: SandboxClock, step: str, did: int = 0, due: datetime | None = None) -> None:
    began = machine_now()
    clock.report(StepReport(step, clock.now(), began, did, due))


def all_idle(clock: SandboxClock) -> None:
    for step in ("pull_seismic", "assess", "follow_up"):
        idle(clock, step)


def moves(clock: SandboxClock, since: datetime) -> datetime:
    end = time.monotonic() + 10
    while clock.now() == since and time.monotonic() < end:
        time.sleep(0.02)
    return clock.now()


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=10)


def clock_at(running: Running) -> SandboxClock:
    made = clock_of(f"sandbox:{running.url}")
    assert isinstance(made, SandboxClock)
    return made


def test_the_clock_starts_at_the_scenarios_start_and_stands_while_nobody_reports(
        play: Play) -> None:
    clock = clock_at(play(QUIET))
    time.sleep(0.4)
    assert clock.now() == START


def test_one_step_that_never_reports_keeps_the_clock_standing(play: Play) -> None:
    running = play(QUIET)
    clock = clock_at(running)
    idle(clock, "pull_seismic")
    idle(clock, "assess")
    time.sleep(0.4)
    assert clock.now() == START
    assert get(f"{running.url}/clock").json()["waiting"] == ["follow_up"]


def test_the_clock_leaps_to_the_next_payload_when_every_step_is_idle(play: Play) -> None:
    running = play(QUIET)
    clock = clock_at(running)
    get(f"{running.url}/feeds/usgs")
    all_idle(clock)
    assert moves(clock, START) == START + timedelta(minutes=10)
    assert get(f"{running.url}/feeds/usgs").text == "quake"


def test_a_deadline_that_a_step_reports_is_leapt_to(play: Play) -> None:
    running = play(QUIET)
    clock = clock_at(running)
    get(f"{running.url}/feeds/usgs")
    idle(clock, "pull_seismic", due=START + timedelta(minutes=1))
    idle(clock, "assess")
    idle(clock, "follow_up", due=START + timedelta(minutes=8))
    assert moves(clock, START) == START + timedelta(minutes=8)


def test_a_pulls_own_hour_counts_while_its_payload_stands_unserved(play: Play) -> None:
    clock = clock_at(play(QUIET))
    idle(clock, "pull_seismic", due=START + timedelta(minutes=1))
    idle(clock, "assess")
    idle(clock, "follow_up", due=START + timedelta(minutes=8))
    assert moves(clock, START) == START + timedelta(minutes=1)


def test_work_done_makes_every_step_look_again(play: Play) -> None:
    clock = clock_at(play(QUIET))
    idle(clock, "pull_seismic")
    idle(clock, "follow_up")
    idle(clock, "assess", did=3)
    idle(clock, "assess")
    time.sleep(0.3)
    assert clock.now() == START
    idle(clock, "pull_seismic")
    idle(clock, "follow_up")
    assert moves(clock, START) > START


def test_a_step_that_began_before_the_last_activity_says_nothing(play: Play) -> None:
    running = play(QUIET)
    clock = clock_at(running)
    early = machine_now()
    get(f"{running.url}/feeds/usgs")
    clock.report(StepReport("assess", START, early))
    assert "assess" in get(f"{running.url}/clock").json()["waiting"]
    clock.report(StepReport("assess", START - timedelta(minutes=1), machine_now()))
    assert "assess" in get(f"{running.url}/clock").json()["waiting"]
    idle(clock, "assess")
    assert "assess" not in get(f"{running.url}/clock").json()["waiting"]


def test_after_the_last_due_instant_the_clock_stands_and_says_finished(play: Play) -> None:
    running = play(QUIET)
    clock = clock_at(running)
    get(f"{running.url}/feeds/usgs")
    all_idle(clock)
    there = moves(clock, START)
    get(f"{running.url}/feeds/usgs")
    idle(clock, "pull_seismic")
    idle(clock, "assess")
    assert get(f"{running.url}/clock").json()["finished"] is False
    idle(clock, "follow_up", due=START + timedelta(hours=2))
    end = time.monotonic() + 10
    while not get(f"{running.url}/clock").json()["finished"] and time.monotonic() < end:
        time.sleep(0.02)
    assert get(f"{running.url}/clock").json()["finished"] is True
    assert clock.now() == there == START + timedelta(minutes=10)


def test_who_waits_at_the_clock_is_answered_when_something_happens(play: Play) -> None:
    running = play(QUIET)
    mark = get(f"{running.url}/clock").json()["activity"]
    began = time.monotonic()
    assert get(f"{running.url}/clock/wait?since={mark}&timeout=0.3").json()["activity"] == mark
    assert time.monotonic() - began >= 0.3
    threading.Timer(0.2, lambda: idle(clock_at(running), "assess", did=1)).start()
    told = get(f"{running.url}/clock/wait?since={mark}&timeout=9").json()
    assert told["activity"] == mark + 1 and "assess" in told["waiting"]
    assert time.monotonic() - began < 5


def test_without_a_scenario_the_clock_is_the_real_time(play: Play) -> None:
    running = play()
    assert get(f"{running.url}/clock").json()["mode"] == "system"
    assert abs((clock_at(running).now() - datetime.now(UTC)).total_seconds()) < 5


def test_dues_that_are_past_or_beyond_the_end_are_never_leapt_to() -> None:
    clock = Leaps(START, START + timedelta(hours=1), ("assess",))
    clock.report("assess", START, machine_now() + 1, 0, START - timedelta(minutes=5))
    assert clock.target([START, START + timedelta(hours=2)], False) is None
    assert clock.target([START + timedelta(hours=1)], False) == START + timedelta(hours=1)


def test_of_several_feeds_pulled_by_one_step_the_earliest_hour_counts() -> None:
    clock = Leaps(START, START + timedelta(hours=1), ("pull_weather",))
    for minutes in (5, 2, 9):
        clock.report("pull_weather", START, machine_now() + 1, 0,
                     START + timedelta(minutes=minutes))
    assert clock.target([], True) == START + timedelta(minutes=2)
    assert clock.target([], False) is None
