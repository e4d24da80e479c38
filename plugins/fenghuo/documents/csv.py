"""Strict CSV: a header of exactly the named columns, strings in, checked by kind, typed frames out.

Refused: any encoding but UTF-8, ragged rows, open quotes, unknown, missing or doubled columns,
blanks around a value, numbers with exponents (a spreadsheet's ``1.38E+10``), NaN, infinities.
Format: https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from fenghuo.documents.nearest import guided
from fenghuo.documents.text import decode, shown
from fenghuo.words import Refusal, Refused, mask

LINE = "line"
"""The name of the index of a frame: each row's line in the file."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column may hold: a pattern, how to say it, and the dtype it becomes.

    ``empty`` allows an empty cell: ``""`` in text columns, NaN in number columns. ``private``
    values (addresses) are masked in errors. ``known`` are the words of a closed list.
    """

    pattern: str
    expected: str
    dtype: str = "str"
    empty: bool = False
    private: bool = False
    known: tuple[str, ...] = ()

    def or_empty(self) -> Kind:
        """The same, or nothing."""
        return replace(self, expected=f"{self.expected}, or nothing", empty=True)


TEXT = Kind(r"\S(?:.{0,198}\S)?", "1 to 200 characters without blanks around them")
WORD = Kind(r"[a-z0-9][a-z0-9_-]{0,59}", "a word of a-z, 0-9, - and _")
WORDS = Kind(r"[a-z0-9][a-z0-9_-]*(?: [a-z0-9][a-z0-9_-]*)*", "words parted by one blank")
ADDRESS = Kind(r"\S{1,254}", "an address without blanks", private=True)
NUMBER = Kind(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?", "a plain decimal number", "float64")
COUNT = Kind(r"[0-9]{1,9}", "a whole number from 0", "int64")


_GUIDED = 20
"""Faults of one column that name the nearest valid name."""

_OWN = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""The name of a column of a city's own."""


def one_of(*words: str) -> Kind:
    """A column of a closed list."""
    return Kind("|".join(re.escape(word) for word in words), f"one of {', '.join(words)}",
                known=words)


def frame(source: str, content: bytes, columns: dict[str, Kind], others: Kind | None = None,
          optional: Mapping[str, Kind] = MappingProxyType({})) -> pd.DataFrame:
    """A file as a typed frame, indexed by the line each row stands on, columns as in the file.

    ``others``: the kind of columns that the file may have besides, none where it may not.
    ``optional``: text columns it may lack; they are empty then.
    Raises Refused with every fault of the file, each at ``line:column name``.
    """
    header, rows, lines = _rows(source, decode(source, content))
    columns = columns | {name: kind for name, kind in optional.items() if name in header}
    if others is not None:
        columns = columns | {name: others for name in header
                             if name not in columns and _OWN.fullmatch(name)}
    refusals = _header_faults(source, header, columns)
    if refusals:
        raise Refused(refusals)
    refusals = [Refusal(source, f"{line}:1", f"{len(row)} cells", f"{len(header)} cells")
                for line, row in zip(lines, rows, strict=True) if len(row) != len(header)]
    if refusals:
        raise Refused(refusals)
    cells = pd.DataFrame(rows, columns=header, index=pd.Index(lines, name=LINE), dtype="str")
    for name, kind in columns.items():
        good = cells[name].str.fullmatch(kind.pattern).to_numpy(dtype=bool)
        if kind.empty:
            good = good | (cells[name] == "").to_numpy(dtype=bool)
        refusals += unknown(source, cells, name, ~good, kind.known, kind.expected, kind.private)
    if refusals:
        raise Refused(refusals)
    found = pd.DataFrame({name: _typed(cells[name], columns[name]) for name in header})
    return found.assign(**{name: pd.Series("", found.index, "object")
                           for name in optional if name not in header})


def unknown(source: str, table: pd.DataFrame, column: str, bad: Any, known: Iterable[str],
            expected: str, private: bool = False) -> list[Refusal]:
    """A fault for each ``bad`` row (bool[n]) of a column, with the nearest of the ``known`` names.

    Only the first faults are compared with them: a wrong column costs no more than a wrong cell.
    """
    lines, names = table.index[np.asarray(bad, dtype=bool)], tuple(known)
    return [refusal(source, table, int(line), column,
                    guided(expected, str(table.at[line, column]), names if nth < _GUIDED else ()),
                    private)
            for nth, line in enumerate(lines)]


def refusal(source: str, table: pd.DataFrame, line: int, column: str, expected: str,
            private: bool = False) -> Refusal:
    """A fault of one cell of a frame made here; a private value is masked."""
    found = table.at[line, column]
    if private and isinstance(found, str):
        found = mask(found)
    number = list(table.columns).index(column) + 1
    return Refusal(source, f"{line}:{number} {column}",
                   shown(found) if isinstance(found, str) else str(found), expected)


def _rows(source: str, text: str) -> tuple[list[str], list[list[str]], list[int]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    rows: list[list[str]] = []
    lines: list[int] = []
    ended = 0
    try:
        for row in reader:
            start, ended = ended + 1, reader.line_num
            if header is None:
                header = row
            elif row:
                rows.append(row)
                lines.append(start)
    except csv.Error as error:
        raise Refused([Refusal(source, f"{ended + 1}:1", str(error), "readable CSV")]) from None
    if not header:
        raise Refused([Refusal(source, "1:1", "an empty file", "a header line")])
    return header, rows, lines


def _header_faults(source: str, header: list[str], columns: dict[str, Kind]) -> list[Refusal]:
    faults = []
    for number, name in enumerate(header, 1):
        if name not in columns:
            faults.append(Refusal(source, f"1:{number}", f"the column {shown(name)}",
                                  guided(f"only {', '.join(columns)}", name, columns)))
        elif name in header[: number - 1]:
            faults.append(Refusal(source, f"1:{number}", f"the column {name} again",
                                  "each column once"))
    faults += [Refusal(source, "1:1", f"no column {name}", f"{', '.join(columns)}")
               for name in columns if name not in header]
    return faults


def _typed(cells: pd.Series, kind: Kind) -> pd.Series:
    if kind.dtype == "str":
        return cells.astype("object")
    if kind.dtype == "float64":
        return cells.mask(cells == "", "nan").astype(np.float64)
    return cells.astype(np.int64)
