"""Keys pressed in a call: they answer for the person of that call, for what it said, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
from delivery_cast import ACCOUNT, CHEN, LI, NOON, SENDER, City, Door
from sqlalchemy import Engine, select
from twilio.request_validator import RequestValidator

from fenghuo import alarms
from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.clock import FixedClock
from fenghuo.receipts.app import public_app
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Reason

PUBLIC = "https://warn.example/fenghuo"
CALL = "CA" + "7" * 32


class Telephone:
    """The provider in the midst of a call: tells which key was pressed and hears what comes."""

    def __init__(self, settings: Settings) -> None:
        self.front = Front(settings, patience=0.2)
        self.front.clock = FixedClock(NOON + timedelta(minutes=5))
        self.door = Door(public_app(settings, self.front))

    def post(self, url: str, form: dict[str, str], token: str = TOKEN) -> httpx.Response:
        signature = RequestValidator(token).compute_signature(url, form)
        return self.door.post(
            url.removeprefix(PUBLIC), content=urlencode(form),
            headers={"Content-Type": "application/x-www-form-urlencoded",
                     "X-Twilio-Signature": signature})

    def press(self, notice: str, digits: str, step: str = "", sid: str = CALL,
              token: str = TOKEN) -> httpx.Response:
        url = f"{PUBLIC}/receipts/twilio-voice/inbound?notice={notice}&language=zh{step}"
        return self.post(url, {"CallSid": sid, "AccountSid": ACCOUNT, "From": SENDER, "To": CHEN,
                               "Digits": digits, "CallStatus": "in-progress"}, token)

    def status(self, notice: str, status: str, sid: str = CALL, **more: str) -> httpx.Response:
        return self.post(f"{PUBLIC}/receipts/twilio-voice/status?notice={notice}", {
            "CallSid": sid, "AccountSid": ACCOUNT, "From": SENDER, "To": CHEN,
            "CallStatus": status, **more})


@pytest.fixture
def telephone(tmp_path: Path, engine: Engine) -> Iterator[Telephone]:
    made = Telephone(Settings(
        home=tmp_path, database_url=f"sqlite:///{tmp_path}/fenghuo.db", public_url=PUBLIC,
        sandbox_url="http://127.0.0.1:9"))
    yield made
    made.front.engine.dispose()


def called(city: City, warning: int, owed: int, person: str = "chen", **values: object) -> str:
    """A call about an obligation that the provider took."""
    return city.notice(warning, (owed,), person=person, channel="voice", step="rung:1", **{
        "state": "accepted", "delivery": "accepted", "gateway": "twilio-voice",
        "provider_id": CALL, "accepted_at": NOON, **values})


def next_url(answer: httpx.Response) -> str:
    gather = ElementTree.fromstring(answer.text).find("Gather")
    return "" if gather is None else gather.get("action", "")


@pytest.mark.parametrize(("key", "said", "status"), [
    ("1", "1", "answered"), ("2", "2", "answered"), ("4", None, "unreachable"),
    ("5", "5", "answered"), ("9", "9", "answered")])
def test_a_key_is_the_answer(telephone: Telephone, city: City, key: str, said: str | None,
                             status: str) -> None:
    warning, owed, _ = city.told()
    answer = telephone.press(called(city, warning, owed), key)
    assert answer.status_code == 200 and "<Hangup" in answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    assert (city.owed(owed).answer, city.owed(owed).status) == (said, status)


def test_a_call_answers_what_it_said_and_takes_no_alarm_in_hand(
        telephone: Telephone, city: City, engine: Engine) -> None:
    warning, owed, _ = city.told()
    flood = city.told(hazard="flood")[1]
    with writing(engine) as c:
        alarms.raise_alarm(c, alarms.AlarmKind.gateway_silent, "smtp", "no answer", NOON)
        c.execute(t.alarm.update().values(told=NOON))
    city.notice(state="accepted")  # he was told of the alarm, by a text
    telephone.press(called(city, warning, owed), "1")
    assert [city.owed(key).status for key in (owed, flood)] == ["answered", "told"]
    with reading(engine) as c:
        assert c.scalar(select(t.answer.c.via)) == "voice"
        assert all(one.acknowledged is None for one in alarms.open_alarms(c))


def test_the_person_of_the_call_answers_whoever_else_has_that_telephone(
        telephone: Telephone, city: City, engine: Engine) -> None:
    warning, owed, _ = city.told()
    city.told(person="li", address=CHEN, hazard="fog")
    telephone.press(called(city, warning, owed), "1")
    with reading(engine) as c:
        assert list(c.scalars(select(t.answer.c.person))) == ["chen"]


def test_a_three_is_kept_at_once_and_its_number_when_it_comes(
        telephone: Telephone, city: City) -> None:
    warning, owed, _ = city.told()
    notice = called(city, warning, owed)
    asked = telephone.press(notice, "3")
    assert (city.owed(owed).answer, city.owed(owed).number) == ("3", None)
    assert 'finishOnKey="#"' in asked.text
    assert next_url(asked).endswith("&step=number")
    telephone.press(notice, "26", "&step=number")
    assert (city.owed(owed).answer, city.owed(owed).number) == ("3", 26)


def test_a_key_told_twice_counts_once_and_another_call_counts_again(
        telephone: Telephone, city: City, engine: Engine) -> None:
    warning, owed, _ = city.told()
    notice = called(city, warning, owed)
    replies = [telephone.press(notice, "1").text for _ in range(3)]
    assert len(set(replies)) == 1
    telephone.press(notice, "2", sid="CA" + "8" * 32)
    with reading(engine) as c:
        assert list(c.scalars(select(t.answer.c.answer).order_by(t.answer.c.id))) == ["1", "2"]


@pytest.mark.parametrize("digits", ["", "7", "0", "#", "*"])
def test_what_is_no_answer_leaves_the_ladder_climbing(
        telephone: Telephone, city: City, engine: Engine, digits: str) -> None:
    warning, owed, _ = city.told()
    notice = called(city, warning, owed)
    answer = telephone.press(notice, digits)
    assert answer.status_code == 200 and city.owed(owed).status == "told"
    assert bool(next_url(answer)) == bool(digits)  # a wrong key is asked again, once
    assert next_url(telephone.press(notice, digits, "&step=again")) == ""
    with reading(engine) as c:
        assert c.scalar(select(t.inbound.c.id)) is None


@pytest.mark.parametrize("status", ["in-progress", "completed"])
def test_a_call_that_was_answered_is_delivered_and_no_more(
        telephone: Telephone, city: City, status: str) -> None:
    warning, owed, _ = city.told()
    notice = called(city, warning, owed)
    telephone.status(notice, status, AnsweredBy="human")
    assert (city.row(notice).delivery, city.owed(owed).status) == ("delivered", "told")
    telephone.status(notice, "ringing")
    assert city.row(notice).delivery == "delivered"


def test_a_key_to_a_call_of_before_an_upgrade_does_not_answer_the_upgrade(
        telephone: Telephone, city: City, engine: Engine) -> None:
    warning, owed, _ = city.told(tier="orange")
    notice = called(city, warning, owed)
    upgrade = city.revise(warning, "upgrade")
    with writing(engine) as c:
        c.execute(t.obligation.update().values(opened_by=upgrade, revision_id=upgrade))
    telephone.press(notice, "1")
    assert city.owed(owed).status == "told"
    with reading(engine) as c:
        assert c.scalar(select(t.inbound.c.reason)) == Reason.superseded


def test_a_key_nobody_signed_or_for_no_call_of_ours_counts_for_nobody(
        telephone: Telephone, city: City, engine: Engine) -> None:
    warning, owed, sms = city.told(address=LI)
    notice = called(city, warning, owed)
    assert telephone.press(notice, "1", token="forged").status_code == 403
    assert telephone.press(notice, "1", "&step=other").status_code == 400
    assert telephone.press(sms, "1").status_code == 200  # a text's id is no call's
    assert telephone.press("f" * 32, "9", sid="CA" + "9" * 32).status_code == 200
    assert city.owed(owed).status == "told"
    with reading(engine) as c:
        assert set(c.scalars(select(t.inbound.c.reason))) == {Reason.unknown_number}
