"""Which gateway carries a text: by country, in its order, and the next when one fails."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from delivery_cast import CHEN, LI, NOON, City
from sqlalchemy import Engine

from fenghuo import alarms
from fenghuo.channels import Accepted, Ambiguous, Gateway, Limits, Outcome, Outgoing, Rejected
from fenghuo.channels.base import Unsupported
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch, lanes
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, NoticeState, StepReport

HONG_KONG = "+85251234567"
DOWN = Rejected("unreachable", False, "no answer")


@dataclass
class Counting(Gateway):
    """A gateway that counts what it took; ``plan`` holds its next outcomes, then it accepts."""

    name: str = "one"
    channel: Channel = Channel.sms
    plan: list[Outcome] = field(default_factory=list)
    down: bool = False
    took: list[str] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, outgoing: Outgoing) -> Outcome:
        with self.lock:
            self.met.append(outgoing.address)
            outcome = self.plan.pop(0) if self.plan else DOWN if self.down else None
            if outcome is None:
                self.took.append(outgoing.address)
            return outcome or Accepted(f"{self.name}-{len(self.took)}")

    def lookup(self, outgoing: Outgoing, since: float) -> str | Ambiguous | Unsupported | None:
        return Ambiguous("no answer") if self.down else None


def run(engine: Engine, *gateways: Gateway) -> StepReport:
    return dispatch(engine, gateways, Settings(
        gateway_timeout=0.2, lease_seconds=1.0, lease_margin=0.2, lookup_delays=(0.02, 0.04),
        dispatch_budget=5.0), FixedClock(NOON))


def queue(city: City, *addresses: str, rank: int = 5, hazard: str = "rainstorm") -> list[str]:
    warning = city.warning(hazard)
    return [city.notice(warning, address=address, step=f"manual:{n}", signed=True, rank=rank)
            for n, address in enumerate(addresses)]


def test_the_country_of_the_number_chooses_the_gateway(city: City, engine: Engine) -> None:
    mainland = Counting(name="mainland", countries=("+86",))
    rest = Counting(name="rest")
    keys = queue(city, CHEN, HONG_KONG)
    run(engine, mainland, rest)
    assert (mainland.took, rest.took) == ([CHEN], [HONG_KONG])
    assert [city.row(key).gateway for key in keys] == ["mainland", "rest"]


def test_the_first_in_the_list_is_tried_first(city: City, engine: Engine) -> None:
    first, second = Counting(name="first"), Counting(name="second")
    queue(city, CHEN, LI)
    run(engine, first, second)
    assert (sorted(first.took), second.met) == ([CHEN, LI], [])


@pytest.mark.parametrize("refusal", [
    DOWN, Rejected("setup", False, "20003"), Rejected("unknown", False, "?", retries=1),
    Rejected("content", True, "30007")], ids=lambda one: one.reason)
def test_what_one_gateway_refuses_the_next_takes_at_once(
        city: City, engine: Engine, refusal: Rejected) -> None:
    first, second = Counting(name="first", plan=[refusal]), Counting(name="second")
    key, = queue(city, CHEN)
    run(engine, first, second)
    run(engine, first, second)
    assert (first.met, second.took) == ([CHEN], [CHEN])
    assert (city.row(key).gateway, city.row(key).state) == ("second", NoticeState.accepted)


@pytest.mark.parametrize("reason", ["address", "opted_out"])
def test_a_number_that_is_wrong_or_wants_no_texts_is_not_tried_elsewhere(
        city: City, engine: Engine, reason: str) -> None:
    first, second = Counting(name="first", plan=[Rejected(reason, True, "x")]), Counting(
        name="second")
    key, = queue(city, CHEN)
    run(engine, first, second)
    assert second.met == [] and city.row(key).state == NoticeState.failed


def test_a_gateway_that_fails_hands_all_it_has_to_the_next(city: City, engine: Engine) -> None:
    first, second = Counting(name="first", down=True), Counting(name="second")
    numbers = [f"+86138{n:08}" for n in range(60)]
    queue(city, *numbers)
    for _ in range(40):
        run(engine, first, second)
        if len(second.took) == len(numbers):
            break
    assert sorted(second.took) == numbers and first.took == []
    assert len(first.met) < 25, "it was given up after a few"
    with reading(engine) as connection:
        assert [one.subject for one in alarms.open_alarms(connection)] == ["first"]


def test_one_text_probes_a_gateway_that_failed_and_the_rest_does_not_wait(
        city: City, engine: Engine) -> None:
    first, second = Counting(name="first"), Counting(name="second")
    with writing(engine) as connection:
        alarms.raise_alarm(connection, alarms.AlarmKind.gateway_silent, "first", "no answer", NOON)
    queue(city, CHEN, LI, "+8613800000003")
    run(engine, first, second)
    assert len(first.took) == 1 and len(second.took) == 2
    with reading(engine) as connection:
        assert alarms.open_alarms(connection) == [], "the probe arrived: it is well again"


def test_what_a_gateway_may_have_taken_stays_its_own_to_ask(city: City, engine: Engine) -> None:
    first, second = Counting(name="first", plan=[Ambiguous("hung up")]), Counting(name="second")
    key, = queue(city, CHEN)
    for _ in range(4):
        run(engine, first, second)
    assert second.met == [], "nobody else sends what may have been sent"
    assert (city.row(key).gateway, city.row(key).state) == ("first", NoticeState.accepted)


def test_what_a_gateway_that_is_no_more_may_have_taken_is_sent_by_another_and_marked(
        city: City, engine: Engine) -> None:
    key, = queue(city, CHEN)
    run(engine, Counting(name="gone", plan=[Ambiguous("hung up")], down=True))
    assert city.row(key).state == NoticeState.in_doubt
    other = Counting(name="other")
    for _ in range(3):
        run(engine, other)
    assert other.took == [CHEN] and city.row(key).maybe_doubled


def test_a_number_nobody_serves_is_an_alarm_and_not_a_silent_queue(
        city: City, engine: Engine) -> None:
    mainland = Counting(name="mainland", countries=("+86",))
    key, = queue(city, HONG_KONG)
    run(engine, mainland)
    assert city.row(key).state == NoticeState.queued
    with reading(engine) as connection:
        assert [one.subject for one in alarms.open_alarms(connection)] == ["channel:sms"]
    run(engine, mainland, Counting(name="rest"))
    run(engine, mainland, Counting(name="rest"))
    assert city.row(key).state == NoticeState.accepted
    with reading(engine) as connection:
        assert alarms.open_alarms(connection) == []


def test_texts_leave_no_faster_than_the_gateway_carries_them_and_red_first(
        city: City, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "HANDS", 1)
    slow = Counting(name="slow", carries=Limits(per_second=10.0))
    blue = queue(city, *(f"+86138{n:08}" for n in range(12)), rank=2)
    red, = queue(city, CHEN, hazard="flood")
    began = machine_now()
    run(engine, slow)
    assert machine_now() - began >= 0.3, "a second's worth at once, three more at ten a second"
    done = [city.row(key) for key in (red, *blue)]
    assert all(row.state == NoticeState.accepted for row in done)
    assert slow.took[0] == CHEN


def test_what_no_hand_had_come_to_when_the_gateway_fell_silent_goes_to_the_next_too(
        city: City, engine: Engine) -> None:
    first, second = Counting(name="first"), Counting(name="second")
    queue(city, *(f"+86138{n:08}" for n in range(200)))
    went = first.submit

    def falls(outgoing: Outgoing) -> Outcome:
        first.down = len(first.took) >= 90  # by now more are claimed than hands can send
        return went(outgoing)

    first.submit = falls  # type: ignore[method-assign]
    run(engine, first, second)
    assert len(first.took) + len(second.took) == 200 == len({*first.took, *second.took})
