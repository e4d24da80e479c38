from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine
from warning_cast import CONTACTS, MIN, T0, Town, book, over, signal

from fenghuo import escalation
from fenghuo.notices import obligations
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Level, StepReport


@pytest.fixture
def taishan(engine: Engine) -> Town:
    """One site under a red signal, everybody told at 12:00."""
    town = Town(engine, book(posts=CONTACTS["posts"] + "works,head,zhou\n"))
    town.assess(red())  # type: ignore[arg-type]
    town.send(T0)
    return town


def red() -> object:
    return signal(Level.red, districts=("440781000000",), facts={"issuer": "台山市气象台"})


def climb(town: Town, at: datetime) -> StepReport:
    report = escalation.climb(town.engine, town.edition, town.settings, at)
    town_texts = town.texts()
    assert all(len(text) <= 134 for text in town_texts.values())
    return report


def test_the_clock_is_told_when_the_next_rung_is_due(taishan: Town) -> None:
    report = climb(taishan, T0 + 7 * MIN)
    assert (report.did, report.next_due) == (0, T0 + 8 * MIN)


def test_a_vacant_post_is_not_waited_for(town: Town) -> None:
    town.assess(red())  # type: ignore[arg-type]
    head = town.duty("works", "head")
    assert (head["status"], head["reason"], head["next_rung_at"]) == (
        "unreachable", "post_vacant", T0)
    climb(town, T0)
    assert "海宴工地负责人空缺未确认" in town.texts()["wu"]


def test_the_deputy_is_told_who_has_not_answered(taishan: Town) -> None:
    climb(taishan, T0 + 8 * MIN)
    assert taishan.texts()["wu"] == (
        "【江门市应急管理局】06月08日12:08催办：台山市气象台06月08日12:00暴雨红色预警信号，"
        "海宴工地安全员莫工、海宴工地负责人周平未确认。海宴工地请停户外作业，撤出低洼和坡下人员。"
        f"1收到2启动3撤完+人数9求助，码{taishan.code('wu')}。值班13800000043")
    duty = taishan.duty("works", "safety_officer")
    assert (duty["status"], duty["rung"], duty["next_rung_at"]) == (
        "escalating", 1, T0 + 10 * MIN)


def test_then_the_county_calls_from_numbered_tasks_and_is_told_how_many(taishan: Town) -> None:
    for minute in (8, 10):
        taishan.send(T0)
        climb(taishan, T0 + minute * MIN)
    assert taishan.texts()["taishan"] == (
        "【江门市应急管理局】06月08日12:10叫应清单：台山市气象台06月08日12:00暴雨红色预警信号，"
        "台山市1处未确认（海宴工地安全员莫工、海宴工地负责人周平）。请按电话清单逐一叫应并登记结果。"
        "无需回复。值班13800000043")
    assert [(task["office"], task["rung"]) for task in taishan.rows(t.call_task)] == [
        ("county:440781", 2), ("county:440781", 2)]


def test_an_answer_stops_the_ladder(taishan: Town) -> None:
    with writing(taishan.engine) as connection:
        assert obligations.answer(connection, "mo", Answer.received, None, "sms", None, T0 + MIN)
    climb(taishan, T0 + 20 * MIN)
    assert taishan.duty("works", "safety_officer")["status"] == "answered"
    assert taishan.duty("works", "safety_officer")["rung"] == 0


def test_a_deputys_answer_counts_for_the_silent_officer(taishan: Town) -> None:
    climb(taishan, T0 + 8 * MIN)
    taishan.send(T0 + 8 * MIN)
    with writing(taishan.engine) as connection:
        obligations.answer(connection, "wu", Answer.done, 12, "sms", None, T0 + 9 * MIN)
    duty = taishan.duty("works", "safety_officer")
    assert (duty["status"], duty["measures"], duty["number"]) == ("answered", "done", 12)


def test_an_office_answers_for_itself_and_never_for_a_site(taishan: Town) -> None:
    climb(taishan, T0 + 10 * MIN)
    taishan.send(T0 + 10 * MIN)
    with writing(taishan.engine) as connection:
        obligations.answer(connection, "taishan", Answer.received, None, "sms", None,
                           T0 + 11 * MIN)
    assert taishan.duty("county:440781", "duty")["status"] == "answered"
    assert taishan.duty("works", "safety_officer")["status"] == "escalating"


def test_a_closed_warning_stops_every_ladder(taishan: Town) -> None:
    taishan.assess(over(red(), Ended.cancelled, T0 + MIN), at=T0 + MIN)  # type: ignore[arg-type]
    assert climb(taishan, T0 + 60 * MIN).did == 0
    with reading(taishan.engine) as connection:
        assert escalation.next_due(connection) is None


def test_a_ladder_climbed_in_vain_leaves_its_post_unreachable(taishan: Town) -> None:
    for minute in (8, 10, 15, 25):
        climb(taishan, T0 + minute * MIN)
    duty = taishan.duty("works", "safety_officer")
    assert (duty["status"], duty["reason"], duty["next_rung_at"]) == (
        "unreachable", "ladder_exhausted", None)


def test_a_rung_without_a_channel_becomes_a_call(town: Town) -> None:
    town.assess(signal(Level.orange, districts=("440781000000",)))
    town.send(T0)
    climb(town, T0 + 8 * MIN)
    assert [(task["office"], task["rung"]) for task in town.rows(t.call_task)] == [
        ("county:440781", 1)]
    assert town.texts() == {}
    assert "no_channel" in town.reasons(told=False)


def test_a_vacant_rung_is_passed_at_once(engine: Engine) -> None:
    town = Town(engine, book(posts=CONTACTS["posts"].replace("works,deputy,wu\n", "")))
    town.assess(signal(Level.yellow, districts=("440781000000",)))
    town.send(T0)
    climb(town, T0 + 30 * MIN)
    assert [task["rung"] for task in town.rows(t.call_task)] == [2]


def test_climbing_twice_at_the_same_instant_tells_once(taishan: Town) -> None:
    assert climb(taishan, T0 + 8 * MIN).did > 0
    before = taishan.rows(t.notice)
    assert climb(taishan, T0 + 8 * MIN).did == 0
    assert taishan.rows(t.notice) == before


def test_two_sites_silent_at_different_times_both_reach_the_same_deputy(engine: Engine) -> None:
    posts = CONTACTS["posts"].replace("tanks,deputy,anna", "tanks,deputy,wu").replace(
        "tanks,safety_officer,chen\n", "")
    town = Town(engine, book(posts=posts))
    town.assess(signal(Level.yellow))
    town.send(T0)
    climb(town, T0)
    climb(town, T0 + 30 * MIN)
    assert [row["step"] for row in town.rows(t.notice, person="wu")] != []
    told = {row["step"]: row["text"] for row in town.rows(t.notice, person="wu")}
    assert set(told) == {"rung:1", "remind:1"}
    assert "烽安罐区安全员空缺" in told["rung:1"]
    assert "烽田尾矿库安全员李安" in told["remind:1"]
