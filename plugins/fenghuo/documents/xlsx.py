"""Spreadsheets from strangers: the cells of one sheet as they are, nothing computed or followed.

Refused before anything is parsed: files or parts that are too large (a bomb is known by what it
unfolds to), macros, embedded and linked documents, entities. Format: ECMA-376, Office Open XML.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from fenghuo.documents.text import shown
from fenghuo.words import Refusal, Refused

PARTS_CAP = 100
COLUMNS_CAP = 40
_ACTIVE = ("vba", "externallink", "embeddings", "activex", "macrosheet", "ctrlprops",
           "connections", "querytable")
"""What names of parts tell of macros and of other documents."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']"
                     rb"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Caps:
    """What a workbook may be: ``size`` bytes, ``unfolded`` to so many, ``rows`` of a sheet.
    ``padded``: each row has a cell for every column, the empty ones at its end too."""

    size: int = 2 * 1024 * 1024
    unfolded: int = 16 * 1024 * 1024
    rows: int = 3000
    padded: bool = True


SHEET = Caps()
"""A sheet that people fill in."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its place (``F7``), its value, and whether that is a formula, percent or date."""

    place: str
    value: Any
    formula: bool = False
    percent: bool = False
    date: bool = False

    def found(self) -> str:
        """What it holds, as an error may print it."""
        if self.value is None:
            return "nothing"
        if self.formula:
            return f"the formula {shown(str(self.value))}"
        if self.date:
            return f"the date {self.value}"
        if self.percent:
            return f"a percentage ({self.value})"
        return f"the text {shown(self.value)}" if isinstance(self.value, str) else str(self.value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: ``rows`` of cells, without the empty ones at the end; ``merged``
    are the ranges of merged cells (``A3:A5``), of which only the first holds the value."""

    source: str
    title: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[str, ...] = ()

    def refusal(self, cell: str, found: str, expected: str) -> Refusal:
        """A fault at ``F7``, or at the sheet as a whole where the cell is empty."""
        return Refusal(self.source, f"{self.title}!{cell}" if cell else self.title, found, expected)


def read(source: str, content: bytes, name: str | None = None, caps: Caps = SHEET) -> Sheet:
    """A sheet by its name, else the first one that is not hidden. Raises Refused."""
    faults = _parts(content, caps)
    if faults:
        raise Refused([Refusal(source, "1:1", found, expected) for found, expected in faults])
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles and of dates: the cells tell
            seen, chosen, rows, merged = _cells(content, name, caps)
    except Exception as error:  # a hostile part breaks the reader in any way it likes
        raise Refused([Refusal(source, "1:1", type(error).__name__,
                               "a readable workbook (.xlsx)")]) from None
    if chosen not in seen:
        raise Refused([Refusal(source, "1:1", ", ".join(map(shown, seen))[:200],
                               f"a sheet {shown(chosen)} that is not hidden")])
    while rows and all(cell.value is None for cell in rows[-1]):
        rows.pop()
    if len(rows) > caps.rows or any(row[COLUMNS_CAP:] and row[COLUMNS_CAP].value is not None
                                    for row in rows):
        raise Refused([Refusal(source, chosen, "a larger sheet",
                               f"at most {caps.rows} rows and {COLUMNS_CAP} columns")])
    return Sheet(source, shown(chosen)[1:-1], tuple(rows), merged)


def _cells(content: bytes, name: str | None,
           caps: Caps) -> tuple[list[str], str, list[tuple[Cell, ...]], tuple[str, ...]]:
    """The names of the sheets that can be seen, the chosen one's, its rows and merged ranges,
    both empty where there is no such sheet."""
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    seen = {str(one.title): one for one in book.worksheets if one.sheet_state == "visible"}
    first, *_ = seen
    chosen = first if name is None else name
    if chosen not in seen:
        return list(seen), chosen, [], ()
    sheet = seen[chosen]
    sheet.reset_dimensions()
    rows = [tuple(_cell(number, column, one) for column, one in enumerate(
                row if caps.padded else _trimmed(row), 1))
            for number, row in enumerate(sheet.iter_rows(
                max_row=caps.rows + 1, max_col=COLUMNS_CAP + 1), 1)]
    return list(seen), chosen, rows, _merged(content, sheet._worksheet_path)


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """A row without the empty cells at its end: forty of each would be most of a long table."""
    last = next((index for index in range(len(row) - 1, -1, -1) if row[index].value is not None),
                -1)
    return row[:last + 1]


def _merged(content: bytes, part: str) -> tuple[str, ...]:
    """The merged ranges of a sheet's part; the streaming reader passes over them."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        found = _MERGED.findall(package.read(part.lstrip("/")))
    return tuple(one.decode() for one in found)


def _parts(content: bytes, caps: Caps) -> list[tuple[str, str]]:
    """What is wrong with the package: found, expected."""
    if len(content) > caps.size:
        return [(f"{len(content)} bytes", f"at most {caps.size} bytes")]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            unfolded = sum(part.file_size for part in parts)
            if len(parts) > PARTS_CAP or unfolded > caps.unfolded:
                return [(f"{len(parts)} parts that unfold to {unfolded} bytes",
                         f"at most {PARTS_CAP} parts and {caps.unfolded} bytes")]
            names = [part.filename.lower() for part in parts]
            doubled = sorted({name for name in names if names.count(name) > 1})
            active = [name for name in names if any(word in name for word in _ACTIVE)]
            # a part never gives more than the size it names, so the sum above bounds this
            odd = [part.filename for part in parts
                   if part.filename.lower().endswith((".xml", ".rels"))
                   and not _plain(package.read(part))]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError) as error:
        return [(type(error).__name__, "a workbook (.xlsx)")]
    return [*((f"the part {shown(name)} again", "each part once") for name in doubled),
            *((f"the part {shown(name)}", "no macros, links or embedded documents")
              for name in active),
            *((f"a document type or another encoding in {shown(name)}", "plain XML in UTF-8")
              for name in odd)]


def _plain(part: bytes) -> bool:
    """Whether it is XML without a document type, in which alone entities can be declared."""
    return (part.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
            and b"<!DOCTYPE" not in part and b"\0" not in part)


def _cell(row: int, column: int, one: Any) -> Cell:
    kind, pattern = getattr(one, "data_type", "n"), str(getattr(one, "number_format", ""))
    number = isinstance(one.value, int | float) and not isinstance(one.value, bool)
    return Cell(f"{get_column_letter(column)}{row}", one.value, formula=kind == "f",
                percent=number and "%" in pattern, date=kind == "d")
