"""The matrix kernel: every window of every series at once, three-valued.

A matrix of series (n x k, NaN for gaps, newest last) is asked for sums, extrema, newest values
and rises over windows of whole slots. Sums are differences of prefix sums, extrema are shifted
onto themselves in doubling steps. What is known of a window bounds the whole: a partial sum
already over is *true*, one that is under with gaps is *unknown*.

Numbers are counted in ten-thousandths, as whole numbers: 16.7 + 16.7 + 16.6 mm is 50 mm, and
10.15 m is at least 10.15 m, whatever float32 makes of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
States = NDArray[np.int8]
Ranks = tuple[States, States]

TRUE, FALSE, UNKNOWN = np.int8(1), np.int8(0), np.int8(-1)
SCALE = 1e4
BLOCK = 4096
"""Series worked on together, so that a window stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Look:
    """One threshold over one window: what a tier of a rule asks.

    ``slots`` is the window in slots (1 for the newest value), ``whole`` whether these slots are
    all of it. ``limit`` is one number or one per series (NaN: this series has no such mark, the
    look is false). ``comparison`` is ``at_least``, ``above``, ``at_most`` or ``below``.
    """

    rank: int
    statistic: str
    slots: int
    comparison: str
    limit: float | Floats
    whole: bool = True

    @property
    def upward(self) -> bool:
        """Whether more is worse."""
        return self.comparison in ("at_least", "above")

    def eased(self, ratio: float) -> Look:
        """The look that must be false before the tier is left: its limit eased by ``ratio``."""
        limit = np.asarray(self.limit, dtype=np.float64)
        give = (1 - ratio) * np.abs(limit)
        return Look(self.rank, self.statistic, self.slots, self.comparison,
                    limit - give if self.upward else limit + give, self.whole)


class Windows:
    """Windows over a matrix float[n, k], ending at each of its last ``ends`` columns."""

    def __init__(self, values: NDArray[np.floating[Any]], ends: int = 1) -> None:
        self._rows = np.ascontiguousarray(values.T)
        self._known = np.isfinite(self._rows)
        self._ends = min(ends, len(self._rows))
        self._sums: Floats | None = None
        self._gaps: dict[bool, NDArray[np.int32]] = {}
        self._found: dict[tuple[str, int], tuple[Floats, Bools]] = {}

    def window(self, statistic: str, slots: int) -> tuple[Floats, Bools]:
        """What is known of each window, and whether any slot of it is not: both [ends, n].

        Numbers in ten-thousandths; NaN where nothing is known.
        """
        key = (statistic, slots)
        if key not in self._found:
            self._found[key] = self._window(statistic, slots)
        return self._found[key]

    def _window(self, statistic: str, slots: int) -> tuple[Floats, Bools]:
        if slots < 1 or not len(self._rows):
            shape = (max(self._ends, 1), self._rows.shape[1])
            return np.full(shape, np.nan), np.ones(shape, dtype=bool)
        if statistic == "sum":
            return self._sum(slots)
        if statistic in ("max", "min"):
            return self._extreme(slots, 1 if statistic == "max" else -1), self._missing(slots)
        newest = self._scaled(self._rows[-self._ends:])
        if statistic == "last":
            return newest, np.isnan(newest)
        first = np.arange(len(self._rows) - self._ends, len(self._rows)) - slots
        before = np.full_like(newest, np.nan)
        before[first >= 0] = self._scaled(self._rows[first[first >= 0]])
        return newest - before, np.isnan(newest - before)

    def _scaled(self, values: NDArray[Any]) -> Floats:
        found = np.rint(values.astype(np.float64) * SCALE)
        found[~np.isfinite(found)] = np.nan
        return found

    def _sum(self, slots: int) -> tuple[Floats, Bools]:
        """Sums of what is known; a negative number in a sum is no number."""
        if self._sums is None:
            usable = self._known & (self._rows >= 0)
            counted = np.rint(np.where(usable, self._rows, 0).astype(np.float64) * SCALE)
            self._sums = _prefix(counted)
            self._gaps[True] = _prefix((~usable).astype(np.int32))
        gaps = self._differences(self._gaps[True], slots)
        short = self._short(slots)
        none = gaps >= np.minimum(slots, self._upto())[:, None]
        found = self._differences(self._sums, slots)
        found[none] = np.nan
        return found, (gaps > 0) | short[:, None]

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
        return sign * self._scaled(rows)

    def _missing(self, slots: int) -> Bools:
        if False not in self._gaps:
            self._gaps[False] = _prefix((~self._known).astype(np.int32))
        return (self._differences(self._gaps[False], slots) > 0) | self._short(slots)[:, None]

    def _upto(self) -> NDArray[np.int64]:
        """One past the last column of each window."""
        return np.arange(len(self._rows) - self._ends + 1, len(self._rows) + 1)

    def _short(self, slots: int) -> Bools:
        """Windows that begin before the matrix does."""
        return np.asarray(self._upto() < slots)

    def _differences(self, prefix: NDArray[Any], slots: int) -> NDArray[Any]:
        upto = self._upto()
        return np.asarray(prefix[upto] - prefix[np.maximum(upto - slots, 0)])


def judge(look: Look, value: Floats, gaps: Bools, limit: Floats) -> States:
    """Whether a look holds: int8 of TRUE, FALSE, UNKNOWN, shaped as ``value``.

    ``value`` and ``gaps`` are columns of the look's window [ends, m], ``limit`` its limits [m].
    """
    with np.errstate(invalid="ignore"):
        over = compare(value, look.comparison, np.rint(limit * SCALE))
    partial = gaps if look.whole else np.ones_like(gaps)
    # what is known bounds a sum and a maximum from below, a minimum from above
    sure = {"sum": look.upward, "max": look.upward, "min": not look.upward}.get(look.statistic)
    if sure is None:
        state = np.where(partial, UNKNOWN, over)
    elif sure:
        state = np.where(over, TRUE, np.where(partial, UNKNOWN, FALSE))
    else:
        state = np.where(~over & ~np.isnan(value), FALSE, np.where(partial, UNKNOWN, TRUE))
    return np.asarray(np.where(np.isnan(limit), FALSE, state), dtype=np.int8)


def ranks(values: NDArray[np.floating[Any]], questions: Sequence[Question]) -> list[Ranks]:
    """For each question the highest rank that holds and the highest that may hold: int8[m] each.

    ``values`` float[n, k]. Windows that several rules share are made once a block of series.
    """
    found = [(np.zeros(len(q.rows), dtype=np.int8), np.zeros(len(q.rows), dtype=np.int8))
             for q in questions]
    for start in range(0, len(values), BLOCK):
        windows = Windows(values[start:start + BLOCK])
        for question, (certain, possible) in zip(questions, found, strict=True):
            mine = question.within(start, start + BLOCK)
            for look in question.looks:
                state = question.ask(windows, look, mine, start)[0]
                # looks ascend: a later true one overrides
                certain[mine][state == TRUE] = look.rank
                possible[mine][state != FALSE] = look.rank
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """The looks of one rule, ranks ascending, put to rows of a matrix (``rows`` int64[m] sorted).

    A limit that is an array has one number for each of ``rows``.
    """

    looks: tuple[Look, ...]
    rows: NDArray[np.int64]

    def within(self, first: int, after: int) -> slice:
        """Which of ``rows`` lie in a block of the matrix."""
        low, high = np.searchsorted(self.rows, [first, after])
        return slice(int(low), int(high))

    def ask(self, windows: Windows, look: Look, mine: slice, start: int = 0) -> States:
        """One look, put to the windows over the matrix's rows from ``start``: [ends, mine]."""
        value, gaps = windows.window(look.statistic, look.slots)
        columns = self.rows[mine] - start
        if len(columns) != value.shape[1] or (len(columns) and columns[-1] != len(columns) - 1):
            value, gaps = value[:, columns], gaps[:, columns]
        limit = np.asarray(look.limit, dtype=np.float64)
        return judge(look, value, gaps, limit[mine] if limit.ndim else limit)

    def of(self, chosen: NDArray[np.int64]) -> Question:
        """The same looks for some of the rows only, which become rows 0, 1, 2 …"""
        looks = tuple(replace(look, limit=np.asarray(look.limit)[chosen])
                      if np.ndim(look.limit) else look for look in self.looks)
        return Question(looks, np.arange(len(chosen)))


def compare(value: ArrayLike, comparison: str, limit: ArrayLike) -> Bools:
    """The law's 以上 at_least, 超过 above, 以下 at_most, 低于 below."""
    operators = {"at_least": np.greater_equal, "above": np.greater,
                 "at_most": np.less_equal, "below": np.less}
    return np.asarray(operators[comparison](value, limit))


def _prefix(rows: NDArray[Any]) -> NDArray[Any]:
    """Sums of the first 0, 1, 2 … rows."""
    total = np.empty((len(rows) + 1, rows.shape[1]), dtype=rows.dtype)
    total[0] = 0
    np.cumsum(rows, axis=0, out=total[1:])
    return total
