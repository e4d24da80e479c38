"""Proxies of the environment: gateways go through them, and look for them once a host."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from delivery_cast import ACCOUNT, CHEN, SENDER, Provider

from fenghuo.channels import Accepted, Outgoing, posting
from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.channels.twilio_client import Lines
from fenghuo.channels.twilio_sms import TwilioSms
from fenghuo.words import Channel

OUT = Outgoing("a" * 32, Channel.sms, CHEN, "", "收到请回1", validity=3_600)
FAR = "http://gateway.invalid"
Way = Callable[[str], Callable[[], bool]]


def twilio(url: str) -> Callable[[], bool]:
    gateway = TwilioSms(Lines(ACCOUNT, TOKEN, 2.0, url), SENDER, "http://city.example/status")
    return lambda: isinstance(gateway.submit(OUT), Accepted)


def posted(url: str) -> Callable[[], bool]:
    session = posting.session()
    return lambda: isinstance(posting.page(session, f"{url}/hook", b"To=&From=&Body=", {}, 2.0),
                              posting.Page)


ways = pytest.mark.parametrize("way", [twilio, posted])


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@ways
def test_a_gateway_is_reached_through_the_proxy_of_the_environment(
        way: Way, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", provider.url)
    send = way(FAR)
    assert send() and send()
    assert provider.posts == 2


@ways
def test_a_gateway_that_needs_no_proxy_is_reached_straight(
        way: Way, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", FAR)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert way(provider.url)()
    assert provider.posts == 1


@ways
def test_the_environment_is_read_once_and_not_for_every_text(
        way: Way, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    read, real = [], requests.sessions.get_environ_proxies

    def counted(url: str, no_proxy: str | None = None) -> dict[str, str]:
        read.append(url)
        return real(url, no_proxy)

    monkeypatch.setattr(requests.sessions, "get_environ_proxies", counted)
    send = way(provider.url)
    assert all([send() for _ in range(3)])
    assert len(read) == 1 and provider.posts == 3
