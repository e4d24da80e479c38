"""Our own finding of the highest tier waits for a word where the agreement says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from warning_cast import CONTACTS, LADDERS, MIN, T0, WEATHER, Town, book, gauge, over, signal

from fenghuo.acts import holding
from fenghuo.agreements import reading as agreement_files
from fenghuo.channels import Inbound
from fenghuo.escalation import climb
from fenghuo.notices import announcing, approvals
from fenghuo.receipts.incoming import receive
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Ended, Level, Reason

RED = "red:    {tell: [site.safety_officer, site.head, county.duty, city.duty], by: [sms, email]"
CITY = "+8613800000047"


def asking(engine: Engine, **changes: str) -> Town:
    """The cast, whose weather agreement asks the city's duty officer for 5 minutes."""
    words = {"ask": "[city.duty]", "else_after": "5m", "else": "send", **changes}
    approve = ", ".join(f"{name}: {value}" for name, value in words.items())
    assert RED in LADDERS
    weather = WEATHER.replace(RED, f"{RED}, approve: {{{approve}}}")
    agreements = agreement_files.read({"rules/agreements/weather.yaml": weather.encode()})
    return Town(engine, replace(book(), agreements=agreements))


@pytest.fixture
def town(engine: Engine) -> Town:
    return asking(engine)


def red(at: datetime = T0, **changes: Any) -> Any:
    return gauge(Level.red, 112.0, 100.0, at, **changes)


def held(town: Town) -> set[str]:
    return {row["person"] for row in town.rows(t.notice, state="held", reason="awaits_approval")}


def gone(town: Town) -> set[str]:
    return {row["person"] for row in town.rows(t.notice, state="queued")
            if row["occasion"].startswith("revision")}


def texted(town: Town, body: str, at: datetime, address: str = CITY, key: str = "SM1") -> Reason:
    with writing(town.engine) as connection:
        return receive(connection, "sms", Inbound(key, address, body, None), at)


def approval_code(town: Town) -> str:
    return next(row["code"] for row in town.rows(t.code) if row["purpose"].startswith("approval"))


def lapsed(town: Town, at: datetime) -> int:
    with writing(town.engine) as connection:
        return approvals.lapse(connection, at)


def decided(town: Town) -> tuple[Any, ...]:
    (row,) = town.rows(t.approval)
    return row["decision"], row["reason"], row["by"], row["via"]


def test_offices_are_told_at_once_and_the_site_waits_for_the_duty_officers_word(
        town: Town) -> None:
    town.assess(red())
    assert held(town) == {"li", "zhou"}
    assert gone(town) == {"desk", "city"}
    (question,) = [row for row in town.rows(t.notice) if row["occasion"].startswith("approval:")]
    code = approval_code(town)
    assert question["text"] == (
        "【江门市应急管理局】请审批：恩平市暴雨最高级风险提示（我方判断）拟发1处。"
        f"回{code} 1发出，{code} 2暂缓；12:05前不回则自动发出。")
    assert "approval_asked" in town.reasons(told=True)
    assert "awaits_approval" in town.reasons(told=False)
    assert [row["kind"] for row in town.rows(t.ledger_entry)
            if row["kind"].startswith("approval")] == ["approval.asked"]


def test_a_text_with_the_code_lets_it_go_and_the_time_to_answer_begins_then(town: Town) -> None:
    town.assess(red())
    town.send(T0, held=False)
    assert town.duty("pond", "safety_officer")["answer_due"] == T0 + 15 * MIN
    assert texted(town, f"{approval_code(town)} 1", T0 + 2 * MIN) == Reason.answer_accepted
    assert decided(town) == ("send", "approved", "city", "sms")
    town.release(T0 + 2 * MIN)
    assert gone(town) == {"li", "zhou"}
    duty = town.duty("pond", "safety_officer")
    assert duty["answer_due"] == T0 + 12 * MIN
    assert duty["next_rung_at"] == T0 + 10 * MIN
    assert lapsed(town, T0 + 6 * MIN) == 0


def test_two_with_the_code_holds_it_until_somebody_lets_it_go(town: Town) -> None:
    town.assess(red())
    town.send(T0, held=False)
    texted(town, f"{approval_code(town)} 2", T0 + MIN)
    assert decided(town) == ("hold", "approval_refused", "city", "sms")
    (warning,) = town.rows(t.warning)
    assert (warning["held"], warning["held_by"]) == (T0 + MIN, "city")
    town.release(T0 + 9 * MIN)
    assert gone(town) == set()
    with writing(town.engine) as connection:
        assert holding.let_go(connection, town.edition, town.settings, 1, by="liu",
                              now=T0 + 9 * MIN) == 2
    assert gone(town) == {"li", "zhou"}
    assert town.duty("pond", "safety_officer")["answer_due"] == T0 + 19 * MIN


def test_a_bare_one_or_a_strangers_code_approves_nothing(town: Town) -> None:
    town.assess(red())
    town.send(T0, held=False)
    texted(town, "1", T0 + MIN)
    texted(town, f"{approval_code(town)} 1", T0 + MIN, "+8613800000041", "SM2")  # the county's
    texted(town, f"{approval_code(town)} 1", T0 + MIN, "+8613900000000", "SM3")
    assert texted(town, f"{approval_code(town)} 3", T0 + MIN, key="SM4") == Reason.unclear
    assert decided(town) == (None, None, None, None)
    assert held(town) == {"li", "zhou"}


def test_the_first_word_counts_and_the_second_changes_nothing(town: Town) -> None:
    town.assess(red())
    town.send(T0, held=False)
    code = approval_code(town)
    texted(town, f"{code} 1", T0 + MIN)
    assert texted(town, f"{code} 2", T0 + 2 * MIN, key="SM2") == Reason.nothing_open
    assert decided(town)[0] == "send"
    assert town.rows(t.warning)[0]["held"] is None


def test_the_console_and_the_command_line_close_the_same_row(town: Town) -> None:
    town.assess(red())
    with writing(town.engine) as connection:
        assert holding.let_go(connection, town.edition, town.settings, 1, by="liu", via="cli",
                              now=T0 + MIN) == 2
    assert decided(town) == ("send", "approved", "liu", "cli")
    assert {"li", "zhou"} <= gone(town)
    with writing(town.engine) as connection:
        assert holding.let_go(connection, town.edition, town.settings, 1, by="liu",
                              now=T0 + 2 * MIN) == 0


def test_the_duty_officers_hold_answers_the_question(town: Town) -> None:
    town.assess(red())
    with writing(town.engine) as connection:
        holding.hold(connection, town.edition, town.settings, 1, by="liu", reason="asking",
                     now=T0 + MIN)
    assert decided(town) == ("hold", "approval_refused", "liu", "console")
    assert lapsed(town, T0 + 9 * MIN) == 0
    assert {row["person"] for row in town.rows(t.notice, state="held")} >= {"li", "zhou"}


@pytest.mark.parametrize("otherwise", ["send", "hold"])
def test_when_nobody_answers_the_agreement_decides(engine: Engine, otherwise: str) -> None:
    town = asking(engine, **{"else": otherwise})
    town.assess(red())
    assert lapsed(town, T0 + 5 * MIN - MIN / 60) == 0
    assert lapsed(town, T0 + 5 * MIN) == 1
    assert decided(town) == (otherwise, "else_after", None, "clock")
    town.release(T0 + 5 * MIN)
    assert ({"li", "zhou"} <= gone(town)) == (otherwise == "send")
    assert (town.rows(t.warning)[0]["held"] is not None) == (otherwise == "hold")


def test_a_relay_never_waits(town: Town) -> None:
    town.assess(signal(Level.red))
    assert town.rows(t.approval) == []
    assert held(town) == set()
    assert {"li", "zhou", "chen"} <= gone(town)


def test_a_relay_that_comes_meanwhile_lets_everything_go(town: Town) -> None:
    town.assess(red())
    town.assess(signal(Level.red, T0 + MIN), at=T0 + MIN)
    assert decided(town)[:2] == ("void", "official_in_force")
    town.release(T0 + MIN)
    assert held(town) == set()
    assert {"li", "zhou", "chen"} <= gone(town)


def test_two_gauges_are_word_enough_only_where_the_agreement_says_so(engine: Engine) -> None:
    town = asking(engine, corroborated="send")
    town.assess(red(), red(subject="rain:naji"))
    assert town.rows(t.approval) == []
    assert {"li", "zhou"} <= gone(town)


def test_two_gauges_wait_like_one_where_it_does_not(town: Town) -> None:
    town.assess(red(), red(subject="rain:naji"))
    assert held(town) == {"li", "zhou"}


def test_a_danger_that_passes_before_anybody_answers_is_told_to_nobody(town: Town) -> None:
    town.assess(red())
    town.assess(over(red(), Ended.cleared, T0 + 2 * MIN), at=T0 + 2 * MIN)
    assert decided(town)[:2] == ("void", "warning_closed")
    town.release(T0 + 2 * MIN)
    assert not {"li", "zhou"} & gone(town)
    assert held(town) == set()


def test_no_ladder_climbs_while_a_word_is_waited_for_not_even_past_a_vacant_post(
        engine: Engine) -> None:
    town = asking(engine)
    vacant = CONTACTS["posts"].replace("pond,safety_officer,li\n", "pond,safety_officer,\n")
    town.edition = replace(town.edition, contacts=book(posts=vacant).contacts)
    town.assess(red())
    climb(engine, town.edition, town.settings, T0 + 4 * MIN)
    assert all(row["rung"] == 0 for row in town.rows(t.obligation, site="pond"))
    assert not any(row["step"].startswith("rung") for row in town.rows(t.notice))
    assert lapsed(town, T0 + 5 * MIN) == 1
    climb(engine, town.edition, town.settings, T0 + 5 * MIN)
    assert town.duty("pond", "safety_officer")["rung"] == 1


def test_what_was_let_go_once_is_not_asked_again_while_it_lasts(town: Town) -> None:
    town.assess(red())
    lapsed(town, T0 + 5 * MIN)
    town.release(T0 + 5 * MIN)
    town.assess(red(T0 + 6 * MIN, subject="rain:dongcheng",
                    reach=replace(red().reach, centre=(22.2050, 112.3900))), at=T0 + 6 * MIN)
    assert len(town.rows(t.approval)) == 1
    assert "chen" in gone(town)


def test_a_kill_between_leaves_either_nothing_or_the_whole_question(
        town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt
    with monkeypatch.context() as patched:
        patched.setattr(announcing, "ask", killed)
        with pytest.raises(KeyboardInterrupt):
            town.assess(red())
    assert town.rows(t.approval) == town.rows(t.notice) == town.rows(t.revision) == []
    town.assess(red())
    assert len(town.rows(t.approval)) == 1
    assert held(town) == {"li", "zhou"}


@pytest.mark.parametrize(("late", "said"), [
    (timedelta(seconds=1500), "，线路慢，末条约25分钟后才发出。回"), (None, "处。回")])
def test_the_question_says_when_the_last_one_would_hear_too_late(
        town: Town, late: timedelta | None, said: str) -> None:
    revisions = town.apply(red())
    with writing(town.engine) as connection:
        announcing.announce(connection, revisions, town.edition, town.settings, T0,
                            lambda connection, warning: late)
    (question,) = [row for row in town.rows(t.notice) if row["occasion"].startswith("approval:")]
    assert said in question["text"] and question["parts"] <= 2
