"""Spreadsheets from strangers: the cells of one sheet as they are, nothing computed or followed.

Refused before anything is parsed: files or parts that are too large (a bomb is known by what it
unfolds to), macros, embedded and linked documents, entities. Format: ECMA-376, Office Open XML.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from fenghuo.documents.text import shown
from fenghuo.words import Refusal, Refused

SIZE_CAP = 2 * 1024 * 1024
UNFOLDED_CAP = 16 * 1024 * 1024
PARTS_CAP = 100
ROWS_CAP, COLUMNS_CAP = 3000, 40
_ACTIVE = ("vba", "externallink", "embeddings", "activex", "macrosheet", "ctrlprops",
           "connections", "querytable")
"""What names of parts tell of macros and of other documents."""


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
    """The first sheet of a workbook: ``rows`` of cells, without the empty ones at the end."""

    source: str
    title: str
    rows: tuple[tuple[Cell, ...], ...]

    def refusal(self, cell: str, found: str, expected: str) -> Refusal:
        """A fault at ``F7``, or at the sheet as a whole where the cell is empty."""
        return Refusal(self.source, f"{self.title}!{cell}" if cell else self.title, found, expected)


def read(source: str, content: bytes) -> Sheet:
    """The first sheet of a workbook. Raises Refused."""
    faults = _parts(content)
    if faults:
        raise Refused([Refusal(source, "1:1", found, expected) for found, expected in faults])
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = [tuple(_cell(number, column, one) for column, one in enumerate(row, 1))
                for number, row in enumerate(sheet.iter_rows(
                    max_row=ROWS_CAP + 1, max_col=COLUMNS_CAP + 1), 1)]
        title = str(sheet.title)
    except Exception as error:  # a hostile part breaks the reader in any way it likes
        raise Refused([Refusal(source, "1:1", type(error).__name__,
                               "a readable workbook (.xlsx)")]) from None
    while rows and all(cell.value is None for cell in rows[-1]):
        rows.pop()
    if len(rows) > ROWS_CAP or any(row[COLUMNS_CAP:] and row[COLUMNS_CAP].value is not None
                                   for row in rows):
        raise Refused([Refusal(source, title, "a larger sheet",
                               f"at most {ROWS_CAP} rows and {COLUMNS_CAP} columns")])
    return Sheet(source, shown(title)[1:-1], tuple(rows))


def _parts(content: bytes) -> list[tuple[str, str]]:
    """What is wrong with the package: found, expected."""
    if len(content) > SIZE_CAP:
        return [(f"{len(content)} bytes", f"at most {SIZE_CAP} bytes")]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            unfolded = sum(part.file_size for part in parts)
            if len(parts) > PARTS_CAP or unfolded > UNFOLDED_CAP:
                return [(f"{len(parts)} parts that unfold to {unfolded} bytes",
                         f"at most {PARTS_CAP} parts and {UNFOLDED_CAP} bytes")]
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
