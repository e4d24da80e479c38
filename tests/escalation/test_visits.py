"""A site that nothing reaches is gone to, once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import Engine
from warning_cast import CONTACTS, MIN, T0, Town, book, signal

from fenghuo import escalation
from fenghuo.acts import calling
from fenghuo.acts.refusing import NotPossible
from fenghuo.alarms import waiting
from fenghuo.console import desk
from fenghuo.escalation import visiting
from fenghuo.notices import heard, obligations
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Level


@pytest.fixture
def silent(engine: Engine) -> Town:
    """A site under red whose two posts were told and asked in vain, each to its last rung."""
    town = Town(engine, book(posts=CONTACTS["posts"] + "works,head,zhou\n"))
    town.assess(signal(Level.red, districts=("440781000000",)))
    town.send(T0)
    return town


def climb(town: Town, *minutes: int) -> None:
    for minute in minutes:
        escalation.climb(town.engine, town.edition, town.settings, T0 + minute * MIN)


def visits(town: Town) -> list[tuple[str, object]]:
    return [(row["office"], row["outcome"]) for row in town.rows(t.call_task, rung=-2)]


def log(town: Town, outcome: calling.Outcome, given: Answer | None = None, rung: int = -2) -> None:
    task = town.rows(t.call_task, rung=rung)[0]["id"]
    with writing(town.engine) as connection:
        calling.log_call(connection, town.edition, town.settings, task, outcome=outcome,
                         given=given, by="liu", now=T0 + 40 * MIN)


def test_silence_after_the_last_rung_sends_somebody_there_once_whatever_posts_it_has(
        silent: Town) -> None:
    climb(silent, 8, 10, 15)
    assert visits(silent) == []
    climb(silent, 25, 26)
    assert visits(silent) == [("county:440781", None)]
    with reading(silent.engine) as connection:
        assert [row.rung for row in desk.calls(connection, visits=True).rows] == [-2]
        assert -2 not in [row.rung for row in desk.calls(connection).rows]


def test_a_site_of_which_somebody_answered_is_not_gone_to(silent: Town) -> None:
    with writing(silent.engine) as connection:
        obligations.answer(connection, "zhou", Answer.received, None, "sms", None, T0 + 5 * MIN)
    climb(silent, 8, 10, 15, 25, 26)
    assert visits(silent) == []


def test_an_answer_of_anybody_there_takes_the_visit_off(silent: Town) -> None:
    climb(silent, 8, 10, 15, 25)
    (task,) = silent.rows(t.call_task, rung=-2)
    (owed,) = silent.rows(t.obligation, id=task["obligation_id"])
    other = "zhou" if owed["person"] == "mo" else "mo"
    with writing(silent.engine) as connection:
        obligations.answer(connection, other, Answer.received, None, "sms", None, T0 + 30 * MIN)
    assert visits(silent) == [("county:440781", "answered")]


def test_who_went_there_says_what_he_found_and_it_answers(silent: Town) -> None:
    climb(silent, 8, 10, 15, 25)
    with pytest.raises(NotPossible, match="for a visit"):
        log(silent, calling.Outcome.wrong_number)
    log(silent, calling.Outcome.reached, Answer.started)
    assert visits(silent) == [("county:440781", "reached")]
    assert "answered" in {row["status"] for row in silent.rows(t.obligation, site="works")}


def test_who_called_for_help_and_does_not_lift_is_gone_to(silent: Town) -> None:
    with writing(silent.engine) as connection:
        heard.call_for_help(connection, "mo", (), T0 + 3 * MIN)
    log(silent, calling.Outcome.no_answer, rung=0)
    assert visits(silent) == [("county:440781", None)]


def order(town: Town, at: datetime) -> dict[str, int]:
    with writing(town.engine) as connection:
        found = visiting.look(connection, town.edition, town.settings, at)
    assert all(len(text) <= 134 for text in town.texts().values())
    return found


def orders(town: Town) -> list[tuple[str, str]]:
    return [(row["person"], row["text"]) for row in town.rows(t.notice, kind="visit")]


def wrong(town: Town, at: datetime) -> list[str]:
    with writing(town.engine) as connection:
        waiting.look(connection, at, Counter())
    return [row["subject"] for row in town.rows(t.alarm, kind="visit_overdue", recovered=None)]


def test_the_county_hears_of_a_visit_once_and_by_when_to_report(silent: Town) -> None:
    climb(silent, 8, 10, 15, 25)
    assert [order(silent, T0 + minute * MIN) for minute in (25, 26)] == [{"visit": 1}, {}]
    assert orders(silent) == [("taishan", (
        "【江门市应急管理局】06月08日12:25上门清单：恩平市气象台06月08日12:00暴雨红色预警信号，"
        "台山市1处无人应答（海宴工地安全员莫工）。请派人到场，12:45前登记结果。"
        "无需回复。值班13800000043"))]
    silent.send(T0 + 26 * MIN)
    assert [row["state"] for row in silent.rows(t.notice, kind="visit")] == ["accepted"]


def test_a_visit_nobody_reports_is_an_alarm_until_somebody_does(silent: Town) -> None:
    climb(silent, 8, 10, 15, 25)
    order(silent, T0 + 25 * MIN)
    with reading(silent.engine) as connection:
        assert waiting.next_visit(connection, T0 + 25 * MIN) == T0 + 45 * MIN
    assert [wrong(silent, T0 + minute * MIN) for minute in (44, 45, 46)] == [
        [], ["works"], ["works"]]
    log(silent, calling.Outcome.reached, Answer.received)
    assert wrong(silent, T0 + 47 * MIN) == []


def test_a_blue_warnings_visit_waits_for_the_morning_but_not_a_call_for_help(
        engine: Engine) -> None:
    night = T0.replace(hour=12)  # 20:00 in the city
    town = Town(engine)
    town.assess(signal(Level.blue, districts=("440781000000",), at=night), at=night)
    with writing(engine) as connection:
        task = calling.Calls()
        (owed,) = [row for row in town.rows(t.obligation) if row["site"] == "works"]
        task.open(owed["id"], "county:440781", -2)
        task.write(connection, night + 180 * MIN)  # 23:00
    with reading(engine) as connection:
        assert visiting.next_due(connection, town.settings) == T0.replace(hour=23)
    with writing(engine) as connection:
        heard.call_for_help(connection, "mo", (), night + 181 * MIN)
    assert order(town, night + 182 * MIN) == {"visit": 1}
