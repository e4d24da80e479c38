"""A sweep that stays under a sandbox's clock: how long, what it repeats, when it leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from fenghuo.clock import clock_of, machine_now
from fenghuo.house import House
from fenghuo.orchestration import lingering
from fenghuo.orchestration.lingering import ending, linger
from fenghuo.orchestration.sweeps import CAREFUL
from fenghuo.sandbox import scenario
from fenghuo.sandbox.server import Options, Running, in_thread
from fenghuo.settings import Settings
from fenghuo.words import StepReport

SCENARIO = """\
scenario: small
start: 2026-06-08T03:00:00+08:00
ends: 30m
steps: [assess, dispatch]
feeds:
  gauges:
    - {at: 10m, text: one}
    - {at: 20m, text: two}
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    file = tmp_path / "scenario.yaml"
    file.write_text(SCENARIO)
    with in_thread(Options(tmp_path / "log.jsonl", scenario.read(file))) as running:
        yield running


def house_at(clock: str) -> House:
    """A house of which only clock and settings are there."""
    return House(Settings(clock=clock), cast(Any, None), clock_of(clock), ())


class Step:
    """A step that finds ``work`` things to do and then nothing; reports itself as the real."""

    def __init__(self, name: str, work: int = 0) -> None:
        self.name, self.work, self.rounds = name, work, 0
        self.budgets: set[float] = set()

    def __call__(self, house: House) -> StepReport:
        self.rounds += 1
        self.budgets.add(house.settings.dispatch_budget)
        began, now = machine_now(), house.clock.now()
        did, self.work = min(self.work, 1), max(0, self.work - 1)
        report = StepReport(self.name, now, began, did)
        house.clock.report(report)
        return report


def play(house: House, *steps: Step, began: float | None = None) -> list[StepReport]:
    rounds: dict[str, Callable[[House], StepReport]] = {step.name: step for step in steps}
    return linger(house, rounds, time.time() if began is None else began)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> float:
    """Stays of one second."""
    monkeypatch.setattr(lingering, "SHORTEST", 1.0)
    monkeypatch.setattr(lingering, "STAY", 0.01)
    return 1.0


def test_under_the_real_clock_nobody_stays() -> None:
    step = Step("assess", work=5)
    assert play(house_at("system"), step) == []
    assert step.rounds == 0


def test_whoever_begins_within_a_stretch_leaves_with_the_others_and_in_time() -> None:
    assert {ending(began) for began in (1195.0, 1203.5, 1224.9)} == {1230.0}
    assert ending(1225.0) == 1260.0
    longest = max(ending(began / 10) - began / 10 for began in range(600))
    assert longest + lingering.BUDGET < CAREFUL["default_args"]["execution_timeout"].seconds


def test_a_sweep_that_stays_takes_the_clock_to_the_scenarios_end(sandbox: Running) -> None:
    assess, dispatch = Step("assess"), Step("dispatch")
    began = time.monotonic()
    play(house_at(f"sandbox:{sandbox.url}"), assess, dispatch)
    assert time.monotonic() - began < lingering.SHORTEST, "stayed after the end"
    leaps = [entry["to"][11:16] for entry in sandbox.seen().of("leap")]
    assert leaps == ["19:10", "19:20"]
    assert requests.get(f"{sandbox.url}/clock", timeout=5).json()["finished"]
    assert (assess.rounds, dispatch.rounds) == (3, 3)


def test_what_was_done_is_told_and_the_others_look_again(sandbox: Running) -> None:
    assess, dispatch = Step("assess"), Step("dispatch", work=2)
    busy = play(house_at(f"sandbox:{sandbox.url}"), assess, dispatch)
    assert [(report.step, report.did) for report in busy] == [("dispatch", 1), ("dispatch", 1)]
    assert assess.rounds == 3 + 2


def test_a_step_nobody_repeats_keeps_the_clock_where_it_is(sandbox: Running, brief: float) -> None:
    assess = Step("assess")
    play(house_at(f"sandbox:{sandbox.url}"), assess)
    assert sandbox.seen().of("leap") == []
    assert assess.rounds == 1


def test_what_waits_on_the_machine_clock_is_not_asked_for_without_a_pause(
        sandbox: Running, brief: float) -> None:
    stuck = Step("dispatch", work=1000)
    play(house_at(f"sandbox:{sandbox.url}"), stuck)
    assert lingering.PATIENT < stuck.rounds <= lingering.PATIENT + brief / lingering.PAUSE + 1


def test_a_dispatch_that_stays_leaves_itself_time_to_end(sandbox: Running) -> None:
    assess, dispatch = Step("assess"), Step("dispatch")
    play(house_at(f"sandbox:{sandbox.url}"), assess, dispatch)
    assert dispatch.budgets == {lingering.BUDGET}


def test_a_task_that_took_its_time_already_does_not_stay(sandbox: Running) -> None:
    assess = Step("assess")
    play(house_at(f"sandbox:{sandbox.url}"), assess, began=time.time() - 60)
    assert assess.rounds == 0


def test_a_sandbox_that_is_gone_ends_the_stay_and_no_task_fails() -> None:
    step = Step("assess", work=1)
    assert play(house_at("sandbox:http://127.0.0.1:9"), step) == []
    assert step.rounds == 0
