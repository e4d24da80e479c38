"""Texts by Kannel itself: its bearerbox and smsbox, and its fake SMSC as the operator."""

from __future__ import annotations

import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from delivery_cast import CHEN, NOON, Answer, City, Provider, answers, hangs, resets
from fastapi import FastAPI
from kannel_boxes import Boxes, kannel_boxes
from pydantic import SecretStr
from sqlalchemy import Engine, select

from fenghuo.channels import (
    Accepted,
    Ambiguous,
    Outcome,
    Outgoing,
    Rejected,
    Webhook,
    config,
    gateways,
)
from fenghuo.channels.kannel import Kannel
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch, lanes
from fenghuo.receipts.app import public_app
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, NoticeState

LONG = ("【肇庆市应急管理局】转发高要区气象台06月08日14:52暴雨红色预警信号：金利、蚬岗镇3小时"
        "雨量已达100毫米且持续，即时生效。宏石采石场请立即停产撤人，坑底和排土场下方不留人。1收到2启动3撤完+人数9求助，码K47。")
LIST = {config.PATH: b'gateways:\n  own: {kind: kannel, sender: "10690"}\n'}


class House:
    """A house whose public part is served, and its gateway."""

    def __init__(self, engine: Engine, tmp_path: Path) -> None:
        self.engine, self.listening = engine, socket.create_server(("127.0.0.1", 0))
        self.listed = LIST
        (tmp_path / "signing.key").write_bytes(b"k" * 32)
        self.settings = Settings(
            home=tmp_path, signing_key=Path("signing.key"), gateway_timeout=1.0,
            database_url=engine.url.render_as_string(False), lookup_delays=[0.1, 0.1, 0.1],
            dispatch_budget=8,
            public_url=f"http://127.0.0.1:{self.listening.getsockname()[1]}/fenghuo",
            gateway_secrets={"own": SecretStr("http://a:b@127.0.0.1:9/")})
        with writing(engine) as connection:
            editions.keep(connection, LIST, NOON, "test")

    def gateway(self) -> Kannel:
        made, = gateways(self.settings, config.read(self.listed))
        assert isinstance(made, Kannel)
        return made

    def dispatch(self, minutes: int = 0) -> int:
        return dispatch(self.engine, (self.gateway(),), self.settings,
                 FixedClock(NOON + timedelta(minutes=minutes))).did


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Iterator[House]:
    made = House(engine, tmp_path)
    front = Front(made.settings)
    front.clock = FixedClock(NOON)
    outer = FastAPI()
    outer.mount("/fenghuo", public_app(made.settings, front))
    server = uvicorn.Server(uvicorn.Config(outer, log_level="error"))
    serving = threading.Thread(target=server.run, kwargs={"sockets": [made.listening]})
    serving.start()
    yield made
    server.should_exit = True
    serving.join()
    made.listening.close()
    front.close()


@pytest.fixture
def city(engine: Engine, house: House) -> City:
    with reading(engine) as connection:
        return City(engine, editions.newest(connection) or "")


@pytest.fixture
def boxes(house: House) -> Iterator[Boxes]:
    with kannel_boxes(house.gateway().addresses()[0]) as made:
        house.settings.gateway_secrets["own"] = SecretStr(made.secret)
        yield made


def whole(boxes: Boxes, text: str) -> bool:
    """Whether the SMSC has it all, whatever else it was handed."""
    return text in "".join(part for _, _, part in boxes.parts())


def test_a_chinese_text_comes_to_the_operator_whole_and_its_receipt_and_its_answer_come_back(
        house: House, boxes: Boxes, city: City) -> None:
    city.code()
    warning = city.warning()
    owed = city.obligation(warning)
    key = city.notice(warning, (owed,), text=LONG)
    house.dispatch()
    boxes.wait(lambda: whole(boxes, LONG))
    sent = boxes.parts()
    assert [(sender, to) for sender, to, _ in sent] == [("10690", CHEN)] * 2
    assert "".join(part for _, _, part in sent) == LONG
    boxes.wait(lambda: city.row(key).delivery == "delivered")
    row = city.row(key)
    assert (row.provider_id, row.gateway, row.maybe_doubled) == (key, "own", False)

    boxes.say(f"{CHEN[3:]} 10690 ucs2 %65%36%52%30%00%20%00K%004%007")
    boxes.wait(lambda: city.owed(owed).status == "answered")
    with reading(house.engine) as connection:
        came, = connection.execute(select(t.inbound))
    assert (came.address, came.body, came.gateway) == (CHEN, "收到 K47", "own")


def test_a_latin_text_goes_in_the_small_alphabet(house: House, boxes: Boxes, city: City) -> None:
    text = "Red rainstorm: stop work at €100 pit & leave. Reply 1 K47 " + "x" * 90
    city.notice(city.warning(), text=text)
    house.dispatch()
    boxes.wait(lambda: whole(boxes, text))
    assert len(boxes.parts()) == 1


def test_a_box_killed_in_the_night_loses_nothing(
        house: House, boxes: Boxes, city: City) -> None:
    boxes.kill("bearerbox")
    key = city.notice(city.warning(), text=LONG)
    house.dispatch()
    waiting = city.row(key)
    assert waiting.state in (NoticeState.queued, NoticeState.in_doubt), waiting.state
    for name in ("smsbox", "smsc"):
        boxes.kill(name)
    boxes.start()
    house.dispatch(1)
    boxes.wait(lambda: whole(boxes, LONG))
    boxes.wait(lambda: city.row(key).delivery == "delivered")
    assert city.row(key).maybe_doubled == (waiting.state == NoticeState.in_doubt)


def test_a_box_killed_in_the_middle_of_many_loses_none_and_what_came_twice_is_marked(
        house: House, boxes: Boxes, city: City) -> None:
    house.listed = {config.PATH: LIST[config.PATH].replace(b"}", b", per_second: 8}")}  # it drips
    house.settings = house.settings.model_copy(update={
        "gateway_timeout": 10.0, "dispatch_budget": 60.0})
    warning = city.warning()
    texts = {f"text {n}": city.notice(warning, step=f"manual:{n}", text=f"text {n}")
             for n in range(40)}
    sending = threading.Thread(target=house.dispatch)
    sending.start()
    boxes.wait(lambda: len(boxes.parts()) >= 5, 60)
    boxes.running["smsbox"].send_signal(signal.SIGSTOP)  # what comes now is in flight for sure
    boxes.wait(lambda: NoticeState.claimed in {city.row(key).state for key in texts.values()}, 60)
    boxes.kill("smsbox")
    assert {city.row(key).state for key in texts.values()} != {NoticeState.accepted}
    boxes.start()
    sending.join()
    until = machine_now() + 120
    while house.dispatch():
        assert machine_now() < until
    boxes.wait(lambda: texts.keys() <= {text for _, _, text in boxes.parts()}, 60)
    met = Counter(text for _, _, text in boxes.parts())
    assert {city.row(key).state for key in texts.values()} == {NoticeState.accepted}
    twice = {text for text, times in met.items() if times > 1}
    marked = {text for text, key in texts.items() if city.row(key).maybe_doubled}
    assert set(met) == set(texts) and twice <= marked and len(marked) <= lanes.HANDS


def outgoing(**values: Any) -> Outgoing:
    return Outgoing("a" * 32, Channel.sms, CHEN, "", "收到", **values)


def test_a_wrong_password_is_our_set_up_and_a_box_that_is_away_was_handed_nothing(
        house: House, boxes: Boxes) -> None:
    house.settings.gateway_secrets["own"] = SecretStr(boxes.secret.replace("boxes-", "other-"))
    refused = house.gateway().submit(outgoing())
    assert isinstance(refused, Rejected) and refused.setup
    boxes.kill("smsbox")
    away = house.gateway().submit(outgoing())
    assert isinstance(away, Rejected) and away.reason == "unreachable"


@pytest.mark.parametrize(("query", "body"), [
    ("notice=b&state=1", None), (f"notice={'b' * 32}&state=32", None), ("", None),
    ("id=7&from=13800000001&text=1&at=x", None),
    ("id=7&from=13800000001&text=1&charset=klingon", None),
    ("id=&from=13800000001&text=1&charset=", None), ("id=7&from=abc&text=1&charset=", None),
    ("id=7&from=13800000001&charset=UTF-8&text=%FF1", "\ufffd1"),
    ("id=7&from=85261234567&charset=&text=1+K47", "1 K47"),
])
def test_what_says_nothing_is_refused_and_what_can_be_read_is(
        house: House, query: str, body: str | None) -> None:
    gateway = house.gateway()
    status = Webhook("status", f"http://x/?{query}", dict(
        one.split("=") for one in query.split("&") if one), {}, b"")
    with pytest.raises(ValueError):
        gateway.parse_receipt(status)
    inbound = Webhook("inbound", f"http://x/?{query}", {}, {}, b"")
    if body is None:
        with pytest.raises(ValueError):
            gateway.parse_inbound(inbound)
    else:
        assert [one.body for one in gateway.parse_inbound(inbound)] == [body]


@pytest.mark.parametrize(("answer", "outcome"), [
    (answers(202, "0: Accepted for delivery"), Accepted("a" * 32)),
    (answers(202, "3: Queued for later delivery"), Accepted("a" * 32)),
    (answers(202, "4: Something else"), Ambiguous("HTTP 202 4: Something else")),
    (answers(200, "<html>"), Ambiguous("HTTP 200 <html>")),
    (answers(503, "Temporal failure, try again later."), Ambiguous("HTTP 503")),
    (answers(403, "Not routable. Do not try again."),
     Rejected("unknown", False, "HTTP 403 Not routable. Do not try again.", retries=1)),
    (answers(404, "Not found"), Rejected("setup", False, "HTTP 404 Not found")),
    (resets, Ambiguous("ConnectionError")), (hangs(1.2), Ambiguous("ReadTimeout")),
])
def test_only_its_own_yes_is_a_yes(house: House, provider: Provider, answer: Answer,
                                   outcome: Outcome) -> None:
    house.settings.gateway_secrets["own"] = SecretStr(provider.url.replace("//", "//a:b@"))
    provider.plan.append(answer)
    gateway = house.gateway()
    said = gateway.submit(outgoing())
    if isinstance(said, Ambiguous):
        said = Ambiguous(said.error.replace("ChunkedEncodingError", "ConnectionError"))
    assert said == outcome and not gateway.askable
