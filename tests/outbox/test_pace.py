"""A gateway's pace, over a machine clock that the test turns."""

from __future__ import annotations

import pytest

from fenghuo.outbox import pace
from fenghuo.outbox.pace import Pace


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(pace, "machine_now", lambda: at[0])
    return at


def test_a_seconds_worth_may_leave_at_once_and_then_it_drips(machine: list[float]) -> None:
    ten = Pace(10.0)
    assert ten.room() == 10
    ten.spend(10)
    assert ten.room() == 0 and ten.wait() == pytest.approx(0.1)
    machine[0] += 0.5
    assert ten.room() == 5 and ten.wait() == 0.0
    machine[0] += 60
    assert ten.room() == 10, "what was not used does not pile up"


def test_parts_count_and_a_long_text_runs_up_a_debt(machine: list[float]) -> None:
    one = Pace(1.0)
    assert one.room() == 1
    one.spend(3)
    machine[0] += 2.0
    assert one.room() == 0
    machine[0] += 1.0
    assert one.room() == 1


def test_a_clock_that_is_put_back_holds_up_no_text(machine: list[float]) -> None:
    two = Pace(2.0)
    two.spend(2)
    machine[0] -= 3600
    assert two.room() == 0
    machine[0] += 1
    assert two.room() == 2


def test_without_a_limit_nothing_waits(machine: list[float]) -> None:
    free = Pace(None)
    free.spend(1_000_000)
    assert free.room() > 1_000_000 and free.wait() == 0.0
