"""The annex as a spreadsheet that looks like the signed table; only its numbers are unlocked.

Column A is hidden and holds each row's key, so that rows are known wherever they were moved.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from fenghuo.agreements.annex import Annex
from fenghuo.agreements.annex_rows import ALSO, Number, Row, Shown
from fenghuo.agreements.annex_words import WORDS
from fenghuo.words import LEVELS
from fenghuo.words.names import HAZARD

SOURCE = "source"
"""The key of the row that names language, file and digest."""

_BEFORE = ("hazard", "rule", "measured", "item")
_AFTER = ("source", "confidence")
_TIER = re.compile(r"\.(tiers|levels)\.(?:" + "|".join(LEVELS) + r")(?=\.|$)")
_FILLS = {"digest": "EDEDED", "white": "F7F7F7", "blue": "C9DDF2", "yellow": "FFF2B3",
          "orange": "FBD5A9", "red": "F4B6B0", "also": "EDEDED"}
_LINE = Border(*(Side("thin", "999999"),) * 4)
_WIDTHS = {"hazard": 12, "rule": 22, "measured": 22, "item": 26, "source": 40, "confidence": 12}
_VALIDATION_CAP = {True: (0, 999_999), False: (-999_999_999, 999_999_999)}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: its key in column A, and its cells from column B on."""

    key: str
    cells: tuple[str | Number | None, ...]


def sheet_rows(annex: Annex) -> tuple[SheetRow, ...]:
    """The whole table as rows: title, parties, source, heading, then a block for each rule."""
    words, agreement = WORDS[annex.language], annex.agreement
    title = getattr(agreement.title, annex.language)
    parties = " · ".join(f"{party.signed_as or party.now} ({party.now})" for party in
                         (agreement.parties.bureau, agreement.parties.partner))
    signed = (f"{words['signed']} {agreement.document.number} {agreement.document.date}"
              if agreement.signed and agreement.document else words["unsigned"])
    heads = [*(words[name] for name in _BEFORE),
             *(annex.heading(name) for name in annex.columns), *(words[name] for name in _AFTER)]
    return (SheetRow("title", (f"{title} · {words['annex']}",)),
            SheetRow("parties", (words["parties"], parties)), SheetRow("signed", (signed,)),
            SheetRow(SOURCE, (words["file"], annex.source, annex.sha256, annex.language)),
            SheetRow("note", (words["only_numbers"],)), SheetRow("heads", tuple(heads)),
            *(each for row in annex.rows for each in _block(annex, row)))


def written(annex: Annex) -> bytes:
    """The workbook (.xlsx): protected without a password, as a guard and no secret."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = annex.agreement.agreement[:31]
    rows = sheet_rows(annex)
    for number, row in enumerate(rows, 1):
        for column, part in enumerate((row.key, *row.cells), 1):
            _fill(sheet, sheet.cell(number, column), part)
    _dress(sheet, annex, rows)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _block(annex: Annex, row: Row) -> Iterator[SheetRow]:
    """A rule: one row for each value that the file writes, the tiers side by side."""
    grid: dict[str, tuple[str, dict[str, str | Number]]] = {}
    for column in annex.columns:
        for line in row.cells.get(column, ()):
            for part in line:
                if isinstance(part, Shown | Number):
                    key = _TIER.sub(r".\1.*", part.path)
                    cells = grid.setdefault(key, (part.label, {}))[1]
                    cells[column] = part if isinstance(part, Number) else part.text
    for index, (key, (label, found)) in enumerate(grid.items()):
        first = index == 0
        yield SheetRow(key, (
            *((HAZARD[annex.language][row.hazard], row.rule, row.measured) if first
              else (None, None, None)), label, *(found.get(column) for column in annex.columns),
            *((row.source, annex.sure(row)) if first else (None, None))))


def _fill(sheet: Worksheet, cell: Cell, part: str | Number | None) -> None:
    if not isinstance(part, Number):
        cell.value = part
        if part is not None:
            cell.data_type = "s"  # a text that begins with = stays a text
        return
    cell.value = int(part.digits) if part.whole else float(part.digits)
    cell.number_format = f'General" {part.unit}"' if part.unit else "General"
    cell.protection = Protection(locked=False)
    least, most = _VALIDATION_CAP[part.whole]
    rule = DataValidation("whole" if part.whole else "decimal", operator="between",
                          formula1=str(least), formula2=str(most), showErrorMessage=True)
    rule.add(cell.coordinate)
    sheet.add_data_validation(rule)


def _dress(sheet: Worksheet, annex: Annex, rows: tuple[SheetRow, ...]) -> None:
    """Widths, lines, colours, and what is repeated on every printed page."""
    heads = next(number for number, row in enumerate(rows, 1) if row.key == "heads")
    names = (*_BEFORE, *annex.columns, *_AFTER)
    sheet.column_dimensions["A"].hidden = True
    for column, name in enumerate(names, 2):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 28 if name == ALSO else 14)
        shade = PatternFill("solid", fgColor=_FILLS.get(name, "EDEDED"))
        for number in range(heads, len(rows) + 1):
            cell = sheet.cell(number, column)
            cell.border = _LINE
            cell.alignment = Alignment(
                wrap_text=True, vertical="center",
                horizontal="center" if name in annex.columns else "left")
            if number == heads:
                cell.fill, cell.font = shade, Font(bold=True)
            elif cell.protection.locked and name in annex.columns:
                cell.fill = PatternFill("solid", fgColor="F3F3F3")
    sheet["B1"].font = Font(bold=True, size=16)
    sheet.freeze_panes = sheet.cell(heads + 1, 6)
    sheet.print_title_rows = f"{heads}:{heads}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr = (
        0, PageSetupProperties(fitToPage=True))
