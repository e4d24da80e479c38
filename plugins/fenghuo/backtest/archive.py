"""The house's own observations as series: what its gauges said in the days that it keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from fenghuo.agreements.history import Series
from fenghuo.backtest import matrices
from fenghuo.editions import Edition
from fenghuo.observations.tails import seconds
from fenghuo.store.tables import observation
from fenghuo.words.metrics import Metric

ROWS = 50_000


def kept(connection: Connection, edition: Edition, metrics: Collection[Metric],
         latency: int) -> list[Series]:
    """Everything observed at the edition's stations; of one slot the newest word counts, what is
    doubted (infinite) where nothing else was said.

    ``latency`` in seconds is how long after its slot a number counts as known.
    """
    steps = edition.stations.set_index("station")["step_seconds"].astype(int)
    found: list[Series] = []
    c = observation.c
    for metric in sorted(metrics):
        mine = (c.metric == metric.value) & (c.basis == "observed")
        rows = connection.execute(
            select(c.subject, func.min(c.end), func.max(c.end)).where(mine).group_by(c.subject))
        spans = pd.DataFrame(rows.all(), columns=["subject", "first", "last"])
        spans = spans[spans["subject"].isin(steps.index)]
        if len(spans):
            spans = spans.assign(step=spans["subject"].map(steps), first=seconds(spans["first"]),
                                 last=seconds(spans["last"]))
            found += matrices.filled(metric, spans, _pieces(connection, metric), latency)
    return found


def _pieces(connection: Connection, metric: Metric) -> Iterator[pd.DataFrame]:
    c = observation.c
    rows = connection.execution_options(yield_per=ROWS).execute(
        select(c.subject, c.end, c.value, c.doubt)
        .where(c.metric == metric.value, c.basis == "observed")
        .order_by(c.doubt.is_(None), c.issued, c.received))
    for some in rows.partitions():
        piece = pd.DataFrame(some, columns=["subject", "end", "value", "doubt"])
        yield piece.assign(instant=seconds(piece["end"]), value=piece["value"].where(
            piece["doubt"].isna(), np.inf).to_numpy(np.float64))
