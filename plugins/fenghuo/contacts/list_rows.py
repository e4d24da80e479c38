"""The rows of a city's own list, a CSV or a workbook, each cell as a text with its place.

CSV in UTF-8 (with or without a BOM), UTF-16 or GBK, parted by commas, semicolons or tabs; XLSX by
``documents.xlsx``: its first sheet that is not hidden, or a named one. The heading line is the
first with two headings that are known: a title above it is passed over. Refused: formulas, merged
cells below the headings, cells with invisible characters, what a spreadsheet would take for a
formula, workbooks of Excel 97.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from fenghuo.contacts import headings
from fenghuo.contacts.headings import Head
from fenghuo.documents import xlsx
from fenghuo.documents.decoding import text_of
from fenghuo.documents.text import hidden_in, name_of, shown
from fenghuo.words import Refusal, Refused

BOOK = xlsx.Caps(size=8 * 1024 * 1024, unfolded=64 * 1024 * 1024, rows=50_000, padded=False)
MOST = 50_000
_ABOVE = 10
"""Lines in which the headings are looked for."""
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_COPIED = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Marks that come along when a number is copied out of a page or a telephone."""
_FORMULA = ("=", "@")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a file: ``place`` is ``line:column`` or ``Sheet!F7``; the text is stripped."""

    source: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: what it is of, and its rows as field -> cell."""

    head: Head
    rows: tuple[dict[str, Cell], ...]


def read(source: str, content: bytes, sheet: str | None = None,
         passed: Collection[str] = ()) -> Listed:
    """Read a list. Raises Refused with every fault of its form."""
    if content.startswith(_OLD):
        raise Refused([Refusal(source, "1:1", "a workbook of Excel 97 (.xls)",
                               "it saved as .xlsx, or as CSV")])
    faults: list[Refusal] = []
    grid = (_workbook(source, content, sheet, faults) if content.startswith(b"PK")
            else _table(source, content))
    at = next((number for number, row in enumerate(grid[:_ABOVE])
               if headings.recognised([cell.text for cell in row]) > 1), 0)
    if not grid:
        raise Refused([Refusal(source, "1:1", "an empty list", "a line of headings and rows")])
    head = headings.read([cell.text for cell in grid[at]], passed)
    whole = grid[at][0].place if grid[at] else "1:1"
    faults += [Refusal(source, whole if column is None else grid[at][column].place, found, expected)
               for column, found, expected in head.faults]
    rows = [_row(source, head, row, faults) for row in grid[at + 1:]
            if any(cell.text for cell in row)]
    if not rows:
        faults.append(Refusal(source, whole, "no row below the headings", "one at least"))
    if len(rows) > MOST:
        faults.append(Refusal(source, whole, f"{len(rows)} rows", f"at most {MOST}"))
    if faults:
        raise Refused(faults)
    return Listed(head, tuple(rows))


def _row(source: str, head: Head, row: Sequence[Cell], faults: list[Refusal]) -> dict[str, Cell]:
    if any(cell.text for cell in row[len(head.fields):]):
        faults.append(Refusal(source, row[0].place, f"{len(row)} cells",
                              f"{len(head.fields)} cells"))
    found: dict[str, Cell] = {}
    for field, cell in zip(head.fields, row, strict=False):
        if field is None:
            continue
        text = _COPIED.sub("", cell.text) if field in ("phone", "email") else cell.text
        if (hidden := hidden_in(text)) is not None:
            faults.append(Refusal(source, f"{cell.place} {field}", name_of(hidden),
                                  "visible characters only"))
        elif text.startswith(_FORMULA):
            faults.append(Refusal(source, f"{cell.place} {field}", shown(text),
                                  "text that no spreadsheet takes for a formula"))
        found[field] = Cell(source, f"{cell.place} {field}", text)
    return found


def _table(source: str, content: bytes) -> list[list[Cell]]:
    text = text_of(source, content, "gb18030")
    mark = max(",;\t", key=lambda one: max(
        (headings.recognised(line.split(one)) for line in text.splitlines()[:_ABOVE]), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    grid, line = [], 1
    try:
        for row in reader:
            grid.append([Cell(source, f"{line}:{column}", one.strip().removeprefix("'"))
                         for column, one in enumerate(row, 1)])
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refused([Refusal(source, f"{line}:1", str(error), "a readable CSV")]) from None
    return grid


def _workbook(source: str, content: bytes, sheet: str | None,
              faults: list[Refusal]) -> list[list[Cell]]:
    found = xlsx.read(source, content, sheet, BOOK)
    faults += [found.refusal(cell.place, cell.found(), "a value, no formula")
               for row in found.rows for cell in row if cell.formula]
    grid = [[Cell(source, f"{found.title}!{cell.place}", _text(cell.value)) for cell in row]
            for row in found.rows]
    first = next((number for number, row in enumerate(grid[:_ABOVE], 1)
                  if headings.recognised([cell.text for cell in row]) > 1), 1)
    faults += [found.refusal(one, "merged cells", "a value in every cell")
               for one in found.merged if int(re.sub(r".*[A-Z]", "", one)) >= first]
    return grid


def _text(value: Any) -> str:
    """A cell's value as somebody would have typed it."""
    if isinstance(value, datetime):
        day = value.date().isoformat()
        return day if value.time() == time() else f"{day} {value:%H:%M}"
    if isinstance(value, float):  # a telephone is a number to a spreadsheet
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value).strip().removeprefix("'")
