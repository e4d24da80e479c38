"""Obligations through a warning's revisions, and answers that meet them on the way."""

from __future__ import annotations

import pytest
from answering import TAISHAN
from sqlalchemy import Engine, update
from warning_cast import CONTACTS, MIN, T0, Town, book, gauge, over, quake, signal

from fenghuo import notices
from fenghuo.notices import answers
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Level


def answer(town: Town, person: str, given: Answer, minutes: float, number: int | None = None,
           via: str = "sms", sites: tuple[str, ...] | None = None, drill: bool | None = None,
           ) -> list[int]:
    with writing(town.engine) as connection:
        return answers.answer(connection, person, given, number, via, None, T0 + minutes * MIN,
                              sites, drill=drill)


def taishan(level: Level, minutes: int = 0, **changes: object) -> object:
    return signal(level, T0 + minutes * MIN, districts=TAISHAN, **changes)  # type: ignore[arg-type]


def told(town: Town, level: Level, minutes: int = 0) -> None:
    town.assess(taishan(level, minutes), at=T0 + minutes * MIN)  # type: ignore[arg-type]
    town.send(T0 + minutes * MIN)


def works(town: Town) -> dict[str, object]:
    return town.duty("works", "safety_officer")


def test_an_upgrade_reopens_an_answer_with_a_ladder_from_its_own_commit(town: Town) -> None:
    told(town, Level.yellow)
    answer(town, "mo", Answer.received, 1)
    told(town, Level.red, 20)
    duty = works(town)
    assert (duty["status"], duty["answer"], duty["rung"]) == ("told", None, 0)
    assert (duty["opened"], duty["next_rung_at"]) == (T0 + 20 * MIN, T0 + 28 * MIN)


def test_a_downgrade_reopens_nothing(town: Town) -> None:
    told(town, Level.red)
    answer(town, "mo", Answer.done, 1, 26)
    told(town, Level.yellow, 20)
    duty = works(town)
    assert (duty["status"], duty["answer"], duty["number"], duty["opened"]) == (
        "answered", "3", 26, T0)


def upgraded_on_its_way(town: Town, receipt: float | None) -> None:
    """Yellow delivered at 0, red accepted at 10 with its receipt at a minute, or none yet."""
    told(town, Level.yellow)
    town.assess(taishan(Level.red, 10), at=T0 + 10 * MIN)  # type: ignore[arg-type]
    with writing(town.engine) as connection:
        connection.execute(update(t.notice).where(t.notice.c.state == "queued").values(
            state="accepted", accepted_at=T0 + 10 * MIN,
            delivered_at=None if receipt is None else T0 + receipt * MIN))


@pytest.mark.parametrize(("receipt", "at", "counts"), [
    (12, 11.9, False), (12, 12, True), (None, 10.9, False), (None, 11, True)])
def test_an_answer_binds_to_the_newest_revision_that_had_arrived(
        town: Town, receipt: float | None, at: float, counts: bool) -> None:
    upgraded_on_its_way(town, receipt)
    assert bool(answer(town, "mo", Answer.received, at)) is counts
    assert [row["revision_id"] for row in town.rows(t.answer)] == [2 if counts else 1]


def test_a_page_that_shows_the_newest_means_the_newest(town: Town) -> None:
    upgraded_on_its_way(town, None)
    assert answer(town, "mo", Answer.received, 10.1, via="page")


def test_a_bare_answer_never_speaks_for_a_text_that_had_not_arrived(town: Town) -> None:
    told(town, Level.yellow)
    town.assess(quake(5.6, T0 + 10 * MIN), at=T0 + 10 * MIN)
    with writing(town.engine) as connection:
        connection.execute(update(t.notice).where(t.notice.c.state == "queued").values(
            state="accepted", accepted_at=T0 + 10 * MIN))
    answer(town, "mo", Answer.received, 10.5)
    states = {row["warning_id"]: row["status"] for row in town.rows(t.obligation, person="mo")}
    assert states == {1: "answered", 2: "pending"}
    answer(town, "mo", Answer.received, 11)
    assert {row["status"] for row in town.rows(t.obligation, person="mo")} == {"answered"}


def test_a_text_written_after_the_answer_is_not_meant_by_it(town: Town) -> None:
    town.assess(taishan(Level.red, 10), at=T0 + 10 * MIN)  # type: ignore[arg-type]
    town.send(T0 + 10 * MIN)
    assert answer(town, "mo", Answer.received, 9) == []


def test_a_nine_counts_even_while_an_upgrade_is_on_its_way(town: Town) -> None:
    upgraded_on_its_way(town, None)
    assert answer(town, "mo", Answer.help, 10.1) == []
    assert [row["subject"] for row in town.rows(t.alarm)] == ["works"]


def test_a_nine_after_a_one_calls_for_help(town: Town) -> None:
    told(town, Level.orange)
    answer(town, "mo", Answer.received, 1)
    answer(town, "mo", Answer.help, 2)
    assert (works(town)["status"], works(town)["answer"]) == ("answered", "9")
    assert [(row["kind"], row["subject"]) for row in town.rows(t.alarm)] == [
        ("call_for_help", "works")]
    assert [(row["office"], row["rung"]) for row in town.rows(t.call_task)] == [
        ("county:440781", 0)]


def test_a_nine_of_a_duty_desk_is_about_the_desk(town: Town) -> None:
    told(town, Level.orange)
    answer(town, "taishan", Answer.help, 2)
    assert [row["subject"] for row in town.rows(t.alarm)] == ["county:440781"]
    assert [row["office"] for row in town.rows(t.call_task)] == ["county:440781"]


def test_a_nine_when_nothing_is_open_still_rings_for_the_last_place(town: Town) -> None:
    told(town, Level.orange)
    town.assess(over(taishan(Level.orange), Ended.cancelled, T0 + MIN),  # type: ignore[arg-type]
                at=T0 + MIN)
    assert answer(town, "mo", Answer.help, 5) == []
    assert [row["subject"] for row in town.rows(t.alarm)] == ["works"]


def test_help_called_for_again_opens_the_call_again(town: Town) -> None:
    told(town, Level.orange)
    answer(town, "mo", Answer.help, 2)
    with writing(town.engine) as connection:
        connection.execute(update(t.call_task).values(done=T0 + 3 * MIN, outcome="reached"))
    answer(town, "mo", Answer.help, 4)
    assert [(row["opened"], row["done"]) for row in town.rows(t.call_task)] == [
        (T0 + 4 * MIN, None)]


def test_not_me_takes_the_persons_other_duties_of_that_site_along(town: Town) -> None:
    told(town, Level.orange)
    town.assess(quake(5.6, T0 + 4 * MIN), at=T0 + 4 * MIN)  # not sent yet
    answer(town, "mo", Answer.not_me, 5)
    duties = town.rows(t.obligation, person="mo")
    assert len(duties) == 2
    assert {(row["status"], row["reason"], row["next_rung_at"]) for row in duties} == {
        ("unreachable", "not_me", T0 + 5 * MIN)}
    assert {row["state"] for row in town.rows(t.notice, person="mo")} == {"accepted", "dropped"}
    assert [(row["kind"], row["subject"]) for row in town.rows(t.alarm)] == [
        ("contact_wrong", "mo")]
    assert "not_me" in town.reasons(told=False)


def test_a_wrong_contact_is_not_texted_again_in_this_event(town: Town) -> None:
    told(town, Level.yellow)
    answer(town, "mo", Answer.not_me, 1)
    before = len(town.rows(t.notice, person="mo"))
    town.assess(taishan(Level.red, 5), at=T0 + 5 * MIN)  # type: ignore[arg-type]
    town.assess(taishan(Level.yellow, 9), at=T0 + 9 * MIN)  # type: ignore[arg-type]
    assert len(town.rows(t.notice, person="mo")) == before
    duty = works(town)
    assert (duty["status"], duty["reason"], duty["next_rung_at"]) == (
        "unreachable", "not_me", T0 + 5 * MIN)


def test_a_text_to_a_wrong_contact_that_names_other_sites_still_goes(engine: Engine) -> None:
    posts = CONTACTS["posts"].replace("tanks,safety_officer,chen", "tanks,safety_officer,li")
    town = Town(engine, book(posts=posts))
    town.assess(signal(Level.orange))
    town.send(T0)
    town.assess(quake(5.6, T0 + MIN), at=T0 + MIN)
    answer(town, "li", Answer.not_me, 2, sites=("pond",))
    assert "queued" in {row["state"] for row in town.rows(t.notice, person="li")}
    assert {row["status"] for row in town.rows(t.obligation, site="tanks")} == {"told", "pending"}


def test_shut_is_asked_once_more_at_red_only(town: Town) -> None:
    told(town, Level.yellow)
    answer(town, "mo", Answer.shut, 1)
    told(town, Level.orange, 5)
    assert (works(town)["status"], works(town)["reason"]) == ("answered", "shut")
    assert len(town.rows(t.notice, person="mo")) == 1
    told(town, Level.red, 9)
    assert works(town)["status"] == "told"
    assert len(town.rows(t.notice, person="mo")) == 2


def test_return_numbers_after_the_all_clear_are_counted_for_a_day(town: Town) -> None:
    told(town, Level.red)
    answer(town, "mo", Answer.received, 1)
    town.assess(over(taishan(Level.red), Ended.cancelled, T0 + 60 * MIN),  # type: ignore[arg-type]
                at=T0 + 60 * MIN)
    assert answer(town, "mo", Answer.done, 25 * 60 + 1, 30) == []
    assert len(answer(town, "mo", Answer.done, 90, 26)) == 1
    duty = works(town)
    assert (duty["number"], duty["measures"], duty["status"]) == (26, "done", "answered")
    with reading(town.engine) as connection:
        assert notices.reach(connection, 1).withdrawn == 26
    assert answer(town, "mo", Answer.done, 95, 99) == [], "what was reported stays"


def test_an_exercise_and_the_real_thing_are_answered_apart(town: Town) -> None:
    told(town, Level.orange)
    town.assess(gauge(Level.yellow, 52, 50, T0), at=T0)
    town.assess(quake(5.6))
    town.send(T0)
    with writing(town.engine) as connection:
        connection.execute(update(t.warning).where(t.warning.c.hazard == "earthquake")
                           .values(drill_id=1))
    mine = {row["id"]: row["warning_id"] for row in town.rows(t.obligation, person="mo")}
    drill = {row["id"] for row in town.rows(t.warning) if row["drill_id"]}
    assert {mine[key] in drill for key in answer(town, "mo", Answer.received, 2)} == {False}
    assert {mine[key] in drill for key in answer(town, "mo", Answer.received, 3, drill=True)} == {
        True}


def test_an_answer_entered_later_keeps_both_hours(town: Town) -> None:
    told(town, Level.orange)
    with writing(town.engine) as connection:
        answers.answer(connection, "mo", Answer.received, None, "console", None, T0 + 5 * MIN,
                       by="operator", entered=T0 + 50 * MIN)
    row = town.rows(t.answer)[0]
    assert (row["at"], row["entered"], row["entered_by"]) == (
        T0 + 5 * MIN, T0 + 50 * MIN, "operator")
    assert works(town)["answered_at"] == T0 + 5 * MIN
