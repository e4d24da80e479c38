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
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TextIO

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fenghuo.channels.sandbox_account import ACCOUNT, SENDER, TOKEN
from fenghuo.sandbox.messages import Message
from fenghuo.sandbox.server import Options, Running, in_thread

from .conftest import OPENAPI, wait_until

PRISM = Path(__file__).parents[2] / "node_modules/.bin/prism"
PHONE = "+8613800138001"
Provider = Callable[[str], Client]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with (tempfile.TemporaryDirectory() as home,
          in_thread(Options(Path(home) / "sandbox.jsonl")) as running):
        yield running


@pytest.fixture(scope="module")
def judge(sandbox: Running) -> Iterator[str]:
    """Prism in front of the sandbox: its URL."""
    assert PRISM.exists(), f"no {PRISM}; type: npm ci"
    for _ in range(5):  # between the choice of a port and Prism somebody else may take it
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        with tempfile.TemporaryFile("w+") as said:
            child = subprocess.Popen(
                [str(PRISM), "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors", str(OPENAPI),
                 sandbox.url], stdout=said, stderr=subprocess.STDOUT, start_new_session=True)

            def speaks(said: TextIO = said, child: subprocess.Popen[bytes] = child) -> bool:
                said.seek(0)
                return "listening" in said.read() or child.poll() is not None

            try:
                wait_until(speaks, "Prism listens", 120)
                if child.poll() is None:
                    yield f"http://127.0.0.1:{port}"
                    return
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    raise AssertionError("Prism found no port to listen on")


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
