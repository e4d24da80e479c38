"""What series said before, as doubt asks for it: read from their tails and what waits in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.observations import tails
from fenghuo.observations.doubting import Floats, Ints, Past
from fenghuo.words.limits import LIMITS, NEAR, Doubt
from fenghuo.words.metrics import Metric

_HOUR = int(NEAR.total_seconds())


def fill(past: Past, places: Ints, metric: Metric, step: int, names: NDArray[np.object_],
         kept: Mapping[str, Any], coming: Ints, slot: Ints, numbers: Floats) -> None:
    """Write into ``past`` at ``places`` what the series ``names`` of one metric and step said.

    ``kept``: their rows of tails by name (another step's are passed over). ``numbers`` are about
    to come in ``slot``, of the series ``coming`` (places in ``names``): only where the newest
    number is heard again must more than that be read.
    """
    own = [(place, row) for place, name in enumerate(names.tolist())
           if (row := kept.get(name)) is not None and row[2] == step]
    if not own:
        return
    packed = [row[3] for _, row in own]
    last = tails.last_slots([row for _, row in own], step)
    at = places[np.array([place for place, _ in own])]
    past.heard[at] = last
    value = np.frombuffer(b"".join([one[-4:] for one in packed]), dtype="<f4").copy()
    back = np.zeros(len(own), dtype=np.int64)
    for place in np.flatnonzero(~np.isfinite(value)).tolist():  # the newest is doubted
        known = np.flatnonzero(np.isfinite(whole := np.frombuffer(packed[place], dtype="<f4")))
        if len(known):
            value[place], back[place] = whole[known[-1]], len(whole) - 1 - known[-1]
    good = np.isfinite(value)
    past.value[at[good]], past.lowest[at[good]] = value[good], value[good]
    past.slot[at[good]] = past.run[at[good]] = (last - back)[good]
    limits = LIMITS[metric]
    same = np.zeros(len(past.step), dtype=bool)
    mine = places[coming]
    same[mine[numbers == past.value[mine]]] = True
    some = np.flatnonzero(same[at] & ~(limits.rests & (value <= limits.least)))
    if len(some):
        still = int(limits.still.total_seconds()) if limits.still else 0
        shown = min(len(packed[0]) // 4, max(still // step, 3 * _HOUR // step, 3) + 2)
        reach = max(_HOUR, 3 * step) // step
        columns = _columns(packed, some, shown)
        run = last[some] - (shown - 1) + _run(columns, value[some], shown - 1 - back[some], reach)
        # what is doubted may hide where a run began: then all that is kept is read
        hidden = np.flatnonzero(np.isinf(columns).any(axis=1))
        if len(hidden):
            mine, width = some[hidden], len(packed[0]) // 4
            run[hidden] = last[mine] - (width - 1) + _run(
                _columns(packed, mine, width), value[mine], width - 1 - back[mine], reach)
        past.run[at[some]] = run
        long = some[(int(slot.max()) - run) * step >= (still or np.inf)]
        if len(long):
            past.lowest[at[long]] = np.fmin.reduce(_columns(packed, long, len(packed[0]) // 4),
                                                   axis=1)


def wait(past: Past, places: pd.Series[Any], rows: pd.DataFrame) -> None:
    """Write in what waits in doubt: ``rows`` subject, slot, value, doubt of one metric and step,
    older ones first; ``places`` by subject."""
    rows = rows[rows["subject"].isin(places.index)]
    for words, value, slot in (((Doubt.jump,), past.leapt, past.leapt_at),
                               ((Doubt.freeze, Doubt.repeat), past.stuck, past.stuck_at)):
        mine = rows[rows["doubt"].isin([word.value for word in words])]
        mine = mine.drop_duplicates("subject", keep="last")
        at = places.reindex(mine["subject"]).to_numpy(np.int64)
        value[at] = mine["value"].to_numpy(np.float32)
        slot[at] = mine["slot"].to_numpy(np.int64)


def _columns(packed: list[bytes], places: Ints, width: int) -> Floats:
    """The newest ``width`` columns of some tails."""
    return np.frombuffer(b"".join([packed[place][-4 * width:] for place in places.tolist()]),
                         dtype="<f4").reshape(-1, width)


def _run(matrix: Floats, value: Floats, newest: Ints, reach: int) -> Ints:
    """The first column from which on every number is ``value``, none further than ``reach``
    columns after the last that was said; ``newest`` itself where it lies before the matrix."""
    columns = np.arange(matrix.shape[1])
    said, finite = ~np.isnan(matrix), np.isfinite(matrix)
    before = np.maximum.accumulate(np.where(said, columns, -1), axis=1)
    before = np.hstack([np.full((len(matrix), 1), -1), before[:, :-1]])
    parted = said & (before >= 0) & (columns - before > reach)
    begins = np.maximum(np.where(parted, columns, 0),
                        np.where(finite & (matrix != value[:, None]), columns + 1, 0)).max(axis=1)
    # without an end of it in sight it began before, though what stands there may be doubted
    first = (np.where(begins[:, None] > 0, finite, said) & (columns >= begins[:, None])).argmax(
        axis=1)
    return np.where(newest < begins, newest, first)
