"""Which of the numbers that came are doubted, told from what their series said before.

Nothing here touches the store. Series are taken together: one turn of the loop looks at one
report of every station, so a pull takes as many turns as its busiest station has reports. Times
are slots (epoch seconds // step) and values float32, as tails keep them: whether readings come
one by one or all at once, the same are doubted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fenghuo.words.limits import LIMITS, NEAR, Doubt
from fenghuo.words.metrics import Metric

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

NEVER = -(1 << 40)
"""A slot before all others."""
DOUBTS: tuple[Doubt | None, ...] = (None, Doubt.jump, Doubt.freeze, Doubt.repeat)
"""Doubts by the number that stands for each."""
JUMP, FREEZE, REPEAT = 1, 2, 3
_HOUR = NEAR.total_seconds()
_LEAST_SAID = 3
"""So many lively numbers, all alike three times over, are no chance."""


@dataclass(slots=True)
class Past:
    """What series said up to now; one place each. ``kind``: which of ``metrics`` each is of.

    ``value`` and ``slot``: the newest number that counts; ``run``: the first slot from which on it
    was the same, ``lowest`` the lowest of the tail; ``heard``: the newest slot with any number;
    ``leapt``, ``leapt_at``: a jump that waits for its second word; ``stuck``, ``stuck_at``: the
    newest number doubted for another reason.
    """

    metrics: Sequence[Metric]
    kind: Ints
    step: Ints
    value: Floats = field(init=False)
    slot: Ints = field(init=False)
    run: Ints = field(init=False)
    lowest: Floats = field(init=False)
    heard: Ints = field(init=False)
    leapt: Floats = field(init=False)
    leapt_at: Ints = field(init=False)
    stuck: Floats = field(init=False)
    stuck_at: Ints = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.step)
        for name in ("value", "leapt", "stuck"):
            setattr(self, name, np.full(count, np.nan, dtype=np.float32))
        self.lowest = np.full(count, np.inf, dtype=np.float32)
        for name in ("slot", "run", "heard", "leapt_at", "stuck_at"):
            setattr(self, name, np.full(count, NEVER, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class _Limits:
    """The table's figures by series; what is not tested is infinite."""

    at_once: Floats
    an_hour: Floats
    still: Floats
    least: Floats
    rests: Bools
    lively: Bools

    @classmethod
    def of(cls, past: Past) -> _Limits:
        known = [LIMITS[metric] for metric in past.metrics]
        none = (np.inf, np.inf)
        jumps = np.array([one.jump or none for one in known], dtype=np.float32).reshape(-1, 2)
        return cls(*jumps[past.kind].T, *(np.array(column, dtype=word)[past.kind]
                                          for column, word in (
            ([one.still.total_seconds() if one.still else np.inf for one in known], np.float32),
            ([one.least for one in known], np.float32), ([one.rests for one in known], bool),
            ([one.lively for one in known], bool))))

    def step(self, series: Ints, seconds: NDArray[Any]) -> NDArray[Any]:
        """The largest step that is believed between readings so far apart."""
        low = self.at_once[series]
        with np.errstate(invalid="ignore"):
            return np.where(np.isinf(low), np.inf,
                            low + (self.an_hour[series] - low) * (seconds / _HOUR))


def doubted(past: Past, series: Ints, turn: Ints, report: Ints, slot: Ints,
            value: Floats) -> tuple[NDArray[np.int8], Bools]:
    """What is doubted (places in DOUBTS) of rows, and whose waiting jump of ``past`` is confirmed.

    ``series``: each row's place in ``past``; ``turn``: which report of its station it belongs to,
    0, 1 …, in time; ``report``: the report's own number. ``past`` is moved on.
    """
    limits = _Limits.of(past)
    doubt = np.zeros(len(series), dtype=np.int8)
    waiting = np.full(len(past.step), -1, dtype=np.int64)
    confirmed = np.zeros(len(past.step), dtype=bool)
    order = np.argsort(turn, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(turn[order])) + 1) if len(order) else ():
        # an older number than the newest is a gap filled late, or the office's second look
        rows = rows[slot[rows] >= past.heard[series[rows]]]
        s, t, v = series[rows], slot[rows], value[rows]
        new = t > past.heard[s]
        agrees, jumps = _jumps(past, limits, s, t, v)
        same = new & (v == past.value[s]) & ((t - past.heard[s]) * past.step[s] <= _reach(past, s))
        run = np.where(same | ((t == past.slot[s]) & (v == past.value[s])), past.run[s],
                       np.where(agrees & (past.leapt[s] == v), past.leapt_at[s], t))
        stuck = (new & (v == past.stuck[s]) & (past.stuck_at[s] > past.slot[s])
                 & ((t - past.stuck_at[s]) * past.step[s] <= _reach(past, s)))
        stands = _stands(past, limits, s, t, v, run, same, stuck)
        alike = (same & (past.run[s] < past.slot[s])) | stuck
        again = _again(limits, report[rows], s, v, same, alike)
        found = np.select([jumps, stands, again], [JUMP, FREEZE, REPEAT], 0).astype(np.int8)
        doubt[rows] = found
        doubt[waiting[s[agrees & (waiting[s] >= 0)]]] = 0
        confirmed[s[agrees & (waiting[s] < 0)]] = True
        _move_on(past, s, t, v, run, agrees, found)
        waiting[s[jumps]] = rows[jumps]
    return doubt, confirmed


def _jumps(past: Past, limits: _Limits, s: Ints, t: Ints, v: Floats) -> tuple[Bools, Bools]:
    """Which rows agree with a jump that waits, and which jump themselves.

    The second word must be the very next one, and nearer to the jump than to what was before.
    """
    since, waited = ((t - at[s]) * past.step[s] for at in (past.slot, past.leapt_at))
    with np.errstate(invalid="ignore"):
        off, beside = np.abs(v - past.value[s]), np.abs(v - past.leapt[s])
        agrees = ((past.leapt_at[s] > past.slot[s]) & (waited <= _HOUR)
                  & (beside <= limits.step(s, waited)) & ~(beside >= off))
        jumps = (since > 0) & (since <= _HOUR) & (off > limits.step(s, since)) & ~agrees
    return agrees, jumps


def _stands(past: Past, limits: _Limits, s: Ints, t: Ints, v: Floats, run: Ints,
            same: Bools, stuck: Bools) -> Bools:
    """Which rows stand still for too long.

    Doubt begins where the limit is passed and lasts while the number stays, also when all that
    counted has left the tail. Where the number before was believed beyond the limit (at rest, or
    let go by hand) so is this one.
    """
    step, still = past.step[s], limits.still[s]
    begins = same & ((t - run) * step >= still) & ((past.slot[s] - run) * step < still)
    at_rest = limits.rests[s] & (v <= past.lowest[s])
    return np.asarray((begins & (stuck | ~at_rest)) | (stuck & (past.slot[s] == NEVER)))


def _again(limits: _Limits, report: Ints, s: Ints, v: Floats, same: Bools,
           alike: Bools) -> Bools:
    """Rows of reports of which every number is as in the two before, or rests at its least."""
    rests = limits.rests[s] & (v <= limits.least[s])
    _, place = np.unique(report, return_inverse=True)
    broken = np.bincount(place, ~(alike | (rests & same))) > 0
    lively = np.bincount(place, alike & ~rests & limits.lively[s])
    return np.asarray((~broken & (lively >= _LEAST_SAID))[place]) if len(place) else same


def _move_on(past: Past, s: Ints, t: Ints, v: Floats, run: Ints, agrees: Bools,
             found: NDArray[np.int8]) -> None:
    past.heard[s] = np.maximum(past.heard[s], t)
    told = s[agrees]
    past.lowest[told] = np.fmin(past.lowest[told], past.leapt[told])
    good, leaps, stuck = found == 0, found == JUMP, found > JUMP
    past.value[s[good]], past.slot[s[good]], past.run[s[good]] = v[good], t[good], run[good]
    past.lowest[s[good]] = np.fmin(past.lowest[s[good]], v[good])
    past.leapt[s[leaps]], past.leapt_at[s[leaps]] = v[leaps], t[leaps]
    past.stuck[s[stuck]], past.stuck_at[s[stuck]] = v[stuck], t[stuck]


def _reach(past: Past, s: Ints) -> NDArray[Any]:
    """Seconds over which a series' readings follow each other: an hour, or three steps."""
    return np.maximum(_HOUR, 3 * past.step[s])
