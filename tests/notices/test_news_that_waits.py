"""Good news of the night: who hears it at once, in the morning, and in which words."""

from __future__ import annotations

from datetime import timedelta

from warning_cast import MIN, T0, Town, gauge, over, signal

from fenghuo.notices import obligations
from fenghuo.store.engine import writing
from fenghuo.words import Answer, Ended, Level

POND, TANKS = "440785104000", "440785112000"
HOUR = timedelta(hours=1)
NIGHT = T0 + 11 * HOUR
"""23:00 in the city."""


def answered(town: Town, person: str, answer: Answer, number: int | None = None) -> None:
    with writing(town.engine) as connection:
        obligations.answer(connection, person, answer, number, "page", None, NIGHT + 5 * MIN)


def test_who_answered_hears_that_his_place_is_no_longer_affected(town: Town) -> None:
    begins = T0 + HOUR
    town.assess(signal(Level.orange, begins, districts=(POND, TANKS)), at=begins)
    town.send(begins)
    answered(town, "li", Answer.received)
    later = begins + HOUR
    town.assess(signal(Level.orange, later, districts=(TANKS,)), at=later)
    town.release(later + 5 * MIN)
    assert "烽田尾矿库不再受影响" in town.texts(state="queued")["li"]


def test_a_downgrade_to_orange_wakes_nobody_though_people_were_brought_out(town: Town) -> None:
    town.assess(signal(Level.red, NIGHT, districts=(POND,)), at=NIGHT)
    town.send(NIGHT)
    answered(town, "li", Answer.done, 26)
    at = NIGHT + HOUR
    town.assess(signal(Level.orange, at, districts=(POND,)), at=at)
    town.release(at + 2 * MIN)
    assert "li" not in town.texts(state="queued")
    at += HOUR  # yellow lets them return
    town.assess(signal(Level.yellow, at, districts=(POND,)), at=at)
    town.release(at + 2 * MIN)
    assert "暴雨黄色预警信号（由" in town.texts(state="queued")["li"]


def test_the_end_of_our_own_note_says_the_number_of_its_end(town: Town) -> None:
    rain = gauge(Level.orange, 62.0, 50.0)
    town.assess(rain)
    town.send(T0)
    at = T0 + 5 * HOUR
    town.assess(over(rain, Ended.cleared, at, value=3.0, end=at.isoformat()), at=at)
    town.release(at + 2 * MIN)
    assert "14-17时雨量3毫米，现低于提示值" in town.texts(state="queued")["li"]
