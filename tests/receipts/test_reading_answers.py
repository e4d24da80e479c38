"""What people text back, in their own spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.receipts.answers import parse
from fenghuo.words import Answer

CODES = ("K47",)


@pytest.mark.parametrize(("body", "answer", "number"), [
    ("1", Answer.received, None), ("１", Answer.received, None), (" 1 。", Answer.received, None),
    ("1 K47", Answer.received, None), ("K47 1", Answer.received, None),
    ("k47，1", Answer.received, None), ("1k47", Answer.received, None),
    ("K471", Answer.received, None), ("Ｋ４７　１", Answer.received, None),
    ("1，码K47", Answer.received, None), ("1 code K47", Answer.received, None),
    ("收到", Answer.received, None), ("K47收到", Answer.received, None),
    ("收到，谢谢", Answer.received, None), ("确认", Answer.received, None),
    ("1收到", Answer.received, None), ("OK", Answer.received, None),
    ("Received.", Answer.received, None),
    ("2", Answer.started, None), ("已启动", Answer.started, None),
    ("2已启动 K47", Answer.started, None),
    ("3", Answer.done, None), ("3 26", Answer.done, 26), ("3+26", Answer.done, 26),
    ("3撤26人", Answer.done, 26), ("K47 3 26", Answer.done, 26), ("已完成", Answer.done, None),
    ("已完成，26人", Answer.done, 26), ("3 K47 26", Answer.done, 26), ("撤完3人", Answer.done, 3),
    ("4", Answer.not_me, None), ("不是我", Answer.not_me, None), ("已调离", Answer.not_me, None),
    ("5", Answer.shut, None), ("已停产", Answer.shut, None), ("5已停产无人", Answer.shut, None),
    ("9", Answer.help, None), ("求助", Answer.help, None), ("收到，有人被困", Answer.help, None),
    ("9 K47 6人被困", Answer.help, None), ("wrong number", Answer.not_me, None),
    ("收到，已启动", Answer.received, None),
])
def test_simple_spellings_are_understood(body: str, answer: Answer, number: int | None) -> None:
    said = parse(body, CODES)
    assert (said.answer, said.number, said.wrong) == (answer, number, None)


@pytest.mark.parametrize("body", [
    "", "?", "12", "326", "0", "7", "1 2", "没收到", "未收到", "不能完成", "还没启动", "收到后回复",
    "我正在开车，收到后给您回复", "1收到2启动3撤完+人数9", "26人 3", "你是谁", "not received",
    "NO", "11E02", "{{7*7}}", "锟斤拷", "3 2.5",
    "2 不是我", "明天", "3 26 27", "已停产，已完成", "STOP", "1 没收到",
])
def test_what_is_denied_or_contradictory_is_left_to_a_human(body: str) -> None:
    assert parse(body, CODES).answer is None


@pytest.mark.parametrize(("body", "wrong"), [
    ("3 NaN", None), ("3 " + "9" * 400, None), ("3 10000000", None), ("3 1e999 人", "e999")])
def test_a_count_that_is_no_number_of_people_is_never_counted(
        body: str, wrong: str | None) -> None:
    said = parse(body, CODES)
    assert said.wrong == wrong, "what looks like a code goes to a human"
    assert said.answer is Answer.done and (wrong or said.number is None)


def test_our_own_list_quoted_back_is_no_answer() -> None:
    quoted = "“宏石采石场请立即停产撤人。1收到2启动3撤完+人数9，码K47。值班0758-2222222”"
    assert parse(quoted, CODES).answer is None


@pytest.mark.parametrize(("body", "code", "wrong", "site"), [
    ("1 K47", "K47", None, None), ("1 K48", None, "k48", None), ("1", None, None, None),
    ("K90-3 3 26", None, "k90", None), ("K47-3 3 26", "K47", None, 3),
    ("K4712 1", None, "k4712", None),
])
def test_a_code_is_ours_or_wrong_or_absent(
        body: str, code: str | None, wrong: str | None, site: int | None) -> None:
    said = parse(body, CODES)
    assert (said.code, said.wrong, said.site) == (code, wrong, site)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(body: str) -> None:
    said = parse(body, CODES)
    assert said.number is None or said.answer is Answer.done
