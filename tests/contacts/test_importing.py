"""A city's own list: every form it comes in, every fault at its place, and what it would change."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from fenghuo import contacts
from fenghuo.contacts import importing
from fenghuo.contacts.importing import Plan
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
FILES = {f"contacts/{path.name}": path.read_bytes() for path in (ROOT / "contacts").glob("*.csv")}
PEOPLE, POSTS, SITES, DISTRICTS = (f"contacts/{name}.csv" for name in (
    "people", "posts", "sites", "districts"))
HEAD = ["序号", "企业名称", "岗位", "姓名", "手机号码（必填）", "邮箱"]
ROWS = [["1", "烽田尾矿库", "安全员", "王五", "13912345678", "wang@example.org"],
        ["2", "烽安化工罐区", "主要负责人", "赵六", "13912345679", ""]]


def written(rows: list[list[str]], mark: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def book(rows: list[list[Any]], **more: Any) -> bytes:
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    for span in more.get("merged", ()):
        sheet.merge_cells(span)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def plan(rows: list[list[str]] | bytes, **options: Any) -> Plan:
    content = rows if isinstance(rows, bytes) else written(rows).encode()
    return importing.plan(options.pop("files", FILES), {"list.csv": content}, **options)


def refusals(rows: list[list[str]] | bytes, **options: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        plan(rows, **options)
    return [str(one) for one in caught.value.refusals]


def after(made: Plan) -> contacts.Contacts:
    return contacts.read({**FILES, **made.files})


def said(made: Plan) -> list[tuple[str, str, str]]:
    return [(one.what, one.key, one.change) for one in made.changes]


@pytest.mark.parametrize("content", [
    written([HEAD, *ROWS]).encode(), written([HEAD, *ROWS]).encode("utf-8-sig"),
    written([HEAD, *ROWS]).encode("gbk"), written([HEAD, *ROWS]).encode("utf-16"),
    written([HEAD, *ROWS], ";").encode("gbk"), written([HEAD, *ROWS], "\t").encode(),
    written([["江门市联系人名册", *[""] * 5], HEAD, *ROWS]).encode("gbk"),
    book([HEAD, *[[int(cell) if cell.isdigit() else cell for cell in row] for row in ROWS]]),
    book([["江门市联系人名册"], HEAD, *[[float(c) if c.isdigit() else c for c in row]
                                for row in ROWS]], merged=["A1:F1"]),
    written([["enterprise", "Role", "contact", "Mobile", "e-mail"],
             *[row[1:] for row in ROWS]]).encode(),
], ids=["utf-8", "bom", "gbk", "utf-16", "semicolons", "tabs", "a title above", "numbers in XLSX",
        "floats in XLSX", "English"])
def test_however_it_was_saved_a_list_says_the_same(content: bytes) -> None:
    made = after(plan(content))
    officer, head = (made.holder("ep-pond", "safety_officer"), made.holder("ep-tanks", "head"))
    assert officer and (officer.name, officer.phone, officer.email) == (
        "王五", "+8613912345678", "wang@example.org")
    assert head and (head.name, head.phone, head.email) == ("赵六", "+8613912345679", "")


def test_a_list_of_more_rows_than_a_city_has_is_refused_whole() -> None:
    row = "1,烽田尾矿库,安全员,王五,13912345678,\r\n".encode()
    assert refusals(",".join(HEAD).encode() + b"\r\n" + row * 50_001) == [
        "list.csv:1:1: found 50001 rows, expected at most 50000"]


@pytest.mark.parametrize("typed", [
    "13912345678", "139 1234 5678", "139-1234-5678", "+86 139 1234 5678", "+8613912345678",
    "008613912345678", "8613912345678", "１３９１２３４５６７８", "＋86 13912345678",
    "\u202d13912345678\u202c", "'13912345678", "(86) 13912345678"])
def test_a_mobile_number_is_one_however_it_is_typed(typed: str) -> None:
    made = after(plan([HEAD, ["", "烽田尾矿库", "安全员", "王五", typed, ""]]))
    assert getattr(made.holder("ep-pond", "safety_officer"), "phone", "") == "+8613912345678"


@pytest.mark.parametrize(("typed", "expected"), [
    ("1.39E+10", "the number in full: a spreadsheet has cut it"),
    ("13912345678/13812345678", "one number in a cell"),
    ("13912345678、13812345678", "one number in a cell"),
    ("110", "a mobile number that can be texted"), ("0750-3511110", "that can be texted"),
    ("12379", "that can be texted"), ("139123456", "that can be texted"),
    ("13912345678;ext=2", "without an extension"), ("wang", "a mobile number as 13800000001"),
    ("+1 202 555 0199 99", "that can be texted")])
def test_what_is_no_mobile_number_is_refused_at_its_cell_and_masked(
        typed: str, expected: str) -> None:
    fault, = refusals([HEAD, *ROWS, ["3", "烽源地下矿", "安全员", "周七", typed, ""]])
    assert fault.startswith("list.csv:4:5 phone: found ") and expected in fault
    assert typed not in fault or typed == "****"


def test_every_fault_is_said_at_once_with_line_column_found_and_expected() -> None:
    found = refusals([
        HEAD, ["1", "烽田尾矿", "安全员", "王五", "13912345678", "wang"],
        ["2", "烽安化工罐区", "保安", "赵六", "1391234567", ""], ROWS[1],
        ["", "烽源地下矿", "安全员", "", "13912345671", ""]])
    assert [line.partition(": ")[0] for line in found] == [
        "list.csv:2:2 place", "list.csv:2:6 email", "list.csv:3:3 post", "list.csv:3:5 phone",
        "list.csv:5:4 name"]
    assert "did you mean `烽田尾矿库`?" in found[0] and "安全员" in found[2]


def test_a_workbook_names_its_sheet_and_cell() -> None:
    fault, = refusals(book([HEAD, ROWS[0], ["2", "烽安化工罐区", "负责人", "赵六", 1391234, ""]]))
    assert fault.startswith("list.csv:Sheet!E3 phone: found ")


@pytest.mark.parametrize(("content", "expected"), [
    (book([HEAD, ["1", "烽田尾矿库", "安全员", "王五", "=1+1", ""]]), "a value, no formula"),
    (book([HEAD, *ROWS], merged=["B2:B3"]), "a value in every cell"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "it saved as .xlsx, or as CSV"),
    (b"PK\x03\x04 and no more", "a workbook"), (b"", "a payload"),
    (b"<html><body>login</body></html>", "a payload"), (b"\xff\x00\x01" * 9, "text in"),
    (written([HEAD]).encode(), "one at least"),
    (written([HEAD, [*ROWS[0], "7"]]).encode(), "6 cells"),
    (written([HEAD, ["", "烽田尾矿库", "安全员", '=cmd|"x"', "13912345678", ""]]).encode(),
     "text that no spreadsheet takes for a formula"),
    (written([HEAD, ["", "烽田尾矿库", "安全员", "王\u202e五", "13912345678", ""]]).encode(),
     "visible characters only"),
    (b'"a,b\n1,2', "a readable CSV"), (b"1,2\n3,4\n", "place"),
    (written([HEAD[:3], ROWS[0][:3]]).encode(), "name (姓名)"),
    (written([[*HEAD, "手机"], [*ROWS[0], "1"]]).encode(), "the column phone once"),
    (written([[*HEAD, "手机号吗"], [*ROWS[0], "1"]]).encode(), "did you mean `手机号`?"),
])
def test_what_is_no_list_is_refused_and_named(content: bytes, expected: str) -> None:
    assert expected in " ".join(refusals(content))


def test_a_column_can_be_left_out_by_name() -> None:
    rows = [[*HEAD, "政治面貌"], *[[*row, "x"] for row in ROWS]]
    assert plan(rows, passed=["政治面貌"]).changes


def test_the_changes_are_said_row_by_row_and_addresses_are_masked() -> None:
    made = plan([HEAD, ROWS[1], ["", "烽田尾矿库", "安全员", "李安", "13912345670", ""]])
    assert said(made) == [
        ("person", "li-an", "changed"), ("person", "ep-tanks-head", "added"),
        ("person", "anna-lake", "removed"), ("post", "ep-tanks.head", "changed")]
    assert made.changes[0].said == "phone +86138****0001 → +86139****5670"
    assert "13912345670" not in str(made.changes) and set(made.files) == {PEOPLE, POSTS}


def test_the_same_list_again_changes_nothing() -> None:
    made = plan([HEAD, *ROWS])
    again = plan([HEAD, *ROWS], files={**FILES, **made.files})
    assert (again.changes, again.files) == ((), {})


def test_a_known_telephone_is_the_same_person_at_another_post() -> None:
    made = plan([HEAD, ["", "烽安化工罐区", "副职", "李安", "13800000001", ""]])
    assert after(made).posts["ep-tanks", "deputy"] == "li-an"
    assert "li-an@example.org" in made.files.get(PEOPLE, FILES[PEOPLE]).decode(), "kept as known"


def test_one_telephone_for_two_names_is_refused() -> None:
    fault, = refusals([HEAD, ROWS[0], ["", "烽源地下矿", "安全员", "别人", "13912345678", ""]])
    assert fault.startswith("list.csv:3:5 phone: ") and "'王五'" in fault


def test_an_empty_cell_keeps_what_is_known_a_dash_empties_it_and_a_post_may_be_vacant() -> None:
    made = after(plan([HEAD, ["", "烽田尾矿库", "安全员", "李安", "", "-"],
                       ["", "烽田尾矿库", "负责人", "", "", ""]]))
    officer = made.holder("ep-pond", "safety_officer")
    assert officer and (officer.phone, officer.email) == ("+8613800000001", "")
    assert made.holder("ep-pond", "head") is None


@pytest.mark.parametrize("day", ["2027-01-02", "2027/1/2", "2027.1.2", "2027年1月2日", "20270102",
                                 "２０２７－０１－０２"])
def test_a_holder_stays_until_the_day_from_which_the_list_names_another(day: str) -> None:
    made = plan([[*HEAD, "任职日期"], [*ROWS[0], day]])
    rows = [line for line in made.files[POSTS].decode().splitlines()
            if line.startswith("ep-pond,safety_officer")]
    assert rows == ["ep-pond,safety_officer,li-an,,2027-01-01",
                    "ep-pond,safety_officer,ep-pond-safety_officer,2027-01-02,"]


def test_a_day_that_does_not_exist_and_an_end_before_the_beginning_are_refused() -> None:
    head = [*HEAD, "任职日期", "离任日期"]
    assert refusals([head, [*ROWS[0], "2026-02-30", ""]])[0].startswith("list.csv:2:7 valid_from")
    fault = refusals([head, [*ROWS[0], "2026-02-03", "2026-01-01"]])[0]
    assert fault.startswith("list.csv:2:8 valid_to: ") and "no day before valid_from" in fault


def test_offices_are_known_by_their_districts() -> None:
    made = after(plan([HEAD, ["", "恩平市", "值班员", "值班甲", "13912345678", ""],
                       ["", "city:440700", "带班领导", "领导乙", "13912345679", ""]]))
    assert getattr(made.holder("county:440785", "duty"), "name", "") == "值班甲"
    assert getattr(made.holder("city:440700", "leader"), "name", "") == "领导乙"


def test_a_whole_list_removes_what_it_does_not_name_if_what_is_left_is_good() -> None:
    found = refusals([HEAD, *ROWS], whole=True)
    assert "nobody answers for ep-mine" in " ".join(found)
    everybody = [HEAD, *[["", place, post, f"人{number}", f"1391234{number:04}", ""]
                         for number, (place, post) in enumerate(contacts.read(FILES).posts)]]
    made = plan(everybody, whole=True)
    assert {one.said for one in made.changes if one.what == "post" and one.change == "removed"
            } == {""}, "only what was vacant"
    left = [line.split(",") for line in made.files[PEOPLE].decode().splitlines()[1:]]
    assert all(name.startswith("人") or f",{person},".encode() in FILES["contacts/roster.csv"]
               for person, name, *_ in left)


SITE_HEAD = ["统一社会信用代码", "企业名称", "行业", "乡镇", "纬度", "经度", "人数", "备注"]
SITE = ["91440785MA4UXXXXXX", "烽新烟花厂", "烟花爆竹", "恩平市 沙湖镇", "22.37", "112.41", "18人",
        "x"]
HOLDER = ["", "烽新烟花厂", "安全员", "新人", "13912345678", ""]


def test_a_new_site_comes_together_with_who_answers_for_it() -> None:
    alone = refusals([SITE_HEAD, SITE])
    assert "nobody answers for 91440785ma4uxxxxxx" in alone[0]
    made = importing.plan(FILES, {"people.csv": written([HEAD, HOLDER]).encode(),
                                  "sites.csv": written([SITE_HEAD, SITE]).encode("gbk")})
    book = after(made)
    site = book.site("91440785ma4uxxxxxx")
    assert (site["name"], site["industry"], site["district"], site["people"]) == (
        "烽新烟花厂", "fireworks", "440785105000", 18)
    assert getattr(book.holder("91440785ma4uxxxxxx", "safety_officer"), "name", "") == "新人"


def test_a_known_site_is_known_by_its_name_and_keeps_what_the_list_does_not_say() -> None:
    made = plan([SITE_HEAD[1:7], ["烽江码头", "港口", "东成镇", "22.25", "112.41", "50"]])
    wharf = after(made).site("ep-wharf")
    assert (wharf["people"], wharf["station"], wharf["stage"]) == (50, "jinjiang", 9.5)
    assert said(made) == [("site", "ep-wharf", "changed")]


def test_a_site_that_lies_elsewhere_is_refused_at_its_line_in_the_list() -> None:
    rows = [SITE_HEAD, [*SITE[:4], "112.41", "22.37", "18", ""]]
    fault = next(line for line in refusals(rows) if "swapped" in line)
    assert fault.startswith("list.csv:2:5 latitude: found 112.41")
    fault = refusals([SITE_HEAD, [*SITE[:3], "沙湖村", *SITE[4:]]])[0]
    assert fault.startswith("list.csv:2:4 district: ") and "did you mean `沙湖镇`?" in fault
    assert "bear this name" in refusals([SITE_HEAD, [*SITE[:3], "大江镇", *SITE[4:]]], files={
        **FILES, DISTRICTS: FILES[DISTRICTS]
        + "440785999000,大江镇,Dajiang,town,440785000000,unverified\n".encode()})[0]


@pytest.mark.parametrize(("row", "key", "kind", "parent"), [
    (["440785113", "新镇", ""], "440785113000", "town", "440785000000"),
    (["440785114", "又一镇", "-"], "440785114000", "town", "440785000000"),
    (["４４０７９０", "新县", ""], "440790000000", "county", "440700000000"),
    (["445200", "新市", ""], "445200000000", "city", ""),
    (["440785801001", "恩平产业转移园", "功能区"], "440785801001", "zone", "440785000000")])
def test_districts_come_by_the_codes_of_the_state_and_zones_by_their_own(
        row: list[str], key: str, kind: str, parent: str) -> None:
    made = plan([["区划代码", "名称", "类别", "上级代码"],
                 [*row, parent if kind == "zone" else ""]])
    found = after(made).district(key)
    assert found and (found["kind"], found["parent"], found["status"]) == (
        kind, parent, "unverified")


def test_a_code_that_lies_elsewhere_is_refused_at_its_line() -> None:
    fault = refusals([["代码", "名称", "上级"], ["441200113", "新镇", "440785"]])[0]
    assert fault.startswith("list.csv:2:1 code: ") and "a code inside 440785000000" in fault


def test_a_telephone_of_somebody_else_in_the_contacts_is_that_person_by_another_name() -> None:
    made = plan([HEAD, ["", "烽安化工罐区", "副职", "李安安", "13800000001", ""]])
    assert ("person", "li-an", "changed") in said(made)
    assert made.changes[0].said == "name 李安 → 李安安", "and the dry run shows it"


@given(st.binary(max_size=200) | st.lists(st.lists(
    st.sampled_from([*HEAD, *ROWS[0], "'", '"', "\n", "\x00", "=", "，", "K47"]), max_size=7),
    max_size=5).map(lambda rows: written(rows).encode("gbk")))
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_holds_it_is_a_plan_or_refused_by_name(content: bytes) -> None:
    try:
        made = plan(content)
        contacts.read({**FILES, **made.files})
    except Refused as refused:
        assert all(one.source and one.place and one.expected for one in refused.refusals)
