"""Numbers from gauges into the store: observations and, in the same transaction, their tails.

Excluded, each with a row in quarantine: values that are not finite, negative rain or wind,
instants out
of order or in the future, and intervals that are not one step of their station (an hourly sum
cannot be spread over ten minutes). Only ``observed`` numbers enter tails.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select

from fenghuo.observations import tails
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.tables import observation, quarantine
from fenghuo.words.metrics import Metric

KEY = ["metric", "subject", "end", "start", "issued", "feed"]
EARLY = timedelta(minutes=5)
"""How far a station's clock may run ahead of ours."""


def record(connection: Connection, feed: str, frame: pd.DataFrame, payload: str,
           received: datetime, step_seconds: int | Mapping[str, int]) -> int:
    """Store the numbers of one payload (columns OBSERVATION_COLUMNS, instants aware UTC).

    ``step_seconds`` is one step for all, or a step by subject. Returns how many were new; a
    payload seen before changes nothing. A correction is a row of its own with a later ``issued``.
    """
    step = (pd.Series(step_seconds, index=frame.index) if isinstance(step_seconds, int)
            else frame["subject"].map(dict(step_seconds)))
    faults = _faults(frame, step, received)
    bad = faults != ""
    _exclude(connection, feed, frame[bad], faults[bad], payload, received)
    good = frame.loc[~bad, list(OBSERVATION_COLUMNS)].assign(
        feed=feed, step=step[~bad]).drop_duplicates(KEY, keep="last")
    inserted = 0
    for (metric, each), part in good.groupby(["metric", "step"]):
        inserted += _record(connection, str(metric), int(each), part, payload, received)
    return inserted


def _record(connection: Connection, metric: str, step: int, part: pd.DataFrame,
            payload: str, received: datetime) -> int:
    known = _known(connection, metric, part, timedelta(seconds=step))
    new = part[~pd.MultiIndex.from_frame(part[KEY]).isin(pd.MultiIndex.from_frame(known[KEY]))]
    if new.empty:
        return 0
    rows = new[[*OBSERVATION_COLUMNS, "feed"]].assign(payload=payload, received=received)
    connection.execute(insert(observation), _plain(rows))
    seen = pd.concat([known, new], ignore_index=True)
    seen = seen[seen["basis"] == "observed"].assign(
        slot=lambda rows: tails.seconds(rows["end"]) // step)
    touched = tails.seconds(new["end"]) // step
    slots = pd.MultiIndex.from_arrays([new["subject"], touched])
    seen = seen[pd.MultiIndex.from_frame(seen[["subject", "slot"]]).isin(slots)]
    tails.merge(connection, metric, step, tails.newest_in_slot(seen))
    return len(new)


def _known(connection: Connection, metric: str, part: pd.DataFrame,
           step: timedelta) -> pd.DataFrame:
    """What is stored of these series around these instants, whichever feed said it."""
    columns = [*KEY, "value", "basis"]
    first, last = part["end"].min() - step, part["end"].max() + step
    found: list[Any] = []
    for chunk in tails.chunks(list(part["subject"].unique())):
        found += connection.execute(
            select(*(observation.c[name] for name in columns))
            .where(observation.c.metric == metric, observation.c.subject.in_(chunk),
                   observation.c.end.between(first.to_pydatetime(), last.to_pydatetime()))).all()
    known = pd.DataFrame(found, columns=columns)
    for name in ("end", "start", "issued"):
        known[name] = pd.to_datetime(known[name], utc=True).astype(part[name].dtype)
    return known


def _faults(frame: pd.DataFrame, step: pd.Series[Any], received: datetime) -> NDArray[np.object_]:
    """What is wrong with each row, in words; empty where nothing is."""
    value = pd.to_numeric(frame["value"], errors="coerce").to_numpy(np.float64)
    start, end = tails.seconds(frame["start"]), tails.seconds(frame["end"])
    length = end - start
    observed = frame["basis"] == "observed"
    checks = [
        (~np.isfinite(value), "a finite number"),
        *((((frame["metric"] == metric.value).to_numpy() & (value < 0)),
           f"{metric.value} of 0 {metric.unit} or more") for metric in Metric if metric.positive),
        ((length < 0).to_numpy(), "a start before the end"),
        ((observed & (end > (received + EARLY).timestamp())).to_numpy(), "no future instant"),
        (step.isna().to_numpy(), "a station with a step in rules/stations.csv"),
        ((observed & (length != 0) & (length != step)).to_numpy(), "an interval of one step"),
    ]
    return np.select([found for found, _ in checks], [words for _, words in checks], default="")


def _exclude(connection: Connection, feed: str, rows: pd.DataFrame, faults: NDArray[np.object_],
             payload: str, received: datetime) -> None:
    if rows.empty:
        return
    places = (rows["subject"].astype(str) + "/" + rows["metric"].astype(str) + "@"
              + pd.to_datetime(rows["end"], utc=True).astype(str))
    known = set(connection.scalars(select(quarantine.c.place).where(
        quarantine.c.feed == feed, quarantine.c.payload == payload)))
    found = [str(value) for value in rows["value"]]
    new = pd.DataFrame({"place": places.to_numpy(), "found": found,
                        "expected": faults}).drop_duplicates("place")
    new = new[~new["place"].isin(known)].assign(feed=feed, at=received, payload=payload)
    if not new.empty:
        connection.execute(insert(quarantine), _plain(new))


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dictionaries with datetimes the driver knows."""
    plain = {str(name): (list(column.dt.to_pydatetime()) if hasattr(column.dtype, "tz")
                    else column.tolist()) for name, column in frame.items()}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]
