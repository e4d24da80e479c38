"""Tails: the newest stretch of every series, packed, so that no window is ever rescanned.

One row per (metric, subject): float32 values on a grid of ``step`` seconds (counted from the
epoch), NaN where nothing came, infinite where what came is doubted, the newest slot last. A tail
is a cache written in the transaction that inserts observations and can be rebuilt from them at any
time.

A number lands in the slot of its end, rounded down to the grid. Numbers that are not finite
never get here (``series``); nothing later than ``now`` is ever read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from fenghuo.store.tables import observation, tail

KEEP = timedelta(hours=76)
"""How much a tail holds: the longest window that rules use (72 h), its hold, and lateness."""
REBUILT = ("subject", "end", "issued", "feed", "value", "doubt")
"""What of an observation a tail is made of."""
CHUNK = 500
"""Keys in one IN list; SQLite bounds the number of variables."""

Ints = NDArray[np.int64]
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tails:
    """Series of one metric and step, each right-aligned at its own newest value.

    ``subjects`` object[n]; ``end`` int64[n], epoch seconds (UTC) of the last column, the newest
    value not after ``now``; ``step`` seconds; ``values`` float32[n, k], NaN for gaps and for what
    is doubted, time-major in memory. A series without any value has end 0. ``doubted`` int64[n]:
    how many slots after ``end`` its newest number stands, which is doubted; 0 for none.
    """

    metric: str
    subjects: NDArray[np.object_]
    end: Ints
    step: int
    values: Matrix
    doubted: Ints


def slots(step: int) -> int:
    """How many slots a tail of this step has."""
    return max(2, int(KEEP.total_seconds()) // step)


def dirty(connection: Connection, metric: str) -> set[str]:
    """The series of a metric that have not been judged since their last number."""
    return set(connection.scalars(select(tail.c.subject).where(
        tail.c.metric == metric, tail.c.dirty.is_(True))))


def named(connection: Connection, metric: str, subjects: Collection[str], now: datetime,
          span: timedelta | Callable[[int], timedelta] = KEEP) -> list[Tails]:
    """The tails of these series, one matrix a step.

    ``span`` is how far back the columns must go from each series' newest value, if need be by
    its step in seconds.
    """
    columns = (tail.c.subject, tail.c.t0, tail.c.step, tail.c["values"])
    by_step: dict[int, list[Any]] = {}
    for chunk in chunks(sorted(subjects)):
        for row in connection.execute(select(*columns).where(
                tail.c.metric == metric, tail.c.subject.in_(chunk))):
            by_step.setdefault(row.step, []).append(row)
    return [_aligned(metric, step, found, now, span(step) if callable(span) else span)
            for step, found in sorted(by_step.items())]


def clean(connection: Connection, metric: str, subjects: Iterable[str]) -> None:
    """Note that these tails have been judged."""
    named = [{"m": metric, "s": subject} for subject in subjects]
    if named:
        connection.execute(
            update(tail).where(tail.c.metric == bindparam("m"), tail.c.subject == bindparam("s"))
            .values(dirty=False), named)


def touch(connection: Connection, metrics: Collection[str] | None = None) -> None:
    """Have every series (of these metrics) judged again: a new edition may ask something else of
    them, an earthquake lower their limits."""
    every = update(tail).values(dirty=True)
    connection.execute(every if metrics is None else every.where(tail.c.metric.in_(metrics)))


def rebuild(connection: Connection, metric: str, subjects: Collection[str], step: int) -> int:
    """Make tails anew from the stored observations, dirty; returns how many there are."""
    made = 0
    for chunk in chunks(sorted(subjects)):
        named = (observation.c.metric == metric) & observation.c.subject.in_(chunk)
        named &= observation.c.basis == "observed"
        newest = connection.scalar(select(func.max(observation.c.end)).where(named))
        if newest is None:
            continue
        rows = connection.execute(
            select(*(observation.c[name] for name in REBUILT))
            .where(named, observation.c.end > newest - 2 * KEEP))
        frame = pd.DataFrame(rows.all(), columns=list(REBUILT))
        frame["slot"] = seconds(frame["end"]) // step
        write(connection, metric, step, newest_in_slot(frame), {})
        made += frame["subject"].nunique()
    return made


def kept(connection: Connection, metric: str, names: list[str]) -> dict[str, Any]:
    """The rows of some tails as they stand, by subject: subject, t0, step, values."""
    return {row.subject: row for chunk in chunks(names) for row in connection.execute(
        select(tail.c.subject, tail.c.t0, tail.c.step, tail.c["values"])
        .where(tail.c.metric == metric, tail.c.subject.in_(chunk)))}


def merge(connection: Connection, metric: str, step: int, frame: pd.DataFrame,
          kept: dict[str, Any]) -> None:
    """Write numbers into their tails: columns subject, slot (epoch seconds // step), value (of
    ``newest_in_slot``). A tail kept with another step is made anew from the observations.
    """
    other = {name for name, row in kept.items() if row.step != step}
    if other:
        rebuild(connection, metric, other, step)
        frame = frame[~frame["subject"].isin(other)]
    write(connection, metric, step, frame, kept)


def write(connection: Connection, metric: str, step: int, frame: pd.DataFrame,
          kept: dict[str, Any]) -> None:
    """Lay new numbers over kept tails (none: empty ones) and store them dirty."""
    if frame.empty:
        return
    width = slots(step)
    codes, names = pd.factorize(frame["subject"])
    slot = frame["slot"].to_numpy(np.int64)
    newest = np.full(len(names), np.iinfo(np.int64).min)
    np.maximum.at(newest, codes, slot)
    old = [kept[name] for name in names if name in kept]
    where = np.flatnonzero([name in kept for name in names])
    matrix = np.full((len(names), width), np.nan, dtype=np.float32)
    if old:
        last = last_slots(old, step)
        newest[where] = np.maximum(newest[where], last)
        values, lengths = stacked(old)
        _scatter(matrix, np.repeat(where, lengths),
                 _places(lengths) + np.repeat(last - lengths + 1 - newest[where], lengths)
                 + width - 1, values)
    _scatter(matrix, codes, slot - newest[codes] + width - 1,
             frame["value"].to_numpy(np.float32))
    packed = matrix.astype("<f4").tobytes()
    size = width * 4
    rows = [{"metric": metric, "subject": name, "step": step, "dirty": True,
             "t0": datetime.fromtimestamp((int(at) - width + 1) * step, UTC),
             "values": packed[row * size:(row + 1) * size]}
            for row, (name, at) in enumerate(zip(names, newest, strict=True))]
    connection.execute(
        delete(tail).where(tail.c.metric == bindparam("m"), tail.c.subject == bindparam("s")),
        [{"m": metric, "s": name} for name in names])
    connection.execute(insert(tail), rows)


def newest_in_slot(frame: pd.DataFrame) -> pd.DataFrame:
    """The one number that counts in each slot: the last to end, of those the last issued.

    What is doubted counts only where nothing else was said, and then as infinite.
    """
    sure = frame["doubt"].isna()
    ordered = frame.assign(sure=sure, value=frame["value"].where(sure, np.inf)).sort_values(
        ["sure", "end", "issued", "feed"], kind="stable")
    return ordered.drop_duplicates(["subject", "slot"], keep="last")


def seconds(instants: pd.Series[Any]) -> pd.Series[Any]:
    """Epoch seconds of aware instants."""
    return (pd.to_datetime(instants, utc=True) - pd.Timestamp(0, tz="UTC")) // pd.Timedelta("1s")


def chunks(names: list[str]) -> Iterator[list[str]]:
    """Lists short enough for one IN."""
    return (names[start:start + CHUNK] for start in range(0, len(names), CHUNK))


def _aligned(metric: str, step: int, rows: list[Any], now: datetime, span: timedelta) -> Tails:
    """Stack packed rows and shift each so that its newest value up to now comes last."""
    width = min(slots(step), -(-int(span.total_seconds()) // step) + 1)
    values, lengths = stacked(rows)
    last = last_slots(rows, step)
    row = np.repeat(np.arange(len(rows)), lengths)
    slot = _places(lengths) + np.repeat(last - lengths + 1, lengths)
    known = slot <= int(now.timestamp()) // step
    said = np.zeros(len(rows), dtype=np.int64)
    doubted = known & np.isinf(values)
    np.maximum.at(said, row[doubted], slot[doubted])
    known &= np.isfinite(values)
    row, slot, values = row[known], slot[known], values[known]
    end = np.zeros(len(rows), dtype=np.int64)
    np.maximum.at(end, row, slot)
    matrix = np.full((width, len(rows)), np.nan, dtype=np.float32)
    _scatter(matrix.T, row, slot - end[row] + width - 1, values)
    subjects = np.array([each.subject for each in rows], dtype=object)
    return Tails(metric, subjects, end * step, step, matrix.T, np.maximum(said - end, 0))


# rows of ``kept`` by place: a row's name "values" is taken, and names cost more than places
def stacked(rows: list[Any]) -> tuple[Matrix, Ints]:
    packed = [row[3] for row in rows]
    lengths = np.fromiter(map(len, packed), dtype=np.int64, count=len(rows)) // 4
    return np.frombuffer(b"".join(packed), dtype="<f4").astype(np.float32), lengths


def last_slots(rows: list[Any], step: int) -> Ints:
    first = np.array([row[1].timestamp() for row in rows], dtype=np.int64) // step
    lengths = np.array([len(row[3]) for row in rows], dtype=np.int64) // 4
    return np.asarray(first + lengths - 1)


def _places(lengths: Ints) -> Ints:
    """0..length-1 for every row, one after the other."""
    starts = np.cumsum(lengths) - lengths
    return np.asarray(np.arange(int(lengths.sum())) - np.repeat(starts, lengths))


def _scatter(matrix: Matrix, row: NDArray[Any], column: NDArray[Any], values: Matrix) -> None:
    """Put values that fall on the grid; what is older than the tail is left out."""
    inside = (column >= 0) & (column < matrix.shape[1])
    matrix[row[inside], column[inside]] = values[inside]
