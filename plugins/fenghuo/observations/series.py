"""Numbers from gauges into the store: observations and, in the same transaction, their tails.

Excluded, each with a row in quarantine: values that are not finite or not possible for their
metric (``words.limits``), instants out of order or in the future, and intervals that are not one
step of their station (an hourly sum cannot be spread over ten minutes). What is possible and yet
strange is stored and doubted (``doubts``). Only ``observed`` numbers enter tails.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select

from fenghuo.observations import doubts, excluding, tails
from fenghuo.observations.doubts import Part
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.tables import observation
from fenghuo.words.limits import LIMITS, most_in
from fenghuo.words.metrics import MEASURED, Metric

KEY = ["metric", "subject", "end", "start", "issued", "feed"]
EARLY = timedelta(minutes=5)
"""How far a station's clock may run ahead of ours."""


def record(connection: Connection, feed: str, frame: pd.DataFrame, payload: str,
           received: datetime, step_seconds: int | Mapping[str, int],
           believed: bool = False) -> int:
    """Store the numbers of one payload (columns OBSERVATION_COLUMNS, instants aware UTC).

    ``step_seconds`` is one step for all, or a step by subject. Returns how many were new; a
    payload seen before changes nothing. A correction is a row of its own with a later ``issued``.
    ``believed``: somebody stands for them, they are neither held to limits nor doubted.
    """
    step = (pd.Series(step_seconds, index=frame.index) if isinstance(step_seconds, int)
            else frame["subject"].map(dict(step_seconds)))
    faults, impossible = _faults(frame, step, received)
    if not believed:
        faults = np.where((faults == "") & (impossible != ""), impossible, faults)
    bad = faults != ""
    excluding.exclude(connection, feed, frame[bad].assign(step=step[bad]), faults[bad],
                      faults[bad] == impossible[bad], payload, received)
    good = frame.loc[~bad, list(OBSERVATION_COLUMNS)].assign(
        feed=feed, step=step[~bad], doubt=None).drop_duplicates(KEY, keep="last")
    parts = [part for (metric, each), rows in good.groupby(["metric", "step"])
             if (part := _part(connection, str(metric), int(each), rows)) is not None]
    told = None if believed else doubts.look(connection, parts)
    for part in parts:
        _record(connection, part, payload, received)
    if told is not None:
        doubts.tell(connection, feed, parts, told, payload, received)
    return sum(len(part.new) for part in parts)


def _part(connection: Connection, metric: str, step: int, rows: pd.DataFrame) -> Part | None:
    """What of a metric and step is new, beside what is known; None where nothing is."""
    known = _known(connection, metric, rows, timedelta(seconds=step))
    new = rows[~pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(known[KEY]))]
    if new.empty:
        return None
    known, new = (one.assign(slot=tails.seconds(one["end"]) // step) for one in (known, new))
    return Part(Metric(metric), step, known, new.reset_index(drop=True),
                tails.kept(connection, metric, list(new["subject"].unique())))


def _record(connection: Connection, part: Part, payload: str, received: datetime) -> None:
    new = part.new
    rows = new[[*OBSERVATION_COLUMNS, "feed", "doubt"]].assign(payload=payload, received=received)
    connection.execute(insert(observation), excluding.plain(rows))
    slots = pd.MultiIndex.from_frame(new[["subject", "slot"]])
    seen = pd.concat([part.known, new], ignore_index=True)
    seen = seen[(seen["basis"] == "observed")
                & pd.MultiIndex.from_frame(seen[["subject", "slot"]]).isin(slots)]
    tails.merge(connection, part.metric.value, part.step, tails.newest_in_slot(seen), part.kept)


def _known(connection: Connection, metric: str, part: pd.DataFrame,
           step: timedelta) -> pd.DataFrame:
    """What is stored of these series around these instants, whichever feed said it."""
    columns = [*KEY, "value", "basis", "doubt"]
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


def _faults(frame: pd.DataFrame, step: pd.Series[Any],
            received: datetime) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """What is wrong with each row, and apart from that which values are not possible; in words,
    empty where nothing is."""
    value = pd.to_numeric(frame["value"], errors="coerce").to_numpy(np.float64)
    start, end = tails.seconds(frame["start"]), tails.seconds(frame["end"])
    length = end - start
    observed = frame["basis"] == "observed"
    checks = [
        (~np.isfinite(value), "a finite number"),
        ((length < 0).to_numpy(), "a start before the end"),
        ((observed & (end > (received + EARLY).timestamp())).to_numpy(), "no future instant"),
        (step.isna().to_numpy(), "a station with a step in rules/stations.csv"),
        ((observed & (length != 0) & (length != step)).to_numpy(), "an interval of one step"),
    ]
    faults = np.select([found for found, _ in checks], [words for _, words in checks], default="")
    return faults, _impossible(frame["metric"], value, length.to_numpy(np.float64))


def _impossible(metrics: pd.Series[Any], value: NDArray[np.float64],
                length: NDArray[np.float64]) -> NDArray[np.object_]:
    found = np.full(len(value), "", dtype=object)
    for metric in MEASURED:
        mine = np.flatnonzero(metrics == metric.value)
        spans, place = np.unique(length[mine], return_inverse=True)
        upto = np.array([most_in(metric, span) for span in spans.tolist()])[place]
        least = LIMITS[metric].least
        with np.errstate(invalid="ignore"):
            wrong = (value[mine] < least) | (value[mine] > upto)
        found[mine[wrong]] = [f"{metric.value} from {least:g} to {one:.0f} {metric.unit}".strip()
                              for one in upto[wrong]]
    return found
