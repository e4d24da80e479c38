"""What only a human can read, and what the house says by itself meanwhile."""

from __future__ import annotations

from datetime import datetime

import pytest
from answering import TAISHAN, inbound, keeper_of_three, says
from sqlalchemy import Engine, update
from warning_cast import MIN, T0, Town, signal

from fenghuo import receipts
from fenghuo.notices import sms
from fenghuo.receipts import inbox
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Level, Reason

STRANGER = "+8613900000000"


@pytest.fixture
def town(engine: Engine) -> Town:
    """莫工 was told of orange at noon."""
    made = Town(engine)
    made.assess(signal(Level.orange, districts=TAISHAN))
    made.send(T0)
    return made


def accept(town: Town, at: datetime, **how: object) -> list[int]:
    with writing(town.engine) as connection:
        return inbox.accept(connection, 1, "officer", at, **how)  # type: ignore[arg-type]


def attend(town: Town, minutes: float) -> tuple[int, datetime | None]:
    return receipts.attend(town.engine, town.edition, T0 + minutes * MIN)


def replies(town: Town) -> list[str]:
    return [str(row["text"]) for row in sorted(town.rows(t.notice), key=lambda row: row["created"])
            if str(row["occasion"]).startswith("reply:")]


def alarms(town: Town) -> list[tuple[object, object]]:
    return [(row["detail"], row["recovered"]) for row in town.rows(t.alarm, kind="inbox_waiting")]


def test_what_waits_is_listed_with_what_it_seems_to_say(town: Town) -> None:
    code = town.code("mo")
    assert says(town, "mo", f"3 26 {code}", T0 + MIN, STRANGER) == Reason.probable
    assert says(town, "mo", "嗯?", T0 + 2 * MIN) == Reason.unclear
    assert says(town, "mo", "在吗", T0 + 3 * MIN, STRANGER) == Reason.unknown_number
    assert says(town, "mo", "1 A99", T0 + 4 * MIN) == Reason.wrong_code
    says(town, "mo", "1", T0 + 5 * MIN)
    with reading(town.engine) as connection:
        found = inbox.waiting(connection)
    assert [(one.person, one.answer, one.number) for one in found] == [
        ("mo", Answer.done, 26), ("mo", None, None), (None, None, None),
        ("mo", Answer.received, None)]


def test_a_probable_answer_accepted_counts_from_its_arrival(town: Town) -> None:
    says(town, "mo", f"3 26 {town.code('mo')}", T0 + 4 * MIN, STRANGER)
    assert town.duty("works", "safety_officer")["status"] == "told"
    assert len(accept(town, T0 + 30 * MIN)) == 1
    duty = town.duty("works", "safety_officer")
    assert (duty["status"], duty["number"], duty["answered_at"]) == ("answered", 26, T0 + 4 * MIN)
    [said] = town.rows(t.answer)
    assert (said["at"], said["entered"], said["entered_by"]) == (
        T0 + 4 * MIN, T0 + 30 * MIN, "officer")
    assert (inbound(town)[0]["reason"], inbound(town)[0]["handled_by"]) == (
        "accepted_by_hand", "officer")
    entries = {row["kind"]: row["canon"] for row in town.rows(t.ledger_entry)}
    assert b"officer" in entries["inbound.accepted"] and STRANGER.encode() not in b"".join(
        entries.values())


def test_an_unclear_text_is_accepted_as_what_a_human_reads_in_it(town: Town) -> None:
    says(town, "mo", "都弄好了放心", T0 + MIN)
    assert len(accept(town, T0 + 9 * MIN, answer=Answer.done, number=12)) == 1
    assert town.duty("works", "safety_officer")["number"] == 12


@pytest.mark.parametrize(("body", "how", "sentence"), [
    ("在吗", {}, "whose it is"), ("嗯", {"person": "mo"}, "which"), ("1", {}, "handled")])
def test_what_cannot_be_accepted_says_why(
        town: Town, body: str, how: dict[str, object], sentence: str) -> None:
    says(town, "mo", body, T0 + MIN, STRANGER)
    if sentence == "handled":
        with writing(town.engine) as connection:
            inbox.dismiss(connection, 1, "officer", "spam", T0 + 2 * MIN)
    with pytest.raises(inbox.NotInInbox, match=sentence):
        accept(town, T0 + 9 * MIN, **how)


def test_dismissing_needs_a_reason_and_is_written_down(town: Town) -> None:
    says(town, "mo", "恭喜中奖", T0 + MIN, STRANGER)
    with writing(town.engine) as connection:
        with pytest.raises(inbox.NotInInbox, match="why"):
            inbox.dismiss(connection, 1, "officer", " ", T0 + 2 * MIN)
        inbox.dismiss(connection, 1, "officer", "advertisement", T0 + 2 * MIN)
        assert inbox.waiting(connection) == []
    assert "inbound.dismissed" in {row["kind"] for row in town.rows(t.ledger_entry)}


def test_five_minutes_in_the_inbox_are_one_alarm_with_a_count(town: Town) -> None:
    for minute in (1, 2):
        says(town, "mo", "在吗", T0 + minute * MIN, STRANGER)
    assert attend(town, 5.9) == (0, T0 + 6 * MIN) and alarms(town) == []
    assert attend(town, 6)[0] == 1 and attend(town, 6)[0] == 0
    attend(town, 7)
    assert alarms(town) == [("2 texts wait for somebody to read them", None)]
    with writing(town.engine) as connection:
        connection.execute(update(t.inbound).values(handled=T0 + 8 * MIN, handled_by="officer"))
    attend(town, 8)
    assert alarms(town)[0][1] == T0 + 8 * MIN


@pytest.mark.parametrize(("body", "person"), [("9 A99", "mo"), ("求助 K", "mo")])
def test_a_call_for_help_with_a_mistyped_code_still_rings(
        town: Town, body: str, person: str) -> None:
    says(town, person, body, T0 + MIN)
    assert [row["subject"] for row in town.rows(t.alarm)] == ["works"]


def test_a_call_for_help_from_a_strange_telephone_with_a_good_code_rings(town: Town) -> None:
    assert says(town, "mo", f"9 {town.code('mo')}", T0 + MIN, STRANGER) == Reason.probable
    assert [row["subject"] for row in town.rows(t.alarm)] == ["works"]


def test_return_numbers_may_carry_the_code_that_was_closed_with_the_warning(town: Town) -> None:
    from warning_cast import over

    from fenghuo.words import Ended
    code = town.code("mo")
    town.assess(over(signal(Level.orange, districts=TAISHAN), Ended.cancelled, T0 + 60 * MIN),
                at=T0 + 60 * MIN)
    assert says(town, "mo", f"3 26 {code}", T0 + 90 * MIN) == Reason.answer_accepted
    assert town.duty("works", "safety_officer")["number"] == 26
    town.assess(signal(Level.red, T0 + 100 * MIN, chain="b", districts=TAISHAN), at=T0 + 100 * MIN)
    town.send(T0 + 100 * MIN)
    if town.code("mo") != code:
        assert says(town, "mo", f"1 {code}", T0 + 105 * MIN) == Reason.unclear


@pytest.mark.parametrize(("body", "about"), [
    ("嗯?", "【江门市应急管理局】没看懂您的回复，已转人工。请回1收到2启动3完成9求助，码{code}。"),
    ("1 A99", "【江门市应急管理局】回复中的码不对，未计入。请核对短信里的码再回。")])
def test_a_short_reply_says_what_was_not_understood(town: Town, body: str, about: str) -> None:
    says(town, "mo", body, T0 + MIN)
    assert attend(town, 1.1)[0] == 1 and attend(town, 1.1)[0] == 0
    assert replies(town) == [about.format(code=town.code("mo"))]
    assert all(sms.parts(text) == 1 for text in replies(town))


def test_several_sites_are_asked_which_by_their_number(engine: Engine) -> None:
    town = keeper_of_three(engine)
    town.assess(signal(Level.orange))
    town.send(T0)
    code = town.code("li")
    for minute, body in ((1, "3 26"), (2, "9")):
        says(town, "li", body, T0 + minute * MIN)
        attend(town, minute)
    assert replies(town) == [
        f"【江门市应急管理局】您有多处，请带序号回，如{code}-3 3 26。",
        f"【江门市应急管理局】已通知值班员。是哪一处？请回{code}-序号 9。"]


def test_a_reader_of_english_is_answered_in_english(engine: Engine) -> None:
    from warning_cast import CONTACTS, book
    town = Town(engine, book(posts=CONTACTS["posts"].replace(
        "works,safety_officer,mo", "works,safety_officer,anna")))
    town.assess(signal(Level.orange, districts=TAISHAN))
    town.send(T0)
    for minute, body in ((1, "eh"), (2, "1 A99")):
        says(town, "anna", body, T0 + minute * MIN)
    attend(town, 3)
    assert len(replies(town)) == 2
    assert all(text.startswith("[") and text.isascii() and sms.parts(text) == 1
               for text in replies(town))


def test_at_most_three_replies_an_hour_go_to_one_person(town: Town) -> None:
    for minute in range(1, 8):
        says(town, "mo", "嗯?", T0 + minute * MIN)
        attend(town, minute)
    assert len(replies(town)) == 3
    says(town, "mo", "嗯?", T0 + 62 * MIN)
    attend(town, 62)
    assert len(replies(town)) == 4


def test_nobody_is_answered_who_is_unknown_an_echo_or_in_a_drill(town: Town) -> None:
    says(town, "mo", "嗯?", T0 + MIN)
    attend(town, 1)
    says(town, "mo", replies(town)[0], T0 + 2 * MIN)
    says(town, "mo", "嗯?", T0 + 2 * MIN, STRANGER)
    attend(town, 2)
    assert len(replies(town)) == 1
    with writing(town.engine) as connection:
        connection.execute(update(t.notice).where(t.notice.c.person == "mo").values(
            text="【江门市应急管理局】（演练）请回1。（演练）"))
    says(town, "mo", "什么", T0 + 3 * MIN)
    attend(town, 3)
    assert len(replies(town)) == 1


def test_a_wrong_contacts_alarm_ends_when_another_holds_the_post(town: Town) -> None:
    from dataclasses import replace
    says(town, "mo", "4", T0 + MIN)
    attend(town, 1)
    [alarm] = town.rows(t.alarm, kind="contact_wrong")
    assert alarm["recovered"] is None
    posts = {**town.edition.contacts.posts, ("works", "safety_officer"): "zhou"}
    town.edition = replace(town.edition, contacts=replace(town.edition.contacts, posts=posts))
    attend(town, 9)
    assert town.rows(t.alarm, kind="contact_wrong")[0]["recovered"] == T0 + 9 * MIN


def test_a_one_of_the_duty_officer_takes_the_alarms_in_hand_and_answers(town: Town) -> None:
    says(town, "mo", "9", T0 + MIN)
    with writing(town.engine) as connection:
        connection.execute(update(t.alarm).values(told=T0 + 2 * MIN))
        key = connection.scalar(t.alarm.select().with_only_columns(t.alarm.c.id))
        row = dict(connection.execute(t.notice.select().where(
            t.notice.c.person == "taishan")).mappings().first() or {})
        connection.execute(t.notice.insert().values(
            {**row, "id": "a" * 32, "occasion": f"alarm:{key}"} | {"provider_id": None}))
    assert says(town, "taishan", "1", T0 + 4 * MIN) == Reason.answer_accepted
    assert town.rows(t.alarm)[0]["acknowledged_by"] == "taishan"
    assert town.duty("county:440781", "duty")["status"] == "answered"
