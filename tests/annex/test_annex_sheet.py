"""The annex as a spreadsheet: it comes back with other numbers, or is refused cell by cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from fenghuo.agreements import annex
from fenghuo.agreements.annex_sheet import written
from fenghuo.agreements.annex_sheet_reading import filled
from fenghuo.cli import app
from fenghuo.words import Refused

RULES = Path(__file__).parents[2] / "rules"
NAME = "rules/agreements/meteorological.yaml"
FILES = {f"rules/agreements/{path.name}": path.read_bytes()
         for path in sorted((RULES / "agreements").glob("*.yaml"))}
SHEET = written(annex.table(NAME, FILES[NAME], "zh"))
NUMBERS = annex.table(NAME, FILES[NAME], "zh").numbers
RED = next(path for path in NUMBERS if path.endswith("tiers.red.at_least"))
WINDOW = RED.replace("at_least", "window")


def opened(content: bytes = SHEET) -> tuple[Workbook, Any]:
    book = load_workbook(io.BytesIO(content))
    return book, book.active


def closed(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(sheet: Any, path: str) -> Any:
    """The cell of a number: its row by the key, its column by the heading."""
    key = path.replace(".red.", ".*.")
    row = next(row for row in sheet.iter_rows() if row[0].value == key)
    heads = next(row for row in sheet.iter_rows() if row[0].value == "heads")
    return next(cell for cell, head in zip(row, heads, strict=True) if head.value == "红")


def changed(act: Callable[[Any], None]) -> bytes:
    book, sheet = opened()
    act(sheet)
    return closed(book)


def faults(content: bytes, files: dict[str, bytes] | None = None) -> list[str]:
    with pytest.raises(Refused) as refused:
        filled("in.xlsx", content, FILES if files is None else files)
    return [str(fault) for fault in refused.value.refusals]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(FILES))
def test_an_untouched_sheet_of_every_shipped_agreement_changes_nothing(name: str,
                                                                       language: str) -> None:
    made = filled("in.xlsx", written(annex.table(name, FILES[name], language)), FILES)
    assert (made.source, made.changes, made.content) == (name, {}, FILES[name])


@settings(max_examples=10, deadline=None)
@given(limit=st.decimals(101, 99999, places=3, allow_nan=False), window=st.integers(1, 2))
def test_numbers_typed_into_a_sheet_are_the_digits_of_the_file(limit: Any, window: int) -> None:
    def typed(sheet: Any) -> None:
        cell_of(sheet, RED).value = float(limit)
        cell_of(sheet, WINDOW).value = window
    made = filled("in.xlsx", changed(typed), FILES)
    assert {path: float(digits) for path, digits in made.changes.items()} == {
        RED: float(limit), WINDOW: window}
    assert made.content == annex.edited(NAME, FILES[NAME], made.changes)


def test_rows_that_were_moved_are_known_by_their_key() -> None:
    def turned(sheet: Any) -> None:
        cell_of(sheet, RED).value = 120
        rows = [[(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        for number, row in enumerate(reversed(rows), 1):
            for column, (value, form) in enumerate(row, 1):
                cell = sheet.cell(number, column)
                cell.value, cell.number_format = value, form
    assert filled("in.xlsx", changed(turned), FILES).changes == {RED: "120"}


def test_only_the_numbers_are_unlocked_and_every_one_says_its_unit() -> None:
    _, sheet = opened()
    assert sheet.protection.sheet
    unlocked = [cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    assert len(unlocked) == len(NUMBERS)
    assert all(isinstance(cell.value, int | float) for cell in unlocked)
    assert cell_of(sheet, WINDOW).number_format == 'General" 小时"'
    assert sheet.column_dimensions["A"].hidden
    covered = {str(place) for rule in sheet.data_validations.dataValidation
               for place in str(rule.sqref).split()}
    assert covered == {cell.coordinate for cell in unlocked}


@pytest.mark.parametrize(("value", "form", "found"), [
    ("=50+50", None, "the formula '=50+50'"),
    ("100", None, "the text '100'"),
    ("１００", None, "the text '１００'"),
    ("100 mm", None, "the text '100 mm'"),
    (0.5, "0%", "a percentage (0.5)"),
    (datetime(2026, 6, 8), "yyyy-mm-dd", "the date 2026-06-08"),
    (True, None, "True"),
    (None, None, "nothing"),
])
def test_what_is_no_number_is_refused_at_its_cell(value: Any, form: str | None,
                                                  found: str) -> None:
    def typed(sheet: Any) -> None:
        cell = cell_of(sheet, RED)
        cell.value = value
        cell.number_format = form or cell.number_format
    place = cell_of(opened()[1], RED).coordinate
    fault, = faults(changed(typed))
    assert fault.startswith(f"in.xlsx:meteorological!{place}: found {found}")
    assert "expected a plain decimal number of mm" in fault


def test_a_broken_hour_and_a_number_that_the_rules_refuse_are_named_at_their_cells() -> None:
    def half(sheet: Any) -> None:
        cell_of(sheet, WINDOW).value = 1.5
    assert "expected a whole number of 小时" in faults(changed(half))[0]

    def lower(sheet: Any) -> None:
        cell_of(sheet, RED).value = 20
    fault, = faults(changed(lower))
    column = cell_of(opened()[1], RED).column_letter
    assert fault.startswith(f"in.xlsx:meteorological!{column}") and "harder to reach" in fault


def test_every_locked_cell_that_was_changed_is_named_all_at_once() -> None:
    def scrawled(sheet: Any) -> None:
        sheet["B1"].value = "another title"
        sheet["E8"].value = "=1+1"
        sheet["Z9"].value = "beside"
        cell_of(sheet, RED).value = "x"
    found = faults(changed(scrawled))
    assert len(found) == 4
    assert all("only numbers may be changed" in fault or "plain decimal" in fault
               for fault in found)


def test_rows_that_are_missing_doubled_or_new_are_refused() -> None:
    key = RED.replace(".red.", ".*.")

    def gone(sheet: Any) -> None:
        sheet.delete_rows(cell_of(sheet, RED).row)
    assert f"no row {key}" in faults(changed(gone))[0]

    def again(sheet: Any) -> None:
        sheet.append([key])
    assert f"the row '{key}' again" in faults(changed(again))[0]

    def more(sheet: Any) -> None:
        sheet.append(["rules.99.lead", "x"])
    assert "the row 'rules.99.lead'" in faults(changed(more))[0]

    def keyless(sheet: Any) -> None:
        sheet.append([None, "x"])
    assert "found nothing, expected the row's key" in faults(changed(keyless))[0]


def test_a_sheet_of_another_or_a_changed_file_is_stale() -> None:
    later = FILES | {NAME: FILES[NAME] + b"# a word more\n"}
    assert "the file was changed since" in faults(SHEET, later)[0]
    others = {name: content for name, content in FILES.items() if name != NAME}
    assert "expected one of rules/agreements/flood.yaml" in faults(SHEET, others)[0]

    def elsewhere(sheet: Any) -> None:
        row = next(row for row in sheet.iter_rows() if row[0].value == "source")
        row[2].value = "rules/agreements/../../contacts/people.csv"
    assert "expected one of" in faults(changed(elsewhere))[0]
    assert "an exported annex" in faults(closed(Workbook()))[0]


def test_a_text_of_the_file_never_becomes_a_formula() -> None:
    evil = FILES[NAME].replace(b"CMA Order 16 annex,", b'"=HYPERLINK(1)",')
    _, sheet = opened(written(annex.table(NAME, evil, "zh")))
    assert [cell.data_type for row in sheet.iter_rows() for cell in row
            if str(cell.value).startswith("=HYPERLINK")] == ["s"] * evil.count(b"=HYPERLINK")


def _with_part(name: str, content: bytes, drop: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHEET)) as old, \
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if not (drop and part == name):
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def _lined() -> bytes:
    rows = "".join(f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>k{number}</t></is>'
                   "</c></row>" for number in range(1, 4000))
    return (f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f'<sheetData>{rows}</sheetData></worksheet>').encode()


ENTITY = (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
          b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>')


@pytest.mark.parametrize(("content", "found"), [
    (b"", "BadZipFile"),
    (b"PK\x03\x04" + b"\0" * 100, "BadZipFile"),
    (SHEET[:-400], "BadZipFile"),
    (b"\0" * (3 * 1024 * 1024), "3145728 bytes"),
    (_with_part("xl/worksheets/sheet2.xml", b"0" * (40 * 1024 * 1024)), "unfold to"),
    (_with_part("xl/vbaProject.bin", b"x"), "the part 'xl/vbaproject.bin'"),
    (_with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "the part 'xl/externallinks"),
    (_with_part("xl/worksheets/sheet1.xml", ENTITY, drop=True), "a document type"),
    (_with_part("xl/worksheets/sheet1.xml", ENTITY.decode().encode("utf-16"), drop=True),
     "a document type or another encoding"),
    (_with_part("xl/worksheets/sheet1.xml", b"<worksheet>", drop=True), "Error"),
    (_with_part("xl/worksheets/sheet1.xml", _lined(), drop=True), "a larger sheet"),
    (_with_part("xl/workbook.xml", b"<workbook/>", drop=True), "Error"),
], ids=["empty", "no package", "cut", "large", "bomb", "macro", "link", "entity", "utf-16",
        "broken", "long", "no sheet"])
def test_a_hostile_workbook_is_refused_before_it_can_do_harm(content: bytes, found: str) -> None:
    fault = " ".join(faults(content))
    assert found in fault


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules" / "agreements").mkdir(parents=True)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    return tmp_path


def test_the_command_line_writes_a_sheet_and_takes_its_numbers_back(home: Path) -> None:
    run = CliRunner().invoke
    out = home / "out.xlsx"
    made = run(app, ["annex", "export", str(home / NAME), str(out)])
    assert made.exit_code == 0 and "numbers of" in made.stdout
    book, sheet = opened(out.read_bytes())
    cell_of(sheet, RED).value = 90
    out.write_bytes(closed(book))
    dry = run(app, ["annex", "import", str(out), "--dry-run"])
    assert dry.exit_code == 0 and "90 mm" in dry.stdout
    assert (home / NAME).read_bytes() == FILES[NAME]
    (home / "drafts").mkdir()
    assert run(app, ["annex", "import", str(out), "--into", str(home / "drafts")]).exit_code == 0
    wanted = annex.edited(NAME, FILES[NAME], {RED: "90"})
    assert (home / "drafts" / "meteorological.yaml").read_bytes() == wanted
    assert (home / NAME).read_bytes() == FILES[NAME]
    assert run(app, ["annex", "import", str(out)]).exit_code == 0
    assert (home / NAME).read_bytes() == wanted
    again = run(app, ["annex", "import", str(out)])
    assert again.exit_code == 1 and "the file was changed since" in again.stderr
