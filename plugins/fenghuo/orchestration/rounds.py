"""What the tasks of the DAG files do: open the house, run one step, say what it did.

A task may run twice or die anywhere; the steps stand that, so nothing here retries. The city
clock hears of a step from the step itself. Under a sandbox's clock the last task of a DAG
lingers (``lingering``).
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import asdict
from functools import partial
from typing import Any

from fenghuo import outbox, pipeline
from fenghuo.clock import machine_now
from fenghuo.house import House
from fenghuo.orchestration import approving
from fenghuo.orchestration.lingering import Round, linger
from fenghuo.orchestration.responding import begin
from fenghuo.orchestration.secrets import settings_of_task
from fenghuo.orchestration.sweeps import DOORBELL, RING
from fenghuo.words import SLOW_BUREAUS, Reason, StepReport

Ring = MutableMapping[Any, Any]
"""Airflow's accessor of outlet events."""


def due(bureau: str) -> list[str]:
    """The feeds of a bureau to pull now; a round without any is closed at once."""
    house, began = _house(), machine_now()
    feeds = pipeline.due(house, bureau)
    if not feeds:
        _say(pipeline.pull_done(house, bureau, 0))
        _linger_pulling(house, bureau, began)
    return feeds


def pull(feed: str, ring: Ring) -> int:
    """Pull one feed and ring the doorbell when it brought something new; how much it did."""
    report = pipeline.pull(_house(), feed)
    _say(report)
    if report.did:
        ring[RING].add(DOORBELL)
    return report.did


def close(bureau: str, did: Iterable[int | None]) -> None:
    """Close a bureau's round of pulls with what they did; a pull that died counts as work."""
    house, began = _house(), machine_now()
    _say(pipeline.pull_done(house, bureau, sum(1 if n is None else n for n in did)))
    _linger_pulling(house, bureau, began)


def assess() -> None:
    """Judge what came in and begin to send what that queued: the next task, which sends the rest,
    takes half a second to start."""
    house = _house()
    for report in begin(house):
        _say(report)
    _ask(house)


def _ask(house: House) -> None:
    """A run of ``approve`` for each open approval, under its number: asked each time, begun once.

    The message of TriggerDagRunOperator without the operator, whose import takes half a second of
    every sweep. Airflow is one of several places to answer at: its refusal stops nothing.
    """
    for key in approving.waiting(house):
        from airflow.sdk.execution_time import comms, task_runner

        try:
            task_runner.SUPERVISOR_COMMS.send(comms.TriggerDagRun(
                dag_id="approve", run_id=f"approval-{key}", conf={"approval": key}))
        except Exception as error:
            print(f"approval {key} cannot be asked for in Airflow: {error}")


def dispatch(ring: Ring) -> None:
    """Send what is queued; ring the doorbell while a gateway that does not answer has texts: the
    next probe must not wait for the next minute."""
    house, began = _house(), machine_now()
    report = pipeline.dispatch(house)
    _say(report)
    if report.counts.get(outbox.SILENT):
        ring[RING].add(DOORBELL)
    _linger(house, began, assess=pipeline.assess, dispatch=pipeline.dispatch)


def follow_up(ring: Ring) -> None:
    """Fetch answers and climb ladders; ring the doorbell when a rung wrote new notices."""
    house, began = _house(), machine_now()
    report = pipeline.follow_up(house)
    _say(report)
    if report.counts.get(Reason.rung) or report.counts.get(Reason.rung_again):
        ring[RING].add(DOORBELL)
    _linger(house, began, follow_up=pipeline.follow_up)


def watch() -> None:
    """Adopt changed files, look after feeds, deadlines and the ledger."""
    house, began = _house(), machine_now()
    _say(pipeline.watch(house))
    _linger(house, began, watch=pipeline.watch)


def _whole_round(bureau: str) -> dict[str, Round]:
    return {f"pull_{bureau}": partial(pipeline.pull_bureau, bureau=bureau)}


def _linger_pulling(house: House, bureau: str, began: float) -> None:
    """A slow bureau's task does not linger: it would hold a slot that the quick steps need."""
    if bureau not in SLOW_BUREAUS:
        _linger(house, began, **_whole_round(bureau))


def _linger(house: House, began: float, **rounds: Round) -> None:
    for report in linger(house, rounds, began):
        _say(report)


def _house() -> House:
    return House.open(settings_of_task())


def _say(report: StepReport) -> None:
    print({key: value for key, value in asdict(report).items() if value is not None})
