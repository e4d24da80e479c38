"""From an adopted edition to a mainland provider and back, counted at the provider."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cloud_cast import KEY_ID, SECRET, Cloud, cloud_at_work, hangs, refuses, resets
from delivery_cast import CHEN, NOON, City, Door
from pydantic import SecretStr
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from fenghuo import editions as reading_editions
from fenghuo.channels import Accepted, Gateway, Outcome, Outgoing
from fenghuo.channels.standing import standing
from fenghuo.channels.tokens import hook_word
from fenghuo.cli import app
from fenghuo.clock import FixedClock
from fenghuo.outbox import deliveries, dispatch
from fenghuo.receipts import poll
from fenghuo.receipts.app import public_app
from fenghuo.receipts.front import Front
from fenghuo.settings import Settings
from fenghuo.store import editions
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, Delivery, NoticeState, Reason

ROOT = Path(__file__).parents[2]
DELIVERED = {"aliyun": "DELIVERED", "tencent": "DELIVRD"}
VARIABLES = "issuer issued signal area start whom measures*2 reply duty"
GIVEN = {"issuer": "江门市气象台", "issued": "06月08日14:52", "signal": "暴雨红色预警信号",
         "area": "恩平市", "start": "即时生效", "whom": "请", "measures": "立即停产撤人",
         "reply": "1收到，码K47，", "duty": "值班0750-3511110"}
SAID = ("【江门市应急管理局】转发江门市气象台06月08日14:52暴雨红色预警信号：影响恩平市，即时生效。"
        "请立即停产撤人。1收到，码K47，值班0750-3511110")


@pytest.fixture(params=["aliyun", "tencent"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with cloud_at_work(request.param) as made:
        yield made


@pytest.fixture
def settings(cloud: Cloud, tmp_path: Path, engine: Engine) -> Settings:
    (tmp_path / "signing.key").write_bytes(b"k" * 32)
    made = Settings(
        home=tmp_path, signing_key=Path("signing.key"), gateway_timeout=1.0, lease_seconds=1.0,
        database_url=f"sqlite:///{tmp_path}/fenghuo.db",
        lease_margin=0.2, lookup_delays=(0.02, 0.04, 0.06), dispatch_budget=5.0,
        gateway_secrets={"mainland": SecretStr(cloud.url.format(f"{KEY_ID}:clouds%2Fsecret@"))})
    assert SECRET == "clouds/secret"
    files = reading_editions.files_on_disk(ROOT / "rules", ROOT / "contacts") | {
        "rules/gateways.yaml": (
            f"gateways:\n  mainland: {{kind: {cloud.kind}, signature: 江门市应急管理局, "
            "sender: \"1400006666\", value_letters: 35}\n  smtp: {kind: smtp}\n").encode(),
        "rules/filings.csv": (
            "template,gateway,status,code,variables,since,note\n"
            f"relay.j2,mainland,approved,T77,{VARIABLES},2026-05-01,\n"
            "risk.j2,mainland,filed,,,2026-05-01,\n").encode()}
    assert reading_editions.read(files, "").gateways
    with writing(engine) as connection:
        editions.keep(connection, files, NOON, "test")
    return made


@pytest.fixture
def city(engine: Engine, settings: Settings) -> City:
    with reading(engine) as connection:
        return City(engine, editions.newest(connection) or "")


class Other(Gateway):
    """A second gateway that takes any text."""

    def __init__(self) -> None:
        super().__init__(name="other", channel=Channel.sms)
        self.took: list[str] = []
        self.lock = threading.Lock()

    def submit(self, outgoing: Outgoing) -> Outcome:
        with self.lock:
            self.took.append(outgoing.text)
        return Accepted(f"other-{len(self.took)}")


def house(engine: Engine, settings: Settings) -> tuple[Gateway, ...]:
    with reading(engine) as connection:
        return standing(connection, settings)


def relayed(city: City, **values: object) -> str:
    return city.notice(city.warning(), **{
        "text": SAID, "template": "relay.j2", "given": GIVEN, **values})  # type: ignore[arg-type]


def test_an_approved_text_leaves_by_its_number_and_its_receipt_and_answer_come_back(
        cloud: Cloud, settings: Settings, city: City, engine: Engine) -> None:
    city.code()
    warning = city.warning()
    owed = city.obligation(warning)
    key = city.notice(warning, (owed,), text=SAID, template="relay.j2", given=GIVEN)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    text, = cloud.texts
    assert (text["template"], text["ours"], text["number"]) == ("T77", key, CHEN)
    assert city.row(key).provider_id == text["id"]

    front = Front(settings, patience=0.2)
    front.clock = FixedClock(NOON)
    door = Door(public_app(settings, front))
    word = hook_word(settings, "mainland")
    receipt = ([{"phone_number": CHEN[3:], "success": True, "err_code": "DELIVERED",
                 "biz_id": text["id"], "out_id": key, "report_time": "2026-06-08 12:00:05"}]
               if cloud.kind == "aliyun" else
               [{"nationcode": "86", "mobile": CHEN[3:], "report_status": "SUCCESS",
                 "errmsg": "DELIVRD", "sid": text["id"]}])
    answer = ([{"phone_number": CHEN[3:], "content": "1 K47", "sequence_id": "7",
                "send_time": "2026-06-08 12:00:09"}] if cloud.kind == "aliyun" else
              {"nationcode": "86", "mobile": CHEN[3:], "text": "1 K47", "time": 1_780_891_209})
    for query in ("", "?key=", "?key=" + "x" * 32, f"?key={hook_word(settings, 'other')}"):
        assert door.post(f"/receipts/mainland/status{query}",
                         content=json.dumps(receipt)).status_code == 403
        assert door.post(f"/receipts/mainland/inbound{query}",
                         content=json.dumps(answer)).status_code == 403
    assert city.row(key).delivery == Delivery.accepted
    for _ in range(2):  # they come again until they are thanked for
        told = door.post(f"/receipts/mainland/status?key={word}", content=json.dumps(receipt))
        assert told.json() in ({"code": 0, "msg": "接收成功"}, {"result": 0, "errmsg": "OK"})
    assert city.row(key).delivery == Delivery.delivered
    assert not city.row(key).maybe_doubled
    assert door.post(f"/receipts/mainland/status?key={word}", content="<").status_code == 400
    door.post(f"/receipts/mainland/inbound?key={word}", content=json.dumps(answer))
    with reading(engine) as connection:
        came, = connection.execute(select(t.inbound))
    assert (came.address, came.body, came.gateway) == (CHEN, "1 K47", "mainland")
    assert city.owed(owed).status == "answered"
    front.engine.dispose()


def test_the_addresses_to_enter_are_printed_and_open_the_door(
        cloud: Cloud, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOME", str(settings.home)), ("SIGNING_KEY", "signing.key"),
                        ("DATABASE_URL", settings.database_url),
                        ("PUBLIC_URL", "https://fire.example/fenghuo"),
                        ("GATEWAY_SECRETS", '{"mainland": "https://a:b@127.0.0.1:9"}')):
        monkeypatch.setenv(f"FENGHUO_{name}", value)
    shown = CliRunner().invoke(app, ["receipts", "--addresses"])
    word = hook_word(settings, "mainland")
    assert shown.output.splitlines() == [
        f"https://fire.example/fenghuo/receipts/mainland/{kind}?key={word}"
        for kind in ("status", "inbound")]


@pytest.mark.parametrize("values", [
    {"template": None, "given": None}, {"template": "risk.j2"}, {"text": SAID + "。"},
    {"text": SAID.replace("江门市应急", "肇庆市应急", 1)}])
def test_what_is_not_filed_goes_by_the_next_gateway_at_once_and_never_by_this_one(
        cloud: Cloud, settings: Settings, city: City, engine: Engine,
        values: dict[str, object]) -> None:
    other = Other()
    key = relayed(city, **values)
    dispatch(engine, (*house(engine, settings), other), settings, FixedClock(NOON))
    assert (len(cloud.posts), other.took) == (0, [city.row(key).text])
    assert city.row(key).gateway == "other"


def test_alone_it_fails_for_the_text_and_says_why(
        cloud: Cloud, settings: Settings, city: City, engine: Engine) -> None:
    key = relayed(city, template=None, given=None)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    row = city.row(key)
    assert (row.state, row.reason, row.error) == (
        NoticeState.failed, Reason.text_refused, "no approved template")
    assert cloud.posts == []


@pytest.mark.parametrize("fault", [resets, hangs(1.5)], ids=["reset", "hangs"])
def test_a_text_taken_without_an_answer_is_found_and_not_sent_again(
        cloud: Cloud, settings: Settings, city: City, engine: Engine, fault: object) -> None:
    cloud.plan.append(fault)  # type: ignore[arg-type]
    key = relayed(city)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    row = city.row(key)
    assert len(cloud.posts) == len(cloud.texts) == 1 and len(cloud.queries) == 1
    assert (row.state, row.reason, row.maybe_doubled) == (
        NoticeState.accepted, Reason.found_at_gateway, False)
    # Aliyun's own number comes only with the receipt, which is no second text
    gateway = house(engine, settings)[0]
    assert row.provider_id == (key if cloud.kind == "aliyun" else cloud.texts[0]["id"])
    if cloud.kind == "aliyun":
        front = Front(settings, patience=0.2)
        front.clock = FixedClock(NOON)
        Door(public_app(settings, front)).post(
            f"/receipts/{gateway.name}/status?key={hook_word(settings, gateway.name)}",
            content=json.dumps([{"biz_id": cloud.texts[0]["id"], "out_id": key,
                                 "success": True}]))
        row = city.row(key)
        assert (row.provider_id, row.delivery, row.maybe_doubled) == (
            cloud.texts[0]["id"], Delivery.delivered, False)
        front.engine.dispose()


def test_what_tencent_does_not_show_yet_is_sent_again_after_its_last_question_and_marked(
        cloud: Cloud, settings: Settings, city: City, engine: Engine) -> None:
    if cloud.kind == "aliyun":
        cloud.plan.append(refuses("isp.SYSTEM_ERROR"))  # not taken, and its list shows all
    else:
        cloud.plan.append(resets)
        cloud.reported = False
    key = relayed(city)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    assert len(cloud.posts) == 2 and 1 <= len(cloud.queries) <= 3
    assert city.row(key).maybe_doubled == (cloud.kind == "tencent")
    assert city.row(key).state == NoticeState.accepted


def test_a_text_approved_by_the_next_edition_leaves_from_then_on(
        cloud: Cloud, settings: Settings, city: City, engine: Engine) -> None:
    before = house(engine, settings)
    assert before is house(engine, settings)
    with writing(engine) as connection:
        files = editions.files_of(connection, editions.newest(connection) or "")
        files["rules/filings.csv"] = files["rules/filings.csv"].replace(b"T77", b"T78")
        editions.keep(connection, files, NOON, "test")
    relayed(city)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    assert [one["template"] for one in cloud.texts] == ["T78"]


def asked(engine: Engine, settings: Settings, minutes: int = 2) -> int:
    return poll(engine, house(engine, settings), settings, NOON + timedelta(minutes=minutes))


def test_receipts_that_no_callback_brought_are_asked_for(
        cloud: Cloud, settings: Settings, city: City, engine: Engine) -> None:
    owed = city.obligation(city.warning())
    other = city.notice(city.warning("flood"), text=SAID, template="relay.j2", given=GIVEN)
    key = city.notice(1, (owed,), text=SAID, template="relay.j2", given=GIVEN)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    cloud.reported = False
    assert asked(engine, settings) == 0, "no operator has spoken yet"
    assert city.row(key).delivery == Delivery.accepted
    cloud.reported = True
    cloud.ends = {other: DELIVERED[cloud.kind], key: "MOBILE_IN_BLACK"}
    assert asked(engine, settings) == 2, "each text of the two is known by its own id"
    assert (city.row(other).delivery, city.row(key).delivery) == (
        Delivery.delivered, Delivery.undelivered)
    assert (city.owed(owed).status, city.owed(owed).reason) == ("unreachable", "opted_out")
    assert asked(engine, settings, 3) == 0


def test_a_text_found_by_our_own_id_is_asked_for_by_it_and_takes_the_late_callback(
        settings: Settings, city: City, engine: Engine, cloud: Cloud) -> None:
    cloud.plan = [resets]
    key = relayed(city)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    cloud.ends[key] = DELIVERED[cloud.kind]
    assert asked(engine, settings) == 1
    assert (city.row(key).delivery, len(cloud.texts)) == (Delivery.delivered, 1)
    with writing(engine) as connection:
        deliveries.keep(connection, "mainland", cloud.texts[0]["id"], "undelivered", "X", key, NOON)
    row = city.row(key)
    assert (row.delivery, row.state, row.maybe_doubled) == (
        Delivery.delivered, NoticeState.accepted, False)


def test_a_provider_that_is_asked_and_does_not_answer_costs_nothing(
        settings: Settings, city: City, engine: Engine, cloud: Cloud) -> None:
    key = relayed(city)
    dispatch(engine, house(engine, settings), settings, FixedClock(NOON))
    cloud.deaf = True
    assert asked(engine, settings) == 0
    assert city.row(key).delivery == Delivery.accepted
