"""One person, several sites: one answer for all, or a number for one."""

from __future__ import annotations

import pytest
from answering import keeper_of_three, says
from sqlalchemy import Engine
from warning_cast import MIN, T0, Town, signal

from fenghuo.store import tables as t
from fenghuo.words import Level, Reason


@pytest.fixture
def keeper(engine: Engine) -> Town:
    """李安 keeps three sites, told of orange at noon."""
    town = keeper_of_three(engine)
    town.assess(signal(Level.orange))
    town.send(T0)
    return town


def states(town: Town) -> dict[str, tuple[object, ...]]:
    return {str(row["site"]): (row["status"], row["answer"], row["measures"], row["number"])
            for row in town.rows(t.obligation, person="li")}


def test_sites_are_numbered_for_their_person(keeper: Town) -> None:
    assert [row["ordinal"] for row in keeper.rows(t.obligation, person="li")] != []
    assert {row["site"]: row["ordinal"] for row in keeper.rows(t.obligation, person="li")} == {
        "pond": 1, "tanks": 2, "wharf": 3}


def test_a_bare_one_answers_for_all(keeper: Town) -> None:
    assert says(keeper, "li", "1", T0 + 2 * MIN) == Reason.answer_accepted
    assert set(states(keeper).values()) == {("answered", "1", "owed", None)}


@pytest.mark.parametrize("body", ["{code}-2 3 26", "{code}－2，3 26人", "第2处 3 26",
"{code}-2 撤完26人"])
def test_a_number_says_which_site(keeper: Town, body: str) -> None:
    assert says(keeper, "li", body.format(code=keeper.code("li")),
                T0 + 2 * MIN) == Reason.answer_accepted
    assert states(keeper)["tanks"] == ("answered", "3", "done", 26)
    assert {states(keeper)[site][0] for site in ("pond", "wharf")} == {"told"}


def test_a_bare_three_is_received_and_asked_which(keeper: Town) -> None:
    assert says(keeper, "li", "3 26", T0 + 2 * MIN) == Reason.which_site
    assert set(states(keeper).values()) == {("answered", "1", "owed", None)}


def test_a_bare_three_is_plain_once_one_site_is_left(keeper: Town) -> None:
    code = keeper.code("li")
    for number in (1, 2):
        says(keeper, "li", f"{code}-{number} 3 {number}", T0 + 2 * MIN)
    assert says(keeper, "li", "3 9", T0 + 3 * MIN) == Reason.answer_accepted
    assert [states(keeper)[site][3] for site in ("pond", "tanks", "wharf")] == [1, 2, 9]


def test_a_bare_nine_calls_for_all_of_them_and_asks_which(keeper: Town) -> None:
    assert says(keeper, "li", "9", T0 + 2 * MIN) == Reason.which_site
    assert {row["subject"] for row in keeper.rows(t.alarm, kind="call_for_help")} == {
        "pond", "tanks", "wharf"}
    assert len(keeper.rows(t.call_task)) == 3


def test_a_number_that_names_no_site_of_his_is_asked_about(keeper: Town) -> None:
    assert says(keeper, "li", f"{keeper.code('li')}-7 3 26", T0 + 2 * MIN) == Reason.which_site
    assert {row[0] for row in states(keeper).values()} == {"told"}


def test_a_hyphen_of_somebody_with_one_site_is_punctuation(keeper: Town) -> None:
    keeper.assess(signal(Level.orange, districts=("440781000000",), chain="b"))
    keeper.send(T0)
    assert says(keeper, "mo", f"{keeper.code('mo')}-3 26", T0 + 2 * MIN) == Reason.answer_accepted
    assert keeper.duty("works", "safety_officer")["number"] == 26
