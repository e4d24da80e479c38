"""Robots of chat groups, against a server that checks signatures and answers as each service does:
HTTP 200 whatever happened, and what happened in the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from delivery_cast import NOON, City, reply
from pydantic import SecretStr
from sqlalchemy import Engine

from fenghuo.alarms import AlarmKind, open_alarms
from fenghuo.channels import Accepted, Ambiguous, Outcome, Outgoing, Rejected, config, gateways
from fenghuo.clock import FixedClock
from fenghuo.contacts import Contacts, addresses
from fenghuo.notices.reach import reach
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, NoticeState, ObligationStatus, Reason

KEY, WORD = "SEC6d7f/+", "群机器人"
KINDS = ("wecom", "dingtalk", "feishu")
LIST = {config.PATH: b"gateways:\n" + b"".join(
    b"  %s-duty: {kind: %s}\n" % (kind.encode(), kind.encode()) for kind in KINDS)}
PATHS = {"wecom": "/cgi-bin/webhook/send?key=KEY-7",
         "dingtalk": "/robot/send?access_token=TOKEN-7", "feishu": "/open-apis/bot/v2/hook/HOOK-7"}
Act = Callable[[BaseHTTPRequestHandler], None]


def signature(key: str, over: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), over.encode(), hashlib.sha256).digest()).decode()


def dingtalk_of(path: str, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """What DingTalk answers to a request, and the text it takes from it."""
    said = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    stamp = said.get("timestamp", "0")
    good = (said.get("access_token") == "TOKEN-7" and abs(int(stamp) / 1000 - time.time()) < 3600
            and said.get("sign") == signature(KEY, f"{stamp}\n{KEY}"))
    return ({"errcode": 0, "errmsg": "ok"} if good else
            {"errcode": 310000, "errmsg": "sign not match"}), body["text"]["content"]


def wecom_of(path: str, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    good = path == PATHS["wecom"] and len(body["text"]["content"].encode()) <= 2048
    return ({"errcode": 0, "errmsg": "ok"} if good else
            {"errcode": 93000, "errmsg": "invalid webhook url"}), body["text"]["content"]


def feishu_of(path: str, body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    stamp = body.get("timestamp", "0")
    good = (path == PATHS["feishu"] and abs(int(stamp) - time.time()) < 3600
            and body.get("sign") == signature(f"{stamp}\n{KEY}", ""))
    return ({"code": 0, "data": {}, "msg": "success"} if good else
            {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}
            ), body["content"]["text"]


SERVICES = {"wecom": wecom_of, "dingtalk": dingtalk_of, "feishu": feishu_of}


@dataclass
class Groups:
    """``said``: what stands in each service's group; ``posts``: how often each was asked."""

    said: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    posts: list[str] = field(default_factory=list)
    plan: list[Act] = field(default_factory=list)
    url: str = ""

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        kind = next(kind for kind, path in PATHS.items()
                    if urlsplit(path).path == urlsplit(handler.path).path)
        self.posts.append(kind)
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if self.plan:
            return self.plan.pop(0)(handler)
        answer, text = SERVICES[kind](handler.path, body)
        if 0 in (answer.get("errcode"), answer.get("code")):
            self.said[kind].append(text)
        return reply(handler, 200, json.dumps(answer))


@pytest.fixture
def groups() -> Iterator[Groups]:
    made = Groups()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return None

        def do_POST(self) -> None:
            try:
                made.take(self)
            except OSError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    yield made
    server.shutdown()
    server.server_close()
    serving.join()


def settings_of(groups: Groups, engine: Engine, home: Path, key: str = KEY,
                **more: Any) -> Settings:
    login = f"any:{key.replace('/', '%2F')}@"
    return Settings(**{
        "home": home, "gateway_timeout": 0.5, "dispatch_budget": 5.0, "lease_margin": 0.2,
        "database_url": engine.url.render_as_string(False), "lookup_delays": (0.02, 0.04),
        "sandbox_url": groups.url, "gateway_secrets": {
            f"{kind}-duty": SecretStr(groups.url.replace("//", f"//{login}") + path)
            for kind, path in PATHS.items()}, **more})


@pytest.fixture
def settings(groups: Groups, engine: Engine, tmp_path: Path) -> Settings:
    with writing(engine) as connection:
        editions.keep(connection, LIST, NOON, "test")
    return settings_of(groups, engine, tmp_path)


@pytest.fixture
def city(engine: Engine, settings: Settings) -> City:
    with reading(engine) as connection:
        return City(engine, editions.newest(connection) or "")


def submit(settings: Settings, kind: str, text: str = WORD) -> Outcome:
    robot = next(one for one in gateways(settings, config.read(LIST)) if one.name == f"{kind}-duty")
    return robot.submit(Outgoing("a" * 32, Channel.chat, robot.name, "", text))


def answers(body: Any, status: int = 200) -> Act:
    return lambda handler: reply(handler, status, body if isinstance(body, str)
                                 else json.dumps(body))


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_stands_in_the_group_once_its_signature_is_good(
        kind: str, groups: Groups, settings: Settings, engine: Engine, tmp_path: Path) -> None:
    assert submit(settings, kind) == Accepted("a" * 32)
    assert groups.said[kind] == [WORD]
    wrong = submit(settings_of(groups, engine, tmp_path, "SECother"), kind)
    if kind != "wecom":  # which signs nothing
        assert isinstance(wrong, Rejected) and wrong.setup
        assert groups.said[kind] == [WORD]


@pytest.mark.parametrize(("kind", "codes"), [
    ("wecom", {"setup": (93000, 93004), "content": (44004, 45002), "busy": (45009, 45033)}),
    ("dingtalk", {"setup": (310000, 300001, 400101, 400102), "content": (430102, 430104),
                  "busy": (130101, 410100), "address": (400013,)}),
    ("feishu", {"setup": (19001, 19021, 19022, 19024), "content": (9499, 19002),
                "busy": (11232,)})])
def test_an_error_within_a_200_is_what_it_says(
        kind: str, codes: dict[str, tuple[int, ...]], groups: Groups, settings: Settings) -> None:
    word = "code" if kind == "feishu" else "errcode"
    for reason, found in codes.items():
        for code in found:
            groups.plan = [answers({word: code, "errmsg": f"{WORD} {code}"})]
            said = submit(settings, kind)
            assert isinstance(said, Rejected), code
            assert said.reason == reason, code
            assert said.permanent is (reason in ("address", "content")), code
            assert said.retry_after == (60.0 if reason == "busy" else None), code
            assert WORD not in said.error
    groups.plan = [answers({word: 987654})]
    odd = submit(settings, kind)
    assert isinstance(odd, Rejected) and (odd.reason, odd.retries) == ("unknown", 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [
    "<html>login</html>", "", "[]", "{}", '{"errmsg": "ok", "msg": "ok"}',
    '{"errcode": false, "code": false}', '{"errcode": "0", "code": "0"}',
    '{"errcode": 0, "errcode": 0, "code": 0, "code": 0}'])
def test_what_is_no_yes_is_none(kind: str, body: str, groups: Groups, settings: Settings) -> None:
    groups.plan = [answers(body)]
    assert isinstance(submit(settings, kind), Ambiguous)


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_service_that_failed_within_may_have_taken_it(
        kind: str, groups: Groups, settings: Settings) -> None:
    groups.plan = [answers({"errcode": -1, "errmsg": "system busy"}), answers("", 502)]
    assert isinstance(submit(settings, kind), Ambiguous)
    assert isinstance(submit(settings, kind), Ambiguous)


def test_no_redirect_is_followed(groups: Groups, settings: Settings) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", groups.url + PATHS["wecom"])
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    groups.plan = [elsewhere]
    assert isinstance(submit(settings, "wecom"), Ambiguous)
    assert groups.posts == ["wecom"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_host_hears_a_key(
        kind: str, groups: Groups, engine: Engine, tmp_path: Path) -> None:
    away = settings_of(groups, engine, tmp_path, sandbox_url=None)
    said = submit(away, kind)
    assert isinstance(said, Rejected) and said.setup
    assert "expected https://" in said.error and "KEY-7" not in said.error
    assert groups.posts == []


def test_the_keys_stay_out_of_the_log(
        settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for kind in KINDS:
            assert submit(settings, kind) == Accepted("a" * 32)
    assert "POST" in caplog.text
    for secret in ("KEY-7", "TOKEN-7", "HOOK-7", "SEC6d7f", "sign="):
        assert secret not in caplog.text


def run(engine: Engine, settings: Settings) -> None:
    dispatch(engine, gateways(settings, config.read(LIST)), settings, FixedClock(NOON))


def test_each_robot_gets_what_is_addressed_to_it_and_nothing_else(
        city: City, groups: Groups, settings: Settings, engine: Engine) -> None:
    warning = city.warning("flood")
    for kind in KINDS:
        city.notice(warning, channel="chat", address=f"{kind}-duty", text=kind,
                    code=None, signed=False)
    lost = city.notice(city.warning("gale"), channel="chat", address="wecom", text="nobody's",
                       code=None)
    run(engine, settings)
    assert groups.said == {kind: [kind] for kind in KINDS}
    assert city.row(lost).state == NoticeState.queued
    with reading(engine) as connection:
        assert [one.subject for one in open_alarms(connection, AlarmKind.gateway_silent)] == [
            "channel:chat"]


def test_a_group_that_read_it_proves_nothing_where_an_answer_is_owed(
        city: City, groups: Groups, settings: Settings, engine: Engine) -> None:
    warning = city.warning("flood")
    owing = city.obligation(warning, answer_due=NOON + timedelta(minutes=10))
    free = city.obligation(warning, "li", site="dock")
    city.notice(warning, (owing, free), channel="chat", address="feishu-duty", code=None)
    run(engine, settings)
    assert len(groups.said["feishu"]) == 1
    assert city.owed(owing).status == ObligationStatus.pending
    assert city.owed(owing).told_at is None
    assert city.owed(free).status == ObligationStatus.told
    with reading(engine) as connection:
        sheet = reach(connection, warning)
    assert sheet.informed == 2
    assert sum(sheet.obligations.values()) == 2
    assert [row["informed"] for row in sheet.rows()] == [None, None, 2]


def test_whom_only_a_group_still_reaches_is_unreachable(
        city: City, groups: Groups, settings: Settings, engine: Engine) -> None:
    warning = city.warning("flood")
    owing = city.obligation(warning, answer_due=NOON + timedelta(minutes=10))
    city.notice(warning, (owing,), channel="chat", address="feishu-duty", code=None)
    text = city.notice(warning, (owing,), expires=NOON)  # whose time is over before it can leave
    run(engine, settings)
    assert city.row(text).reason == Reason.expired
    assert city.owed(owing).status == ObligationStatus.unreachable


def test_a_robot_in_doubt_writes_again_and_says_so(
        city: City, groups: Groups, settings: Settings, engine: Engine) -> None:
    key = city.notice(city.warning("flood"), channel="chat", address="wecom-duty", code=None)
    groups.plan = [answers("<html>")]
    for _ in range(40):
        run(engine, settings)
        if city.row(key).state == NoticeState.accepted:
            break
    assert (city.row(key).state, city.row(key).maybe_doubled) == (NoticeState.accepted, True)
    assert groups.posts == ["wecom", "wecom"]


def test_a_group_that_was_dissolved_is_out_of_use_until_the_contacts_name_another(
        city: City, groups: Groups, settings: Settings, engine: Engine) -> None:
    key = city.notice(city.warning("flood"), channel="chat", address="dingtalk-duty", code=None)
    groups.plan = [answers({"errcode": 400013, "errmsg": "群已被解散"})]
    run(engine, settings)
    assert (city.row(key).state, city.row(key).reason) == (
        NoticeState.failed, Reason.bad_address)
    people = pd.DataFrame([("chen", "陈", "+8613800000001", "", "zh", "dingtalk-duty")],
                          columns=["person", "name", "phone", "email", "language", "chat"])
    book = Contacts(pd.DataFrame(), people, pd.DataFrame(), {})
    with writing(engine) as connection:
        assert addresses.settle(connection, book.addresses, "e" * 64, NOON) == 0
        assert addresses.settle(connection, {"another"}, "f" * 64, NOON) == 1
