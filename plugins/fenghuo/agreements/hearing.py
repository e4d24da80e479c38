"""Series of years, and what of them was known when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.agreements.asking import stale_after
from fenghuo.agreements.windows import Windows
from fenghuo.words.metrics import Metric

Ints = NDArray[np.int64]
FAR = 1 << 40
"""More than any instant in epoch seconds: a row and an instant make one sorted number."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Years of one metric at many stations.

    ``subjects`` object[n], names of stations; ``t0`` epoch seconds (UTC) of the end of the first
    slot; ``step`` seconds; ``values`` float32[n, k] in the metric's unit, NaN for gaps, infinite
    for what is doubted; ``latency`` seconds after a slot's end at which its number is known.
    """

    metric: Metric
    subjects: NDArray[np.object_]
    t0: int
    step: int
    values: NDArray[np.float32]
    latency: int = 0

    def between(self, first: int, last: int) -> Series:
        """The slots that are known from ``first`` to ``last``."""
        low = max(0, -(-(first - self.latency - self.t0) // self.step))
        high = max(low, (last - self.latency - self.t0) // self.step + 1)
        return replace(self, t0=self.t0 + low * self.step, values=self.values[:, low:high])

    def at(self, subjects: NDArray[np.object_]) -> Series:
        """The same for these stations; one that it does not have is nothing but gaps."""
        row = self.rows(subjects)
        values = self.values[row]
        values[row < 0] = np.nan
        return replace(self, subjects=subjects, values=values)

    def rows(self, subjects: NDArray[np.object_]) -> Ints:
        """The row of each of these stations, -1 for one that it does not have."""
        return np.asarray(pd.Index(self.subjects, dtype=object).get_indexer(
            pd.Index(subjects, dtype=object)), dtype=np.int64)

    def column(self, at: Ints) -> Ints:
        """The last column that is known at some instants; before the first: negative."""
        column = (at - self.latency - self.t0) // self.step
        return np.asarray(np.minimum(column, self.values.shape[1] - 1))

    def stretch(self, rows: Ints, columns: Ints, width: int) -> NDArray[np.float32]:
        """The ``width`` numbers up to each column, NaN before the first: float32[p, width]."""
        column = columns[:, None] + np.arange(1 - width, 1)
        found = np.array(self.values[rows[:, None], np.clip(column, 0, None)])
        found[(column < 0) | np.isinf(found)] = np.nan
        return found


class Heard:
    """The numbers of a series in the order of stations and arrival: ``row``, ``column`` and
    ``at`` int64[f]."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.windows = Windows(series.values, series.values.shape[1])
        self.after = stale_after(series.step)
        self.row, self.column = np.nonzero(np.isfinite(series.values))
        self.at = self._instant(self.column)
        self._key = self.row * FAR + self.at
        self._ends = self.at - series.latency
        self._doubted = np.nonzero(np.isinf(series.values))
        self._said = [self._key, self.column]
        if len(self._doubted[0]):
            rows, columns = np.nonzero(~np.isnan(series.values))
            self._said = [rows * FAR + self._instant(columns), columns]

    def newest(self, row: Ints, at: Ints) -> Ints:
        """Which number was a row's newest at an instant, -1 where it had none."""
        found = np.searchsorted(self._key, row * FAR + at, side="right") - 1
        if not len(self.row):
            return found
        return np.where((found >= 0) & (self.row[found] == row), found, -1)

    def judged(self, row: Ints, at: Ints) -> Ints:
        """The column at which a row's windows ended at an instant: that of its newest number, were
        it doubted or not."""
        keys, columns = self._said
        return columns[np.searchsorted(keys, row * FAR + at, side="right") - 1]

    def silent(self, newest: Ints, at: Ints) -> NDArray[np.bool_]:
        """Whether a newest number was too old to be believed."""
        return np.asarray(self._ends[newest] < at - self.after)

    def end(self, newest: Ints) -> Ints:
        """When the slot of a number ended, epoch seconds."""
        return self._ends[newest]

    def moments(self) -> tuple[Ints, Ints]:
        """Rows and instants of every look: a number came, doubted or not, or its series fell
        silent."""
        silent = self._ends + self.after + 1
        follows = np.append(self.row[1:] == self.row[:-1], False)
        next_at = np.where(follows, np.append(self.at[1:], 0), FAR)
        falls = (silent > self.at) & (silent < next_at)
        rows, columns = self._doubted
        return (np.concatenate([self.row, self.row[falls], rows]),
                np.concatenate([self.at, silent[falls], self._instant(columns)]))

    def _instant(self, column: Ints) -> Ints:
        """When a column is known."""
        return np.asarray(self.series.t0 + column * self.series.step + self.series.latency)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some stations of one series; ``at`` int64[n] their rows in ``stations``.

    ``series`` is everything that is known, for neighbours and other metrics.
    """

    own: Series
    at: Ints
    series: Sequence[Series]
    stations: pd.DataFrame
    _heard: dict[int, Heard] = field(default_factory=dict)
    _moments: dict[tuple[Metric, ...], tuple[Ints, Ints, Ints]] = field(default_factory=dict)

    def heard(self) -> Heard:
        """The block's own numbers."""
        if 0 not in self._heard:
            self._heard[0] = Heard(self.own)
        return self._heard[0]

    def others(self, metric: Metric) -> list[Heard]:
        """The numbers of another metric at the block's stations, row by row as its own."""
        found = []
        for one in self.series:
            if one.metric == metric and one.values.shape[1]:
                if id(one) not in self._heard:
                    self._heard[id(one)] = Heard(one.at(self.own.subjects))
                found.append(self._heard[id(one)])
        return found

    def moments(self, metrics: Sequence[Metric]) -> tuple[Ints, Ints, Ints]:
        """Rows and instants, in this order, at which a rule of these metrics is looked at, and
        which of the block's own numbers was the newest then."""
        names = tuple(sorted(metrics))
        if names not in self._moments:
            heard = [self.heard()]
            for metric in metrics:
                heard += self.others(metric) if metric != self.own.metric else []
            keys = np.sort(np.concatenate([row * FAR + at for row, at in
                                           (each.moments() for each in heard)]))
            keys = keys[np.append(True, keys[1:] != keys[:-1])[:len(keys)]]
            row, at = keys // FAR, keys % FAR
            self._moments[names] = row, at, self.heard().newest(row, at)
        return self._moments[names]
