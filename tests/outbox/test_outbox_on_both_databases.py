"""Claims, records and receipts on SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading

import pytest
from delivery_cast import CHEN, NOON, City, Provider, answers, resets
from sqlalchemy import Engine, func, select

from fenghuo.channels import Inbound, gateways
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.outbox.deliveries import keep
from fenghuo.receipts import incoming
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Delivery, ObligationStatus, Reason


def test_from_the_queue_to_the_answer(database: Engine, provider: Provider) -> None:
    city = City(database)
    settings = Settings(sandbox_url=provider.url, gateway_timeout=0.5, lease_seconds=1.0,
                        lease_margin=0.2, lookup_delays=(0.05,), dispatch_budget=8.0)
    warning = city.warning()
    owed = city.obligation(warning)
    city.code()
    key = city.notice(warning, (owed,), text="to chen")
    others = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(15)]
    provider.plan = [resets, answers(500, "{}", takes=True)]

    def run() -> None:
        dispatch(database, gateways(settings), settings, FixedClock(NOON))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run()
    assert sorted(provider.bodies()) == sorted(
        [(CHEN, "to chen"), *((CHEN, f"text {n}") for n in range(15))])
    assert {city.row(one).state for one in [key, *others]} == {"accepted"}

    sid = city.row(key).provider_id
    with writing(database) as c:
        assert [keep(c, "twilio", sid, "delivered", None, key, NOON) for _ in range(2)] == [
            True, False]
    assert city.row(key).delivery == Delivery.delivered
    said = Inbound("SM" + "a" * 32, CHEN, "1 K47", None)
    with writing(database) as c:
        assert [incoming.receive(c, "twilio", said, NOON) for _ in range(2)] == [
            Reason.answer_accepted, Reason.replayed]
    assert city.owed(owed).status == ObligationStatus.answered


@pytest.mark.parametrize("copies", [2, 6])
def test_a_webhook_delivered_several_times_at_once_acts_once(
        database: Engine, copies: int) -> None:
    city = City(database)
    city.told()
    city.code()
    said = Inbound("SM" + "b" * 32, CHEN, "1 K47", None)
    became: list[Reason] = []

    def post() -> None:
        with writing(database) as c:
            became.append(incoming.receive(c, "twilio", said, NOON))

    threads = [threading.Thread(target=post) for _ in range(copies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(became) == sorted([Reason.answer_accepted] + [Reason.replayed] * (copies - 1))
    with reading(database) as c:
        assert c.scalar(select(func.count()).select_from(t.answer)) == 1


def test_receipts_that_arrive_together_leave_the_highest(database: Engine) -> None:
    city = City(database)
    keys = [city.told(person=f"p{n}", scope=f"{n}", delivered=None)[::2] for n in range(6)]

    def post(sid: str, key: str, status: str) -> None:
        with writing(database) as c:
            keep(c, "twilio", sid, status, None, key, NOON)

    threads = [threading.Thread(target=post, args=(f"SM{warning:032x}", key, status))
               for warning, key in keys for status in ("sent", "delivered", "undelivered")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {city.row(key).delivery for _, key in keys} == {Delivery.delivered}
    assert {city.row(key).state for _, key in keys} == {"accepted"}


def test_a_second_text_of_one_notice_is_shown(database: Engine) -> None:
    city = City(database)
    _, _, key = city.told()
    with writing(database) as c:
        keep(c, "twilio", "SM" + "d" * 32, "delivered", None, key, NOON)
    assert city.row(key).maybe_doubled


def test_two_refusals_of_one_number_at_once_are_both_kept(database: Engine) -> None:
    city = City(database)
    first, second = (city.told(person="chen", scope=f"{n}", delivered=None) for n in range(2))

    def refused(told: tuple[int, int, str]) -> None:
        with writing(database) as c:
            keep(c, "twilio", f"SM{told[0]:032x}", "undelivered", "30006", told[2], NOON)

    other = threading.Thread(target=refused, args=(second,))
    with writing(database) as c:
        keep(c, "twilio", f"SM{first[0]:032x}", "undelivered", "30006", first[2], NOON)
        other.start()
        other.join(0.3)  # it waits for what is not committed yet
    other.join()
    assert {city.row(key).reason for _, _, key in (first, second)} == {Reason.bad_address}
    with reading(database) as c:
        assert c.scalar(select(func.count()).select_from(t.address_state)) == 1
