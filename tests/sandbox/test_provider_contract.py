"""The sandbox's provider side held to the provider's own OpenAPI, by Prism between the two.

client → Prism → sandbox: a request or a reply that breaks the contract is an error. Left out
where the OpenAPI file is not there.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from delivery_cast import NOON, City
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fenghuo.channels import gateways
from fenghuo.channels.sandbox_account import ACCOUNT, SENDER, TOKEN
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch
from fenghuo.sandbox.messages import Message
from fenghuo.sandbox.server import Options, Running, in_thread
from fenghuo.settings import Settings
from fenghuo.store.engine import make_engine
from fenghuo.store.tables import metadata
from fenghuo.words import Channel

from .conftest import OPENAPI, wait_until

PRISM = Path(__file__).parents[2] / "node_modules/.bin/prism"
PHONE = "+8613800138001"
Provider = Callable[[str], Client]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with (tempfile.TemporaryDirectory() as home,
          in_thread(Options(Path(home) / "sandbox.jsonl")) as running):
        yield running


@dataclass
class Prism:
    """Prism in front of a sandbox, always on one port."""

    behind: str
    port: int = 0
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> bool:
        """False when somebody else has the port by now."""
        with tempfile.TemporaryFile("w+") as said:
            child = self.running = subprocess.Popen(
                [str(PRISM), "proxy", "-h", "127.0.0.1", "-p", str(self.port), "--errors",
                 str(OPENAPI), self.behind], stdout=said, stderr=subprocess.STDOUT,
                start_new_session=True)

            def speaks() -> bool:
                said.seek(0)
                return "listening" in said.read() or child.poll() is not None

            wait_until(speaks, "Prism listens", 120)
        return child.poll() is None

    def kill(self) -> None:
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()


@pytest.fixture(scope="module")
def prism(sandbox: Running) -> Iterator[Prism]:
    assert PRISM.exists(), f"no {PRISM}; type: npm ci"
    made = Prism(sandbox.url)
    try:
        for _ in range(5):  # between the choice of a port and Prism somebody else may take it
            with closing(socket.create_server(("127.0.0.1", 0))) as free:
                made.port = free.getsockname()[1]
            if made.start():
                break
        else:
            raise AssertionError("Prism found no port to listen on")
        yield made
    finally:
        made.kill()


@pytest.fixture
def judge(prism: Prism) -> str:
    """Its URL."""
    return prism.url


def test_a_texts_whole_life_keeps_the_contract(
        judge: str, sandbox: Running, provider: Provider) -> None:
    client = provider(judge)
    sent = client.messages.create(to=PHONE, from_=SENDER, body="请撤人，码K47。",
                                  validity_period=600,
                                  status_callback="http://127.0.0.1:9/status?notice=1")
    wait_until(lambda: client.messages(sent.sid).fetch().status == "delivered", "delivered", 30)
    requests.post(f"{sandbox.url}/control/texts", json={"from": PHONE, "body": "1"}, timeout=10)
    assert [one.sid for one in client.messages.list(to=PHONE)] == [sent.sid]
    assert [one.body for one in client.messages.list(to=SENDER, limit=5)] == ["1"]
    client.messages.create(to=PHONE, messaging_service_sid="MG" + "b" * 32, body="x")
    assert len(client.messages.list(page_size=1)) == 3


def test_the_providers_refusals_pass_the_contract_unchanged(
        judge: str, sandbox: Running, provider: Provider) -> None:
    client = provider(judge)
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to="+1", from_=SENDER, body="x")
    assert (refused.value.status, refused.value.code) == (400, 21211)
    requests.post(f"{sandbox.url}/control/faults", json={"kind": "rate_429"}, timeout=10)
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=PHONE, from_=SENDER, body="x")
    assert (refused.value.status, refused.value.code) == (429, 20429)


def test_a_request_that_breaks_the_contract_never_reaches_the_sandbox(
        judge: str, sandbox: Running) -> None:
    before = len(sandbox.seen().texts())
    answer = requests.post(
        f"{judge}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", auth=(ACCOUNT, TOKEN), timeout=10,
        data={"To": PHONE, "From": SENDER, "Body": "x", "ValidityPeriod": "soon"})
    assert answer.status_code == 422
    assert len(sandbox.seen().texts()) == before


@pytest.mark.parametrize("broken", [{"sid": "bogus"}, {"status": "invented"}, {"error_code": "x"}])
def test_a_reply_that_breaks_the_contract_is_caught(
        judge: str, provider: Provider, monkeypatch: pytest.MonkeyPatch,
        broken: dict[str, Any]) -> None:
    whole = Message.resource
    monkeypatch.setattr(Message, "resource", lambda self, account: whole(self, account) | broken)
    with pytest.raises(TwilioRestException) as caught:
        provider(judge).messages.create(to=PHONE, from_=SENDER, body="x")
    assert caught.value.status == 500


def test_a_calls_whole_life_keeps_the_contract(
        judge: str, sandbox: Running, provider: Provider) -> None:
    requests.put(f"{sandbox.url}/control/phones/+85291230001", timeout=10, json={
        "manner": "silent", "call": {"picks_up": "busy"}}).raise_for_status()
    client = provider(judge)
    placed = client.calls.create(
        to="+85291230001", from_=SENDER, twiml="<Response><Say>x</Say></Response>", timeout=30,
        time_limit=300, status_callback="http://127.0.0.1:9/status?notice=1")
    wait_until(lambda: client.calls(placed.sid).fetch().status == "busy", "busy", 30)
    assert [one.sid for one in client.calls.list(to="+85291230001")] == [placed.sid]
    with pytest.raises(TwilioRestException) as refused:
        client.calls.create(to=PHONE, from_=SENDER, twiml="<Response/>")
    assert (refused.value.status, refused.value.code) == (400, 21215)


def test_prism_killed_in_the_middle_of_many_texts_loses_none_and_repeats_none(
        prism: Prism, sandbox: Running, tmp_path: Path) -> None:
    database = make_engine(f"sqlite:///{tmp_path}/fenghuo.db")
    metadata.create_all(database)
    city = City(database)
    settings = Settings(home=tmp_path, sandbox_url=prism.url, gateway_timeout=10.0,
                        lookup_delays=(0.1, 0.5, 1.0), dispatch_budget=60.0)
    sms = [one for one in gateways(settings) if one.channel is Channel.sms]

    def send() -> int:
        return dispatch(database, sms, settings, FixedClock(NOON)).did

    def arrived() -> list[str]:
        return [str(text["body"]) for text in sandbox.seen().texts()
                if str(text["body"]).startswith("killed")]

    warning = city.warning()
    keys = [city.notice(warning, address=PHONE, step=f"manual:{n}", text=f"killed {n}")
            for n in range(60)]
    sending = threading.Thread(target=send)
    sending.start()
    wait_until(lambda: len(arrived()) >= 5, "some arrive", 60)
    prism.kill()
    assert {city.row(key).state for key in keys} != {"accepted"}
    assert prism.start()
    sending.join()
    until = machine_now() + 120
    while send():
        assert machine_now() < until
    database.dispose()
    assert sorted(arrived()) == sorted(f"killed {n}" for n in range(60))
