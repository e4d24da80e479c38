"""Texts by signed webhooks to a platform that checks the signature and drops a second of one id."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from delivery_cast import CHEN, NOON, City, Door, reply
from pydantic import SecretStr
from sqlalchemy import Engine, select

from fenghuo.channels import Accepted, Ambiguous, Outcome, Outgoing, Rejected, config, gateways
from fenghuo.channels.signed_webhook import SignedWebhook, key_of, signature
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch
from fenghuo.receipts.app import public_app
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel

KEY = bytes(range(24))
LIST = {config.PATH: b"gateways:\n  city: {kind: webhook}\n"}
Act = Callable[[BaseHTTPRequestHandler], None]


def sign(name: str, stamp: int, body: bytes, key: bytes = KEY) -> dict[str, str]:
    """The headers of a webhook by the standard's own words."""
    digest = hmac.new(key, b".".join((name.encode(), str(stamp).encode(), body)), hashlib.sha256)
    return {"webhook-id": name, "webhook-timestamp": str(stamp),
            "webhook-signature": "v1,other v1," + base64.b64encode(digest.digest()).decode()}


@dataclass
class Platform:
    """``came`` are the webhooks that were signed, ``texts`` those it sends on, by their id."""

    came: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)
    plan: list[Act] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return None

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            name, stamp = self.headers["webhook-id"], int(self.headers["webhook-timestamp"])
            good = sign(name, stamp, body)["webhook-signature"].split()
            if (self.headers["webhook-signature"] not in good or abs(stamp - time.time()) > 300
                    or self.path != "/in?city=1"):
                return reply(self, 401, "")
            made.came.append(json.loads(body))
            made.texts.setdefault(name, made.came[-1]["data"])
            act = made.plan.pop(0) if made.plan else _thanks
            try:
                act(self)
            except OSError:
                self.close_connection = True
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://any:{{}}@127.0.0.1:{server.server_port}/in?city=1"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    yield made
    server.shutdown()
    server.server_close()
    serving.join()


def _thanks(handler: BaseHTTPRequestHandler) -> None:
    reply(handler, 204, b"")


def answers(status: int, body: str = "") -> Act:
    return lambda handler: reply(handler, status, body)


def resets(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
    handler.close_connection = True


def settings_of(platform: Platform, engine: Engine, home: Path, key: bytes = KEY) -> Settings:
    secret = "whsec_" + base64.b64encode(key).decode().replace("/", "%2F")
    return Settings(home=home, gateway_timeout=0.5, dispatch_budget=5, lease_margin=0.2,
                    database_url=engine.url.render_as_string(False),
                    lookup_delays=(0.02, 0.04, 0.06),
                    gateway_secrets={"city": SecretStr(platform.url.format(secret))})


def gateway_of(settings: Settings) -> SignedWebhook:
    made, = gateways(settings, config.read(LIST))
    assert isinstance(made, SignedWebhook)
    return made


@pytest.fixture
def settings(platform: Platform, engine: Engine, tmp_path: Path) -> Settings:
    with writing(engine) as connection:
        editions.keep(connection, LIST, NOON, "test")
    return settings_of(platform, engine, tmp_path)


@pytest.fixture
def city(engine: Engine, settings: Settings) -> City:
    with reading(engine) as connection:
        return City(engine, editions.newest(connection) or "")


@pytest.fixture
def door(settings: Settings) -> Iterator[Door]:
    front = Front(settings, patience=0.2)
    front.clock = FixedClock(NOON)
    yield Door(public_app(settings, front))
    front.close()


def test_the_signature_is_that_of_the_standard() -> None:
    # the example of the standard's libraries
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert key is not None
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                     b'{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    for wrong in ("", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_é" * 9):
        assert key_of(wrong) is None


def test_a_text_goes_signed_under_its_own_id_and_its_report_and_its_answer_come_back(
        platform: Platform, settings: Settings, city: City, engine: Engine, door: Door) -> None:
    city.code()
    warning = city.warning()
    owed = city.obligation(warning)
    key = city.notice(warning, (owed,))
    dispatch(engine, (gateway_of(settings),), settings, FixedClock(NOON))
    sent = platform.texts[key]
    assert (sent["to"], sent["text"], sent["language"]) == (CHEN, city.row(key).text, "zh")
    assert 0 < sent["seconds"] <= 3 * 3600

    report = json.dumps({"data": {"notice": key, "status": "delivered"}}).encode()
    answer = json.dumps({"data": {"from": CHEN, "text": "1 K47"}}).encode()
    now = int(machine_now())
    for headers in ({}, sign("r1", now, report, b"x" * 24), sign("r1", now - 400, report),
                    sign("r1", now, answer), {**sign("r1", now, report), "webhook-id": "r2"},
                    {**sign("r1", now, report), "webhook-timestamp": "soon"}):
        assert door.post("/receipts/city/status", content=report,
                         headers=headers).status_code == 403
    assert city.row(key).delivery == "accepted"
    for _ in range(2):  # a replay does nothing
        assert door.post("/receipts/city/status", content=report,
                         headers=sign("r1", now, report)).status_code == 200
        assert door.post("/receipts/city/inbound", content=answer,
                         headers=sign("a1", now, answer)).status_code == 200
    assert city.row(key).delivery == "delivered"
    with reading(engine) as connection:
        came, = connection.execute(select(t.inbound))
    assert (came.address, came.body, city.owed(owed).status) == (CHEN, "1 K47", "answered")


def test_a_text_in_doubt_goes_again_under_the_same_id_and_nobody_is_told_twice(
        platform: Platform, settings: Settings, city: City, engine: Engine) -> None:
    platform.plan += [resets, answers(503)]
    key = city.notice(city.warning())
    dispatch(engine, (gateway_of(settings),), settings, FixedClock(NOON))
    assert len(platform.came) == 3 and [*platform.texts] == [key]
    assert (city.row(key).state, city.row(key).maybe_doubled) == ("accepted", False)


@pytest.mark.parametrize(("act", "outcome"), [
    (answers(200), Accepted("a" * 32)), (answers(202, '{"ok": 1}'), Accepted("a" * 32)),
    (answers(200, "<html>log in"), Ambiguous("HTTP 200, a page")),
    (answers(500), Ambiguous("HTTP 500")), (answers(302), Ambiguous("HTTP 302")),
    (answers(429), Rejected("busy", False, "HTTP 429")),
    (answers(410), Rejected("setup", False, "HTTP 410")),
    (answers(400), Rejected("unknown", False, "HTTP 400", retries=1)),
])
def test_only_a_yes_is_a_yes(platform: Platform, settings: Settings, act: Act,
                             outcome: Outcome) -> None:
    platform.plan.append(act)
    assert gateway_of(settings).submit(
        Outgoing("a" * 32, Channel.sms, CHEN, "", "收到")) == outcome


def test_a_wrong_or_broken_secret_is_our_set_up(
        platform: Platform, engine: Engine, tmp_path: Path) -> None:
    for key in (b"x" * 24, b"short"):
        said = gateway_of(settings_of(platform, engine, tmp_path, key)).submit(
            Outgoing("a" * 32, Channel.sms, CHEN, "", "收到"))
        assert isinstance(said, Rejected) and said.setup
    assert platform.came == []


@pytest.mark.parametrize("body", [
    b"<", b"[]", b'{"data": 1}', b'{"data": {}}', b'{"data": {"from": "x", "text": "1"}}',
    b'{"data": {"notice": "b", "status": "sent"}}', b'{"data": {"from": "1", "text": 1}}',
    b'{"data": {"notice": "' + b"b" * 32 + b'", "status": "read"}}'])
def test_what_is_signed_and_says_nothing_is_refused(door: Door, body: bytes) -> None:
    headers = sign("r1", int(machine_now()), body)
    for kind in ("status", "inbound"):
        assert door.post(f"/receipts/city/{kind}", content=body,
                         headers=headers).status_code == 400
