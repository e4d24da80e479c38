"""The SMS gateways of mainland China, against providers at the network."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cloud_cast import (
    KEY_ID,
    SECRET,
    Act,
    Cloud,
    answers,
    cloud_at_work,
    hangs,
    refuses,
    reply,
    resets,
)
from pydantic import SecretStr

from fenghuo.channels import Accepted, Ambiguous, Outgoing, Rejected, Status, Taken, Unseen, Webhook
from fenghuo.channels.cloud_signing import Key, acs3, query_of, tc3
from fenghuo.channels.config import GatewayConfig
from fenghuo.channels.filed_sms import FiledSms
from fenghuo.channels.registry import gateways
from fenghuo.clock import machine_now
from fenghuo.notices.filed import filed
from fenghuo.notices.texts import of
from fenghuo.settings import Settings
from fenghuo.words import Channel

CHEN, OURS = "+8613800000001", "a" * 32
FOLDER = Path(__file__).parents[2] / "rules" / "messages"
TEXTS = of({f"rules/messages/{one.name}": one.read_text("utf-8") for one in FOLDER.iterdir()})
GIVEN = {"issuer": "江门市气象台", "issued": "06月08日14:52", "signal": "暴雨红色预警信号",
         "area": "恩平市", "start": "即时生效", "whom": "请", "measures": "立即停产撤人",
         "reply": "1收到，码K47，", "duty": "值班0750-3511110", "signature": "【肇庆市应急管理局】"}
VARIABLES = "issuer issued signal area start whom measures*2 reply duty"
SAID = ("【肇庆市应急管理局】转发江门市气象台06月08日14:52暴雨红色预警信号：影响恩平市，即时生效。"
        "请立即停产撤人。1收到，码K47，值班0750-3511110")
OUT = Outgoing(OURS, Channel.sms, CHEN, "", SAID, template="relay.j2", values=GIVEN)
PIECES = {"measures1": "立即停", "measures2": "产撤人"}


@pytest.fixture(params=["aliyun", "tencent"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with cloud_at_work(request.param) as made:
        yield made


def zipped(cloud: Cloud, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Take the text and lose the check at the end of a compressed answer."""
    body = gzip.compress(cloud.yes(cloud.take(asked)).encode())[:-8]
    reply(handler, 200, body, {"Content-Encoding": "gzip"})


def made(cloud: Cloud, tmp_path: Path, secret: str = SECRET) -> FiledSms:
    """The gateway as a house makes it, with one approved text."""
    (tmp_path / "signing.key").write_bytes(b"k" * 32)
    found, = gateways(
        Settings(home=tmp_path, signing_key=Path("signing.key"), gateway_timeout=0.5,
                 gateway_secrets={"main": SecretStr(cloud.url.format(
                     f"{KEY_ID}:{quote(secret, '')}@"))}),
        {"main": GatewayConfig(name="main", kind=cloud.kind, sender="1400006666",
                               signature="肇庆市应急管理局", value_letters=20)},
        {"main": {"relay.j2": (filed(TEXTS, "relay.j2", "previous issuer", "SMS_0"),
                               filed(TEXTS, "relay.j2", VARIABLES, "SMS_1"))}})
    assert isinstance(found, FiledSms)
    return found


@pytest.fixture
def gateway(cloud: Cloud, tmp_path: Path) -> FiledSms:
    return made(cloud, tmp_path)


def test_the_signatures_are_those_of_the_providers_own_libraries() -> None:
    # ACS3: the example of the provider's page, then alibabacloud-openapi-util 0.2.4; TC3:
    # tencentcloud-sdk-python-common 3.1.195
    key, nonce = Key("YourAccessKeyId", "YourAccessKeySecret"), "3156853299f313e23d1673dc12e1703d"
    page = acs3(key, "ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", query_of({
        "RegionId": "cn-shanghai",
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}),
        datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), nonce)
    assert page["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
    query = query_of({
        "PhoneNumbers": CHEN, "SignName": "肇庆市应急管理局", "TemplateCode": "SMS_1",
        "TemplateParam": '{"issuer": "市气象台 ~*()"}', "OutId": OURS})
    own = acs3(key, "dysmsapi.aliyuncs.com", "SendSms", "2017-05-25", query,
               datetime(2026, 6, 8, 4, tzinfo=UTC), nonce)
    assert own["Authorization"].endswith(
        "Signature=795ad726fe6b88b8976f1df16d84447a11fa8e6df77dafe3daa7eab5dc2a8280")
    body = '{"PhoneNumberSet": ["+8613800000001"], "SignName": "肇庆市应急管理局"}'.encode()
    other = tc3(Key("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"), "sms.tencentcloudapi.com",
                "sms", "SendSms", "2021-01-11", "ap-guangzhou", body, 1_780_891_200.9)
    assert other["Authorization"].endswith(
        "Signature=ae595480c4809d456885312e464e416a8e3e372eabd68fbbfdb741b001c6aedd")


def test_a_text_goes_as_the_number_of_a_filed_one_and_its_variables_in_order(
        cloud: Cloud, gateway: FiledSms) -> None:
    outcome = gateway.submit(OUT)
    text, = cloud.texts
    assert outcome == Accepted(text["id"])
    assert (text["number"], text["template"], text["sign"], text["ours"]) == (
        CHEN, "SMS_1", "肇庆市应急管理局", OURS)
    values = {"issuer": GIVEN["issuer"], "issued": GIVEN["issued"], "signal": GIVEN["signal"],
              "area": "恩平市", "start": "即时生效", "whom": "请", **PIECES,
              "reply": GIVEN["reply"], "duty": GIVEN["duty"]}
    assert text["values"] == (values if cloud.kind == "aliyun" else list(values.values()))


@pytest.mark.parametrize("strange", [
    answers(200, "<html>welcome to the hotel</html>", {"Content-Type": "text/html"}),
    answers(200, "{}"), answers(200, ""), answers(200, "[]"), answers(200, '{"Code": "OK"}'),
    answers(200, '{"Code": "OK", "BizId": ""}'), answers(200, '{"Code": "OK", "BizId": ["1"]}'),
    answers(200, '{"Code": "NO", "Code": "OK", "BizId": "1"}'),
    answers(200, '{"Response": {}}'), answers(200, '{"Response": {"SendStatusSet": []}}'),
    answers(200, '{"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "1"}]}}'),
    answers(200, '{"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "", "PhoneNumber": '
                 f'"{CHEN}"}}]}}}}'),
    zipped,
    answers(200, "{" * 5_000), answers(200, " " * 70_000 + "{}"), answers(500, "{}"),
    answers(503, "<html>"), answers(307, "", {"Location": "/"}), answers(403, "<html>blocked"),
    hangs(1.0), resets,
], ids=["html", "nothing in it", "empty", "a list", "no id", "empty id", "odd id", "key twice",
        "no statuses", "no status", "no number", "no serial", "cut gzip", "deep", "long", "500",
        "503", "redirect", "a wall's page", "hangs", "reset"])
def test_what_is_neither_yes_nor_no_is_ambiguous_and_posted_once(
        cloud: Cloud, gateway: FiledSms, strange: Act) -> None:
    cloud.plan.append(strange)
    assert isinstance(gateway.submit(OUT), Ambiguous)
    assert len(cloud.posts) == 1


@pytest.mark.parametrize(("aliyun", "tencent", "reason", "permanent"), [
    ("isv.MOBILE_NUMBER_ILLEGAL", "InvalidParameterValue.IncorrectPhoneNumber", "address", True),
    ("isv.BLACK_KEY_CONTROL_LIMIT", "FailedOperation.PhoneNumberInBlacklist", "opted_out", True),
    ("isv.PARAM_LENGTH_LIMIT", "InvalidParameterValue.TemplateParameterLengthLimit", "content",
     True),
    ("isv.PARAM_NOT_SUPPORT_URL", "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
     "content", True),
    ("isv.AMOUNT_NOT_ENOUGH", "FailedOperation.InsufficientBalanceInSmsPackage", "setup", False),
    ("isv.SMS_SIGNATURE_ILLEGAL", "UnauthorizedOperation.SdkAppIdIsDisabled", "setup", False),
    ("isv.BUSINESS_LIMIT_CONTROL", "LimitExceeded.PhoneNumberDailyLimit", "busy", False),
    ("Throttling.User", "RequestLimitExceeded.IPLimitExceeded", "busy", False),
    ("MOBILE_NOT_ON_SERVICE", "Unheard.OfThis", None, False),
    ("isp.SYSTEM_ERROR", "InternalError.Timeout", "ambiguous", False),
])
def test_an_error_inside_a_good_http_answer_is_no_acceptance_and_has_its_class(
        cloud: Cloud, gateway: FiledSms, aliyun: str, tencent: str, reason: str | None,
        permanent: bool) -> None:
    code = {"aliyun": aliyun, "tencent": tencent}[cloud.kind]
    cloud.plan.append(refuses(code))
    outcome = gateway.submit(OUT)
    if reason == "ambiguous":
        assert isinstance(outcome, Ambiguous)
        return
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.permanent) == (
        reason or {"aliyun": "handset", "tencent": "unknown"}[cloud.kind], permanent)
    assert code in outcome.error and cloud.texts == []


def test_a_wrong_secret_is_our_set_up_and_never_shown(
        cloud: Cloud, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        outcome = made(cloud, tmp_path, "another/secret").submit(OUT)
        made(cloud, tmp_path).lookup(OUT, machine_now())
    assert isinstance(outcome, Rejected) and outcome.setup
    shown = caplog.text + outcome.error
    assert "another" not in shown and "3800000001" not in shown and "立即" not in shown
    assert made(cloud, tmp_path, "").submit(OUT) == Rejected(
        "setup", False, "found no login or password in the gateway's secret, expected "
                        "https://login:password@host/")


def test_a_provider_that_is_not_there_took_nothing(cloud: Cloud, tmp_path: Path) -> None:
    gateway = made(cloud, tmp_path)
    gateway.base = "http://127.0.0.1:9"
    outcome = gateway.submit(OUT)
    assert isinstance(outcome, Rejected) and outcome.reason == "unreachable"


@pytest.mark.parametrize(("change", "why"), [
    ({"template": None}, "no approved template"),
    ({"template": "risk.j2"}, "no approved template"),
    ({"text": SAID + "。"}, "no approved template says this"),
    ({"text": SAID.replace("肇庆", "江门", 1)}, "a signature that is not filed"),
    ({"text": SAID.replace("恩平市", ""), "values": GIVEN | {"area": ""}}, "says this"),
    ({"text": SAID.replace("恩平市", "恩" * 21), "values": GIVEN | {"area": "恩" * 21}},
     "21 letters in the variable area, 20 may be"),
    ({"text": SAID.replace("恩平市", "见a.gov.cn/c"), "values": GIVEN | {"area": "见a.gov.cn/c"}},
     "an address of the web in the variable area"),
])
def test_a_text_that_no_filed_one_says_word_for_word_is_refused_before_anything_is_sent(
        cloud: Cloud, gateway: FiledSms, change: dict[str, object], why: str) -> None:
    outcome = gateway.submit(replace(OUT, **change))  # type: ignore[arg-type]
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.permanent) == ("content", True)
    assert outcome.error.endswith(why) and cloud.posts == []


def test_what_was_taken_without_an_answer_is_found_by_our_own_id(
        cloud: Cloud, gateway: FiledSms) -> None:
    since = machine_now()
    cloud.plan.append(resets)
    assert isinstance(gateway.submit(OUT), Ambiguous)
    assert gateway.lookup(OUT, since) == (
        OURS if cloud.kind == "aliyun" else cloud.texts[0]["id"])
    assert isinstance(gateway.lookup(replace(OUT, id="b" * 32), since), Unseen | None)


def test_a_text_that_nobody_reported_on_yet_may_have_been_taken_all_the_same(
        tmp_path: Path) -> None:
    with cloud_at_work("tencent") as cloud:
        gateway = made(cloud, tmp_path)
        gateway.submit(OUT)
        cloud.reported = False
        assert isinstance(gateway.lookup(OUT, machine_now()), Unseen)


@pytest.mark.parametrize("day", ["20260608", "20260609"])
def test_a_text_accepted_at_midnight_of_beijing_is_asked_for_on_both_days(
        tmp_path: Path, day: str) -> None:
    midnight = datetime(2026, 6, 8, 16, 0, 10, tzinfo=UTC)
    with cloud_at_work("aliyun") as cloud:
        gateway = made(cloud, tmp_path)
        gateway.submit(OUT)
        cloud.day, cloud.ends[OURS] = day, "DELIVERED"
        known = cloud.texts[0]["id"]
        assert gateway.statuses([Taken(known, OURS, CHEN, midnight)]) == [
            Status(known, "delivered")]


def hook(gateway: FiledSms, body: object, kind: str = "status") -> Webhook:
    return Webhook("status" if kind == "status" else "inbound", "https://x/receipts/main",
                   {"key": gateway.door.worded(kind).partition("key=")[2]}, {},
                   body if isinstance(body, bytes) else json.dumps(body).encode())


ALIYUN = {"phone_number": "13800000001", "send_time": "2026-06-08 12:00:00", "success": True,
          "report_time": "2026-06-08 12:00:05", "err_code": "DELIVERED", "err_msg": "用户接收成功",
          "sms_size": "1", "biz_id": "900600000^0", "out_id": OURS}
TENCENT = {"user_receive_time": "2026-06-08 12:00:05", "nationcode": "86", "mobile": "13800000001",
           "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "用户短信送达成功",
           "sid": "5000:1"}


def test_receipts_come_in_a_list_and_a_bad_one_costs_no_other(
        cloud: Cloud, gateway: FiledSms) -> None:
    if cloud.kind == "aliyun":
        rows = [ALIYUN, {"biz_id": "2"}, 7, ALIYUN | {"success": False, "err_code": "NO_ROUTE",
                                                       "biz_id": "3", "out_id": "theirs"}]
        assert gateway.parse_receipt(hook(gateway, rows)) == [
            Status("900600000^0", "delivered", None, OURS),
            Status("3", "undelivered", "NO_ROUTE", None)]
        assert json.loads(gateway.thanks(hook(gateway, rows))[0])["code"] == 0
    else:
        rows = [TENCENT, {"sid": "2"}, 7, TENCENT | {"report_status": "FAIL", "errmsg": "MK:0001",
                                                      "sid": "3"}]
        assert gateway.parse_receipt(hook(gateway, rows)) == [
            Status("5000:1", "delivered"), Status("3", "undelivered", "MK:0001")]
        assert json.loads(gateway.thanks(hook(gateway, rows))[0]) == {"result": 0, "errmsg": "OK"}


def test_an_answer_comes_with_its_number_and_its_hour_of_beijing(
        cloud: Cloud, gateway: FiledSms) -> None:
    row = ({"phone_number": "13800000001", "content": "1 K47", "send_time": "2026-06-08 12:00:00",
            "sign_name": "肇庆市应急管理局", "dest_code": "8001", "sequence_id": 1234567890}
           if cloud.kind == "aliyun" else
           {"extend": "", "mobile": "13800000001", "nationcode": "86", "sign": "肇庆市应急管理局",
            "text": "1 K47", "time": 1_780_891_200})
    rows = [row] if cloud.kind == "aliyun" else row
    one, = gateway.parse_inbound(hook(gateway, rows, "inbound"))
    assert (one.address, one.body, one.created) == (
        CHEN, "1 K47", datetime(2026, 6, 8, 4, tzinfo=UTC))
    again, = gateway.parse_inbound(hook(gateway, row, "inbound"))
    assert one.provider_id == again.provider_id  # a replay is known as one


@pytest.mark.parametrize("body", [b"", b"\xff", b"<html>", b"[]", b"[[]]", b"7", b'"x"', b"null",
                                  b'[{"biz_id": "1", "success": "true"}]', b'[{"sid": 1.5}]',
                                  b"[" * 9_000, b'{"phone_number": "1", "mobile": "+", "text": 1}'])
def test_a_callback_that_says_nothing_is_named_so(
        cloud: Cloud, gateway: FiledSms, body: bytes) -> None:
    with pytest.raises(ValueError):
        gateway.parse_receipt(hook(gateway, body))
    with pytest.raises(ValueError):
        gateway.parse_inbound(hook(gateway, body, "inbound"))


def test_a_callback_is_believed_by_the_word_in_its_address(gateway: FiledSms,
                                                           tmp_path: Path) -> None:
    good = hook(gateway, [])
    assert gateway.verify(good) and len(good.query["key"]) == 32
    for query in ({}, {"key": ""}, {"key": "a" * 32}, {"key": "é"}, {"Key": good.query["key"]}):
        assert not gateway.verify(replace(good, query=query))
    (tmp_path / "signing.key").unlink()  # a house without a signing key believes nobody
    assert not gateway.verify(replace(good, query={"key": ""}))
