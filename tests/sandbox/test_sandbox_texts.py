"""The provider's side under its real client: texts, statuses, phones, webhooks, faults."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from requests.exceptions import ReadTimeout
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from fenghuo.channels.sandbox_account import ACCOUNT, SENDER, TOKEN
from fenghuo.clock import machine_now
from fenghuo.sandbox import callbacks
from fenghuo.sandbox.phones import code_of
from fenghuo.sandbox.segments import segments
from fenghuo.sandbox.server import Running

from .conftest import House, wait_until

PROMPT, SILENT, WRONG = "+8613800138001", "+8613800138002", "+8613800138003"
GONE = "+8613800138004"
NIGHT = f"""
scenario: night
start: 2026-06-08T12:00:00+08:00
ends: 1h
steps: [dispatch]
delivered: 1s
phones:
  "{PROMPT}": {{manner: prompt, after: 40s, says: "1 {{code}}",
               then: [{{after: 5m, says: "3 26"}}]}}
  "{SILENT}": {{manner: silent}}
  "{WRONG}": {{manner: wrong_code, after: 1m}}
  "{GONE}": {{manner: unreachable}}
"""
TEXT = "安全生产风险提示：鹤城站雨量52毫米。1收到2启动3完成9求助，码K52。值班0750"
Play = Callable[..., Running]
Provider = Callable[[str], Client]


def report_idle(running: Running) -> bool:
    """Report the only step idle; tells whether the scenario is over."""
    shown = requests.get(f"{running.url}/clock", timeout=10).json()
    requests.post(f"{running.url}/clock/report", timeout=10, json={
        "step": "dispatch", "at": shown["now"], "began": machine_now(), "did": 0})
    return bool(shown["finished"])


def sleep_through(running: Running) -> None:
    """Report the only step idle until the scenario is over."""
    wait_until(lambda: report_idle(running), "finished", 30)


def put(running: Running, path: str, **body: object) -> None:
    requests.post(f"{running.url}/control/{path}", json=body, timeout=10).raise_for_status()


def test_a_text_is_sent_fetched_listed_and_delivered(play: Play, provider: Provider) -> None:
    running = play(NIGHT)
    client = provider(running.url)
    sent = client.messages.create(to=SILENT, from_=SENDER, body=TEXT)
    assert sent.status == "queued" and sent.num_segments == "1"
    assert abs((sent.date_created - datetime.now(UTC)).total_seconds()) < 5
    sleep_through(running)
    fetched = client.messages(sent.sid).fetch()
    assert (fetched.status, fetched.body, fetched.to) == ("delivered", TEXT, SILENT)
    assert [one.sid for one in client.messages.list(to=SILENT)] == [sent.sid]
    assert [one["status"] for one in running.seen().of("status")] == ["sent", "delivered"]
    assert client.messages.list(to=PROMPT) == []


def test_lists_are_paged_newest_first_and_filtered_by_day(play: Play, provider: Provider) -> None:
    running = play()
    client = provider(running.url)
    sids = [client.messages.create(to=SILENT, from_=SENDER, body=str(n)).sid for n in range(5)]
    assert [one.sid for one in client.messages.list(page_size=2)] == sids[::-1]
    wait_until(lambda: client.messages(sids[-1]).fetch().date_sent, "sent")
    today = datetime.now(UTC)
    assert len(client.messages.list(date_sent_after=today - timedelta(days=1))) == 5
    assert client.messages.list(date_sent_before=today - timedelta(days=2)) == []
    assert client.messages.list(from_=PROMPT) == []


@pytest.mark.parametrize(("change", "code"), [
    ({"to": "+1"}, 21211), ({"to": "13800138000"}, 21211), ({"body": ""}, 21602),
    ({"body": "x" * 1601}, 21617), ({"from_": "nobody"}, 21212)])
def test_a_wrong_text_is_refused_with_the_providers_code(
        play: Play, provider: Provider, change: dict[str, str], code: int) -> None:
    running = play()
    with pytest.raises(TwilioRestException) as refused:
        provider(running.url).messages.create(
            **({"to": SILENT, "from_": SENDER, "body": "x"} | change))
    assert refused.value.code == code
    assert running.seen().texts() == []


def test_a_strangers_token_is_refused(play: Play) -> None:
    running = play()
    client = Client(ACCOUNT, "guess", http_client=TwilioHttpClient(timeout=10))
    client.api.base_url = running.url
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=SILENT, from_=SENDER, body="x")
    client.http_client.session.close()
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_webhooks_carry_the_providers_signature(
        play: Play, provider: Provider, house: House) -> None:
    running = play(NIGHT, house.url)
    status_url = f"{house.url}/receipts/twilio/status?notice=7"
    provider(running.url).messages.create(to=PROMPT, from_=SENDER, body=TEXT,
                                          status_callback=status_url)
    sleep_through(running)
    validator = RequestValidator(TOKEN)
    root = house.url.removesuffix("/fenghuo")
    assert all(validator.validate(root + path, form, sign) for path, form, sign in house.taken)
    assert not validator.validate(status_url, house.taken[0][1] | {"To": SENDER},
                                  house.taken[0][2])
    assert [form.get("MessageStatus") or form["Body"] for _, form, _ in house.taken] == [
        "sent", "delivered", "1 K52", "3 26"]
    assert house.taken[2][1]["From"] == PROMPT and house.taken[2][1]["To"] == SENDER
    assert house.taken[2][0] == "/fenghuo/receipts/twilio/inbound"


def test_phones_answer_in_their_manner_and_at_their_city_time(
        play: Play, provider: Provider) -> None:
    running = play(NIGHT)
    client = provider(running.url)
    for number in (PROMPT, SILENT, WRONG, GONE):
        client.messages.create(to=number, from_=SENDER, body=TEXT)
    client.messages.create(to=PROMPT, from_=SENDER, body=TEXT + "再报")
    client.messages.create(to=PROMPT, from_=SENDER, body="已解除，无需回复")
    sleep_through(running)
    seen = running.seen()
    start = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    assert [(one["from"], one["body"], datetime.fromisoformat(one["city"]) - start)
            for one in seen.replies()] == [
        (PROMPT, "1 K52", timedelta(seconds=40)), (WRONG, "1 K99", timedelta(minutes=1)),
        (PROMPT, "3 26", timedelta(minutes=5))]
    gone = client.messages.list(to=GONE)[0]
    assert (gone.status, gone.error_code) == ("undelivered", 30003)
    inbound = client.messages.list(to=SENDER)
    assert [(one.direction, one.status) for one in inbound] == [("inbound", "received")] * 3


def test_a_callback_waits_for_a_house_that_is_down(
        play: Play, provider: Provider, house: House) -> None:
    house.up = False
    running = play(None, house.url)
    put(running, "texts", **{"from": PROMPT, "body": "1"})
    time.sleep(0.5)
    assert house.taken == []
    house.up = True
    wait_until(lambda: house.taken, "the inbound text")
    [arrived] = wait_until(lambda: running.seen().of("callback"), "the callback in the log")
    assert arrived["attempts"] > 1


def test_a_young_callback_holds_the_clock_until_the_house_is_taken_to_be_down(
        play: Play, provider: Provider, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "PAUSES", (0.1, 30.0))
    house.up = False
    running = play(NIGHT, house.url)
    provider(running.url).messages.create(to=PROMPT, from_=SENDER, body=TEXT,
                                          status_callback=f"{house.url}/status")
    wait_until(lambda: running.seen().of("status"), "sent")
    for _ in range(5):
        report_idle(running)
        time.sleep(0.1)
    assert running.seen().of("leap") == []
    monkeypatch.setattr(callbacks, "HOLD", 0.1)
    sleep_through(running)
    assert [one["body"] for one in running.seen().replies()] == ["1 K52", "3 26"]
    assert house.taken == []


def test_a_lost_callback_is_found_by_asking(
        play: Play, provider: Provider, house: House) -> None:
    running = play(None, house.url)
    put(running, "faults", kind="lost_callbacks")
    put(running, "texts", **{"from": PROMPT, "body": "1"})
    put(running, "texts", **{"from": SILENT, "body": "2"})
    wait_until(lambda: house.taken, "the second text")
    assert [form["Body"] for _, form, _ in house.taken] == ["2"]
    assert [one.body for one in provider(running.url).messages.list(to=SENDER)] == ["2", "1"]


@pytest.mark.parametrize(("kind", "taken"), [
    ("hang", 1), ("html_201", 1), ("status_500", 0), ("rate_429", 0), ("empty_201", 1)])
def test_faults_leave_the_house_in_doubt_and_the_provider_knows(
        play: Play, kind: str, taken: int) -> None:
    running = play()
    put(running, "faults", kind=kind, to=SILENT)
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=0.5))
    client.api.base_url = running.url
    client.messages.create(to=PROMPT, from_=SENDER, body="x")
    with pytest.raises((TwilioRestException, ValueError, ReadTimeout, AssertionError)) as fault:
        assert client.messages.create(to=SILENT, from_=SENDER, body="x").sid
    if kind == "rate_429":
        assert fault.value.code == 20429
    assert len(client.messages.list(to=SILENT)) == taken == len(running.seen().texts(SILENT))
    assert client.messages.create(to=SILENT, from_=SENDER, body="y").sid
    client.http_client.session.close()


def test_parts_are_counted_as_the_provider_counts() -> None:
    assert [segments("a" * 160), segments("a" * 161), segments("字" * 70), segments("字" * 71),
            segments("字" * 134), segments("字" * 135)] == [1, 2, 1, 2, 2, 3]
    assert segments("a" * 152 + "€" + "a" * 152) == 3
    assert segments("ç") == 1 and segments("ç" * 71) == 2 and segments("Ç" * 71) == 1


def test_the_code_is_read_from_both_languages() -> None:
    assert code_of("完成9求助，码K47。") == "K47"
    assert code_of("Reply 1, code K12.") == "K12"
    assert code_of("号码13800138000，代码无") is None
