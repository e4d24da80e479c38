"""What people text back, in their own spellings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fenghuo.receipts.answers import LARGEST, parse
from fenghuo.words import Answer

CODES = ("K47",)
R, S, D, N, C, H = (Answer.received, Answer.started, Answer.done, Answer.not_me, Answer.shut,
                    Answer.help)
SPELLINGS: dict[tuple[Answer, int | None], tuple[str, ...]] = {
    (R, None): (
        "1", "１", " 1 。", "1.", "1!", "1~", "①", "❶", "1️⃣", "⑴", "⒈", "一", "壹", "㈠", "（一）",
        "1 K47", "K47 1", "k47，1", "1k47", "K471", "Ｋ４７　１", "K 47 1", "k-47 1", "1，码K47",
        "1 code K47", "编码K47：1", "K47#1", "K47/1", "1 1", "回1", "回复1", "回复：1", "选1",
        "按1",
        "答复 1", "reply 1", "1 谢谢", "1谢谢领导", "1，辛苦了", "1收到", "1 收到 K47", "1-收到",
        "收到", "K47收到", "收到，谢谢", "收到！", "收到收到", "好的收到", "确认", "已阅", "知道了",
        "明白",
        "好的", "好", "收到，马上落实", "收到，立即安排", "好的马上落实", "收到，无险情",
        "不好意思，收到",
        "收到，已启动", "收到，已落实", "1，3 26", "1 2", "1 3 26 K47", "1 2 3",
        "收到，26人已撤", "OK", "ok.", "Received.", "yes", "got it, thanks", "roger", "one",
        "1 received",
        "收到 1", "收到\n1"),
    (S, None): (
        "2", "２", "②", "二", "贰", "已启动", "2已启动 K47", "2 k47", "回2", "启动了",
        "正在撤离", "正在落实", "开始撤离", "2，已启动", "2 3", "started", "in progress",
        "2 started",
        "evacuating"),
    (D, None): (
        "3", "３。", "③", "三", "叁", "已完成", "3完成", "完成", "已落实", "已落实到位",
        "全部落实到位", "撤完",
        "已撤离", "人员已全部撤离", "已完成，无人被困", "3 K47", "done", "all out", "completed",
        "14:30撤完",
        "3点撤完", "3人员到位"),
    (D, 26): (
        "3 26", "3+26", "3，26", "3、26人", "3撤26人", "3 26人", "３　２６", "③26", "三 二十六",
        "三、二十六人",
        "3 二十六人", "K47 3 26", "3 26 K47", "3 K47 26", "3（26）", "3完成26", "3撤完26人",
        "已完成，26人", "已撤离26人", "撤完26人", "26人已撤", "26人已撤离", "已撤26人",
        "二十六人已撤", "共26人，已撤完",
        "3人员到位26", "3 人数26", "3-26", "已于14:30撤离26人", "3撤26人，收到", "done 26",
        "26 people evacuated",
        "evacuated 26", "3 26 people"),
    (D, 3): ("撤完3人", "完成3人", "3人已撤", "3 3", "3，3人"),
    (D, 9): ("3 9", "9人已撤", "3+9人"),
    (N, None): (
        "4", "④", "四", "4 K47", "不是我", "4不是我", "我已不是安全员", "已调离", "我离职了",
        "发错了", "非本人",
        "号码错了", "wrong number", "not me"),
    (C, None): ("5", "⑤", "五", "5已停产无人", "已停产", "停工了", "放假了，没人", "shut",
    "closed"),
    (H, None): (
        "9", "９", "⑨", "九", "9!!!", "9 K47", "9 K47 6人被困", "1 9", "3 26 9", "求助", "救命",
        "SOS", "help",
        "收到，有人被困", "有险情", "着火了", "K479", "9 快来", "没收到，求助", "有人受伤"),
}
UNCLEAR = (
    "", "?", "1?", "12", "11", "326", "0", "7", "6", "10", "没收到", "未收到", "收不到",
    "没有收到短信", "不能完成",
    "还没启动", "尚未撤离", "还没有全部都撤完", "撤不完", "完不成", "收到后回复", "收到请回复",
    "收到了吗", "是否收到", "谁收到了",
    "我正在开车，收到后给您回复", "马上撤", "马上完成", "准备启动", "预计3点撤完", "明天停产",
    "请确认", "撤了一半", "差3人没撤",
    "1收到2启动3撤完+人数9", "26人 3", "26", "26人", "你是谁", "not received", "not done", "NO",
    "undone",
    "unconfirmed", "11E02", "{{7*7}}", "锟斤拷", "3 2.5", "3:26", "2 不是我", "明天", "3 26 27",
    "已停产，已完成", "已停产撤人",
    "STOP", "1 没收到", "1 26", "4 5", "1 4", "5 收到", "一切正常", "一切", "三天后", "第一", "嗯",
    "1号楼", "9点",
    "3级", "是", "没", "不", "1 未完成", "3 还没完成", "什么意思", "haven't started", "when",
    "will evacuate soon")


@pytest.mark.parametrize(("body", "answer", "number"), [
    (body, *meant) for meant, bodies in SPELLINGS.items() for body in bodies])
def test_spellings_are_understood(body: str, answer: Answer, number: int | None) -> None:
    said = parse(body, CODES)
    assert (said.answer, said.number, said.wrong) == (answer, number, None)


@pytest.mark.parametrize("body", UNCLEAR)
def test_what_is_denied_or_contradictory_is_left_to_a_human(body: str) -> None:
    assert parse(body, CODES).answer is None


@pytest.mark.parametrize(("body", "wrong"), [
    ("3 NaN", None), ("3 " + "9" * 400, None), ("3 10000000", None), ("3 1e999 人", "e999")])
def test_a_count_that_is_no_number_of_people_is_never_counted(
        body: str, wrong: str | None) -> None:
    said = parse(body, CODES)
    assert said.wrong == wrong, "what looks like a code goes to a human"
    assert said.answer is Answer.done and (wrong or said.number is None)


@pytest.mark.parametrize("quoted", [
    "“宏石采石场请立即停产撤人。1收到2启动3撤完+人数9，码K47。值班0758-2222222”",
    "【江门市应急管理局】转发台山市气象台09月16日06:00台风红色预警信号：请撤人。1收到2启动3完成9求助，码K47。",
    "已收到：【江门市应急管理局】请立即撤人", "1收到2启动3撤完+人数9求助", "请60分钟内前回1，码K47",
    "1收到 2启动 3完成",
    "Liked “[Jiangmen Emergency Management Bureau] Reply 1 received 2 started 3 done 9 help”"])
def test_our_own_text_quoted_back_is_no_answer(quoted: str) -> None:
    assert parse(quoted, CODES).answer is None


@pytest.mark.parametrize(("body", "code", "wrong", "site"), [
    ("1 K47", "K47", None, None), ("1 K48", None, "k48", None), ("1", None, None, None),
    ("K90-3 3 26", None, "k90", None), ("K47-3 3 26", "K47", None, 3), ("k47—3 3", "K47", None, 3),
    ("K4712 1", None, "k4712", None), ("第3处 3 26人", None, None, 3),
])
def test_a_code_is_ours_or_wrong_or_absent(
        body: str, code: str | None, wrong: str | None, site: int | None) -> None:
    said = parse(body, CODES)
    assert (said.code, said.wrong, said.site) == (code, wrong, site)


@pytest.mark.parametrize(("body", "answer", "number"), [
    ("K47-1", R, None), ("K47-3 26", D, 26), ("K47－9", H, None), ("K47-1 收到", R, None)])
def test_without_numbered_sites_a_hyphen_is_punctuation(
        body: str, answer: Answer, number: int | None) -> None:
    said = parse(body, CODES, numbered=False)
    assert (said.answer, said.number, said.code, said.site) == (answer, number, "K47", None)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(body: str) -> None:
    said = parse(body, CODES)
    assert said.number is None or (said.answer is Answer.done and 0 <= said.number <= LARGEST)


_VERBS = ("收到", "看到", "确认", "启动", "完成", "落实", "撤离", "撤完", "停产", "知道", "转移")
_DENIALS = ("没", "没有", "还没", "未", "并未", "尚未", "不", "无法", "还没有", "没能", "从未")
_AROUND = st.sampled_from(("", " ", "，", "1 ", "1，", " K47", "。", "！", "的", "了", "短信",
"人员", "3 ", " 26人", "请"))


@settings(max_examples=400)
@given(st.sampled_from(_DENIALS), st.sampled_from(_VERBS), _AROUND, _AROUND)
def test_a_denial_never_becomes_an_answer(
        denial: str, verb: str, before: str, after: str) -> None:
    said = parse(before + denial + verb + after, CODES)
    assert said.answer not in (R, S, D, C)


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*"0123456789 ,，。-+?", "K47", "人", "收到", "没", "已撤", "完成",
"停产", "二",
                                 "求助", "不是我", "第", "1️⃣", "①"]), max_size=12).map("".join))
def test_scraps_of_answers_never_break_the_reading(body: str) -> None:
    said = parse(body, CODES)
    assert said.number is None or said.answer is Answer.done
