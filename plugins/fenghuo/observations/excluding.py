"""What is refused or doubted of numbers, into quarantine: what was found, what was expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select

from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.store.tables import quarantine

READING = (*OBSERVATION_COLUMNS, "step")
"""What is kept of a number, so that somebody may let it go."""


def exclude(connection: Connection, feed: str, rows: pd.DataFrame, expected: NDArray[np.object_],
            kept: NDArray[np.bool_], payload: str, received: datetime,
            doubts: NDArray[np.object_] | None = None) -> None:
    """Write rows (READING) into quarantine, each place of a payload once.

    ``kept``: of which the number itself is kept, so that it may be let go; ``doubts``: why each
    is doubted, where they are stored and only do not count.
    """
    if rows.empty:
        return
    places = (rows["subject"].astype(str) + "/" + rows["metric"].astype(str) + "@"
              + pd.to_datetime(rows["end"], utc=True).astype(str))
    known = set(connection.scalars(select(quarantine.c.place).where(
        quarantine.c.feed == feed, quarantine.c.payload == payload)))
    readings = [reading(row) if keep else None for row, keep in
                zip(rows[list(READING)].to_dict("records"), kept, strict=True)]
    new = pd.DataFrame({
        "place": places.to_numpy(), "found": [str(value) for value in rows["value"]],
        "expected": expected, "doubt": doubts if doubts is not None else None,
        "reading": readings}, dtype=object).drop_duplicates("place")
    new = new[~new["place"].isin(known)].assign(feed=feed, at=received, payload=payload)
    if not new.empty:
        connection.execute(insert(quarantine), plain(new))


def reading(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A number (READING) as plain values."""
    return {name: pd.Timestamp(row[name]).isoformat() if name in ("start", "end", "issued")
            else float(row[name]) if name == "value"
            else int(row[name]) if name == "step" else str(row[name]) for name in READING}


def reading_of(frame: pd.DataFrame, step: timedelta | None) -> dict[str, Any] | None:
    """The one number of a frame (OBSERVATION_COLUMNS) of a feed with this step."""
    if step is None:
        return None
    return reading({**frame.iloc[0].to_dict(), "step": step.total_seconds()})


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dictionaries with datetimes the driver knows."""
    columns = {str(name): (list(column.dt.to_pydatetime()) if hasattr(column.dtype, "tz")
                           else column.tolist()) for name, column in frame.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
