"""Numbers by station and instant, laid on a grid: one float32 matrix for each step.

A number lands in the slot of its end, rounded down to the grid, as in the tails of the night.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.agreements.history import Series
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

STEPS = np.array([60, 120, 300, 360, 600, 720, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600,
                  28800, 43200, 86400])
"""Seconds: what divides a day."""
HOUR = 3600
MOST = 400_000_000
"""Numbers held at once: 1.6 GB."""


def steps(sample: pd.DataFrame) -> pd.Series:
    """Each subject's step in seconds: its commonest distance between two instants, rounded down
    to a step that divides a day; an hour where there is only one. ``sample``: subject, instant."""
    rows = sample.sort_values(["subject", "instant"], ignore_index=True)
    rows["apart"] = rows.groupby("subject")["instant"].diff()
    known = rows[rows["apart"] > 0]
    common = (known.groupby(["subject", "apart"]).size().rename("times").reset_index()
              .sort_values(["times", "apart"], ascending=[False, True])
              .drop_duplicates("subject").set_index("subject")["apart"])
    common = common.reindex(sample["subject"].unique()).fillna(HOUR)
    place = np.searchsorted(STEPS, common.to_numpy(), side="right") - 1
    return pd.Series(STEPS[np.maximum(place, 0)], index=common.index)


def filled(metric: Metric, spans: pd.DataFrame, pieces: Iterable[pd.DataFrame],
           latency: int) -> list[Series]:
    """One Series a step. ``spans``: subject, step, first, last (epoch seconds), one row a subject;
    ``pieces``: subject, instant, value, of which a later row of one slot counts.

    Raises Refused for what would not fit: a time that is far from all others.
    """
    slots = (spans["last"] // spans["step"] - spans["first"] // spans["step"]).max() + 1
    if slots * len(spans) > MOST:
        first, last = (f"{pd.Timestamp(int(at), unit='s'):%Y-%m-%d}"
                       for at in (spans["first"].min(), spans["last"].max()))
        raise Refused([Refusal(metric, "time", f"{len(spans)} stations from {first} to {last}",
                               f"at most {MOST} numbers at once: fewer years, or no stray time")])
    grids = [_grid(metric, int(part["step"].iloc[0]), part, latency)
             for _, part in spans.groupby("step")]
    rows = [pd.Index(grid.subjects) for grid in grids]
    for piece in pieces:
        at, value = piece["instant"].to_numpy(np.float64), piece["value"].to_numpy(np.float64)
        for grid, index in zip(grids, rows, strict=True):
            row = index.get_indexer(pd.Index(piece["subject"]))
            slot = (np.floor_divide(at, grid.step) - grid.t0 // grid.step).astype(np.int64)
            here = row >= 0
            grid.values[row[here], slot[here]] = value[here]
    return grids


def _grid(metric: Metric, step: int, part: pd.DataFrame, latency: int) -> Series:
    first = int(part["first"].min()) // step
    count = int(part["last"].max()) // step - first + 1
    subjects: NDArray[np.object_] = np.sort(part["subject"].to_numpy(object))
    return Series(metric, subjects, first * step, step,
                  np.full((len(subjects), count), np.nan, dtype=np.float32), latency)
