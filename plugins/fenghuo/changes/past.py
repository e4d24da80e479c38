"""What this house itself remembers, as the backtest reads it: numbers and bureaus' words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, select

from fenghuo.agreements.history import Series
from fenghuo.backtest import matrices
from fenghuo.backtest.chapters import Word
from fenghuo.editions import Edition
from fenghuo.observations import events
from fenghuo.observations.revisions import of_row, selected
from fenghuo.observations.tails import seconds
from fenghuo.replay import Heard
from fenghuo.store import tables as t
from fenghuo.words.metrics import Metric

LATENCY = 0
"""Seconds: what is compared here are two editions, and both hear a number alike."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def series(connection: Connection, editions: Sequence[Edition]) -> list[Series]:
    """The measured numbers that are kept, of the stations that some edition knows."""
    stations = pd.concat([one.stations[["station", "step_seconds"]] for one in editions])
    steps = stations.drop_duplicates("station").set_index("station")["step_seconds"]
    c = t.observation.c
    rows = connection.execute(
        select(c.metric, c.subject, c.end, c.value, c.doubt).where(c.basis == "observed")
        .order_by(c.doubt.is_(None), c.end, c.issued, c.feed)).all()
    frame = pd.DataFrame(rows, columns=["metric", "subject", "end", "value", "doubt"])
    frame["value"] = frame["value"].where(frame["doubt"].isna(), float("inf"))
    frame = frame[frame["subject"].isin(steps.index) & frame["metric"].isin(list(Metric))]
    if frame.empty:
        return []
    frame["instant"] = seconds(frame["end"])
    found: list[Series] = []
    for metric, part in frame.groupby("metric"):
        spans = part.groupby("subject")["instant"].agg(first="min", last="max").reset_index()
        spans["step"] = steps.reindex(spans["subject"]).to_numpy()
        found += matrices.filled(Metric(str(metric)), spans, [part], LATENCY)
    return found


def words(connection: Connection, since: datetime = _EVER) -> list[Word]:
    """What feeds and letters said of events, as it was heard after an instant."""
    rows = connection.execute(selected().where(t.event_revision.c.received > since)
                              .order_by(t.event_revision.c.received, t.event_revision.c.id))
    heard = [of_row(row) for row in rows]
    return [Word(one.received, Heard(one.feed, events.as_record(one))) for one in heard]
