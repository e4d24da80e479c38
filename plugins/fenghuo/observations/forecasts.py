"""Forecasts in the store: one packed row for each run of a model at each place.

Runs are never mixed: who asks gets, for each (feed, metric, subject), the newest run issued and
received not after the instant asked. A run told again with other numbers within its hour
replaces itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, and_, delete, func, insert, select

from fenghuo import ledger
from fenghuo.observations.records import ForecastSeries
from fenghuo.store.tables import forecast

KEEP = timedelta(days=35)
"""How long a run is kept: as long as the hot observations."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A stored run: its series, who told it, when we heard it, and the payload it stood in."""

    feed: str
    series: ForecastSeries
    received: datetime
    payload: str


def record(connection: Connection, feed: str, series: Sequence[ForecastSeries], payload: str,
           received: datetime) -> int:
    """Store the runs of one payload; how many were new or changed. Runs older than KEEP go."""
    c, made = forecast.c, 0
    known = {(row.metric, row.subject, row.issued): row for row in connection.execute(
        select(c.metric, c.subject, c.issued, c.t0, c.step, c["values"].label("packed"))
        .where(c.feed == feed, c.issued.in_({one.issued for one in series})))} if series else {}
    for one in series:
        packed = one.values.astype("<f4").tobytes()
        row = known.get((one.metric, one.subject, one.issued))
        if row is not None and (row.t0, row.step, row.packed) == (one.t0, one.step, packed):
            continue
        key = and_(c.feed == feed, c.metric == one.metric, c.subject == one.subject)
        connection.execute(delete(forecast).where(
            key, (c.issued == one.issued) | (c.issued < received - KEEP)))
        connection.execute(insert(forecast).values(
            feed=feed, metric=one.metric, subject=one.subject, issued=one.issued,
            received=received, t0=one.t0, step=one.step, values=packed, payload=payload))
        made += 1
    if made:
        ledger.append(connection, "forecast.received", feed, {
            "payload": payload, "series": made,
            "issued": max(one.issued for one in series).isoformat()}, received)
    return made


def newest(connection: Connection, metrics: Iterable[str], now: datetime) -> list[Run]:
    """The newest run of every (feed, metric, subject) issued and received by ``now``."""
    c = forecast.c
    last = (select(c.feed, c.metric, c.subject, func.max(c.issued).label("issued"))
            .where(c.metric.in_(sorted(set(metrics))), c.issued <= now, c.received <= now)
            .group_by(c.feed, c.metric, c.subject).subquery())
    rows = connection.execute(
        select(forecast).join(last, and_(
            last.c.feed == c.feed, last.c.metric == c.metric, last.c.subject == c.subject,
            last.c.issued == c.issued))
        .order_by(c.feed, c.metric, c.subject))
    return [Run(row.feed, ForecastSeries(
        row.metric, row.subject, row.issued, row.t0, row.step,
        np.frombuffer(row._mapping[c["values"]], dtype="<f4").astype(np.float32)),
        row.received, row.payload) for row in rows]
