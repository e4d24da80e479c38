"""What the tasks of the DAG files do: open the house, run one step, say what it did.

A task may run twice or die anywhere; the steps stand that, so nothing here retries. The city
clock hears of a step from the step itself.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import asdict
from typing import Any

from fenghuo import pipeline
from fenghuo.orchestration.secrets import settings_of_task
from fenghuo.orchestration.sweeps import DOORBELL, RING
from fenghuo.pipeline import House
from fenghuo.words import Reason, StepReport

Ring = MutableMapping[Any, Any]
"""Airflow's accessor of outlet events."""


def due(bureau: str) -> list[str]:
    """The feeds of a bureau to pull now; a round without any is closed at once."""
    house = _house()
    feeds = pipeline.due(house, bureau)
    if not feeds:
        _say(pipeline.pull_done(house, bureau, 0))
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
    _say(pipeline.pull_done(_house(), bureau, sum(1 if n is None else n for n in did)))


def assess() -> None:
    """Judge what came in."""
    _say(pipeline.assess(_house()))


def dispatch() -> None:
    """Send what is queued."""
    _say(pipeline.dispatch(_house()))


def follow_up(ring: Ring) -> None:
    """Fetch answers and climb ladders; ring the doorbell when a rung wrote new notices."""
    report = pipeline.follow_up(_house())
    _say(report)
    if report.counts.get(Reason.rung):
        ring[RING].add(DOORBELL)


def watch() -> None:
    """Adopt changed files, look after feeds, deadlines and the ledger."""
    _say(pipeline.watch(_house()))


def _house() -> House:
    return House.open(settings_of_task())


def _say(report: StepReport) -> None:
    print({key: value for key, value in asdict(report).items() if value is not None})
