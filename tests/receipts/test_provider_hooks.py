"""The provider's webhooks: signed, kept once, acted upon in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from delivery_cast import ACCOUNT, CHEN, LI, NOON, SENDER, City, Door, Provider
from sqlalchemy import Engine, func, select, update
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from fenghuo.channels import gateways
from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.receipts.app import public_app
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Delivery, NoticeState, ObligationStatus, Reason

PUBLIC = "https://warn.example/fenghuo"
SID = "SM" + "5" * 32


class Hook:
    """The provider calling: signs what it sends unless told otherwise."""

    def __init__(self, settings: Settings, at: timedelta = timedelta(minutes=5)) -> None:
        self.front = Front(settings, patience=0.2)
        self.front.clock = FixedClock(NOON + at)
        self.client = Door(public_app(settings, self.front))

    def post(self, kind: str, form: dict[str, str], query: str = "", *, token: str = TOKEN,
             signature: str | None = None, body: str | None = None,
             content: str = "application/x-www-form-urlencoded") -> Any:
        path = f"/receipts/twilio/{kind}" + (f"?{query}" if query else "")
        signed = RequestValidator(token).compute_signature(PUBLIC + path, form)
        return self.client.post(
            path, content=urlencode(form) if body is None else body,
            headers={"Content-Type": content, "X-Twilio-Signature": (signature or signed).encode()})

    def says(self, body: str, sid: str = SID, sender: str = CHEN, **more: str) -> Any:
        return self.post("inbound", {
            "MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "From": sender, "To": SENDER,
            "Body": body, "NumMedia": "0", "FromCity": "", "NewField2027": "x", **more})

    def status(self, sid: str, status: str, query: str = "", **more: str) -> Any:
        return self.post("status", {
            "MessageSid": sid, "AccountSid": ACCOUNT, "MessageStatus": status, "To": CHEN,
            "From": SENDER, **more}, query)


@pytest.fixture
def settings(provider: Provider, tmp_path: Path, engine: Engine) -> Settings:
    return Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/fenghuo.db",
                    public_url=PUBLIC, sandbox_url=provider.url, gateway_timeout=0.5)


@pytest.fixture
def hook(settings: Settings) -> Iterator[Hook]:
    made = Hook(settings)
    yield made
    made.front.engine.dispose()


def became(engine: Engine) -> list[str]:
    with reading(engine) as c:
        return list(c.scalars(select(t.inbound.c.reason).order_by(t.inbound.c.id)))


def test_an_answer_closes_the_obligation_and_is_answered_with_empty_twiml(
        hook: Hook, city: City, engine: Engine) -> None:
    _, owed, _ = city.told()
    city.code()
    answer = hook.says("1 K47")
    assert answer.status_code == 200 and answer.text.endswith("<Response/>")
    assert answer.headers["content-type"].startswith("application/xml")
    row = city.owed(owed)
    assert (row.status, row.answer) == (ObligationStatus.answered, "1")
    assert row.answered_at == NOON + timedelta(minutes=5)
    assert became(engine) == [Reason.answer_accepted]


def test_a_replayed_answer_does_nothing_more(hook: Hook, city: City, engine: Engine) -> None:
    city.told()
    city.code()
    assert [hook.says("1 K47").status_code for _ in range(3)] == [200, 200, 200]
    with reading(engine) as c:
        assert c.scalar(select(func.count()).select_from(t.answer)) == 1
        assert c.scalar(select(func.count()).select_from(t.inbound)) == 1


def test_a_bare_digit_answers_everything_that_person_was_told(hook: Hook, city: City) -> None:
    first = city.told()[1]
    second = city.told(hazard="flood")[1]
    strangers = city.told(person="li", address=LI, hazard="fog")[1]
    city.code()
    hook.says("１")
    assert [city.owed(key).status for key in (first, second, strangers)] == [
        "answered", "answered", "told"]


def test_an_answer_to_the_first_text_does_not_answer_an_upgrade_on_its_way(
        hook: Hook, city: City, engine: Engine) -> None:

    warning, owed, _ = city.told(tier="orange")
    city.code()
    upgrade = city.revise(warning, "upgrade")
    with writing(engine) as c:
        c.execute(update(t.obligation).values(opened_by=upgrade, revision_id=upgrade,
                                              status="told"))
    city.notice(warning, (owed,), state="accepted", delivery="sent", provider_id="SM" + "e" * 32,
                gateway="twilio", accepted_at=NOON + timedelta(minutes=5), text="red")
    hook.says("1")
    assert city.owed(owed).status == "told" and became(engine) == [Reason.superseded]
    hook.status("SM" + "e" * 32, "delivered")
    hook.says("1", sid="SM" + "6" * 32)
    assert city.owed(owed).status == "answered"


@pytest.mark.parametrize(("body", "reason"), [
    ("1 K99", Reason.wrong_code), ("嗯?", Reason.unclear), ("没收到", Reason.unclear),
    ("{{7*7}}", Reason.unclear), ("👍", Reason.unclear), ("", Reason.unclear),
    ("YES but who is this?", Reason.unclear), ("不要再发", Reason.unclear)])
def test_what_is_not_surely_an_answer_waits_for_a_human(
        hook: Hook, city: City, engine: Engine, body: str, reason: Reason) -> None:
    _, owed, _ = city.told()
    city.code()
    hook.says(body, NumMedia="0" if body else "1")  # nothing said: a photo
    assert became(engine) == [reason] and city.owed(owed).status == "told"


def test_an_unknown_number_with_a_good_code_is_only_probable(
        hook: Hook, city: City, engine: Engine) -> None:
    _, owed, _ = city.told()
    city.code()
    hook.says("1 K47", sender="+8613900000000")
    assert became(engine) == [Reason.probable] and city.owed(owed).status == "told"
    with reading(engine) as c:
        assert c.scalar(select(t.inbound.c.person)) == "chen"


def test_a_telephone_of_two_persons_needs_the_code(
        hook: Hook, city: City, engine: Engine) -> None:
    chen, li = city.told()[1], city.told(person="li", hazard="flood")[1]
    city.code()
    city.code("li", "M12")
    hook.says("1")
    hook.says("1 M12", sid="SM" + "7" * 32)
    assert became(engine) == [Reason.unclear, Reason.answer_accepted]
    assert (city.owed(chen).status, city.owed(li).status) == ("told", "answered")


def test_guessing_codes_stops_to_count(hook: Hook, city: City, engine: Engine) -> None:
    chen, li = city.told()[1], city.told(person="li", hazard="flood")[1]
    city.code("li", "M12")
    city.code()
    for n in range(5):
        hook.says(f"1 A{n}0", sid=f"SM{n:032x}")
    hook.says("1 M12", sid="SM" + "8" * 32)
    assert set(became(engine)) == {Reason.wrong_code}
    assert (city.owed(chen).status, city.owed(li).status) == ("told", "told")


def test_statuses_never_go_down(hook: Hook, city: City) -> None:
    warning, owed, key = city.told(delivered=None)
    sid = f"SM{warning:032x}"
    seen = []
    for status in ("sent", "undelivered", "sent", "delivered", "undelivered", "invented", "queued"):
        assert hook.status(sid, status).status_code == 200
        seen.append(city.row(key).delivery)
    assert seen == ["sent", "undelivered", "undelivered"] + ["delivered"] * 4
    assert city.row(key).delivered_at == NOON + timedelta(minutes=5)
    assert city.row(key).state == NoticeState.accepted
    assert city.owed(owed).status == ObligationStatus.told


def test_in_whatever_order_receipts_come_the_highest_is_what_stays(
        hook: Hook, city: City) -> None:
    for number, order in enumerate(permutations(("queued", "sent", "undelivered", "delivered"))):
        warning, owed, key = city.told(delivered=None, scope=f"4407{number:02}000000")
        for status in order:
            hook.status(f"SM{warning:032x}", status)
        row = city.row(key)
        assert (row.delivery, row.state, city.owed(owed).status) == (
            "delivered", "accepted", "told"), order


def test_a_receipt_two_days_late_is_kept_and_disturbs_nothing(
        settings: Settings, city: City, engine: Engine) -> None:
    warning, owed, key = city.told(delivered=None)
    with writing(engine) as c:
        c.execute(update(t.obligation).values(status="answered", answered_at=NOON, answer="1"))
    city.revise(warning, "cancel")
    late = Hook(settings, timedelta(days=2))
    for status in ("undelivered", "delivered"):
        assert late.status(f"SM{warning:032x}", status).status_code == 200
        assert city.owed(owed).status == ObligationStatus.answered
    assert (city.row(key).delivery, city.row(key).delivered_at) == (
        Delivery.delivered, NOON + timedelta(days=2))
    with reading(engine) as c:
        assert c.scalar(select(func.count()).select_from(t.receipt)) == 2
    late.front.engine.dispose()


@pytest.mark.parametrize(("code", "reason"), [
    ("30003", Reason.handset_off), ("30006", Reason.bad_address), ("21610", Reason.opted_out),
    ("30007", Reason.text_refused), ("99999", Reason.gateway_rejected),
    ("MOBILE_IN_BLACK", Reason.opted_out), ("INVALID_NUMBER", Reason.bad_address)])
def test_an_undelivered_text_makes_its_person_unreachable_and_says_why(
        hook: Hook, city: City, code: str, reason: Reason) -> None:
    warning, owed, key = city.told(delivered=None)
    hook.status(f"SM{warning:032x}", "undelivered", ErrorCode=code)
    row = city.row(key)
    assert (row.state, row.error, row.reason) == (NoticeState.failed, code, reason)
    assert (city.owed(owed).status, city.owed(owed).reason) == (
        ObligationStatus.unreachable, reason)


def test_a_receipt_that_comes_before_our_record_proves_the_text(
        hook: Hook, city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    warning = city.warning()
    owed = city.obligation(warning)
    key = city.notice(warning, (owed,), state="claimed", token=1, lease_until=0.0,
                      first_claim=1.0, attempts=1)
    hook.status(SID, "delivered", query=f"notice={key}")
    row = city.row(key)
    assert (row.state, row.provider_id, row.delivery) == (
        NoticeState.accepted, SID, Delivery.delivered)
    assert city.owed(owed).status == ObligationStatus.told
    dispatch(engine, gateways(settings), settings, FixedClock(NOON))
    assert provider.posts == 0


def test_a_receipt_without_our_id_is_kept_and_joined_when_the_text_is_recorded(
        hook: Hook, city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    hook.status("SM" + f"{1:032x}", "delivered")
    key = city.notice(city.warning())
    dispatch(engine, gateways(settings), settings, FixedClock(NOON))
    assert provider.posts == 1
    assert city.row(key).delivery == Delivery.delivered
    with reading(engine) as c:
        assert c.scalar(select(t.receipt.c.joined)) is True


@pytest.mark.parametrize("forged", [
    {"token": "another"}, {"signature": "AAAA"}, {"signature": "ü"},
    {"body": '{"MessageSid": "x"}', "content": "application/json"},
    {"body": "MessageSid=" + SID}, {"body": "%ff%fe=1"}, {"content": "text/plain"}, {"body": ""},
    {"body": "<html><body>1</body></html>"}, {"body": "%D2%BB=1"}, {"body": "{{7*7}}"}])
def test_a_forged_webhook_is_refused_and_leaves_nothing(
        hook: Hook, city: City, engine: Engine, forged: dict[str, str]) -> None:
    _, owed, key = city.told(delivered=None)
    city.code()
    form = {"MessageSid": SID, "AccountSid": ACCOUNT, "From": CHEN, "To": SENDER, "Body": "1"}
    for kind in ("inbound", "status"):
        answer = hook.post(kind, form, **forged)  # type: ignore[arg-type]
        assert (answer.status_code, answer.content) == (403, b"")
    assert became(engine) == [] and city.row(key).delivery == Delivery.accepted
    assert city.owed(owed).status == ObligationStatus.told
    assert hook.says("1 K47").status_code == 200, "the true one is taken as ever"
    assert city.owed(owed).status == ObligationStatus.answered


def test_a_field_that_stands_twice_is_refused_though_the_signature_fits(
        hook: Hook, city: City, engine: Engine) -> None:
    _, owed, _ = city.told()
    form = ImmutableMultiDict([
        ("AccountSid", ACCOUNT), ("From", CHEN), ("MessageSid", SID), ("To", SENDER),
        ("Body", "1"), ("Body", "3")])
    answer = hook.post("inbound", form, body=urlencode(form.multi_items()))  # type: ignore[arg-type]
    assert answer.status_code == 403
    assert became(engine) == [] and city.owed(owed).status == ObligationStatus.told


def test_a_replayed_receipt_does_nothing_more(hook: Hook, city: City, engine: Engine) -> None:
    warning, _, key = city.told(delivered=None)
    neighbour = city.told(person="li", address=LI, hazard="flood", delivered=None)[2]
    for _ in range(3):
        assert hook.status(f"SM{warning:032x}", "delivered").status_code == 200
    with reading(engine) as c:
        assert c.scalar(select(func.count()).select_from(t.receipt)) == 1
    assert city.row(key).delivery == Delivery.delivered
    assert city.row(neighbour).delivery == Delivery.accepted


def test_a_missing_signature_is_refused(hook: Hook, city: City, engine: Engine) -> None:
    _, _, key = city.told(delivered=None)
    for content in ("application/x-www-form-urlencoded", "application/json"):
        answer = hook.client.post("/receipts/twilio/status", content="a=b",
                                  headers={"Content-Type": content})
        assert answer.status_code == 403
    body = urlencode({"MessageSid": city.row(key).provider_id, "AccountSid": ACCOUNT,
                      "MessageStatus": "delivered"})
    assert hook.client.post("/receipts/twilio/status", content=body, headers={
        "Content-Type": "application/x-www-form-urlencoded"}).status_code == 403
    with reading(engine) as c:
        assert c.scalar(select(func.count()).select_from(t.receipt)) == 0
    assert city.row(key).delivery == Delivery.accepted


def test_another_account_is_refused_even_when_signed(hook: Hook) -> None:
    form = {"MessageSid": SID, "AccountSid": "AC" + "0" * 32, "MessageStatus": "sent"}
    assert hook.post("status", form).status_code == 403


def test_a_signature_for_one_notice_does_not_serve_another(hook: Hook) -> None:
    form = {"MessageSid": SID, "AccountSid": ACCOUNT, "MessageStatus": "delivered"}
    signed = RequestValidator(TOKEN).compute_signature(
        f"{PUBLIC}/receipts/twilio/status?notice={'a' * 32}", form)
    answer = hook.post("status", form, f"notice={'b' * 32}", signature=signed)
    assert answer.status_code == 403


def test_a_huge_body_is_refused(hook: Hook) -> None:
    assert hook.post("inbound", {}, body="a" * 70_000).status_code == 413


def test_on_a_locked_database_the_provider_is_told_to_come_again(
        hook: Hook, city: City, engine: Engine, tmp_path: Path) -> None:
    _, owed, _ = city.told()
    city.code()
    lock = sqlite3.connect(tmp_path / "fenghuo.db", isolation_level=None)
    try:
        lock.execute("BEGIN IMMEDIATE")
        answer = hook.says("1 K47")
        assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
        lock.execute("ROLLBACK")
    finally:
        lock.close()
    assert hook.says("1 K47").status_code == 200
    assert city.owed(owed).status == ObligationStatus.answered


def test_health_says_whether_the_database_answers(hook: Hook, settings: Settings) -> None:
    assert hook.client.get("/healthz").json()["status"] == "ok"
    missing = settings.model_copy(update={"database_url": "sqlite:///nowhere.db"})
    assert Door(public_app(missing)).get("/healthz").status_code == 503


def test_an_opt_out_is_the_providers_word_whatever_the_keyword(
        hook: Hook, city: City, engine: Engine) -> None:
    _, owed, _ = city.told()
    assert hook.says("1 别再打扰", OptOutType="STOP").status_code == 200
    assert city.owed(owed).status == ObligationStatus.told
    with reading(engine) as c:
        assert [(row.address, row.reason, row.cleared) for row in c.execute(
            select(t.address_state))] == [(CHEN, Reason.opted_out, None)]
    assert hook.says("继续", "SM" + "7" * 32, OptOutType="START").status_code == 200
    with reading(engine) as c:
        assert c.scalar(select(t.address_state.c.cleared)) is not None
    assert became(engine) == [Reason.opted_out, Reason.opted_in]
