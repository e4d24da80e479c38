"""A spreadsheet of the annex that comes back: which numbers it changes, or every fault it has.

It is held cell by cell against the sheet that the file would give now: whatever else differs was
not to be changed. The file must be the one that the sheet was made of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from fenghuo.agreements.annex import edited, expected, number_at, table
from fenghuo.agreements.annex_rows import Number
from fenghuo.agreements.annex_sheet import SOURCE, SheetRow, sheet_rows
from fenghuo.agreements.reading import FOLDER
from fenghuo.documents import xlsx
from fenghuo.documents.text import shown
from fenghuo.documents.xlsx import Cell, Sheet
from fenghuo.words import Refusal, Refused

_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet that fits its file: ``changes`` are new digits by the number's path, ``content``
    the file with them."""

    source: str
    changes: dict[str, str]
    content: bytes


def filled(name: str, content: bytes, files: Mapping[str, bytes]) -> Filled:
    """What a workbook ``name`` makes of the agreement that it names, one of ``files`` by path
    (``rules/agreements/x.yaml``).

    Raises Refused with every fault, each at its sheet and cell.
    """
    sheet = xlsx.read(name, content)
    rows = _by_key(sheet)
    source, digest, language = _origin(sheet, rows, files)
    annex = table(source, files[source], language)
    if annex.sha256 != digest.value:
        raise Refused([sheet.refusal(digest.place, f"SHA-256 {digest.found()}",
                                     f"{annex.sha256}: the file was changed since; export the "
                                     "sheet again")])
    refusals: list[Refusal] = []
    changes: dict[str, str] = {}
    places: dict[str, str] = {}
    for wanted in sheet_rows(annex):
        if wanted.key in rows:
            _row(sheet, wanted, rows.pop(wanted.key), refusals, changes, places)
        else:
            refusals.append(sheet.refusal("", f"no row {wanted.key}", "every row of the table"))
    refusals += [sheet.refusal(cells[0].place, f"the row {shown(key)}", "only rows of the table")
                 for key, cells in rows.items()]
    if refusals:
        raise Refused(refusals)
    try:
        return Filled(source, changes, edited(source, files[source], changes))
    except Refused as refused:
        raise Refused([_placed(sheet, refusal, {**dict.fromkeys(changes, ""), **places})
                       for refusal in refused.refusals]) from None


def _by_key(sheet: Sheet) -> dict[str, tuple[Cell, ...]]:
    refusals: list[Refusal] = []
    found: dict[str, tuple[Cell, ...]] = {}
    for cells in sheet.rows:
        if all(cell.value is None for cell in cells):
            continue
        key = cells[0]
        if not isinstance(key.value, str) or key.formula:
            refusals.append(sheet.refusal(key.place, key.found(), "the row's key"))
        elif key.value in found:
            refusals.append(sheet.refusal(key.place, f"the row {shown(key.value)} again",
                                          "each row once"))
        else:
            found[key.value] = cells
    if refusals:
        raise Refused(refusals)
    return found


def _origin(sheet: Sheet, rows: Mapping[str, tuple[Cell, ...]],
            files: Mapping[str, bytes]) -> tuple[str, Cell, str]:
    """The file, the cell of its digest, and the language that a sheet names."""
    cells = rows.get(SOURCE, ())
    if len(cells) < 5:
        raise Refused([sheet.refusal("", "no row that names the file", "an exported annex")])
    _, _, source, digest, language = cells[:5]
    if source.value not in files or not str(source.value).startswith(FOLDER):
        raise Refused([sheet.refusal(source.place, source.found(),
                                     "one of " + ", ".join(sorted(
                                         one for one in files if one.startswith(FOLDER))))])
    if language.value not in _LANGUAGES:
        raise Refused([sheet.refusal(language.place, language.found(), "zh or en")])
    return str(source.value), digest, str(language.value)


def _row(sheet: Sheet, wanted: SheetRow, cells: tuple[Cell, ...], refusals: list[Refusal],
         changes: dict[str, str], places: dict[str, str]) -> None:
    found = dict(enumerate(cells[1:]))
    for column, part in enumerate(wanted.cells):
        cell = found.pop(column, None) or Cell(f"row {cells[0].place}", None)
        if isinstance(part, Number):
            places[part.path] = cell.place
            if _good(cell, part):
                digits = _digits(cell.value, part)
                if digits != part.digits:
                    changes[part.path] = digits
            else:
                refusals.append(sheet.refusal(cell.place, cell.found(), expected(part)))
        elif cell.formula or (cell.value != part and (part or cell.value is not None)):
            refusals.append(sheet.refusal(cell.place, cell.found(),
                                          f"{shown(part) if part else 'nothing'}: "
                                          "only numbers may be changed"))
    refusals += [sheet.refusal(cell.place, cell.found(), "nothing: only numbers may be changed")
                 for cell in found.values() if cell.value is not None]


def _good(cell: Cell, number: Number) -> bool:
    if cell.formula or cell.percent or cell.date or not _is_number(cell.value):
        return False
    return math.isfinite(cell.value) and not (number.whole and cell.value != int(cell.value))


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _digits(value: int | float, number: Number) -> str:
    """A number as the file writes it: as before where it is the same, else with as many
    decimals as before or as it needs."""
    old = Decimal(number.digits)
    new = Decimal(repr(value)).normalize()
    if new == old:
        return number.digits
    decimals = max(-int(old.as_tuple().exponent), -int(new.as_tuple().exponent), 0)
    return f"{new:.{0 if number.whole else decimals}f}"


def _placed(sheet: Sheet, refusal: Refusal, places: Mapping[str, str]) -> Refusal:
    """A fault of the file at the cell that made it."""
    number = number_at(places, refusal)
    if number is None:
        return refusal
    return sheet.refusal(places[number], f"{refusal.found} ({number})", refusal.expected)
