"""A number that does not exist, or whose owner opted out, is not tried by the next warning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from delivery_cast import CHEN, LI, NOON, City, Provider, refuses
from sqlalchemy import Engine

from fenghuo import alarms
from fenghuo.channels import Inbound, gateways
from fenghuo.clock import FixedClock
from fenghuo.contacts import addresses
from fenghuo.outbox import deliveries, dispatch
from fenghuo.receipts import incoming
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import NoticeState, ObligationStatus, Reason

HOUR = timedelta(hours=1)


class Desk:
    """The outbox and the door of a test."""

    def __init__(self, engine: Engine, provider: Provider) -> None:
        self.engine = engine
        self.settings = Settings(sandbox_url=provider.url, gateway_timeout=0.4)

    def run(self) -> None:
        dispatch(self.engine, gateways(self.settings), self.settings, FixedClock(NOON))

    def hears(self, body: str, sender: str = CHEN, number: int = 1) -> Reason:
        with writing(self.engine) as c:
            return incoming.receive(
                c, "twilio", Inbound(f"SM{number:032x}", sender, body, None), NOON)

    def receipt(self, key: str, status: str, error: str | None, sid: str) -> None:
        with writing(self.engine) as c:
            deliveries.keep(c, "twilio", sid, status, error, key, NOON)

    def wrong(self) -> list[str]:
        with reading(self.engine) as c:
            return [one.subject for one in alarms.open_alarms(c, "contact_wrong")]

    def out(self) -> dict[tuple[str, str], Reason]:
        with reading(self.engine) as c:
            return addresses.out_of_use(c)


@pytest.fixture
def desk(engine: Engine, provider: Provider) -> Desk:
    return Desk(engine, provider)


@pytest.mark.parametrize(("code", "reason"), [
    (21211, Reason.bad_address), (21610, Reason.opted_out)])
def test_the_next_warning_does_not_try_it_and_says_why(
        city: City, desk: Desk, provider: Provider, code: int, reason: Reason) -> None:
    city.notice(city.warning(), text="first")
    provider.plan = [refuses(400, code)]
    desk.run()
    flood = city.warning("flood")
    owed = city.obligation(flood, next_rung_at=NOON + HOUR)
    key = city.notice(flood, (owed,), text="second")
    desk.run()
    assert (provider.posts, provider.bodies()) == (1, [])
    assert (city.row(key).state, city.row(key).reason) == (NoticeState.dropped, reason)
    duty = city.owed(owed)
    assert (duty.status, duty.reason, duty.next_rung_at) == (
        ObligationStatus.unreachable, reason, NOON)
    with reading(desk.engine) as c:
        assert [tuple(row) for row in c.execute(
            t.decision.select().with_only_columns(t.decision.c.told, t.decision.c.reason))] == [
                (False, reason)]
    assert desk.wrong() == ["chen"]


def test_another_channel_and_another_person_are_told_all_the_same(
        city: City, desk: Desk, provider: Provider) -> None:
    city.notice(city.warning(), text="first")
    provider.plan = [refuses(400, 21211)]
    desk.run()
    flood = city.warning("flood")
    owed = city.obligation(flood)
    city.notice(flood, (owed,), text="to chen")
    city.notice(flood, (owed,), text="to the deputy", address=LI, person="li", step="rung:1")
    desk.run()
    assert provider.bodies() == [(LI, "to the deputy")]


def test_a_receipt_may_say_so_later_and_a_delivery_takes_it_back(
        city: City, desk: Desk) -> None:
    _, _, key = city.told(delivered=None)
    desk.receipt(key, "undelivered", "30005", f"SM{1:032x}")
    assert desk.out() == {("sms", CHEN): Reason.bad_address}
    desk.receipt(key, "delivered", None, f"SM{1:032x}")
    assert (desk.out(), desk.wrong()) == ({}, [])


@pytest.mark.parametrize("handset", ["30003", "30008"])
def test_a_handset_that_is_off_is_tried_again(city: City, desk: Desk, handset: str) -> None:
    _, _, key = city.told(delivered=None)
    desk.receipt(key, "undelivered", handset, f"SM{1:032x}")
    assert desk.out() == {}


@pytest.mark.parametrize("word", ["STOP", "退订", "ｓｔｏｐ。", "TD"])
def test_stop_is_obeyed_at_once_and_start_takes_it_back(
        city: City, desk: Desk, provider: Provider, word: str) -> None:
    city.told()
    assert desk.hears(word) is Reason.opted_out
    assert desk.wrong() == ["chen"]
    city.notice(city.warning("flood"), text="not wanted")
    desk.run()
    assert provider.posts == 0
    assert desk.hears("START", number=2) is Reason.opted_in
    assert (desk.out(), desk.wrong()) == ({}, [])
    city.notice(city.warning("gale"), text="wanted")
    desk.run()
    assert provider.bodies() == [(CHEN, "wanted")]


def test_yes_is_an_answer_except_from_somebody_who_had_opted_out(city: City, desk: Desk) -> None:
    _, owed, _ = city.told()
    city.code()
    assert desk.hears("yes") is Reason.answer_accepted
    assert city.owed(owed).status == ObligationStatus.answered
    desk.hears("stop", number=2)
    assert desk.hears("Yes", number=3) is Reason.opted_in
    assert desk.out() == {}


@pytest.mark.parametrize("body", ["不要再发", "stop work?", "1 stop", "please stop"])
def test_what_is_more_than_the_word_stops_nothing(city: City, desk: Desk, body: str) -> None:
    city.told()
    desk.hears(body)
    assert desk.out() == {}


def test_a_strangers_stop_stops_nobody(city: City, desk: Desk) -> None:
    city.told()
    assert desk.hears("STOP", sender="+8613800009999") is Reason.unknown_number
    assert desk.out() == {}


def test_no_sign_of_life_takes_an_opt_out_back_but_start(
        city: City, desk: Desk, provider: Provider) -> None:
    _, _, key = city.told(delivered=None)
    desk.hears("STOP")
    desk.receipt(key, "delivered", None, f"SM{1:032x}")
    desk.hears("1", number=2)
    assert desk.out() == {("sms", CHEN): Reason.opted_out}


def test_a_text_from_a_number_proves_that_it_exists(city: City, desk: Desk) -> None:
    _, _, key = city.told(delivered=None)
    desk.receipt(key, "undelivered", "30006", f"SM{1:032x}")
    desk.hears("1")
    assert desk.out() == {}


def test_contacts_that_name_the_number_no_more_are_the_end_of_it(
        city: City, desk: Desk, engine: Engine) -> None:
    city.told()
    desk.hears("STOP")
    with writing(engine) as c:
        assert addresses.settle(c, {CHEN, "chen@example.org"}, "e" * 64, NOON) == 0
        assert addresses.settle(c, {LI}, "f" * 64, NOON) == 1
        assert [row.cleared_by for row in c.execute(t.address_state.select())] == [
            "edition ffffffffffff"]
    assert desk.out() == {}


def test_the_ledger_names_no_number(city: City, desk: Desk, engine: Engine) -> None:
    city.told()
    desk.hears("STOP")
    desk.hears("START", number=2)
    with reading(engine) as c:
        said = [(row.kind, row.subject) for row in c.execute(t.ledger_entry.select())
                if row.kind.startswith("address.")]
    assert said == [("address.out", "address:+86138****0001"),
                    ("address.back", "address:+86138****0001")]
