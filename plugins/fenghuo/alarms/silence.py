"""Steps that do not end: measured on the machine clock, which no sandbox moves.

A house that was down is not silent; it was off. ``resumed`` keeps the machine instant since
which the house is up (in the lease table, as the step ``house``), so that a start in the
morning does not alarm for the night.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, update

from fenghuo.clock import machine_now
from fenghuo.store.tables import step_lease
from fenghuo.words import BUREAUS, SLOW_BUREAUS

SILENCE = 180.0
"""Machine seconds without a good end after which a step counts as silent."""

SLOW = 900.0
"""The same for the pulls of the slow bureaus, which are each five minutes."""

STEPS = {
    **{f"pull_{bureau}": SLOW if bureau in SLOW_BUREAUS else SILENCE for bureau in BUREAUS},
    **dict.fromkeys(("assess", "dispatch", "follow_up"), SILENCE)}
"""What the watch watches; the watch itself is watched by the sentinel."""


def finished(connection: Connection) -> dict[str, float]:
    """The machine instant of each step's last good end."""
    rows = connection.execute(select(step_lease.c.step, step_lease.c.finished)
                              .where(step_lease.c.finished.is_not(None)))
    return {row.step: row.finished for row in rows}


def resumed(connection: Connection) -> float:
    """Since when the house is up; set anew when the watch itself has been away."""
    now, ends = machine_now(), finished(connection)
    up = ends.get("house")
    # no end of a watch since the house came up is no news: its first sweep is this one
    last = max(ends.get("watch", 0.0), up or 0.0)
    if up is not None and 0 <= now - last <= SILENCE:
        return up
    kept = connection.execute(update(step_lease).where(step_lease.c.step == "house")
                              .values(finished=now))
    if not kept.rowcount:
        connection.execute(insert(step_lease).values(step="house", token=0, until=0.0,
                                                     finished=now))
    return now


def silent(ends: Mapping[str, float], up: float, steps: Mapping[str, float]) -> dict[str, float]:
    """Steps beyond their allowed silence, with the machine seconds they have been silent."""
    now = machine_now()
    quiet = {step: now - max(ends.get(step, 0.0), up) for step in steps}
    return {step: seconds for step, seconds in quiet.items() if seconds > steps[step]}
