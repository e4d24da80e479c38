"""Years of observations from files, as one matrix a metric and step, in bounded memory.

CSV and Parquet are read by DuckDB in pieces and laid into float32 matrices, 4 bytes a number.
A row that cannot be read is counted and named, never believed: a time without an offset where no
zone is given, a number that is none, one that cannot be. Of two numbers of one station and slot
the one that comes later in the files counts. Nothing is fatal unless nothing is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd

from fenghuo.agreements.history import Series
from fenghuo.backtest import matrices
from fenghuo.backtest.columns import Columns
from fenghuo.backtest.sql import Table
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

SHOWN = 20
"""Faults that are named one by one; the rest is counted."""
SUFFIXES = (".csv", ".parquet")
_VECTORS = 100


@dataclass(frozen=True, slots=True)
class Observations:
    """What was read: ``rows`` in all, of which ``bad`` could not be, the first few by place;
    ``unknown`` rows by the name of a station that the rules do not know."""

    series: tuple[Series, ...]
    rows: int = 0
    bad: int = 0
    faults: tuple[Refusal, ...] = ()
    unknown: Counter[str] = field(default_factory=Counter)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The tables named, and those in folders named. Raises Refused where there is none."""
    found: list[Path] = []
    for path in paths:
        found += sorted(one for one in path.rglob("*") if one.suffix in SUFFIXES
                        and one.is_file()) if path.is_dir() else [path]
    faults = [Refusal(str(path), "file", "no file" if not path.exists() else path.suffix,
                      "a .csv or .parquet file") for path in found
              if path.suffix not in SUFFIXES or not path.exists()]
    if faults or not found:
        raise Refused(faults or [Refusal(", ".join(map(str, paths)), "folder", "no table in it",
                                         ".csv or .parquet files")])
    return found


def observations(paths: Sequence[Path], stations: Collection[str], metrics: Collection[Metric],
                 latency: int, mapped: Columns | None = None, zone: str | None = None,
                 step: int | None = None, memory: str = "400MB") -> Observations:
    """Read files and folders. ``latency`` and ``step`` in seconds; no step: as the rows lie.

    ``stations`` and ``metrics`` are what the rules ask for, the rest is left aside. Raises
    Refused for a file without the columns, and when no row of any file is left.
    """
    with TemporaryDirectory() as folder, duckdb.connect(
            f"{folder}/rows", config={"threads": 2, "memory_limit": memory}) as database:
        database.execute("SET preserve_insertion_order = true")
        tables, faults = [], []
        for path in files_of(paths):
            try:
                tables.append(Table.open(database, path, mapped, zone))
            except Refused as refused:
                faults += refused.refusals
        if faults:
            raise Refused(faults)
        for table in tables:
            table.load()
        counts = [table.counted() for table in tables]
        named: list[Refusal] = []
        for table, count in zip(tables, counts, strict=True):
            if count["bad"].any() and len(named) < SHOWN:
                named += table.faults(SHOWN - len(named))
        counted = pd.concat(counts, ignore_index=True)
        sound = counted[counted["good"] > 0]
        known = sound["subject"].isin(set(stations))
        good, strange = sound[known], sound[~known]
        if good.empty:
            raise Refused(named or [Refusal(
                str(paths[0]), "table", ", ".join(strange["subject"].unique()[:5]) or "no row",
                "rows of stations that rules/stations.csv names")])
        wanted = [one for one in Metric if one in set(metrics)
                  and any(one in table.metrics for table in tables)]
        found: list[Series] = []
        for metric in wanted:
            spans = _spans(good, tables, metric, step or (mapped.step if mapped else None))
            found += matrices.filled(metric, spans, _pieces(tables, metric), latency)
    unknown = Counter({str(name): int(count) for name, count
                       in strange.groupby("subject")["good"].sum().items()})
    return Observations(tuple(found), int(counted["total"].sum()), int(counted["bad"].sum()),
                        tuple(named), unknown)


def _spans(good: pd.DataFrame, tables: Sequence[Table], metric: Metric,
           step: int | None) -> pd.DataFrame:
    """Columns subject, step, first, last; the step is read from each station's first month."""
    spans = good.groupby("subject").agg(first=("earliest", "min"), last=("latest", "max"))
    if step is not None:
        return spans.assign(step=step).reset_index()
    sample = pd.concat([table.sample(metric) for table in tables if metric in table.metrics],
                       ignore_index=True)
    return spans.join(matrices.steps(sample).rename("step"), how="inner").reset_index()


def _pieces(tables: Sequence[Table], metric: Metric) -> Iterator[pd.DataFrame]:
    """Columns subject, instant (epoch seconds), value, in the order of the files."""
    for table in tables:
        if metric in table.metrics:
            answer = table.values(metric)
            while len(piece := answer.fetch_df_chunk(_VECTORS)):
                yield piece.assign(value=piece["value"].to_numpy(np.float64))
