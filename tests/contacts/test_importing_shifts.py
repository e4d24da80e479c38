"""A city's own list of shifts: spliced into the roster, whole or not at all."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from fenghuo import contacts
from fenghuo.contacts import importing
from fenghuo.contacts.importing import Plan
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
SHIPPED = {f"contacts/{path.name}": path.read_bytes()
           for path in (ROOT / "contacts").glob("*.csv")}
ROSTER, PEOPLE = "contacts/roster.csv", "contacts/people.csv"
HEAD = "place,post,person,starts,ends\n"
YEAR = "city:440700,duty,duty-jiangmen,2026-01-01T08:00+08:00,2027-01-01T08:00+08:00\n"
FILES = SHIPPED | {ROSTER: (HEAD + YEAR).encode()}
TITLES = "值班机构,岗位,值班人员,手机,值班开始,值班结束\n"
WEEK = ("江门市,值班,王五,13912345678,2026-06-08 08:00,2026-06-09 08:00\n"
        "江门市,值班,赵六,13912345679,2026年6月9日8时,2026/6/10 24:00\n")


def plan(text: str | bytes, files: dict[str, bytes] = FILES, **options: Any) -> Plan:
    content = text if isinstance(text, bytes) else text.encode("gbk")
    return importing.plan(files, {"list.csv": content}, **options)


def shifts(made: Plan, files: dict[str, bytes] = FILES) -> list[tuple[str, str, str]]:
    book = contacts.read({**files, **made.files})
    return [(one.person, f"{one.starts:%m-%dT%H:%M}", f"{one.ends:%m-%dT%H:%M}")
            for one in sorted(book.roster, key=lambda one: one.starts)]


SPLICED = [("duty-jiangmen", "01-01T08:00", "06-08T08:00"),
           ("city-440700-duty", "06-08T08:00", "06-09T08:00"),
           ("city-440700-duty-2", "06-09T08:00", "06-11T00:00"),
           ("duty-jiangmen", "06-11T00:00", "01-01T08:00")]


def test_a_weeks_list_leaves_the_rest_of_the_year_as_it_is() -> None:
    made = plan(TITLES + WEEK)
    assert shifts(made) == SPLICED
    assert sorted(made.files) == [PEOPLE, ROSTER]
    assert [(one.what, one.change) for one in made.changes] == [
        ("person", "added"), ("person", "added"), ("shift", "changed"), ("shift", "added"),
        ("shift", "added"), ("shift", "added")]
    assert all("13912345678" not in one.said for one in made.changes)
    again = FILES | made.files
    assert plan(TITLES + WEEK, again).changes == ()


def test_a_workbook_with_real_instants_says_the_same() -> None:
    book = Workbook()
    book.active.append(["江门市六月值班表"])
    book.active.append(TITLES.strip().split(","))
    book.active.append(["江门市", "值班", "王五", 13912345678, datetime(2026, 6, 8, 8),
                        datetime(2026, 6, 9, 8)])
    book.active.append(["江门市", "值班", "赵六", 13912345679, datetime(2026, 6, 9, 8),
                        datetime(2026, 6, 11)])
    out = io.BytesIO()
    book.save(out)
    assert shifts(plan(out.getvalue())) == SPLICED


def test_somebody_of_the_contacts_is_known_by_name_id_or_telephone() -> None:
    rows = ("江门市,值班,李安,,2026-06-08 08:00,2026-06-09 08:00\n"
            "江门市,值班,,+8613800000002,2026-06-09 08:00,2026-06-10 08:00\n")
    made = plan(TITLES + rows)
    assert [one[0] for one in shifts(made)] == [
        "duty-jiangmen", "li-an", "zhou-ping", "duty-jiangmen"]
    assert list(made.files) == [ROSTER]


def test_who_has_a_shift_no_more_and_no_post_is_forgotten() -> None:
    made = plan(TITLES + WEEK)
    later = FILES | made.files
    back = plan(TITLES + "江门市,值班,李安,,2026-06-08 08:00,2026-06-11 00:00\n", later)
    assert ("person", "city-440700-duty", "removed") in [
        (one.what, one.key, one.change) for one in back.changes]


def test_a_whole_list_is_the_roster() -> None:
    assert [one[0] for one in shifts(plan(TITLES + WEEK, whole=True))] == [
        "city-440700-duty", "city-440700-duty-2"]


def test_a_house_without_a_roster_gets_one() -> None:
    files = {name: content for name, content in FILES.items() if name != ROSTER}
    assert shifts(plan(TITLES + WEEK, files), files) == SPLICED[1:3]
    people = "企业名称,岗位,姓名,手机\n烽田尾矿库,安全员,李安,13912345678\n"
    assert ROSTER not in plan(people, files).files


@pytest.mark.parametrize(("rows", "place", "expected"), [
    ("江门市,值班,王五,13912345678,2026-02-30 08:00,2026-06-09 08:00\n", "2:5 starts",
     "a day and hour that exist"),
    ("江门市,值班,王五,13912345678,2026-06-08 25:00,2026-06-09 08:00\n", "2:5 starts",
     "a day and hour that exist"),
    ("江门市,值班,王五,13912345678,2026-06-08 08:00,\n", "2:6 ends", "not nothing"),
    ("江门市,值班,王五,13912345678,2026-06-09 08:00,2026-06-08 08:00\n", "2:6 ends",
     "an instant after starts"),
    ("江门市,值班,某某,,2026-06-08 08:00,2026-06-09 08:00\n", "2:4 phone",
     "a phone, an e-mail or the robot of a chat group"),
    ("江门市,值班,,,2026-06-08 08:00,2026-06-09 08:00\n", "2:3 name",
     "the name of who is to be told"),
    (WEEK.replace("6月9日8时", "6月9日9时"), "3:5 starts", "no gap, no overlap"),
    ("阳江市,值班,王五,13912345678,2026-06-08 08:00,2026-06-09 08:00\n", "2:1 place",
     "a site or office of the contacts")])
def test_every_fault_is_said_at_its_cell(rows: str, place: str, expected: str) -> None:
    with pytest.raises(Refused) as caught:
        plan(TITLES + rows)
    said = [str(one) for one in caught.value.refusals]
    assert any(line.startswith(f"list.csv:{place}: ") and expected in line for line in said), said
