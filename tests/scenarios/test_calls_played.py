"""Telephones that are busy or that nobody picks up, counted at the provider."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from fenghuo.notices.reach import reach
from fenghuo.sandbox.log import Seen
from fenghuo.sandbox.rehearsal import Rehearsal, rehearsal
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

ROOT = Path(__file__).parents[2]
RUNG_UP = {"chen-jing": "+85291230001", "he-shui": "+85291230002", "li-an": "+85291230003"}


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rehearsal, Seen]]:
    """The morning, played once with three officers who can be rung up."""
    home = tmp_path_factory.mktemp("calls")
    contacts = Path(shutil.copytree(ROOT / "contacts", home / "contacts"))
    people = (contacts / "people.csv").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(people):
        person, name, _, *rest = line.split(",")
        if person in RUNG_UP:
            people[number] = ",".join([person, name, RUNG_UP[person], *rest])
    (contacts / "people.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    with rehearsal(home, ROOT / "tests/scenarios/calls/scenario.yaml", ROOT / "rules",
                   contacts) as played:
        yield played, played.play()


def test_each_telephone_rang_as_often_as_was_worked_out_and_no_other_rang(
        morning: tuple[Rehearsal, Seen]) -> None:
    calls = [call["to"] for call in morning[1].calls()]
    assert {number: calls.count(number) for number in calls} == {
        "+85291230001": 2, "+85291230002": 2, "+85291230003": 3}


def test_a_key_is_the_answer_and_the_ladder_stops(morning: tuple[Rehearsal, Seen]) -> None:
    with reading(morning[0].house.engine) as connection:
        a, o = t.answer.c, t.obligation.c
        said = {row.person: (row.via, row.answer, row.number) for row in connection.execute(
            select(a.person, a.via, a.answer, a.number).join(t.obligation, o.id == a.obligation_id)
            .where(a.via == "voice").order_by(a.id))}
        said_so = [json.loads(canon) for canon in connection.scalars(
            select(t.ledger_entry.c.canon).where(t.ledger_entry.c.kind == "answer.received")
            .order_by(t.ledger_entry.c.id))]
        deputies = set(connection.scalars(select(t.decision.c.site).where(
            t.decision.c.detail.like("rung:2 site.deputy%"))))
    assert said == {"chen-jing": ("voice", "1", None), "he-shui": ("voice", "3", 26)}
    kept = [(one["person"], one["answer"], one["number"])
            for one in (entry.get("facts", entry) for entry in said_so) if one["via"] == "voice"]
    assert kept[-1] == ("he-shui", "3", 26) and ("chen-jing", "1", None) in kept
    assert deputies == {"ep-mine", "ep-pond"}, "the two of whom nobody picked up"


def test_who_never_picks_up_ends_on_the_desks_list(morning: tuple[Rehearsal, Seen]) -> None:
    with reading(morning[0].house.engine) as connection:
        c, o = t.call_task.c, t.obligation.c
        tasks = connection.execute(select(o.site, o.person, c.office, c.done).join(
            t.obligation, o.id == c.obligation_id)).all()
    assert [tuple(row) for row in tasks] == [("ep-mine", "li-an", "county:440785", None)]


def test_the_reach_sheet_adds_up(morning: tuple[Rehearsal, Seen]) -> None:
    with reading(morning[0].house.engine) as connection:
        sheet = reach(connection, connection.scalars(select(t.warning.c.id)).one())
        owed = connection.execute(select(t.obligation.c.site)).all()
        lost = connection.scalars(select(t.alarm.c.kind).where(
            t.alarm.c.kind.in_(["reach_unbalanced", "obligations_overdue"]))).all()
    assert lost == []
    assert sum(sheet.obligations.values()) == len(owed)
    assert sum(sheet.sites.values()) == len({row.site for row in owed if ":" not in row.site})
