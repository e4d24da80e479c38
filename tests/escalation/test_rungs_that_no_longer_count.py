"""Rungs of an older opening, of a wrong contact, of a site that stands empty."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from warning_cast import CONTACTS, MIN, T0, Town, book, over, signal

from fenghuo import escalation
from fenghuo.notices import obligations
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Answer, Ended, Level

TAISHAN = ("440781000000",)


@pytest.fixture
def town(engine: Engine) -> Town:
    """海宴工地 under orange since noon, everybody told."""
    made = Town(engine, book(posts=CONTACTS["posts"] + "works,head,zhou\n"))
    made.assess(signal(Level.orange, districts=TAISHAN))
    made.send(T0)
    return made


def climb(town: Town, minute: int) -> None:
    escalation.climb(town.engine, town.edition, town.settings, T0 + minute * MIN)


def close(town: Town, minute: int) -> dict[str, int]:
    with writing(town.engine) as connection:
        return escalation.close_superseded(connection, T0 + minute * MIN)


def answer(town: Town, given: Answer, minute: int) -> None:
    with writing(town.engine) as connection:
        obligations.answer(connection, "mo", given, None, "sms", None, T0 + minute * MIN)


def upgrade(town: Town, minute: int) -> None:
    town.assess(signal(Level.red, T0 + minute * MIN, districts=TAISHAN), at=T0 + minute * MIN)


def calls(town: Town) -> list[tuple[object, ...]]:
    return [(row["rung"], row["opened"], row["done"], row["outcome"])
            for row in town.rows(t.call_task)]


def rungs(town: Town) -> list[tuple[object, object, object]]:
    return [(row["person"], row["step"], row["state"]) for row in town.rows(t.notice)
            if str(row["step"]).startswith("rung")]


def test_an_upgrade_drops_the_unsent_rung_of_the_older_opening(town: Town) -> None:
    climb(town, 15)
    assert ("wu", "rung:2", "queued") in rungs(town)
    upgrade(town, 16)
    assert close(town, 16)["superseded_texts"] == 1 and close(town, 16) == {}
    assert ("wu", "rung:2", "dropped") in rungs(town)
    climb(town, 24)
    assert ("wu", "rung:1", "queued") in rungs(town)


def test_a_call_nobody_made_is_superseded_and_comes_back_with_the_new_ladder(town: Town) -> None:
    for minute in (8, 15, 25):
        climb(town, minute)
    assert [(call[0], call[2]) for call in calls(town)] == [(1, None), (3, None)]
    upgrade(town, 26)
    assert close(town, 26)["calls_superseded"] == 2
    assert {call[2:] for call in calls(town)} == {(T0 + 26 * MIN, "superseded")}
    climb(town, 36)
    assert [call for call in calls(town) if call[0] == 2] == [(2, T0 + 36 * MIN, None, None)] * 2


def test_a_downgrade_leaves_rungs_and_calls_as_they_are(town: Town) -> None:
    climb(town, 15)
    before = calls(town), rungs(town)
    town.assess(signal(Level.yellow, T0 + 16 * MIN, districts=TAISHAN), at=T0 + 16 * MIN)
    assert close(town, 16) == {} and (calls(town), rungs(town)) == before


def test_an_answer_and_an_end_close_the_calls_but_never_a_call_for_help(town: Town) -> None:
    climb(town, 8)
    answer(town, Answer.help, 9)
    assert [(call[0], call[3]) for call in calls(town)] == [(1, "answered"), (0, None)]
    town.assess(over(signal(Level.orange, districts=TAISHAN), Ended.cancelled, T0 + 10 * MIN),
                at=T0 + 10 * MIN)
    close(town, 10)
    assert (0, T0 + 9 * MIN, None, None) in calls(town)


def test_the_end_of_a_warning_closes_what_was_still_to_be_dialled(town: Town) -> None:
    climb(town, 8)
    town.assess(over(signal(Level.orange, districts=TAISHAN), Ended.cancelled, T0 + 10 * MIN),
                at=T0 + 10 * MIN)
    assert close(town, 10) == {"calls_warning_closed": 1}


def test_not_me_goes_to_the_next_post_at_once_and_never_back(town: Town) -> None:
    answer(town, Answer.not_me, 1)
    climb(town, 1)
    assert calls(town) == [], "rung 1 would dial the wrong man himself"
    assert [row["reason"] for row in town.rows(t.decision, reason="not_me")] == ["not_me"]
    duty = town.duty("works", "safety_officer")
    assert (duty["rung"], [rung[0] for rung in rungs(town)]) == (2, ["wu"])


def test_nobody_dials_a_site_that_reported_itself_empty(town: Town) -> None:
    answer(town, Answer.shut, 1)
    upgrade(town, 5)
    town.send(T0 + 5 * MIN)
    for minute in (13, 15, 20):
        climb(town, minute)
    officer = town.duty("works", "safety_officer")["id"]
    assert [row for row in town.rows(t.call_task) if row["obligation_id"] == officer] == []
    assert "shut" in town.reasons(told=False)
    assert ("wu", "rung:1", "queued") in rungs(town)
