"""What a chat group said: a line is one answer to one duty, or is shown and records nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from acts_cast import RAIN, Desk
from sqlalchemy import Engine, insert, select
from warning_cast import CONTACTS

from fenghuo.acts import pasting, registering
from fenghuo.acts.pasting import Line, Verdict
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

# the day's rain asks li of the pond, chen of the tanks, zhou (head of the pond), the desks


@pytest.fixture
def desk(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    made = Desk.open(engine, tmp_path, **getattr(request, "param", {}))
    made.act(registering.confirm, made.act(registering.register, RAIN, by="zhang"), by="liu")
    made.assess()
    made.after(20)
    return made


def read(desk: Desk, text: str) -> list[Line]:
    with reading(desk.engine) as connection:
        return pasting.read(connection, desk.edition.contacts, text, desk.house.settings.zone,
                            desk.clock.at)


def one(desk: Desk, text: str) -> Line:
    (line,) = read(desk, text)
    return line


def owed(desk: Desk, line: Line) -> list[tuple[str, str]]:
    return [(row["site"], row["post"]) for row in desk.rows(t.obligation)
            if row["id"] in line.choices]


@pytest.mark.parametrize(("text", "person", "site", "given", "number"), [
    ("李安 收到", "li", "pond", "1", None),
    ("李安收到", "li", "pond", "1", None),
    ("李安：收到，谢谢", "li", "pond", "1", None),
    ("安全员李安 已启动", "li", "pond", "2", None),
    ("烽田尾矿库-李安：撤完35人", "li", "pond", "3", 35),
    ("陈静 3 120", "chen", "tanks", "3", 120),
    ("陈静（暴雨）收到！🙏", "chen", "tanks", "1", None),
    ("恩平市值班室 收到", "desk", "county:440785", "1", None),
    ("李安 不是我", "li", "pond", "4", None),
    ("李安 求助", "li", "pond", "9", None)])
def test_a_line_that_says_who_and_what_is_matched(
        desk: Desk, text: str, person: str, site: str, given: str, number: int | None) -> None:
    line = one(desk, text)
    assert (line.verdict, line.person, line.given, line.number) == (
        Verdict.matched, person, given, number)
    assert [place for place, _ in owed(desk, line)] == [site]


@pytest.mark.parametrize(("text", "verdict"), [
    ("收到", Verdict.nobody), ("王五 收到", Verdict.nobody), ("李安民 收到", Verdict.nobody),
    ("小李安 收到", Verdict.nobody), ("@李安 收到", Verdict.nobody), ("李 收到", Verdict.nobody),
    ("李安 陈静 收到", Verdict.ambiguous),
    ("李安 王五 收到", Verdict.unclear), ("李安", Verdict.unclear),
    ("李安 没收到", Verdict.unclear), ("李安 收到请回复", Verdict.unclear),
    ("李安 B99 1", Verdict.unclear), ("李安 马上撤", Verdict.unclear),
    ("李安 25:70 收到", Verdict.unclear), ("李安 2031-01-01 10:00 收到", Verdict.unclear),
    ("吴盾 收到", Verdict.nothing_owed), ("李安 烽安罐区 收到", Verdict.nothing_owed),
    ("李安 洪水 收到", Verdict.nothing_owed)])
def test_a_line_that_leaves_anything_open_is_shown_and_not_guessed(
        desk: Desk, text: str, verdict: Verdict) -> None:
    assert one(desk, text).verdict == verdict


@pytest.mark.parametrize("desk", [{"posts": CONTACTS["posts"].replace(
    "tanks,safety_officer,chen", "tanks,safety_officer,li")}], indirect=True)
def test_somebody_with_two_sites_has_to_say_which(desk: Desk) -> None:
    line = one(desk, "李安 收到")
    assert line.verdict == Verdict.ambiguous
    assert owed(desk, line) == [("pond", "safety_officer"), ("tanks", "safety_officer")]
    assert owed(desk, one(desk, "李安 烽安罐区 收到")) == [("tanks", "safety_officer")]


@pytest.mark.parametrize("desk", [{"people": CONTACTS["people"].replace("陈静", "李安")}],
                         indirect=True)
def test_a_name_that_two_people_bear_is_nobodys(desk: Desk) -> None:
    assert one(desk, "李安 收到").verdict == Verdict.ambiguous


def test_only_what_was_matched_is_recorded_with_both_its_times(desk: Desk) -> None:
    text = "李安 12:09 收到\n王五 收到\n\n李安 12:09 收到\n陈静 撤完120人\n"
    lines = read(desk, text)
    assert [line.verdict for line in lines] == ["matched", "nobody", "doubled", "matched"]
    assert desk.rows(t.answer) == []  # looking records nothing
    assert desk.act(lambda connection, edition, settings, **said: pasting.record(
        connection, edition, settings, lines, **said), by="liu") == 2
    noon = desk.clock.at - timedelta(minutes=20)
    assert [(row["person"], row["answer"], row["number"], row["at"], row["entered"],
             row["entered_by"]) for row in desk.rows(t.answer)] == [
        ("li", "1", None, noon + timedelta(minutes=9), desk.clock.at, "liu"),
        ("chen", "3", 120, desk.clock.at, desk.clock.at, "liu")]
    entered = [json.loads(row["canon"])["facts"] for row in desk.rows(t.ledger_entry)
               if row["kind"] == "answer.entered"]
    assert [one["reason"] for one in entered] == ["chat group: 李安 12:09 收到",
                                                  "chat group: 陈静 撤完120人"]
    assert one(desk, "李安 收到").verdict == Verdict.nothing_owed  # answered now
    assert one(desk, "李安 已完成").verdict == Verdict.matched  # measures are still owed


def test_an_hour_that_has_not_come_yet_is_yesterdays(desk: Desk) -> None:
    line = one(desk, "李安 23:50 收到")
    assert line.at == datetime.fromisoformat("2026-06-07T23:50+08:00")
    assert line.verdict == Verdict.nothing_owed  # the warning came at noon


def test_an_exercise_is_not_answered_in_a_chat_group(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        key = connection.execute(insert(t.drill).values(
            title="", purpose="drill", hazard="rainstorm", tier="red", audience=[],
            state="running", by="test", opened=desk.clock.at)).inserted_primary_key
        assert key is not None
        connection.execute(t.warning.update().values(drill_id=key[0]))
        assert connection.scalar(select(t.warning.c.drill_id)) == key[0]
    assert one(desk, "李安 收到").verdict == Verdict.nothing_owed
