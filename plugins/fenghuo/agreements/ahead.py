"""What is to come: runs of one metric cut to a rule's ``lead``, and looks over every window of it.

A window begins not before the slot that runs now and ends not after ``lead``. A rise needs the
number before its window, so its first window begins one slot later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from fenghuo.agreements.kernel import FALSE, TRUE, UNKNOWN, Look, Question, States, values_of
from fenghuo.agreements.windows import Windows
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point
from fenghuo.observations.forecasts import Run

FRESH = 2
"""Cadences after which a run that no newer one replaced is unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """The runs of one metric and step, cut to what is to come.

    ``values`` float32[n, k], column 0 the slot that runs now; ``first`` the end of that slot
    (epoch seconds); ``stale`` which runs are too old to be believed.
    """

    runs: list[Run]
    points: list[Point]
    values: NDArray[np.float32]
    first: int
    step: int
    stale: NDArray[np.bool_]

    @property
    def names(self) -> list[tuple[str, str]]:
        """Feed and point of each run."""
        return [(run.feed, run.series.subject) for run in self.runs]

    def of(self, rows: NDArray[np.int64]) -> Ahead:
        """Some of the runs only."""
        return replace(self, runs=[self.runs[row] for row in rows.tolist()],
                       points=[self.points[row] for row in rows.tolist()],
                       values=self.values[rows], stale=self.stale[rows])

    def state(self, look: Look) -> States:
        """Whether any window within the lead holds: true beats unknown beats false."""
        states = self._states(look, np.where(self.stale[:, None], np.nan, self.values))
        return np.where((states == TRUE).any(axis=0), TRUE,
                        np.where((states == UNKNOWN).any(axis=0), UNKNOWN, FALSE)).astype(np.int8)

    def worst(self, look: Look, row: int) -> tuple[float, int]:
        """The value of the gravest window of one run and its end (epoch seconds): of those that
        hold, if any does. NaN where none is known."""
        one, mine = self.of(np.array([row])), look.of(np.array([row]))
        windows = one._windows(mine, one.values)
        values = values_of(mine, windows)[:, 0]
        holding = one._states(mine, one.values)[:, 0] == TRUE
        values = np.where(holding | ~holding.any(), values, np.nan)
        if not np.isfinite(values).any():
            return float("nan"), self.first + (look.slots - 1) * self.step
        best = int(np.nanargmax(values) if look.upward else np.nanargmin(values))
        column = best + self.values.shape[1] - len(values)
        return float(values[best]), self.first + column * self.step

    def _states(self, look: Look, values: NDArray[np.floating]) -> States:
        every = slice(0, len(values))
        return Question((), np.arange(len(values))).ask(self._windows(look, values), look, every)

    def _windows(self, look: Look, values: NDArray[np.floating]) -> Windows:
        needed = look.slots + (look.statistic in ("rise", "drop"))
        return Windows(values, max(values.shape[1] - needed + 1, 1))


def ahead(runs: Sequence[Run], feeds: Mapping[str, FeedConfig], metric: str, lead: timedelta,
          now: datetime, heard: datetime) -> list[Ahead]:
    """The runs of a metric within ``lead``, one matrix a step; runs of points or feeds that are
    gone are left out."""
    named = {(name, point.point): point for name, feed in feeds.items() for point in feed.points}
    mine = [run for run in runs if run.series.metric == metric
            and (run.feed, run.series.subject) in named]
    found = []
    for step in sorted({run.series.step for run in mine}):
        some = [run for run in mine if run.series.step == step]
        first = (int(now.timestamp()) // step + 1) * step
        width = max(int(lead.total_seconds()) // step, 1)
        values = np.full((len(some), width), np.nan, dtype=np.float32)
        for row, run in enumerate(some):
            skip = (first - int(run.series.t0.timestamp())) // step
            part = run.series.values[max(skip, 0):max(skip, 0) + width - max(-skip, 0)]
            values[row, max(-skip, 0):max(-skip, 0) + len(part)] = part
        stale = np.array([run.series.issued + FRESH * feeds[run.feed].cadence < heard
                          for run in some], dtype=bool)
        found.append(Ahead(some, [named[run.feed, run.series.subject] for run in some], values,
                           first, step, stale))
    return found
