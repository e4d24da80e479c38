"""``rules/gateways.yaml``: typed, checked, every fault with its line."""

from __future__ import annotations

import pytest

from fenghuo.channels import config, gateways
from fenghuo.channels.kinds import KINDS
from fenghuo.channels.registry import MAKERS
from fenghuo.settings import Settings
from fenghuo.words import Channel, Refused

REAL = Settings(twilio_account="AC" + "0" * 32, twilio_token="secret",
                twilio_from="+15005550001")


def read(text: str) -> dict[str, config.GatewayConfig]:
    return config.read({config.PATH: text.encode()})


def test_without_the_file_texts_go_by_twilio_and_mails_by_smtp() -> None:
    assert [(one.name, one.channel) for one in config.read({}).values()] == [
        ("twilio", Channel.sms), ("smtp", Channel.email)]


def test_every_kind_can_be_made() -> None:
    assert set(MAKERS) == set(KINDS)


def test_the_order_of_the_file_is_the_order_of_trial() -> None:
    found = read("gateways:\n  second: {kind: twilio}\n  first: {kind: twilio, countries: [+852],"
                 " sender: +85200000000, per_second: 10}\n")
    assert list(found) == ["second", "first"]
    made = gateways(REAL, found)
    assert [(one.name, one.countries, one.limits().per_second) for one in made] == [
        ("second", (), None), ("first", ("+852",), 10.0)]


@pytest.mark.parametrize(("line", "fault"), [
    ("{kind: twilo}", "twilio"),
    ("{kind: twilio, countries: [86]}", "countries"),
    ("{kind: twilio, per_second: 0}", "per_second"),
    ("{kind: twilio, colour: red}", "colour"),
    ("{kind: smtp, countries: [+86]}", "texts and calls"),
])
def test_a_fault_names_its_line_and_what_was_expected(line: str, fault: str) -> None:
    with pytest.raises(Refused) as refused:
        read(f"gateways:\n  one: {line}\n")
    found, = refused.value.refusals
    assert found.source == config.PATH and found.place.startswith("2:")
    assert fault in str(found)
