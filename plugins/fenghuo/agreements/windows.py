"""Windows over a matrix of series: what is known of each, and whether any slot of it is not.

Sums are differences of prefix sums, extrema are shifted onto themselves in doubling steps.
Numbers are counted in ten-thousandths, as whole numbers: 16.7 + 16.7 + 16.6 mm is 50 mm, and
10.15 m is at least 10.15 m, whatever float32 makes of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SCALE = 1e4


class Windows:
    """Windows over a matrix float[n, k], ending at each of its last ``ends`` columns."""

    def __init__(self, values: NDArray[np.floating[Any]], ends: int = 1) -> None:
        self._rows = np.ascontiguousarray(values.T)
        self._known = np.isfinite(self._rows)
        self._ends = min(ends, len(self._rows))
        self._totals: dict[bool, tuple[Floats, NDArray[np.int32]]] = {}
        self._gaps: NDArray[np.int32] | None = None
        self._found: dict[tuple[str, int], tuple[Floats, Bools]] = {}

    def window(self, statistic: str, slots: int) -> tuple[Floats, Bools]:
        """What is known of each window, and whether any slot of it is not: both [ends, n].

        Numbers in ten-thousandths; NaN where nothing is known.
        """
        key = (statistic, slots)
        if key not in self._found:
            self._found[key] = self._window(statistic, slots)
        return self._found[key]

    def count(self, comparison: str, slots: int, limit: ArrayLike,
              columns: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """How many slots of each window are known to be over the limit, and how many are not
        known: both [ends, m], of the series ``columns`` with their limits [m] (or one)."""
        if slots < 1 or not len(self._rows):
            shape = (max(self._ends, 1), len(columns))
            return np.zeros(shape, np.int32), np.full(shape, 1 << 30, np.int32)
        upto = self._upto()
        first = max(int(upto[0]) - slots, 0)
        values = _scaled(self._rows[first:, columns])
        with np.errstate(invalid="ignore"):
            over = compare(values, comparison, np.rint(np.asarray(limit) * SCALE))
        counts, gaps = (_prefix(each.astype(np.int32)) for each in (over, np.isnan(values)))
        upto = upto - first
        low = np.maximum(upto - slots, 0)
        before = np.maximum(slots - upto - first, 0).astype(np.int32)[:, None]
        return counts[upto] - counts[low], gaps[upto] - gaps[low] + before

    def _window(self, statistic: str, slots: int) -> tuple[Floats, Bools]:
        if slots < 1 or not len(self._rows):
            shape = (max(self._ends, 1), self._rows.shape[1])
            return np.full(shape, np.nan), np.ones(shape, dtype=bool)
        if statistic in ("sum", "mean"):
            return self._sum(slots, statistic == "mean")
        if statistic in ("max", "min"):
            return self._extreme(slots, 1 if statistic == "max" else -1), self._missing(slots)
        newest = _scaled(self._rows[-self._ends:])
        if statistic == "last":
            return newest, np.isnan(newest)
        first = np.arange(len(self._rows) - self._ends, len(self._rows)) - slots
        before = np.full_like(newest, np.nan)
        before[first >= 0] = _scaled(self._rows[first[first >= 0]])
        change = newest - before if statistic == "rise" else before - newest
        return change, np.isnan(change)

    def _sum(self, slots: int, mean: bool) -> tuple[Floats, Bools]:
        """Sums of what is known, or their share of each slot.

        In a sum, which is of amounts, a negative number is no number.
        """
        if mean not in self._totals:
            usable = self._known if mean else self._known & (self._rows >= 0)
            counted = np.rint(np.where(usable, self._rows, 0).astype(np.float64) * SCALE)
            self._totals[mean] = _prefix(counted), _prefix((~usable).astype(np.int32))
        sums, missing = self._totals[mean]
        gaps = self._differences(missing, slots)
        short = self._short(slots)
        none = gaps >= np.minimum(slots, self._upto())[:, None]
        found = self._differences(sums, slots)
        found[none] = np.nan
        return found / slots if mean else found, (gaps > 0) | short[:, None]

    def _extreme(self, slots: int, sign: int) -> Floats:
        """Largest (sign 1) or smallest (-1) known number of each window, by shifted extrema."""
        size = min(slots + self._ends - 1, len(self._rows))
        rows = np.where(self._known[-size:], sign * self._rows[-size:], -np.inf)
        if size < slots + self._ends - 1:
            rows = np.vstack([np.full((slots + self._ends - 1 - size, rows.shape[1]), -np.inf,
                                      dtype=rows.dtype), rows])
        if self._ends == 1:
            rows = np.maximum.reduce(rows, axis=0, keepdims=True)
        else:
            span = 1
            while 2 * span <= slots:
                rows = np.maximum(rows[span:], rows[:-span])
                span *= 2
            rest = slots - span
            rows = np.maximum(rows[rest:], rows[:len(rows) - rest]) if rest else rows
        return sign * _scaled(rows)

    def _missing(self, slots: int) -> Bools:
        if self._gaps is None:
            self._gaps = _prefix((~self._known).astype(np.int32))
        return (self._differences(self._gaps, slots) > 0) | self._short(slots)[:, None]

    def _upto(self) -> Ints:
        """One past the last column of each window."""
        return np.arange(len(self._rows) - self._ends + 1, len(self._rows) + 1)

    def _short(self, slots: int) -> Bools:
        """Windows that begin before the matrix does."""
        return np.asarray(self._upto() < slots)

    def _differences(self, prefix: NDArray[Any], slots: int) -> NDArray[Any]:
        upto = self._upto()
        return np.asarray(prefix[upto] - prefix[np.maximum(upto - slots, 0)])


def compare(value: ArrayLike, comparison: str, limit: ArrayLike) -> Bools:
    """The law's 以上 at_least, 超过 above, 以下 at_most, 低于 below."""
    operators = {"at_least": np.greater_equal, "above": np.greater,
                 "at_most": np.less_equal, "below": np.less}
    return np.asarray(operators[comparison](value, limit))


def _scaled(values: NDArray[Any]) -> Floats:
    found = np.rint(values.astype(np.float64) * SCALE)
    found[~np.isfinite(found)] = np.nan
    return found


def _prefix(rows: NDArray[Any]) -> NDArray[Any]:
    """Sums of the first 0, 1, 2 … rows."""
    total = np.empty((len(rows) + 1, rows.shape[1]), dtype=rows.dtype)
    total[0] = 0
    np.cumsum(rows, axis=0, out=total[1:])
    return total
