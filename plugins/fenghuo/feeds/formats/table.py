"""Stations from a table in CSV, JSON or XLSX; its columns are mapped in ``rules/feeds.yaml``.

A workbook's first sheet is read, its first row names the columns; formulas, macros, links and
what unfolds to too much are refused (``documents.xlsx``). Cells of dates are read as ISO 8601.

A row is a station's reading at a time; each mapped metric of it becomes an observation. Refused
per value: not a plain decimal, out of its plausible range, an unreadable or future time, two
different values for one station and time. A gap (``missing``) is no observation, never a zero.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pandas as pd

from fenghuo.documents import xlsx
from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.decoding import text_of
from fenghuo.feeds.entry_parts import Metric, Table
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed, no_observations
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.words import Refusal, Refused

MOST_ROWS = 2_000_000
EARLIEST = pd.Timestamp("1970-01-01", tz="UTC")
_NUMBER = r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,12})?"
_SUBJECT = r"[\w.:/#-]{1,160}"
_OFFSET = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})$"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a table. Raises Refused as a whole for what is no table or lacks a mapped column."""
    table = config.table
    assert table is not None
    if table.kind == "xlsx":
        frame, refusals = _sheet(config.name, body, table)
    else:
        read = _csv if table.kind == "csv" else _json
        frame, refusals = read(config.name, text_of(config.name, body, config.encoding), table)
    frame = _timed(config.name, frame, table, received, refusals)
    parts = [_values(config.name, frame, metric, table, refusals) for metric in table.metrics]
    found = _once(config.name, [part for part in parts if len(part)], refusals)
    if refusals and found.empty:
        raise Refused(refusals[:50])
    as_of = found["end"].max().to_pydatetime() if len(found) else None
    return Parsed(observations=found, as_of=as_of, refusals=refusals)


def _columns(table: Table) -> list[str]:
    wanted = [table.subject, table.time]
    for metric in table.metrics:
        wanted += [metric.column] + ([metric.where] if metric.where else [])
    return list(dict.fromkeys(wanted))


def _csv(source: str, text: str, table: Table) -> tuple[pd.DataFrame, list[Refusal]]:
    """The mapped columns as texts, with ``place`` the row of the file."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise Refused([Refusal(source, f"line {reader.line_num}", str(error),
                               "a CSV table")]) from None
    return _rows(source, rows, table)


def _sheet(source: str, body: bytes, table: Table) -> tuple[pd.DataFrame, list[Refusal]]:
    """The same of a workbook. A formula is refused: what it gives depends on who opens it."""
    sheet = xlsx.read(source, body)
    faults = [sheet.refusal(cell.place, cell.found(), "a value, no formula")
              for row in sheet.rows for cell in row if cell.formula]
    if faults:
        raise Refused(faults[:50])
    width = max((len(row) for row in sheet.rows), default=0)
    return _rows(source, [[_cell(cell.value) for cell in row] + [""] * (width - len(row))
                          for row in sheet.rows], table)


def _rows(source: str, rows: list[list[str]], table: Table) -> tuple[pd.DataFrame, list[Refusal]]:
    """The mapped columns of rows under a header."""
    _bounded(source, len(rows))
    head = [name.strip() for name in rows[0]] if rows else []
    absent = [name for name in _columns(table) if head.count(name) != 1]
    if absent:
        raise Refused([Refusal(source, "row 1", ", ".join(head)[:120] or "nothing",
                               f"the column {name} once") for name in absent])
    places = pd.Series(range(1, len(rows) + 1))[1:]
    lengths = pd.Series([len(row) for row in rows])[1:]
    refusals = [Refusal(source, f"row {place}", f"{length} cells", f"{len(head)} cells")
                for place, length in zip(places[lengths != len(head)],
                                         lengths[lengths != len(head)], strict=True) if length]
    whole = [row for row in rows[1:] if len(row) == len(head)]
    frame = pd.DataFrame(whole, columns=pd.Index(head), dtype=str)[_columns(table)]
    frame["place"] = "row " + places[lengths == len(head)].astype(str).to_numpy()
    return frame.apply(lambda column: column.str.strip()), refusals


def _json(source: str, text: str, table: Table) -> tuple[pd.DataFrame, list[Refusal]]:
    value, suspect = strict_json.loads(source, text)
    rows = _at(value, table.rows)
    if not isinstance(rows, list):
        raise Refused([Refusal(source, table.rows or "payload", type(rows).__name__,
                               "a list of rows")])
    _bounded(source, len(rows))
    name = table.rows or "rows"
    bad = list(strict_json.faults(source, rows, name)) if suspect else []
    spoiled = {refusal.place.removeprefix(f"{name}[").split("]")[0] for refusal in bad}
    sound = [(index, row) for index, row in enumerate(rows) if str(index) not in spoiled]
    columns = {column: [_text(_at(row, column)) for _, row in sound]
               for column in _columns(table)}
    frame = pd.DataFrame(columns, dtype=str)
    frame["place"] = [f"{name}[{index}]" for index, _ in sound]
    if len(frame) and frame[table.subject].eq("").all():
        raise Refused([Refusal(source, name, "rows without it", f"the field {table.subject}")])
    return frame, bad


def _timed(source: str, frame: pd.DataFrame, table: Table, received: datetime,
           refusals: list[Refusal]) -> pd.DataFrame:
    """Sound rows only, with ``subject`` and ``instant`` (aware UTC)."""
    times = frame[table.time]
    shaped = times.str.match(_TIME)
    offset = times.str.contains(_OFFSET, regex=True)
    instants = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    aware = shaped & offset
    instants[aware] = pd.to_datetime(times[aware], format="ISO8601", utc=True,
                                     errors="coerce").dt.as_unit("us")
    if table.timezone is not None:
        naive = pd.to_datetime(times[shaped & ~offset], format="ISO8601", errors="coerce")
        instants[shaped & ~offset] = naive.dt.as_unit("us").dt.tz_localize(
            table.timezone, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")
    frame = frame.assign(subject=frame[table.subject], instant=instants)
    unread = ~(instants >= EARLIEST)
    _refuse(source, frame, unread, table.time,
            f"an ISO 8601 time with its offset, not before {EARLIEST:%Y}", refusals)
    late = ~unread & (instants > pd.Timestamp(received) + FUTURE)
    _refuse(source, frame, late, table.time, NO_FUTURE, refusals)
    nameless = ~frame["subject"].str.fullmatch(_SUBJECT)
    _refuse(source, frame, nameless, table.subject, "a station's id", refusals)
    return frame[~(unread | late | nameless)]


def _values(source: str, frame: pd.DataFrame, metric: Metric, table: Table,
            refusals: list[Refusal]) -> pd.DataFrame:
    if metric.where is not None:
        frame = frame[frame[metric.where] == metric.equals]
    frame = frame[~frame[metric.column].isin(table.missing)]
    plain = frame[metric.column].str.fullmatch(_NUMBER)
    _refuse(source, frame, ~plain, metric.column, "a plain decimal number", refusals)
    frame = frame[plain]
    values = frame[metric.column].astype(float) * metric.scale
    outside = (values < metric.least) | (values > metric.most)
    _refuse(source, frame, outside, metric.column,
            f"a {metric.metric} from {metric.least:g} to {metric.most:g}", refusals)
    frame, values = frame[~outside], values[~outside]
    return pd.DataFrame({
        "subject": frame["subject"], "metric": metric.metric,
        "start": frame["instant"] - metric.span, "end": frame["instant"],
        "issued": frame["instant"], "value": values, "basis": "observed",
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


def _refuse(source: str, frame: pd.DataFrame, bad: Any, column: str, expected: str,
            refusals: list[Refusal]) -> None:
    for place, found in zip(frame.loc[bad, "place"], frame.loc[bad, column], strict=True):
        refusals.append(Refusal(source, f"{place}.{column}", repr(found)[:80], expected))


def _bounded(source: str, rows: int) -> None:
    if rows > MOST_ROWS:
        raise Refused([Refusal(source, "table", f"{rows} rows", f"at most {MOST_ROWS}")])


def _at(value: Any, path: str) -> Any:
    for part in path.split(".") if path else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _cell(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return "" if value is None else type(value).__name__
    return str(value).strip()
