"""What a task does beside its own step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from fenghuo import pipeline
from fenghuo.clock import clock_of
from fenghuo.house import House
from fenghuo.orchestration import approving, lingering, rounds
from fenghuo.orchestration.sweeps import DOORBELL, RING
from fenghuo.outbox import SILENT
from fenghuo.settings import Settings
from fenghuo.words import StepReport


@pytest.mark.parametrize(("did", "sent"), [(0, []), (3, [lingering.BUDGET])])
def test_what_judging_queued_begins_to_go_out_in_the_same_task_for_a_short_while(
        did: int, sent: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(Settings(clock="system"), cast(Any, None), clock_of("system"), ())
    budgets: list[float] = []

    def dispatch(at: House) -> StepReport:
        budgets.append(at.settings.dispatch_budget)
        return StepReport("dispatch", datetime(2026, 6, 8, tzinfo=UTC), 0.0, 0)

    monkeypatch.setattr(rounds, "_house", lambda: house)
    monkeypatch.setattr(pipeline, "assess", lambda at: StepReport(
        "assess", datetime(2026, 6, 8, tzinfo=UTC), 0.0, did))
    monkeypatch.setattr(pipeline, "dispatch", dispatch)
    monkeypatch.setattr(approving, "waiting", lambda at: [])
    rounds.assess()
    assert budgets == sent


@pytest.mark.parametrize(("counts", "rung"), [({"accepted": 3}, 0), ({SILENT: 1}, 1)])
def test_while_a_gateway_does_not_answer_the_next_probe_does_not_wait_for_the_minute(
        counts: dict[str, int], rung: int, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(Settings(clock="system"), cast(Any, None), clock_of("system"), ())
    monkeypatch.setattr(rounds, "_house", lambda: house)
    monkeypatch.setattr(pipeline, "dispatch", lambda at: StepReport(
        "dispatch", datetime(2026, 6, 8, tzinfo=UTC), 0.0, 3, counts=counts))
    heard: list[object] = []

    class Outlet:
        add = staticmethod(heard.append)

    rounds.dispatch({RING: Outlet})
    assert heard == [DOORBELL] * rung
