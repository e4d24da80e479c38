"""Conditions on another metric of the same station.

Each is looked at over that metric's own newest numbers. A silent series is unknown; a station
that never reported the metric has nothing that could hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from fenghuo.agreements import asking, settling
from fenghuo.agreements.asking import Floats
from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.kernel import FALSE, Question, Told, values_of
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.windows import Windows
from fenghuo.observations import tails as packed
from fenghuo.observations.tails import Tails


@dataclass(frozen=True, slots=True)
class Stored:
    """The other metrics of some stations, from the store; read once each."""

    connection: Connection
    rules: Sequence[tuple[Agreement, Rule]]
    subjects: NDArray[np.object_]
    now: datetime
    heard: datetime
    _read: dict[str, list[Tails]] = field(default_factory=dict)

    def __call__(self, rule: Rule, condition: Condition, limit: float | Floats,
                 subjects: NDArray[np.object_]) -> Told:
        """A condition's answers for these stations."""
        state = np.full(len(subjects), FALSE, dtype=np.int8)
        kept = np.zeros(len(subjects), dtype=bool)
        value, end = np.full(len(subjects), np.nan), np.zeros(len(subjects), dtype=np.int64)
        for spoken in self._tails(str(rule.metric_of(condition))):
            tails = quieted(spoken, self.heard)
            row = pd.Index(tails.subjects).get_indexer(pd.Index(subjects, dtype=object))
            here = np.flatnonzero(row >= 0)
            here = here[tails.end[row[here]] > 0]
            look = asking.look_of(rule, condition, tails.step,
                                  limit[here] if isinstance(limit, np.ndarray) else limit)
            values, every = tails.values[row[here]], slice(0, len(here))
            question, newest = Question((), np.arange(len(here))), Windows(values)
            state[here] = question.ask(newest, look, every)[0]
            held = Windows(values, settling.ends(rule, tails.step))
            kept[here] = (question.ask(held, look.eased(rule.clear.ratio), every)
                          != FALSE).any(axis=0)
            said = Windows(spoken.values[row[here]])
            value[here], end[here] = values_of(look, said)[-1], tails.end[row[here]]
        return Told(state, kept, value, end)

    def _tails(self, metric: str) -> list[Tails]:
        if metric not in self._read:
            self._read[metric] = packed.named(
                self.connection, metric, set(self.subjects), self.now,
                partial(asking.span_of, self.rules, metric))
        return self._read[metric]


def quieted(tails: Tails, heard: datetime) -> Tails:
    """The same as it may be judged: a series that was silent too long is nothing but gaps, and one
    whose newest number is doubted ends with the gap of it."""
    silent = settling.stale(tails, heard, asking.stale_after(tails.step))
    if not silent.any() and not tails.doubted.any():
        return tails
    values = tails.values.copy(order="K")
    rows, width = np.flatnonzero(tails.doubted), values.shape[1]
    column = np.arange(width) + tails.doubted[rows][:, None]
    values[rows] = np.where(column < width,
                            values[rows[:, None], np.minimum(column, width - 1)], np.nan)
    values[silent] = np.nan
    return replace(tails, values=values)
