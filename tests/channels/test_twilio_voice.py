"""The voice gateway against the sandbox's phones: what is placed, who picks up, what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

from fenghuo.channels import (
    Accepted,
    Ambiguous,
    Outgoing,
    Rejected,
    Taken,
    config,
    gateways,
    of_channel,
)
from fenghuo.channels.sandbox_account import ACCOUNT, SENDER, TOKEN
from fenghuo.channels.twilio_client import Lines
from fenghuo.channels.twilio_voice import TwilioVoice
from fenghuo.clock import machine_now
from fenghuo.sandbox.server import Options, Running, in_thread
from fenghuo.settings import Settings
from fenghuo.words import Channel, Refused

KONG = "+85291230001"
TEXT = "这里是肇庆市应急管理局。高要暴雨红色预警。收到请按1"
OUT = Outgoing("a" * 32, Channel.voice, KONG, "", TEXT, validity=3_600)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    with in_thread(Options(tmp_path / "sandbox.jsonl")) as running:
        yield running


@pytest.fixture
def gateway(sandbox: Running) -> TwilioVoice:
    return TwilioVoice(Lines(ACCOUNT, TOKEN, 2.0, sandbox.url), SENDER,
                       "http://city.example/fenghuo/receipts/voice", name="voice", sandbox=True)


def test_a_call_reads_its_text_twice_takes_one_key_and_begins_again_twice(
        gateway: TwilioVoice, sandbox: Running) -> None:
    outcome = gateway.submit(OUT)
    call, = sandbox.seen().calls()
    assert outcome == Accepted(call["sid"])
    assert (call["to"], call["sender"], call["says"]) == (KONG, SENDER, TEXT)
    assert call["callback"].endswith(f"/receipts/voice/status?notice={'a' * 32}")
    gathers = list(ElementTree.fromstring(call["twiml"]))
    assert [one.tag for one in gathers] == ["Gather"] * 3
    for one in gathers:
        assert (one.get("numDigits"), one.get("finishOnKey"), one.get("timeout")) == ("1", "", "8")
        assert str(one.get("action")).endswith(f"/inbound?notice={'a' * 32}&language=zh")
        assert [(say.get("language"), say.get("loop")) for say in one] == [("cmn-CN", "2")]
    assert gathers[-1].get("actionOnEmptyResult") == "true"


def test_an_english_call_speaks_english(gateway: TwilioVoice, sandbox: Running) -> None:
    gateway.submit(replace(OUT, language="en", text="Press 1"))
    assert 'language="en-US"' in sandbox.seen().calls()[0]["twiml"]


def test_a_call_of_thirty_seconds_fits_what_the_provider_takes(
        gateway: TwilioVoice, sandbox: Running) -> None:
    assert isinstance(gateway.submit(replace(OUT, text="汉" * 160)), Accepted)
    assert isinstance(gateway.submit(replace(OUT, language="en", text="word " * 130)), Accepted)


def test_a_lost_call_is_found_by_its_number_and_time(
        gateway: TwilioVoice, sandbox: Running) -> None:
    first, second = (gateway.submit(OUT) for _ in range(2))
    assert isinstance(first, Accepted) and isinstance(second, Accepted)
    now = machine_now()
    assert gateway.lookup(OUT, now) == second.provider_id
    taken = replace(OUT, taken=frozenset({second.provider_id}))
    assert gateway.lookup(taken, now) == first.provider_id
    assert gateway.lookup(OUT, now + 3600) is None
    assert gateway.lookup(replace(OUT, address="+85291230009"), now) is None
    requests.post(f"{sandbox.url}/control/faults", json={"kind": "read_500"}, timeout=10)
    assert isinstance(gateway.lookup(OUT, now), Ambiguous)


def test_what_the_provider_says_of_calls_is_polled(gateway: TwilioVoice, sandbox: Running) -> None:
    taken = gateway.submit(OUT)
    assert isinstance(taken, Accepted)
    found = gateway.statuses([Taken(sid, OUT.id, OUT.address, datetime.now(UTC))
                              for sid in (taken.provider_id, "CA" + "0" * 32)])
    assert [(one.provider_id, one.status) for one in found] in (
        [(taken.provider_id, "queued")], [(taken.provider_id, "ringing")])


@pytest.mark.parametrize("kind", ["empty_201", "html_201", "status_500"])
def test_what_is_neither_yes_nor_no_is_ambiguous(
        gateway: TwilioVoice, sandbox: Running, kind: str) -> None:
    requests.post(f"{sandbox.url}/control/faults", json={"kind": kind}, timeout=10)
    assert isinstance(gateway.submit(OUT), Ambiguous)


def test_the_provider_calls_no_number_of_mainland_china_and_neither_do_we(
        gateway: TwilioVoice) -> None:
    refused = gateway.submit(replace(OUT, address="+8613800138000"))
    assert isinstance(refused, Rejected) and refused.setup
    settings = Settings(twilio_account="AC" + "0" * 32, twilio_token="x", twilio_from="+1555")
    read = config.read({config.PATH: b"gateways:\n  voice: {kind: twilio_voice}\n"})
    made, = of_channel(gateways(settings, read), Channel.voice)
    assert made.serves(KONG) and not made.serves("+8613800138000")
    with pytest.raises(Refused, match=r"no \+86 for kind twilio_voice"):
        config.read({config.PATH: b"gateways:\n  v: {kind: twilio_voice, countries: [+86]}\n"})
