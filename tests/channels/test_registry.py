"""Which gateway serves which channel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fenghuo.channels import gateways, tokens
from fenghuo.channels.config import GatewayConfig
from fenghuo.channels.registry import in_scenario
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.words import Channel

REAL: dict[str, Any] = {
    "twilio_account": "AC" + "0" * 32, "twilio_token": "secret", "twilio_from": "+15005550001",
    "smtp_url": "smtp://mail.example:25"}
SANDBOX: dict[str, Any] = {"sandbox_url": "http://127.0.0.1:8099", "sandbox_smtp_port": 2525}


def test_without_credentials_everything_goes_to_the_sandbox() -> None:
    made = gateways(Settings(**SANDBOX))
    assert {gateway.channel: gateway.sandbox for gateway in made} == {
        Channel.sms: True, Channel.email: True, Channel.voice: True}


def test_credentials_make_real_gateways_channel_by_channel() -> None:
    made = gateways(Settings(**{**SANDBOX, **REAL, "smtp_url": None}))
    assert {gateway.channel: gateway.sandbox for gateway in made} == {
        Channel.sms: False, Channel.email: True, Channel.voice: True}


def test_a_scenario_writes_into_no_real_group_but_into_each_of_the_sandbox() -> None:
    groups = {name: GatewayConfig(name=name, kind=kind)
              for name, kind in (("duty", "wecom"), ("dam", "feishu"), ("else", "apprise"))}
    secrets = {"duty": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"}
    live = gateways(Settings(**SANDBOX, gateway_secrets=secrets), groups)
    assert [(one.name, one.sandbox) for one in live if one.channel is Channel.chat] == [
        ("duty", False)]
    played = gateways(Settings(**SANDBOX, gateway_secrets=secrets, sandbox_feeds=True), groups)
    assert [(one.name, one.sandbox, one.serves("dam")) for one in played
            if one.channel is Channel.chat] == [
        ("duty", True, False), ("dam", True, True), ("else", True, False)]
    assert not [one for one in gateways(Settings(sandbox_feeds=True), groups)]


def test_with_neither_a_channel_has_no_gateway() -> None:
    assert gateways(Settings()) == ()


@pytest.mark.parametrize("scenario", [
    {"sandbox_feeds": True}, {"clock": "sandbox:http://127.0.0.1:8099"}])
def test_an_invented_danger_never_reaches_a_real_gateway(scenario: dict[str, Any]) -> None:
    settings = Settings(**{**SANDBOX, **REAL, **scenario})
    assert in_scenario(settings)
    assert all(gateway.sandbox for gateway in gateways(settings))
    assert gateways(Settings(**{**REAL, **scenario})) == ()


def test_a_link_names_one_notice_until_it_expires(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k" * 32)
    key = tokens.link_key(Settings(home=tmp_path, signing_key=Path("key")))
    assert key is not None
    token = tokens.make(key, "c" * 32)
    assert tokens.read(key, token) == "c" * 32
    with pytest.raises(tokens.Expired):
        tokens.read(key, tokens.make(key, "c" * 32, machine_now() - 1))
    with pytest.raises(tokens.Forged):
        tokens.read(key, token.replace("c", "d", 1))
    with pytest.raises(tokens.Forged):
        tokens.read(b"other" * 8, token)
    for broken in ("", "v1", token + "x", token[:-1], "v2" + token[2:]):
        with pytest.raises(tokens.Forged):
            tokens.read(key, broken)


def test_without_a_signing_key_there_are_no_links(tmp_path: Path) -> None:
    assert tokens.link_key(Settings(home=tmp_path)) is None
