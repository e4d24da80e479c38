"""A neighbour's word for a number that jumped: two gauges that leap together are no fault.

Where a station within ``RADIUS`` went at least ``SHARE`` of the step the same way within the hour,
were its own step doubted or not, the jump counts at once (docs/decisions/0011-doubt.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from fenghuo.agreements.confirming import neighbours
from fenghuo.alarms import AlarmKind, recover
from fenghuo.observations import doubts
from fenghuo.observations import tails as packed
from fenghuo.words.limits import NEAR, Doubt, Fate
from fenghuo.words.metrics import Metric

RADIUS = 10.0
"""km, as for the second word of a grave tier (practice.md 5.8)."""
SHARE = 0.5


def vouch(connection: Connection, stations: pd.DataFrame, now: datetime) -> int:
    """Believe the jumps of the last hour that a neighbour shares; how many."""
    leapt = doubts.leapt(connection, now - NEAR)
    count = 0
    for metric in map(Metric, leapt["metric"].unique()):
        rows = leapt[leapt["metric"] == metric].drop_duplicates("subject", keep="last")
        for place, by, step in _shared(connection, metric, rows, stations, now):
            row = rows.iloc[place]
            slot = int(row["end"].timestamp()) // step
            doubts.believe(connection, metric, row["subject"], step, slot * step,
                           (slot + 1) * step, Doubt.jump)
            doubts.close(connection, metric, row["subject"], Fate.confirmed, by, now)
            recover(connection, AlarmKind.number_jumped, f"{metric}:{row['subject']}", now)
            count += 1
    return count


def _shared(connection: Connection, metric: str, rows: pd.DataFrame, stations: pd.DataFrame,
            now: datetime) -> Iterator[tuple[int, str, int]]:
    """Of the jumps that a neighbour shares: their place, its name, and their own step."""
    own = pd.Index(stations["station"]).get_indexer(pd.Index(rows["subject"]))
    places = np.flatnonzero(own >= 0)
    pair, other = neighbours(stations, own[places], RADIUS)
    pair, names = places[pair], stations["station"].to_numpy(object)[other]
    went = _went(connection, metric, {*rows["subject"], *names}, rows, now)
    mine = rows["subject"].to_numpy(object)[pair]
    steps, theirs = (np.array([went.get(name, (0.0, 0))[0] for name in some])
                     for some in (mine, names))
    shares = (steps != 0) & (theirs * np.sign(steps) >= SHARE * np.abs(steps))
    for place in np.unique(pair[shares]).tolist():
        subject = rows["subject"].iloc[place]
        yield place, str(names[shares & (pair == place)][0]), went[subject][1]


def _went(connection: Connection, metric: str, names: set[str], rows: pd.DataFrame,
          now: datetime) -> dict[str, tuple[float, int]]:
    """How far each series went within the hour, to its jump where it made one; and its step."""
    jumped = rows.set_index("subject")["value"]
    since = int((now - 2 * NEAR).timestamp())
    found: dict[str, tuple[float, int]] = {}
    for tails in packed.named(connection, metric, names, now, lambda step: max(
            NEAR, timedelta(seconds=step))):
        newest = jumped.reindex(tails.subjects).fillna(
            pd.Series(tails.values[:, -1], index=tails.subjects))
        leaps = np.isin(tails.subjects, jumped.index)
        # a jump starts from the newest number that counts, a neighbour's way is that of the hour
        change = newest.to_numpy(np.float64)[:, None] - np.where(
            leaps[:, None], tails.values[:, -1:], tails.values)
        change[np.isnan(change)] = 0
        widest = change[np.arange(len(change)), np.abs(change).argmax(axis=1)]
        found |= {name: (float(way), tails.step) for name, way, end in
                  zip(tails.subjects, widest, tails.end, strict=True) if end >= since}
    return found
