"""Frozen: while orange or red of a hazard is in force, its rules do not change (practice.md 8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from fenghuo.changes.sensitivity import editions_of
from fenghuo.editions import Edition
from fenghuo.store import tables as t
from fenghuo.words import Level, WarningState

LASTS = timedelta(hours=12)
"""How long a leader's word against a freeze holds."""


def frozen(connection: Connection, hazards: Collection[str]) -> dict[str, int]:
    """The warnings that freeze some hazards: hazard to the number of its gravest warning.

    The tier is that of a warning's newest revision; drills freeze nothing.
    """
    w, r = t.warning.c, t.revision.c
    newest = select(r.warning_id, func.max(r.number).label("number")).group_by(
        r.warning_id).subquery()
    rows = connection.execute(
        select(w.id, w.hazard).join(t.revision, r.warning_id == w.id)
        .join(newest, (newest.c.warning_id == w.id) & (newest.c.number == r.number))
        .where(w.state == WarningState.in_force.value, w.drill_id.is_(None),
               w.hazard.in_(sorted(hazards)),
               r.tier.in_([level.value for level in Level if level.rank >= Level.orange.rank]))
        .order_by(w.id.desc()))
    return {row.hazard: row.id for row in rows}


def overridden(row: Any, now: datetime) -> bool:
    """Whether a leader's word for this draft still holds."""
    return row.override_until is not None and now < row.override_until


def touched(old: Edition, new: Edition) -> set[str]:
    """The hazards whose rules, release or feedback differ between two editions."""
    before = {one.agreement: one for one in old.agreements}
    after = {one.agreement: one for one in new.agreements}
    found: set[str] = set()
    for name in before.keys() | after.keys():
        one, other = before.get(name), after.get(name)
        if one is None or other is None or (one.release, one.feedback, one.signed) != (
                other.release, other.feedback, other.signed):
            found |= {rule.hazard.value for side in (one, other) if side for rule in side.rules}
            continue
        was, now = editions_of(one), editions_of(other)
        found |= {rule.hazard.value for key in was.keys() | now.keys()
                  if was.get(key) != now.get(key)
                  for rule in (*was.get(key, ()), *now.get(key, ()))}
    if not old.stations.equals(new.stations):  # marks and return periods are anybody's limits
        found |= {rule.hazard.value for side in (old, new) for agreement in side.agreements
                  for rule in agreement.rules if rule.metric is not None}
    return found
