"""When sweeps run: each minute; under a sandbox again as soon as the last one ended.

The doorbell is an asset that says "look now". It is never the queue: Airflow strands asset
events in bursts, so a step drains what the database says is undone and the sweep is the net.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import (
    Asset,
    AssetAlias,
    AssetOrTimeSchedule,
    AssetWatcher,
    CronTriggerTimetable,
    DeltaTriggerTimetable,
)

from fenghuo.orchestration.pushes import PushTrigger

MINUTE = 60.0
SHORTEST = 2.0

DOORBELL = Asset(name="fenghuo-doorbell", uri="fenghuo://doorbell",
                 watchers=[AssetWatcher(name="fenghuo-push", trigger=PushTrigger())])
RING = AssetAlias(name="fenghuo-ring")
"""An outlet of a task that rings only when it has a reason to: a plain asset always would."""

CAREFUL: dict[str, Any] = {
    "catchup": False,
    "max_active_runs": 1,
    "is_paused_upon_creation": False,
    "tags": ["fenghuo"],
    "default_args": {"owner": "fenghuo", "retries": 0,
                     "execution_timeout": timedelta(seconds=50)},
}
"""What every DAG of the house shares. A sweep is not retried: the next one does its work."""


def tick() -> float:
    """``FENGHUO_TICK`` in seconds, never below the shortest sweep interval."""
    return max(float(os.environ.get("FENGHUO_TICK") or MINUTE), SHORTEST)


def dispatchers() -> list[str]:
    """The names of the tasks that send, ``FENGHUO_DISPATCHERS`` of them."""
    count = int(os.environ.get("FENGHUO_DISPATCHERS") or 1)
    return ["dispatch", *(f"dispatch_{number}" for number in range(2, count + 1))]


def sweep(second: int = 0, minutes: int = 1) -> CronTriggerTimetable | DeltaTriggerTimetable:
    """The timetable of a sweep: at its ``second`` of each minute, so that not all begin at once.

    With one run at a time, a late sweep follows the last at once.
    """
    every = tick()
    if every == MINUTE:
        return CronTriggerTimetable(
            f"{'*' if minutes == 1 else f'*/{minutes}'} * * * * {second}", timezone="UTC")
    return DeltaTriggerTimetable(timedelta(seconds=every * minutes))


def sweep_or_doorbell(second: int = 0) -> AssetOrTimeSchedule:
    """The sweep, and at once when the doorbell rings."""
    return AssetOrTimeSchedule(timetable=sweep(second), assets=[DOORBELL])
