"""Stations' readings from a bureau's table; its columns are mapped in ``rules/feeds.yaml``
(``table:``, see ``table_kinds``; ``tables`` says how a file is read).

A row is a station's reading at a time; each mapped metric of it becomes an observation. Refused
per value: not a plain decimal, out of its plausible range, an unreadable or future time, two
different values for one station and time. A gap (``missing``) is no observation, never a zero.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed, no_observations
from fenghuo.feeds.table_kinds import Table
from fenghuo.feeds.table_parts import Metric, Sheet
from fenghuo.feeds.table_times import instants, time_words
from fenghuo.feeds.tables import field, read, refuse
from fenghuo.observations import excluding
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.words import Refusal, Refused

_NUMBER = r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,20})?"
_SUBJECT = r"[\w.:/#-]{1,160}"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a table. Raises Refused as a whole for what is no table or lacks a mapped column."""
    table = config.table
    assert table is not None
    frame, refusals = read(config, body, table)
    frame = _timed(config.name, frame, table, received, refusals)
    parts = [_values(config.name, frame, metric, table, refusals) for metric in table.metrics]
    found = _once(config.name, [part for part in parts if len(part)], refusals)
    if refusals and found.empty:
        raise Refused(refusals[:50])
    as_of = found["end"].max().to_pydatetime() if len(found) else None
    return Parsed(observations=found, as_of=as_of, refusals=refusals)


def _timed(source: str, frame: pd.DataFrame, table: Table, received: datetime,
           refusals: list[Refusal]) -> pd.DataFrame:
    """Sound rows only, with ``subject`` and ``instant`` (aware UTC)."""
    assert table.time is not None
    frame = frame.assign(**{"=subject": field(frame, table, "subject")})
    frame["=instant"] = instants(frame[table.time], table)
    unread = frame["=instant"].isna()
    refuse(source, frame, unread, table.time, time_words(table), refusals)
    late = ~unread & (frame["=instant"] > pd.Timestamp(received) + FUTURE)
    refuse(source, frame, late, table.time, NO_FUTURE, refusals)
    nameless = ~frame["=subject"].str.fullmatch(_SUBJECT)
    refuse(source, frame, nameless, table.subject or "=subject", "a station's id", refusals)
    return frame[~(unread | late | nameless)]


def numbers(source: str, frame: pd.DataFrame, metric: Metric, sheet: Sheet,
            refusals: list[Refusal]) -> tuple[pd.DataFrame, pd.Series[float]]:
    """The rows that have a sound number of a metric, and those numbers in our unit."""
    if metric.where is not None:
        frame = frame[frame[metric.where] == metric.equals]
    frame = frame[~frame[metric.column].isin(sheet.missing)]
    plain = frame[metric.column].str.fullmatch(_NUMBER)
    refuse(source, frame, ~plain, metric.column, "a plain decimal number", refusals)
    frame = frame[plain]
    # 735 cm are 7.35 m and no hair more or less: a limit that is just reached must hold
    values = (frame[metric.column].astype(float) * metric.scale).round(9)
    outside = (values < metric.least) | (values > metric.most)
    before = len(refusals)
    refuse(source, frame, outside, metric.column,
           f"a {metric.metric} from {metric.least:g} to {metric.most:g}", refusals)
    if isinstance(sheet, Table):  # what was measured may be let go, what was forecast not
        found = _observed(frame[outside], values[outside], metric)
        refusals[before:] = [
            replace(one, reading=excluding.reading_of(found.iloc[[row]], sheet.step))
            for row, one in enumerate(refusals[before:])]
    return frame[~outside], values[~outside]


def _values(source: str, frame: pd.DataFrame, metric: Metric, table: Table,
            refusals: list[Refusal]) -> pd.DataFrame:
    return _observed(*numbers(source, frame, metric, table, refusals), metric)


def _observed(frame: pd.DataFrame, values: pd.Series[float], metric: Metric) -> pd.DataFrame:
    return pd.DataFrame({
        "subject": frame["=subject"], "metric": metric.metric,
        "start": frame["=instant"] - metric.span, "end": frame["=instant"],
        "issued": frame["=instant"], "value": values, "basis": "observed",
        "place": frame["place"]})


def _once(source: str, parts: list[pd.DataFrame], refusals: list[Refusal]) -> pd.DataFrame:
    """Equal rows count once; of two values for one station and time neither is believed."""
    if not parts:
        return no_observations()
    found = pd.concat(parts, ignore_index=True)
    key = ["metric", "subject", "end"]
    found = found.drop_duplicates([*key, "value"])
    twice = found.duplicated(key, keep=False)
    for row in found[twice].itertuples():
        refusals.append(Refusal(source, f"{row.place}.{row.metric}", f"{row.value} and another",
                                f"one value of {row.subject} at {row.end}"))
    return found.loc[~twice, list(OBSERVATION_COLUMNS)].reset_index(drop=True)
