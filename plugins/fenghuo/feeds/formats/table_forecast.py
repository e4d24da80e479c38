"""Numbers to come from a bureau's table; its columns are mapped in ``rules/feeds.yaml``
(``forecast_table:``, see ``table_kinds``; ``tables`` says how a file is read).

A row is one run's number for one point (of the entry's ``points``) and one step; rows of other
points are passed over. A series is the rows of one run and point: its ends must lie whole steps
apart, what lies between is unknown, never zero. Refused per row: a ``begin`` that is not one step
before the end (of what is no sum: nor the end itself), a run of the future, what is no number or
not plausible; two different numbers of one series and step. Refused whole: no row is of our
points, or all of it is past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.table import numbers
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.feeds.table_kinds import ForecastTable
from fenghuo.feeds.table_times import instants, time_words
from fenghuo.feeds.tables import field, read, refuse
from fenghuo.observations.records import ForecastSeries
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

FARTHEST = timedelta(days=30)
"""From the run to the last number."""


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a table. Raises Refused when nothing of it can be used and something was faulty."""
    table = config.forecast_table
    assert table is not None
    frame, refusals = read(config, body, table)
    frame = _timed(config, frame, table, received, refusals)
    found = []
    for metric in table.metrics:
        rows, values = numbers(config.name, frame, metric, table, refusals)
        rows = rows.assign(**{"=value": values})
        if Metric(metric.metric).summed and table.begin:
            whole = rows["=begin"] == rows["=end"] - table.step
            refuse(config.name, rows, ~whole, table.begin, f"{table.step} before the end", refusals)
            rows = rows[whole]
        for (subject, issued), part in rows.groupby(["=subject", "=issued"], sort=True):
            series = _series(config, table, Metric(metric.metric), str(subject), issued, part,
                             refusals)
            found += [series] if series is not None else []
    if refusals and not found:
        raise Refused(refusals[:50])
    if found and all(one.t0 + timedelta(seconds=one.step * (len(one.values) - 1)) <= received
                     for one in found):
        raise Refused([Refusal(config.name, "table", "numbers of the past alone",
                               "a forecast of what is to come")])
    return Parsed(forecasts=tuple(found), refusals=refusals,
                  as_of=max((one.issued for one in found), default=None))


def _timed(config: FeedConfig, frame: pd.DataFrame, table: ForecastTable, received: datetime,
           refusals: list[Refusal]) -> pd.DataFrame:
    """The rows of our points with sound times: ``issued``, ``begin`` and ``end`` (aware UTC)."""
    frame = frame.assign(**{"=subject": field(frame, table, "subject")})
    mine = frame["=subject"].isin([point.point for point in config.points])
    if len(frame) and not mine.any():
        raise Refused([Refusal(config.name, "table",
                               ", ".join(sorted(set(frame["=subject"])))[:200],
                               "a row of " + ", ".join(one.point for one in config.points))])
    frame = frame[mine]
    for name in ("issued", "begin", "end"):
        column = getattr(table, name)
        if column is None:
            continue
        times = instants(frame[column], table)
        refuse(config.name, frame, times.isna(), column, time_words(table), refusals)
        frame = frame.assign(**{f"={name}": times})[times.notna()]
    late = frame["=issued"] > pd.Timestamp(received) + FUTURE
    refuse(config.name, frame, late, str(table.issued), NO_FUTURE, refusals)
    far = (frame["=end"] - frame["=issued"]).abs() > FARTHEST
    refuse(config.name, frame, far & ~late, str(table.end),
           f"a time within {FARTHEST.days} days of the run", refusals)
    odd = far & False if table.begin is None else ~(
        (frame["=begin"] == frame["=end"]) | (frame["=begin"] == frame["=end"] - table.step))
    refuse(config.name, frame, odd & ~late & ~far, str(table.begin),
           f"{table.step} before the end", refusals)
    return frame[~(late | far | odd)]


def _series(config: FeedConfig, table: ForecastTable, metric: Metric, subject: str, issued: Any,
            rows: pd.DataFrame, refusals: list[Refusal]) -> ForecastSeries | None:
    """One run of one point; None where its ends do not fit its step."""
    rows = rows.drop_duplicates(["=end", "=value"]).sort_values("=end")
    twice = rows["=end"].duplicated(keep=False)
    for row in rows[twice].to_dict("records"):
        refusals.append(Refusal(config.name, f"{row['place']}.{metric}", f"{row['=value']:g} and "
                                "another", f"one {metric} of {subject} that ends {row['=end']}"))
    rows = rows[~twice]
    if rows.empty:
        return None
    step, ends = int(table.step.total_seconds()), rows["=end"]
    apart = (ends - ends.iloc[0]).dt.total_seconds().astype(int)
    if (apart % step).any():
        uneven = rows[apart % step != 0].iloc[0]
        refusals.append(Refusal(config.name, f"{uneven['place']}.{table.end}",
                                str(uneven["=end"]), f"whole steps of {table.step} apart"))
        return None
    values = np.full(int(apart.iloc[-1]) // step + 1, np.nan, np.float32)
    values[apart.to_numpy() // step] = rows["=value"].to_numpy(np.float32)
    return ForecastSeries(metric, subject, issued.to_pydatetime(), ends.iloc[0].to_pydatetime(),
                          step, values)
