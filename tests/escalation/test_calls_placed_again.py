"""A call in vain is placed again after two minutes, until the ladder takes over."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from warning_cast import CONTACTS, LADDERS, MIN, T0, WEATHER, Town, book, over, signal

from fenghuo import alarms, escalation
from fenghuo.agreements import reading as agreement_files
from fenghuo.channels import Accepted, Gateway, Outcome, Outgoing
from fenghuo.clock import FixedClock
from fenghuo.notices import obligations
from fenghuo.outbox import deliveries, dispatch
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Answer, Channel, Ended, Level

HONG_KONG = "+85291230001"
SETTINGS = Settings(public_url="https://f.example", sandbox_url="http://127.0.0.1:9")
BY_VOICE = LADDERS.replace(
    """{after: 15m, to: site.deputy, by: sms},
                    {after: 25m, to: county.duty, by: call_list}""",
    "{after: 15m, to: site.deputy, by: sms}")
LATE_LADDER = LADDERS.replace("{after: 25m, to: county.duty", "{after: 45m, to: county.duty")


class Telephone(Gateway):
    """A gateway that counts the calls it was asked to place."""

    def submit(self, outgoing: Outgoing) -> Outcome:
        CALLS.append((outgoing.address, outgoing.text))
        return Accepted(f"CA{len(CALLS)}")


CALLS: list[tuple[str, str]] = []


def town(engine: Engine, ladders: str = LADDERS, level: Level = Level.orange,
         minutes: int = 0) -> Town:
    CALLS.clear()
    edition = book(people=CONTACTS["people"].replace("+8613800000005", HONG_KONG))
    edition = type(edition)(
        agreement_files.read({"rules/agreements/weather.yaml":
                              WEATHER.replace(LADDERS, ladders).encode()}),
        edition.contacts, edition.messages, edition.measures)
    made = Town(engine, edition, SETTINGS)
    now = T0 + minutes * MIN
    made.assess(signal(level, now, districts=("440781000000",)), at=now)
    made.send(now)
    return made


@pytest.fixture
def called(engine: Engine) -> Town:
    """An officer who is rung up at 12:08; his deputy hears at 12:15, a human dials at 12:45."""
    made = town(engine, LATE_LADDER)
    at(made, 8)
    return made


def at(town: Town, minutes: float) -> int:
    """Climb and place what calls wait; how many were placed until now."""
    now = T0 + minutes * MIN
    escalation.climb(town.engine, town.edition, town.settings, now)
    dispatch(town.engine, [Telephone(name="twilio-voice", channel=Channel.voice, sandbox=True)],
             town.settings, FixedClock(now))
    return len(CALLS)


def ends(town: Town, status: str, minutes: float, error: str | None = None) -> None:
    """The last call that was placed ends."""
    with writing(town.engine) as connection:
        assert deliveries.keep(connection, "twilio-voice", f"CA{len(CALLS)}", status, error, None,
                               T0 + minutes * MIN)


def steps(town: Town) -> list[str]:
    return sorted(row["step"] for row in town.rows(t.notice, channel="voice"))


def rings(town: Town) -> list[tuple[bool, str]]:
    """What was decided of rings."""
    return [(row["told"], row["reason"]) for row in town.rows(t.decision)
            if " after " in (row["detail"] or "")]


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_a_call_in_vain_is_placed_again_after_two_minutes_and_at_most_twice(
        called: Town, status: str) -> None:
    ends(called, status, 8.5)
    assert at(called, 10.4) == 1
    assert at(called, 10.5) == 2
    ends(called, status, 11)
    assert at(called, 13) == 3
    ends(called, status, 13.5)
    assert [at(called, minute) for minute in (13.5, 16, 20, 30)] == [3, 3, 3, 3]
    assert len(set(CALLS)) == 1, "it is the same call"
    assert steps(called) == ["rung:1", "rung:1:2", "rung:1:3"]
    assert rings(called) == [(True, "rung_again"), (True, "rung_again"), (False, "rung_in_vain")]


def test_a_climb_repeated_at_one_instant_rings_once(called: Town) -> None:
    ends(called, "busy", 8.5)
    assert [at(called, 11), at(called, 11)] == [2, 2]
    assert rings(called) == [(True, "rung_again")]


def test_the_follow_up_is_due_when_the_next_ring_is(called: Town) -> None:
    ends(called, "busy", 8.5)
    report = escalation.climb(called.engine, called.edition, called.settings, T0 + 9 * MIN)
    assert report.next_due == T0 + 10.5 * MIN


def test_the_ladder_does_not_hurry_while_the_house_rings_again_and_does_after_the_last_ring(
        called: Town) -> None:
    due = called.duty("works", "safety_officer")["next_rung_at"]
    ends(called, "busy", 8.5)
    assert called.duty("works", "safety_officer")["next_rung_at"] == due
    at(called, 10.5)
    ends(called, "busy", 10.6)
    at(called, 12.6)
    ends(called, "busy", 12.7)
    assert called.duty("works", "safety_officer")["next_rung_at"] == T0 + 12.7 * MIN


def test_who_picks_up_without_a_key_is_rung_once_more(called: Town) -> None:
    ends(called, "completed", 9)
    assert at(called, 11) == 2
    ends(called, "completed", 12)
    assert at(called, 14) == 2
    assert rings(called) == [(True, "rung_again"), (False, "rung_in_vain")]


def test_who_has_answered_is_not_rung_again(called: Town) -> None:
    ends(called, "busy", 8.5)
    with writing(called.engine) as connection:
        obligations.answer(connection, "mo", Answer.received, None, "voice", None, T0 + 9 * MIN)
    assert at(called, 11) == 1


def test_who_said_it_is_not_he_is_not_rung_again(called: Town) -> None:
    ends(called, "completed", 8.5)
    with writing(called.engine) as connection:
        obligations.answer(connection, "mo", Answer.not_me, None, "voice", None, T0 + 9 * MIN)
    assert at(called, 11) == 1
    assert rings(called) == [(False, "not_me")]


def test_after_the_end_of_the_warning_nobody_is_rung_again(called: Town) -> None:
    ends(called, "busy", 8.5)
    called.assess(over(signal(Level.orange, districts=("440781000000",)), Ended.cancelled,
                       T0 + 9 * MIN), at=T0 + 9 * MIN)
    assert at(called, 11) == 1
    assert rings(called) == []


def test_once_the_humans_call_is_due_the_house_rings_no_more(engine: Engine) -> None:
    hurried = town(engine, LADDERS.replace(
        "{after: 15m, to: site.deputy, by: sms},", "").replace(
        "{after: 25m, to", "{after: 10m, to"))
    at(hurried, 8)
    ends(hurried, "no-answer", 8.5)
    assert at(hurried, 11) == 1
    assert rings(hurried) == [(False, "passed_on")]
    assert [task["rung"] for task in hurried.rows(t.call_task)] == [2]


def test_what_the_call_list_has_is_not_rung_again(called: Town) -> None:
    ends(called, "busy", 8.5)
    with writing(called.engine) as connection:
        connection.execute(t.call_task.insert().values(
            obligation_id=called.duty("works", "safety_officer")["id"], office="county:440781",
            rung=0, opened=T0 + 9 * MIN))
    assert at(called, 11) == 1
    assert rings(called) == [(False, "passed_on")]


def test_a_town_whose_telephones_are_dead_is_not_rung(
        called: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ends(called, "busy", 8.5)
    lost = escalation.climbing.outage.Outage({"440781112000": (12, 12)},
                                             frozenset({"440781112000"}))
    monkeypatch.setattr(escalation.climbing.outage, "look", lambda *_: lost)
    assert at(called, 11) == 1
    assert rings(called) == [(False, "receipts_lost")]


def test_at_night_a_low_tier_is_not_rung_again(engine: Engine) -> None:
    evening = 9 * 60 + 51  # 21:51 in the city: the first ring is at 21:59
    blue = LADDERS.replace("feedback:\n", "feedback:\n  blue: {answer: 8m, ladder: "
                           "[{after: 8m, to: site.safety_officer, by: voice}]}\n")
    late = town(engine, blue, Level.blue, evening)
    at(late, evening + 8)
    assert len(CALLS) == 1
    ends(late, "busy", evening + 8.5)
    assert at(late, evening + 11) == 1
    assert rings(late) == [(False, "quiet_hours")]


def test_while_no_gateway_places_calls_the_decision_says_so(called: Town) -> None:
    ends(called, "busy", 8.5)
    with writing(called.engine) as connection:
        alarms.raise_alarm(connection, alarms.AlarmKind.gateway_silent, "twilio-voice", "x",
                           T0 + 9 * MIN)
    assert at(called, 11) == 1
    assert rings(called) == [(False, "no_channel")]


def test_the_last_ring_in_vain_is_the_desks_where_no_human_comes_later(engine: Engine) -> None:
    last = town(engine, BY_VOICE)
    at(last, 8)
    for minute in (8.5, 10.6, 12.7):
        ends(last, "no-answer", minute)
        at(last, minute + 2)
    task, = last.rows(t.call_task)
    assert (task["office"], task["rung"], task["done"]) == ("county:440781", 1, None)


def test_where_the_call_list_is_the_next_rung_no_second_task_is_made(called: Town) -> None:
    for minute in (8.5, 10.6, 12.7):
        ends(called, "no-answer", minute)
        at(called, minute + 2)
    assert called.rows(t.call_task) == []
    at(called, 46)
    assert [task["rung"] for task in called.rows(t.call_task)] == [3]
