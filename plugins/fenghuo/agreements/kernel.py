"""The matrix kernel: every tier of every rule put to every series at once, three-valued.

A look is one threshold over one window; a tier is one look, or any or all of several. What is
known of a window bounds the whole: a partial sum already over is *true*, one that is under with
gaps is *unknown*. Any and all follow Kleene: one true look makes an ``any`` true whatever is
unknown beside it, one false look makes an ``all`` false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fenghuo.agreements.windows import SCALE, Bools, Floats, Ints, Windows, compare

States = NDArray[np.int8]
Ranks = tuple[States, States]

TRUE, FALSE, UNKNOWN = np.int8(1), np.int8(0), np.int8(-1)
BLOCK = 4096
"""Series worked on together, so that a window stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """The answers of a look over another metric's series, worked out beforehand: ``state``
    int8[m]; ``kept`` bool[m], whether its eased look was not false in all of ``held``; ``value``
    float64[m] of its newest window and ``end`` int64[m], when that ended (epoch seconds)."""

    state: States
    kept: Bools
    value: Floats
    end: Ints

    def of(self, chosen: Ints) -> Told:
        """The answers for some of the rows only."""
        return Told(self.state[chosen], self.kept[chosen], self.value[chosen], self.end[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One threshold over one window.

    ``slots`` is the window in slots (1 for the newest value), ``whole`` whether these slots are
    all of it. ``limit`` is one number or one per series (NaN: this series has no such mark, the
    look is false). ``comparison`` is ``at_least``, ``above``, ``at_most`` or ``below``. ``need``
    is how many slots must be over it (statistic ``duration``). ``told``: see there.
    """

    statistic: str
    slots: int
    comparison: str
    limit: float | Floats
    whole: bool = True
    need: int = 0
    told: Told | None = None

    @property
    def upward(self) -> bool:
        """Whether more is worse."""
        return self.comparison in ("at_least", "above")

    def eased(self, ratio: float) -> Look:
        """The look that must be false before the tier is left: its limit eased by ``ratio``."""
        limit = np.asarray(self.limit, dtype=np.float64)
        give = (1 - ratio) * np.abs(limit)
        return replace(self, limit=limit - give if self.upward else limit + give)

    def of(self, chosen: Ints) -> Look:
        """The same look for some of its series only."""
        limit = np.asarray(self.limit)[chosen] if np.ndim(self.limit) else self.limit
        return replace(self, limit=limit, told=self.told.of(chosen) if self.told else None)


@dataclass(frozen=True, slots=True, eq=False)
class Tier:
    """What gives a rank: its looks, any of them or (``every``) all."""

    rank: int
    looks: tuple[Look, ...]
    every: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """The tiers of one rule, ranks ascending, put to rows of a matrix (``rows`` int64[m] sorted).

    A limit that is an array has one number for each of ``rows``.
    """

    tiers: tuple[Tier, ...]
    rows: Ints

    @property
    def highest(self) -> int:
        """The rank of its gravest tier."""
        return max(tier.rank for tier in self.tiers)

    def within(self, first: int, after: int) -> slice:
        """Which of ``rows`` lie in a block of the matrix."""
        low, high = np.searchsorted(self.rows, [first, after])
        return slice(int(low), int(high))

    def ask(self, windows: Windows, look: Look, mine: slice, start: int = 0) -> States:
        """One look, put to the windows over the matrix's rows from ``start``: [ends, mine]."""
        if look.told is not None:
            return look.told.state[None, mine]
        columns = self.rows[mine] - start
        limit = np.asarray(look.limit, dtype=np.float64)
        limit = limit[mine] if limit.ndim else limit
        if look.statistic == "duration":
            return _lasted(look, *windows.count(look.comparison, look.slots, limit, columns),
                           limit)
        value, gaps = windows.window(look.statistic, look.slots)
        # a series may be asked twice, once for each site, and another not at all
        if not np.array_equal(columns, np.arange(value.shape[1])):
            value, gaps = value[:, columns], gaps[:, columns]
        return judge(look, value, gaps, limit)

    def state(self, windows: Windows, tier: Tier, mine: slice, start: int = 0) -> States:
        """One tier, put to the windows as ``ask`` puts a look."""
        return together([self.ask(windows, look, mine, start) for look in tier.looks], tier.every)

    def of(self, chosen: Ints) -> Question:
        """The same tiers for some of the rows only, which become rows 0, 1, 2 …"""
        return Question(tuple(replace(tier, looks=tuple(look.of(chosen) for look in tier.looks))
                              for tier in self.tiers), np.arange(len(chosen)))


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
            for tier in question.tiers:
                state = question.state(windows, tier, mine, start)[0]
                # tiers ascend: a later true one overrides
                certain[mine][state == TRUE] = tier.rank
                possible[mine][state != FALSE] = tier.rank
    return found


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


def _lasted(look: Look, over: NDArray[np.int32], gaps: NDArray[np.int32],
            limit: Floats) -> States:
    """Whether enough slots of a window are over its limit, as far as it is known."""
    most = over + gaps + (0 if look.whole else 1)
    state = np.where(over >= look.need, TRUE, np.where(most < look.need, FALSE, UNKNOWN))
    return np.asarray(np.where(np.isnan(limit), FALSE, state), dtype=np.int8)


def together(states: Sequence[States], every: bool) -> States:
    """Any (or ``every``) of several states, by Kleene."""
    if len(states) == 1:
        return states[0]
    decides, other = (FALSE, TRUE) if every else (TRUE, FALSE)
    decided = np.logical_or.reduce([state == decides for state in states])
    unknown = np.logical_or.reduce([state == UNKNOWN for state in states])
    return np.asarray(np.where(decided, decides, np.where(unknown, UNKNOWN, other)), dtype=np.int8)


def values_of(look: Look, windows: Windows) -> Floats:
    """The numbers that a look compares, in the metric's unit: [ends, n]; of ``duration`` the
    gravest of each window."""
    statistic = look.statistic
    if statistic == "duration":
        statistic = "max" if look.upward else "min"
    return windows.window(statistic, look.slots)[0] / SCALE


def shown(question: Question, tier: Tier, windows: Windows) -> Ints:
    """Which look of a tier is told, by row: of any the first that is true, else the first; of
    all the first."""
    if tier.every or len(tier.looks) == 1:
        return np.zeros(len(question.rows), dtype=np.int64)
    true = np.array([question.ask(windows, look, slice(0, len(question.rows)))[0] == TRUE
                     for look in tier.looks])
    return np.asarray(true.argmax(axis=0))
