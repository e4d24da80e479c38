"""The clock stops where data grows too old only while somebody really is silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import requests

from fenghuo.clock import SandboxClock, clock_of, machine_now
from fenghuo.sandbox.server import Running
from fenghuo.words import StepReport

START = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIVELY = """
scenario: lively
start: 2026-06-08T12:00:00+08:00
ends: 2h
steps: [watch]
quakes: {usgs: []}
feeds:
  usgs: [{at: 30m, until: 50m, status: 503}]
  later: [{at: 90m, text: x, alive: true}]
"""


def leaps(running: Running) -> list[float]:
    """Let the only step be idle, its data stale 10 minutes after each look, until the end."""
    clock = clock_of(f"sandbox:{running.url}")
    assert isinstance(clock, SandboxClock)
    while not (state := requests.get(f"{running.url}/clock", timeout=5).json())["finished"]:
        requests.get(f"{running.url}/feeds/usgs", timeout=5)
        requests.get(f"{running.url}/feeds/later", timeout=5)
        now = clock.now()
        clock.report(StepReport("watch", now, machine_now(), stale_due=now + 10 * MINUTE))
        requests.get(f"{running.url}/clock/wait?since={state['activity']}&timeout=1", timeout=5)
    return [(datetime.fromisoformat(leap["to"]) - START) / MINUTE
            for leap in running.seen().of("leap")]


def test_the_clock_creeps_only_through_the_silence_of_a_feed(
        play: Callable[..., Running]) -> None:
    assert leaps(play(LIVELY)) == [30, 40, 50, 90]


def test_a_payload_that_stays_as_it_is_grows_old(play: Callable[..., Running]) -> None:
    found = leaps(play(LIVELY.replace("quakes: {usgs: []}", "").replace(
        "{at: 30m, until: 50m, status: 503}", "{at: 0s, text: '{}'}")))
    assert found == [float(at) for at in range(10, 121, 10)]
