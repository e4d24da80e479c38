"""One table of observations as DuckDB sees it: sound rows, and the places of the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import duckdb
import pandas as pd

from fenghuo.backtest import columns
from fenghuo.backtest.columns import Column, Columns
from fenghuo.clock import machine_now
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

EARLIEST = -2208988800
"""1900: what is older is a slip of the pen."""
DAY = 86400
_OFFSET = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
_NUMERIC = ("DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_NUMBER = r"[+-]?[0-9]{1,9}(\.[0-9]{1,12})?"


@dataclass(frozen=True, slots=True)
class Table:
    """A file, how its columns are read, and the types of those that are no texts.

    ``open`` looks at the header, ``load`` reads the rows once; the rest asks what was read.
    """

    database: duckdb.DuckDBPyConnection
    path: Path
    columns: Columns
    numeric: frozenset[str]
    timed: bool

    @classmethod
    def open(cls, database: duckdb.DuckDBPyConnection, path: Path, mapped: Columns | None,
             zone: str | None) -> Table:
        """Look at the header. Raises Refused for no table, or one without its columns."""
        try:
            types = {row[0]: row[1] for row in database.execute(
                f"DESCRIBE SELECT * FROM {_scan(path)}").fetchall()}
        except duckdb.Error as error:
            raise Refused([Refusal(str(path), "table", str(error).splitlines()[0][:120],
                                   "a CSV or Parquet table in UTF-8")]) from None
        head = list(types)
        how = mapped or columns.by_name(str(path), head, zone)
        absent = [name for name in how.named if name not in head]
        if absent:
            raise Refused([Refusal(str(path), "row 1", ", ".join(head)[:120],
                                   f"the column {name}") for name in absent])
        return cls(database, path, how, frozenset(
            name for name, kind in types.items() if kind.startswith(_NUMERIC)),
            types[how.time] == "TIMESTAMP WITH TIME ZONE")

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What the table can tell."""
        return tuple(dict.fromkeys(one.metric for one in self.columns.metrics))

    def load(self) -> None:
        """Read the rows into a table of the database."""
        self.database.execute("SET TimeZone = ?", [self.columns.zone or "UTC"])
        kept = ", ".join(f"{_name(metric)}::FLOAT AS {_name(metric)}" for metric in self.metrics)
        self.database.execute(f"""
            CREATE TABLE {self._rows} AS
            SELECT subject, fault, CASE WHEN NOT fault THEN instant::BIGINT END AS instant, {kept}
            FROM ({self._read(rejects=True)})""")

    def counted(self) -> pd.DataFrame:
        """By subject: rows, bad and good ones, first and last instant.

        The subject "" has the lines that are no rows: cells too many, bytes that are no UTF-8.
        """
        found = self.database.execute(f"""
            SELECT subject, count(*) AS total, count(*) FILTER (fault) AS bad,
                   count(*) FILTER (NOT fault) AS good, min(instant) FILTER (NOT fault) AS earliest,
                   max(instant) FILTER (NOT fault) AS latest
            FROM {self._rows} GROUP BY subject""").df()
        broken = len(self._rejected())
        return pd.concat([found, pd.DataFrame([{
            "subject": "", "total": broken, "bad": broken, "good": 0}])], ignore_index=True)

    def sample(self, metric: Metric) -> pd.DataFrame:
        """columns subject and instant of each station's first thirty days, sorted."""
        return self.database.execute(f"""
            WITH good AS (SELECT subject, instant FROM {self._rows}
                          WHERE NOT fault AND {_name(metric)} IS NOT NULL),
                 early AS (SELECT subject, min(instant) AS earliest FROM good GROUP BY subject)
            SELECT DISTINCT subject, instant FROM good JOIN early USING (subject)
            WHERE instant < earliest + {30 * DAY} ORDER BY subject, instant""").df()

    def values(self, metric: Metric) -> duckdb.DuckDBPyConnection:
        """subject, instant, value of sound rows that have one, in the order of the file."""
        return self.database.execute(f"""
            SELECT subject, instant, {_name(metric)} AS value FROM {self._rows}
            WHERE NOT fault AND {_name(metric)} IS NOT NULL""")

    def faults(self, most: int) -> list[Refusal]:
        """The first rows that cannot be read, by place."""
        broken = [Refusal(str(self.path), f"row {line}", said.splitlines()[0][:80],
                          "as many cells as the header has, in UTF-8")
                  for line, said in self._rejected()[:most]]
        self.database.execute("SET TimeZone = ?", [self.columns.zone or "UTC"])
        rows = self.database.execute(f"""
            SELECT * FROM ({self._read(numbered=True)}) WHERE fault LIMIT {most}""").df()
        return [*broken, *(self._fault(row) for row in rows.to_dict("records"))][:most]

    def _rejected(self) -> list[tuple[int, str]]:
        """Line and complaint of the lines that are no rows."""
        if self.path.suffix == ".parquet":
            return []
        return self.database.execute(
            f"SELECT line, any_value(error_message) FROM {self._rejects} GROUP BY line "
            "ORDER BY line").fetchall()

    @property
    def _rejects(self) -> str:
        return f"rejects_{crc32(str(self.path).encode()):08x}"

    def _fault(self, row: Mapping[Hashable, object]) -> Refusal:
        place = f"row {row['line']}"
        if row["bad_subject"]:
            return Refusal(str(self.path), f"{place}.{self.columns.subject}",
                           repr(row["subject"])[:60], "a station's id")
        if row["bad_time"]:
            zone = self.columns.zone
            return Refusal(str(self.path), f"{place}.{self.columns.time}",
                           repr(row["raw_time"])[:60], "a time from 1900 to today, ISO 8601"
                           + ("" if zone else " with its offset (or --zone)"))
        for one in self.columns.metrics:
            if row[f"bad_{one.metric}"]:
                return Refusal(str(self.path), f"{place}.{one.column}",
                               repr(row[f"raw_{one.metric}"])[:60],
                               f"a {one.metric} from {one.least:g} to {one.most:g}")
        raise ValueError(f"{place} is sound")

    @property
    def _rows(self) -> str:
        return f"rows_{crc32(str(self.path).encode()):08x}"

    def _read(self, numbered: bool = False, rejects: bool = False) -> str:
        """Every row: subject, instant (epoch seconds), a column a metric, whether it is bad."""
        c = self.columns
        raw = ", ".join(f"{self._raw(one)} AS raw_{one.metric}" for one in c.metrics)
        late = int(machine_now()) + DAY
        numbers = ", ".join(f"{self._number(one)} AS {_name(one.metric)}" for one in c.metrics)
        bad = ", ".join(f"""
            raw_{m.metric} IS NOT NULL AND ({_name(m.metric)} IS NULL
                OR NOT {_name(m.metric)} BETWEEN {m.least!r} AND {m.most!r}) AS bad_{m.metric}"""
                        for m in c.metrics)
        told = " OR ".join(["bad_subject", "bad_time", *(f"bad_{m.metric}" for m in c.metrics)])
        offset = "true" if c.zone or self.timed else f"regexp_matches(raw_time, '{_OFFSET}')"
        time = _q(c.time) if self.timed else f"trim({_q(c.time)}::VARCHAR)"
        when = "epoch(raw_time)" if self.timed else f"""
            CASE WHEN regexp_matches(raw_time, '^{_TIME}') AND {offset}
                 THEN epoch(TRY_CAST(raw_time AS TIMESTAMPTZ)) END"""
        return f"""
            SELECT *, {told} AS fault FROM (
              SELECT *, coalesce(length(subject) NOT BETWEEN 1 AND 160, true) AS bad_subject,
                     instant IS NULL OR instant < {EARLIEST} OR instant > {late} AS bad_time, {bad}
              FROM (
                SELECT *, {when} AS instant, {numbers}
                FROM (
                  SELECT trim({_q(c.subject)}::VARCHAR) AS subject, {time} AS raw_time, {raw}
                         {", row_number() OVER () + 1 AS line" if numbered else ""}
                  FROM {_scan(self.path, self._rejects if rejects else "")})))"""

    def _raw(self, one: Column) -> str:
        """What stands there; nothing for a gap, or where the row is of another metric."""
        if one.column in self.numeric:
            codes = [word for word in self.columns.missing if word.lstrip("-").isdigit()]
            value = f"{_q(one.column)}::DOUBLE"
            when = f"NOT isnan({value}) AND {value} NOT IN ({', '.join(codes) or 'NULL'})"
        else:
            value = f"trim({_q(one.column)}::VARCHAR)"
            when = f"{value} NOT IN ({', '.join(map(_s, self.columns.missing))})"
        if one.where is not None and one.equals is not None:
            when += f" AND trim({_q(one.where)}::VARCHAR) = {_s(one.equals)}"
        return f"CASE WHEN {when} THEN {value} END"

    def _number(self, one: Column) -> str:
        raw = f"raw_{one.metric}"
        if one.column in self.numeric:
            return f"{raw} * {one.scale!r}"
        return f"CASE WHEN regexp_full_match({raw}, '{_NUMBER}') THEN {raw}::DOUBLE END" \
               f" * {one.scale!r}"


def _scan(path: Path, rejects: str = "") -> str:
    if path.suffix == ".parquet":
        return f"read_parquet({_s(str(path))})"
    kept = f", store_rejects = true, rejects_table = '{rejects}', " \
           f"rejects_scan = '{rejects}_scan', rejects_limit = 0" if rejects else ""
    return (f"read_csv({_s(str(path))}, all_varchar = true, header = true, delim = ',', "
            f"quote = '\"', ignore_errors = true{kept})")


def _name(metric: Metric) -> str:
    return f"v_{metric}"


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _s(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
