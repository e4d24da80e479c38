"""Rungs by voice: who is rung up by a gateway, and what the call says."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, update
from warning_cast import CONTACTS, MIN, T0, Town, book, signal

from fenghuo import alarms, escalation
from fenghuo.channels import Accepted, Gateway, Outcome, Outgoing
from fenghuo.clock import FixedClock
from fenghuo.notices import obligations
from fenghuo.notices.texts import LONGEST_SPEECH
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Answer, Channel, Level

HONG_KONG = "+85291230001"
RINGS = Settings(public_url="https://f.example", sandbox_url="http://127.0.0.1:9")


class Telephone(Gateway):
    """A gateway that keeps what it was given to read out."""

    def submit(self, outgoing: Outgoing) -> Outcome:
        CALLS.append((outgoing.address, outgoing.text))
        return Accepted(f"CA{len(CALLS)}")


CALLS: list[tuple[str, str]] = []


@pytest.fixture
def called(engine: Engine) -> Town:
    """An orange signal at a site whose safety officer has a number that can be rung."""
    CALLS.clear()
    town = Town(engine, book(people=CONTACTS["people"].replace("+8613800000005", HONG_KONG)),
                RINGS)
    town.assess(signal(Level.orange, districts=("440781000000",)))
    town.send(T0)
    return town


def climb(town: Town, minutes: int) -> None:
    escalation.climb(town.engine, town.edition, town.settings, T0 + minutes * MIN)


def test_a_silent_officer_is_rung_up_and_hears_what_is_wrong_what_to_do_and_what_to_press(
        called: Town) -> None:
    climb(called, 8)
    assert called.rows(t.call_task) == [], "nobody has to dial"
    dispatch(called.engine, [Telephone(name="voice", channel=Channel.voice, sandbox=True)],
             called.settings, FixedClock(T0 + 8 * MIN))
    (address, text), = CALLS
    assert address == HONG_KONG
    assert text.startswith("江门市应急管理局。") and "暴雨橙色预警信号" in text
    assert "海宴工地请停户外作业" in text or "请立即" in text
    assert "收到请按1" in text and "求助请按9" in text and "码" not in text
    assert len(text) <= LONGEST_SPEECH["zh"]


def test_a_mainland_number_is_dialled_by_a_human_as_before(engine: Engine) -> None:
    town = Town(engine, book(), RINGS)
    town.assess(signal(Level.orange, districts=("440781000000",)))
    town.send(T0)
    climb(town, 8)
    assert [task["rung"] for task in town.rows(t.call_task)] == [1]
    assert town.texts("voice") == {}


def test_while_the_gateway_of_calls_is_silent_a_human_dials(called: Town) -> None:
    with writing(called.engine) as connection:
        alarms.raise_alarm(connection, alarms.AlarmKind.gateway_silent, "twilio-voice", "x", T0)
    climb(called, 8)
    assert [task["rung"] for task in called.rows(t.call_task)] == [1]


def test_who_answers_while_the_call_waits_is_not_rung_up(called: Town) -> None:
    climb(called, 8)
    with writing(called.engine) as connection:
        obligations.answer(connection, "mo", Answer.received, None, "sms", None, T0 + 9 * MIN)
    dispatch(called.engine, [Telephone(name="voice", channel=Channel.voice, sandbox=True)],
             called.settings, FixedClock(T0 + 9 * MIN))
    assert CALLS == []


def test_a_site_that_said_it_is_empty_is_not_rung_up(called: Town) -> None:
    with writing(called.engine) as connection:
        obligations.answer(connection, "mo", Answer.shut, None, "sms", None, T0 + MIN)
        connection.execute(update(t.obligation).where(t.obligation.c.site == "works").values(
            status="told", next_rung_at=T0 + 8 * MIN))
    climb(called, 8)
    assert called.texts("voice") == {} and "shut" in called.reasons(told=False)


def test_an_all_clear_after_a_call_comes_as_a_text(called: Town) -> None:
    climb(called, 8)
    dispatch(called.engine, [Telephone(name="voice", channel=Channel.voice, sandbox=True)],
             called.settings, FixedClock(T0 + 8 * MIN))
    called.assess(signal(Level.yellow, districts=("440781000000",)), at=T0 + 60 * MIN)
    assert called.texts("voice") == {}
