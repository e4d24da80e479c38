"""A rule's states over time, without stepping through it.

A look at a rule turns each rank that may stand into the rank that stands after it. Two such looks
make one of the same kind, so the states of all rows at all looks come of doubling steps (a prefix
scan).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fenghuo.agreements.kernel import States
from fenghuo.agreements.windows import Bools
from fenghuo.words import Level

Ints = NDArray[np.int64]
RANKS = max(level.rank for level in Level) + 1


def turns(sure: States, certain: States, kept: Sequence[tuple[int, Bools]]) -> States:
    """What each look makes of each rank: int8[e, RANKS].

    ``sure`` are the ranks that hold and are confirmed, ``certain`` those that hold; ``kept`` by
    rank, ascending, which tiers cannot be left yet.
    """
    found = np.empty((len(sure), RANKS), dtype=np.int8)
    for old in range(RANKS):
        found[:, old] = np.maximum(sure, np.minimum(certain, np.int8(old)))
        for rank, up in kept:
            if rank <= old:
                found[up, old] = np.maximum(found[up, old], np.int8(rank))
    return found


def scan(row: Ints, turn: States, start: States) -> States:
    """The rank after each look: int8[e], looks in the order of rows and instants; ``start`` is
    the rank of each of the looks' rows before the first."""
    turn = turn.copy()
    longest = int(np.bincount(row).max(initial=0)) if len(row) else 0
    back = 1
    while back < longest:
        both = np.take_along_axis(turn[back:], turn[:-back].astype(np.intp), axis=1)
        same = row[back:] == row[:-back]
        turn[back:][same] = both[same]
        back *= 2
    found: States = np.take_along_axis(turn, start[:, None].astype(np.intp), axis=1)[:, 0]
    return found


def before(row: Ints, values: NDArray[np.int8], start: NDArray[np.int8]) -> NDArray[np.int8]:
    """The value of the look before each, of the same row; ``start`` at a row's first."""
    shifted = np.concatenate([start[:1], values[:-1]]) if len(values) else values
    return np.where(firsts(row), start, shifted)


def firsts(row: Ints) -> NDArray[np.bool_]:
    """Which looks are the first of their row."""
    return np.append(True, row[1:] != row[:-1]) if len(row) else np.zeros(0, dtype=bool)


def last_where(chosen: NDArray[np.bool_]) -> Ints:
    """The place of the last chosen one up to each, -1 before the first."""
    return np.maximum.accumulate(np.where(chosen, np.arange(len(chosen)), -1))
