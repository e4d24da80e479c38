"""A table in XLSX says what the same CSV says, and its dangers are refused."""

from __future__ import annotations

import io
import math
import re
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from fenghuo.feeds.formats import table as tables
from fenghuo.feeds.parsed import FeedError
from fenghuo.feeds.parsed import read as parsed_as
from fenghuo.feeds.tables import BOOK
from fenghuo.words import Refused

NOON = datetime(2026, 6, 8, 4, 1, tzinfo=UTC)


def values(parsed):
    return {(row.metric, row.subject): row.value for row in parsed.observations.itertuples()}


def mapped(config, **changes):
    """The same feed, its table read otherwise."""
    return config.model_copy(update={"table": config.table.model_copy(update=changes)})


def workbook(*rows):
    """A workbook as an office saves it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def sheets(configured):
    """The gauges' feed, its table a workbook."""
    return mapped(configured("gauges"), kind="xlsx")


HEADER = ("station", "time", "stage_m", "rain_mm")


WHOLE = workbook(HEADER, ("a", datetime(2026, 6, 8, 12), 7.35, 1.5))
"""Made once: the instant of its making stands in it."""


def test_a_workbook_says_what_the_same_csv_says(sheets, configured):
    body = workbook(HEADER, ("a", datetime(2026, 6, 8, 12), 7.35, 1.5),
                    ("b", "2026-06-08 12:00", "8", None))
    parsed = tables.parse(body, sheets, NOON)
    same = tables.parse(",".join(HEADER).encode() + b"\na,2026-06-08T12:00:00,7.35,1.5\n"
                        b"b,2026-06-08 12:00,8,", configured("gauges"), NOON)
    assert parsed.observations.equals(same.observations) and not parsed.refusals


def test_a_bad_cell_of_a_workbook_is_refused_and_its_neighbours_stay(sheets):
    body = workbook(HEADER, ("a", "2026-06-08 12:00", "7,35", 1), ("b", "soon", 8, 1))
    parsed = tables.parse(body, sheets, NOON)
    assert values(parsed) == {("rain", "a"): 1}
    assert {one.place for one in parsed.refusals} == {"row 2.stage_m", "row 3.time"}


def test_a_formula_is_refused_whole_and_its_cell_named(sheets):
    body = workbook(HEADER, ("a", "2026-06-08 12:00", "=1+1", 1))
    with pytest.raises(Refused, match="Sheet!C2: found the formula"):
        tables.parse(body, sheets, NOON)


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"])
def test_a_workbook_with_macros_or_links_is_refused(sheets, name):
    out = io.BytesIO(workbook(HEADER))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, "<x/>")
    with pytest.raises(Refused, match="no macros, links"):
        tables.parse(out.getvalue(), sheets, NOON)


def test_a_zip_bomb_is_refused_unread(sheets):
    out = io.BytesIO(workbook(HEADER))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet2.xml", b"<x>" + b" " * 40_000_000)
    with pytest.raises(Refused, match="unfold"):
        tables.parse(out.getvalue(), sheets, NOON)


def test_a_workbook_without_styles_as_some_programs_write_it_is_read(sheets):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER, ("a", "2026-06-08 12:00", 7, 1)))) as old, \
            zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, re.sub(rb"<cellStyles.*?</cellStyles>", b"", text))
    assert values(tables.parse(out.getvalue(), sheets, NOON))[("stage", "a")] == 7.0


def test_an_empty_row_between_others_is_no_row(sheets):
    body = workbook(HEADER, (), ("a", "2026-06-08 12:00", 7, 1), (None,), (None, None, " ", None),
                    ("b", "2026-06-08 12:00", 8, 1))
    parsed = tables.parse(body, sheets, NOON)
    assert len(parsed.observations) == 4 and {one.place for one in parsed.refusals} == {
        "row 5.time", "row 5.station"}


def test_a_number_stored_with_all_its_digits_is_the_number_that_was_shown(sheets):
    body = workbook(HEADER, ("a", "2026-06-08 12:00", 0.1 + 0.2, 0.00001))
    assert values(tables.parse(body, sheets, NOON)) == {("stage", "a"): 0.3, ("rain", "a"): 1e-05}


@pytest.mark.parametrize("epoch", [CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
def test_a_date_is_the_same_whichever_year_the_workbook_counts_from(sheets, epoch):
    book = Workbook()
    book.epoch = epoch
    for row in (HEADER, ("a", datetime(2026, 6, 8, 11, 55), 7.35, 1.5)):
        book.active.append(row)
    assert tables.parse(saved(book), sheets, NOON).as_of == datetime(2026, 6, 8, 3, 55, tzinfo=UTC)


def test_a_bare_serial_number_is_no_time(sheets):
    body = workbook(HEADER, ("a", 46181.5, 7, 1), ("b", "2026-06-08 12:00", 8, 1))
    parsed = tables.parse(body, sheets, NOON)
    assert [(one.place, one.found) for one in parsed.refusals] == [("row 2.time", "'46181.5'")]


def test_a_date_that_no_calendar_has_is_refused_alone(sheets):
    book = Workbook()
    for row in (HEADER, ("a", 9e9, 7, 1), ("b", datetime(2026, 6, 8, 12), 8, 1)):
        book.active.append(row)
    book.active["B2"].number_format = "yyyy-mm-dd hh:mm"
    parsed = tables.parse(saved(book), sheets, NOON)
    assert {subject for _, subject in values(parsed)} == {"b"}
    assert [one.place for one in parsed.refusals] == ["row 2.time"]


def test_the_first_sheet_that_is_not_hidden_is_read_or_the_one_that_is_named(sheets):
    book = Workbook()
    book.active.append(("a", "draft"))
    book.active.sheet_state = "hidden"
    for number, title in ((7, "水情"), (8, "备份")):
        sheet = book.create_sheet(title)
        for row in (HEADER, ("a", "2026-06-08 12:00", number, None)):
            sheet.append(row)
    body = saved(book)
    assert values(tables.parse(body, sheets, NOON)) == {("stage", "a"): 7.0}
    assert values(tables.parse(body, mapped(sheets, sheet="备份"), NOON)) == {("stage", "a"): 8.0}
    with pytest.raises(Refused, match="found '水情', '备份', expected a sheet 'Sheet' that is not"):
        tables.parse(body, mapped(sheets, sheet="Sheet"), NOON)


def test_a_merged_title_above_the_head_is_passed_over_and_merged_cells_below_are_refused(sheets):
    book = Workbook()
    for row in (("水情表",), HEADER, ("a", "2026-06-08 12:00", 7, 1), (None, None, 8, 2)):
        book.active.append(row)
    book.active.merge_cells("A1:D1")
    below = mapped(sheets, head=2)
    assert values(tables.parse(saved(book), below, NOON))[("stage", "a")] == 7.0
    book.active.merge_cells("A3:A4")
    with pytest.raises(Refused, match="Sheet!A3:A4: found merged cells"):
        tables.parse(saved(book), below, NOON)


def test_a_workbook_larger_than_a_bureaus_table_is_refused(sheets):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(BOOK.rows + 2):
        sheet.append((f"s{number}",))
    with pytest.raises(Refused, match="at most 12000 rows and 40 columns"):
        tables.parse(saved(book), sheets, NOON)


@settings(max_examples=60, deadline=None, database=None, derandomize=True,
          suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_workbook_of_flipped_and_cut_bytes_is_read_or_refused(sheets, data):
    body = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), min_size=1, max_size=4)):
        body[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(body)) | st.integers(0, len(body)))
    try:
        parsed = parsed_as("table", bytes(body[:end]), sheets, NOON)
    except FeedError as error:
        assert error.__cause__ is None, f"not foreseen: {error.__cause__!r}"
    else:
        assert set(values(parsed).values()) <= {7.35, 1.5}


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                  "xl/workbook.xml", "xl/styles.xml"])
@settings(max_examples=15, deadline=None, database=None, derandomize=True,
          suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_workbook_whose_parts_lie_is_read_or_refused(sheets, part, data):
    words = ("", "0", "-1", "9" * 30, "NaN", "1e999", "A1048577", "&#0;", "true", "d", "s", "e")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                parts = re.split(rb"(?<=[>\"])([^<>\"=]+)(?=[<\"])", text)
                at = data.draw(st.integers(0, len(parts) // 2 - 1))
                parts[2 * at + 1] = data.draw(st.sampled_from(words)).encode()
                text = b"".join(parts)
            new.writestr(name, text)
    try:
        parsed = parsed_as("table", out.getvalue(), sheets, NOON)
    except FeedError as error:
        assert error.__cause__ is None, f"not foreseen: {error.__cause__!r}"
    else:
        assert all(math.isfinite(value) for value in values(parsed).values())


@pytest.mark.parametrize("body", [b"", b"station,time\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook_is_refused(sheets, body):
    with pytest.raises(Refused):
        tables.parse(body, sheets, NOON)
