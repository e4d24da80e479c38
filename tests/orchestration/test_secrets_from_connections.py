"""Airflow's connections become settings; a scenario never sees them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from fenghuo.orchestration import secrets
from fenghuo.settings import BadSetting, Settings


@dataclass
class Connection:
    """An Airflow connection's fields."""

    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: str | None = None
    extra_dejson: dict[str, object] = field(default_factory=dict)


TWILIO = Connection(login="AC1", password="s3cret", extra_dejson={"from": "+15005550006"})


def test_a_twilio_connection_is_account_token_and_sender() -> None:
    found = secrets.with_connections(Settings(), TWILIO, None)
    assert (found.twilio_account, found.twilio_from) == ("AC1", "+15005550006")
    assert found.twilio_token is not None
    assert found.twilio_token.get_secret_value() == "s3cret"
    assert found.live
    assert "s3cret" not in repr(found)


def test_a_mail_connection_is_a_url_whose_secrets_are_escaped() -> None:
    mail = Connection("mail.example.org", 587, "a@b", "p:/w", {"from_email": "duty@example.org"})
    found = secrets.with_connections(Settings(), None, mail)
    assert found.smtp_url is not None
    assert found.smtp_url.get_secret_value() == "smtps://a%40b:p%3A%2Fw@mail.example.org:587"
    assert found.mail_from == "duty@example.org"


def test_a_plain_mail_connection_says_so() -> None:
    found = secrets.with_connections(
        Settings(), None, Connection("mail", extra_dejson={"disable_ssl": "true"}))
    assert found.smtp_url is not None
    assert found.smtp_url.get_secret_value() == "smtp://mail:25"


def test_a_mailbox_connection_names_its_folder() -> None:
    box = Connection("mail.example.org", None, "a@b", "p", {"folder": "Fenghuo replies"})
    found = secrets.with_connections(Settings(), None, None, box)
    assert found.imap_url is not None
    assert found.imap_url.get_secret_value() == (
        "imaps://a%40b:p@mail.example.org:993/Fenghuo%20replies")


def test_what_the_environment_names_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_TWILIO_ACCOUNT", "AC-environment")
    assert secrets.with_connections(Settings(), TWILIO, None).twilio_account == "AC-environment"


@pytest.mark.parametrize(("broken", "missing"), [
    (Connection(password="t", extra_dejson={"from": "+1"}), "login"),
    (Connection(login="AC1", extra_dejson={"from": "+1"}), "password"),
    (Connection(login="AC1", password="t"), "extra.from"),
])
def test_an_incomplete_connection_names_the_field_and_no_value(
        broken: Connection, missing: str) -> None:
    with pytest.raises(secrets.BadConnection, match=f"twilio_default: found no {missing}"):
        secrets.with_connections(Settings(), broken, None)


@pytest.mark.parametrize("variable", [("FENGHUO_CLOCK", "sandbox:http://127.0.0.1:1"),
                                      ("FENGHUO_SANDBOX_FEEDS", "1")])
def test_a_house_that_plays_a_scenario_asks_for_no_connection(
        variable: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*variable)
    monkeypatch.setattr(secrets, "connection", lambda name: TWILIO)
    assert not secrets.settings_of_task().live
    assert not asyncio.run(secrets.settings_of_trigger()).live


def test_a_trigger_has_the_secrets_of_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_TWILIO_DEFAULT", json.dumps({
        "conn_type": "twilio", "login": "AC-1", "password": "t0ken",
        "extra": {"from": "+15550100"}}))
    for name in ("SMTP_DEFAULT", "IMAP_DEFAULT", "FENGHUO_GATEWAYS"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", "")
    found = asyncio.run(secrets.settings_of_trigger())
    assert found.twilio_account == "AC-1" and found.twilio_from == "+15550100"
    assert found == secrets.settings_of_task()


OTHERS = {"aliyun": "https://LTAI5t:s3cret@dysmsapi.aliyuncs.com/",
          "robot": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=s3cret"}


def test_one_connection_holds_the_secrets_of_all_other_gateways() -> None:
    found = secrets.with_connections(Settings(), None, None, None,
                                     Connection(extra_dejson={**OTHERS}))
    assert {name: secret.get_secret_value()
            for name, secret in found.gateway_secrets.items()} == OTHERS
    assert found.live
    assert "s3cret" not in repr(found)


def test_a_gateway_named_in_the_environment_keeps_that_secret(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_GATEWAY_SECRETS", '{"aliyun": "https://a:b@127.0.0.1:8"}')
    found = secrets.with_connections(Settings(), None, None, None,
                                     Connection(extra_dejson={**OTHERS})).gateway_secrets
    assert found["aliyun"].get_secret_value() == "https://a:b@127.0.0.1:8"
    assert set(found) == {"aliyun", "robot"}


def test_a_bad_secret_of_a_connection_names_it_and_the_gateway() -> None:
    with pytest.raises(BadSetting) as refused:
        secrets.with_connections(Settings(), None, None, None,
                                 Connection(extra_dejson={"aliyun": "LTAI5t:s3cret"}))
    assert str(refused.value) == (
        "connection fenghuo_gateways: gateway aliyun: found an address without scheme or host, "
        "expected https://login:password@host/")
