"""The SMS gateway, against a provider at the network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from delivery_cast import (
    ACCOUNT,
    CHEN,
    LI,
    SENDER,
    Provider,
    answers,
    hangs,
    refuses,
    resets,
)

from fenghuo.channels import Accepted, Ambiguous, Outgoing, Rejected, Taken
from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.channels.twilio_client import Lines
from fenghuo.channels.twilio_codes import rejection
from fenghuo.channels.twilio_sms import TwilioSms
from fenghuo.clock import machine_now
from fenghuo.words import Channel

TEXT = "【肇庆市应急管理局】请立即停产撤人。1收到，码K47"
OUT = Outgoing("a" * 32, Channel.sms, CHEN, "", TEXT, validity=3_600)


@pytest.fixture
def gateway(provider: Provider) -> TwilioSms:
    return TwilioSms(Lines(ACCOUNT, TOKEN, 0.5, provider.url), SENDER,
                     "http://city.example/fenghuo/receipts/twilio/status", sandbox=True)


def test_an_accepted_text_carries_what_its_receipts_need(
        gateway: TwilioSms, provider: Provider) -> None:
    outcome = gateway.submit(OUT)
    assert outcome == Accepted(provider.texts[0]["sid"])
    form = provider.texts[0]["form"]
    assert (form["To"], form["From"], form["Body"]) == (CHEN, SENDER, TEXT)
    assert form["StatusCallback"].endswith(f"/receipts/twilio/status?notice={'a' * 32}")
    assert form["ValidityPeriod"] == "3600"


@pytest.mark.parametrize("strange", [
    answers(200, "<html>welcome to the hotel</html>", {"Content-Type": "text/html"}),
    answers(201, "{}"), answers(201, ""), answers(201, '{"sid": "SM1"}'), answers(201, "[]"),
    answers(200, "\x1f\x8b\x08broken", {"Content-Encoding": "gzip"}),
    answers(500, '{"code": 20500}'), answers(503, "<html>"), answers(302, "", {"Location": "/"}),
    hangs(1.0), resets,
], ids=["html", "no sid", "empty", "short sid", "a list", "broken gzip", "500", "503 html",
        "redirect", "hangs", "reset"])
def test_what_is_neither_yes_nor_no_is_ambiguous_and_posted_once(
        gateway: TwilioSms, provider: Provider, strange: object) -> None:
    provider.plan.append(strange)  # type: ignore[arg-type]
    assert isinstance(gateway.submit(OUT), Ambiguous)
    assert provider.posts == 1


def test_nobody_listening_means_clearly_not_taken() -> None:
    gateway = TwilioSms(Lines(ACCOUNT, TOKEN, 0.5, "http://127.0.0.1:9"), SENDER, "http://x")
    outcome = gateway.submit(OUT)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.permanent) == ("unreachable", False)


def test_too_many_requests_waits_as_long_as_the_provider_says(
        gateway: TwilioSms, provider: Provider) -> None:
    provider.plan.append(refuses(429, 20429, {"Retry-After": "60"}))
    outcome = gateway.submit(OUT)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.permanent, outcome.retry_after) == ("busy", False, 60.0)


@pytest.mark.parametrize(("code", "status", "reason", "permanent", "retries"), [
    (21211, 400, "address", True, None), (21610, 400, "opted_out", True, None),
    (21617, 400, "content", True, None), (20003, 401, "setup", False, None),
    (21606, 400, "setup", False, None), (20429, 429, "busy", False, None),
    (30003, 400, "handset", False, 1), (99999, 400, "unknown", False, 1),
])
def test_every_code_asks_for_its_own_action(
        code: int, status: int, reason: str, permanent: bool, retries: int | None) -> None:
    found = rejection(code, status, "x")
    assert (found.reason, found.permanent, found.retries) == (reason, permanent, retries)


def test_a_text_is_found_by_address_and_exact_body(gateway: TwilioSms, provider: Provider) -> None:
    began = machine_now()
    gateway.submit(replace(OUT, text=TEXT + "。"))
    gateway.submit(replace(OUT, address=LI))
    assert gateway.lookup(OUT, began) is None
    gateway.submit(OUT)
    assert gateway.lookup(OUT, began) == provider.texts[0]["sid"]


def test_a_text_of_another_notice_or_of_yesterday_is_not_found(
        gateway: TwilioSms, provider: Provider) -> None:
    gateway.submit(OUT)
    sid = provider.texts[0]["sid"]
    assert gateway.lookup(replace(OUT, taken=frozenset({sid})), machine_now()) is None
    assert gateway.lookup(OUT, machine_now() + 86_400) is None


def test_what_the_person_wrote_is_not_taken_for_our_text(
        gateway: TwilioSms, provider: Provider) -> None:
    provider.take({"To": CHEN, "From": CHEN, "Body": TEXT}, direction="inbound")
    assert gateway.lookup(OUT, machine_now()) is None


def test_a_provider_that_cannot_be_asked_is_not_a_provider_without_the_text(
        gateway: TwilioSms, provider: Provider) -> None:
    provider.deaf = True
    assert isinstance(gateway.lookup(OUT, machine_now()), Ambiguous)


def test_threads_never_get_each_others_sid(gateway: TwilioSms, provider: Provider) -> None:
    texts = [replace(OUT, text=f"{TEXT}{n}") for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(gateway.submit, texts))
    sids = {one["body"]: one["sid"] for one in provider.texts}
    assert [sids[text.text] for text in texts] == [
        outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted)]


def test_statuses_leave_out_what_cannot_be_learnt(gateway: TwilioSms, provider: Provider) -> None:
    gateway.submit(OUT)
    sid = provider.texts[0]["sid"]
    provider.texts[0]["status"] = "delivered"
    found = gateway.statuses([Taken(one, OUT.id, CHEN, datetime.now(UTC))
                              for one in (sid, "SM" + "f" * 32)])
    assert [(one.provider_id, one.status) for one in found] == [(sid, "delivered")]


def test_no_secret_and_no_number_in_an_outcome_or_a_representation(
        gateway: TwilioSms, provider: Provider) -> None:
    provider.plan.append(answers(400, f'{{"code": 21211, "message": "{CHEN} is no number"}}'))
    shown = f"{gateway.submit(OUT)!r} {gateway!r}"
    assert CHEN not in shown and TOKEN not in shown
