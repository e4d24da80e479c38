"""Orange and red of our own rain gauge need a second word (practice.md 5.8).

Either the rule held at the reading before too, or a gauge within ten kilometres stands at seventy
per cent of the threshold over the same window. Until then the tier is capped below orange: a
bucket that tipped wrongly wakes nobody, and a cloudburst loses one reading. A tier that was
already given stays as it is. Stages are not asked: a river does not jump and fall back, its marks
are hydrology's, and one gauge is all there is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from fenghuo.agreements.asking import Asked, stale_after
from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.intensity import distances_km
from fenghuo.agreements.kernel import TRUE, Look, Question, Ranks, States, Windows
from fenghuo.observations import tails as packed
from fenghuo.observations.tails import Tails
from fenghuo.words import Level, Reason
from fenghuo.words.metrics import Metric

NEAR_KM = 10.0
ENOUGH = 0.7
DEGREES = 0.1
"""Of latitude: a little more than NEAR_KM."""
LAG = timedelta(minutes=30)
"""How much older than the gauge's own newest reading a neighbour's may be."""


def confirmed(connection: Connection, asked: Asked, found: Ranks, old: States, tails: Tails,
              stations: pd.DataFrame, now: datetime) -> tuple[Ranks, list[Decision]]:
    """The ranks that hold once unconfirmed ones are capped, and a decision for each that was.

    ``old`` are the ranks in force. Costs nothing while no gauge rises to orange.
    """
    certain, possible = found
    rows = np.flatnonzero((certain >= Level.orange.rank) & (certain > old))
    if asked.rule.metric is not Metric.rain or not len(rows):
        return found, []
    capped = certain.copy()
    for look in sorted(asked.question.looks, key=lambda look: -look.rank):
        mine = rows[capped[rows] == look.rank]
        if look.rank < Level.orange.rank or not len(mine):
            continue
        twice = _twice(asked, look, tails, mine)
        alone = mine[~twice]
        seconded = _seconded(connection, asked, look, tails, alone, stations, now)
        lower = max((other.rank for other in asked.question.looks if other.rank < look.rank),
                    default=0)
        capped[alone[~seconded]] = lower
    # what was in force is not taken back, only what would rise is held
    capped = np.maximum(capped, np.minimum(certain, old))
    hushed = rows[capped[rows] < certain[rows]]
    return (capped, possible), [Decision(
        Reason.unconfirmed, hazard=asked.rule.hazard, rule=asked.key,
        detail=f"{asked.subjects[row]}: {Level.of_rank(int(certain[row]))} by one reading")
        for row in hushed.tolist()]


def _twice(asked: Asked, look: Look, tails: Tails, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a look held at the reading before the newest as well, if that one is no older than
    a series may be silent."""
    slots = stale_after(tails.step) // tails.step
    values = tails.values[asked.question.rows[rows]]
    known = np.isfinite(values)
    before = np.array([np.flatnonzero(row[:-1])[-1] if row[:-1].any() else -1 for row in known])
    held = np.zeros(len(rows), dtype=bool)
    before[before < values.shape[1] - 1 - slots] = -1
    part = Question((look,), np.arange(len(asked.subjects))).of(rows)
    for end in np.unique(before[before >= 0]):
        here = np.flatnonzero(before == end)
        one = part.of(here)
        windows = Windows(values[here][:, :int(end) + 1])
        held[here] = one.ask(windows, one.looks[0], slice(0, len(here)))[0] == TRUE
    return held


def _seconded(connection: Connection, asked: Asked, look: Look, tails: Tails,
              rows: NDArray[np.int64], stations: pd.DataFrame,
              now: datetime) -> NDArray[np.bool_]:
    """Whether a neighbour's newest window stands at seventy per cent of the threshold."""
    if not len(rows) or not look.upward:
        return np.zeros(len(rows), dtype=bool)
    near = _neighbours(stations, asked.stations[rows])
    ends: dict[str, int] = {}
    window = timedelta(seconds=look.slots * tails.step)
    for others in packed.named(connection, tails.metric, {name for names in near for name in names},
                               now, window + LAG):
        one = replace(look, slots=max(int(window.total_seconds()) // others.step, 1),
                      limit=ENOUGH * np.asarray(look.limit, dtype=np.float64))
        question = Question((one,), np.arange(len(others.subjects)))
        state = question.ask(Windows(others.values), one, slice(0, len(others.subjects)))[0]
        ends |= {str(others.subjects[row]): int(others.end[row])
                 for row in np.flatnonzero(state == TRUE)}
    oldest = tails.end[asked.question.rows[rows]] - int(LAG.total_seconds())
    return np.array([any(ends.get(name, 0) >= since for name in names)
                     for names, since in zip(near, oldest.tolist(), strict=True)], dtype=bool)


def _neighbours(stations: pd.DataFrame, rows: NDArray[np.int64]) -> list[list[str]]:
    """The other stations within NEAR_KM of some, by name."""
    latitude, longitude = (stations[name].to_numpy(np.float64)
                           for name in ("latitude", "longitude"))
    names = stations["station"].to_numpy(object)
    order = np.argsort(latitude, kind="stable")
    found = []
    for row in rows.tolist():
        lat, lon = float(latitude[row]), float(longitude[row])
        low, high = np.searchsorted(latitude, [lat - DEGREES, lat + DEGREES], sorter=order)
        some = order[low:high]
        near = some[distances_km(lat, lon, latitude[some], longitude[some]) <= NEAR_KM]
        found.append([str(names[each]) for each in near if each != row])
    return found
