"""``rules/gateways.yaml``: typed, checked, every fault with its line."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from fenghuo.channels import catalogue, config, gateways
from fenghuo.settings import Settings
from fenghuo.words import Channel, Refused

REAL = Settings(twilio_account="AC" + "0" * 32, twilio_token="secret",
                twilio_from="+15005550001", smtp_url="smtp://mail.example:25",
                gateway_secrets={"main": "https://login:password@gateway.example/"})


def read(text: str) -> dict[str, config.GatewayConfig]:
    return config.read({config.PATH: text.encode()})


def test_without_the_file_texts_go_by_twilio_and_mails_by_smtp() -> None:
    assert [(one.name, one.channel) for one in config.read({}).values()] == [
        ("twilio", Channel.sms), ("smtp", Channel.email)]


def test_every_module_that_ends_with_a_kind_is_in_the_catalogue() -> None:
    found = [importlib.import_module(f"fenghuo.channels.{path.stem}")
             for path in Path(catalogue.__file__).parent.glob("*.py")]
    kinds = [module.KIND for module in found if hasattr(module, "KIND")]
    assert len(kinds) == len(catalogue.KINDS)
    assert all(kind in kinds for kind in catalogue.KINDS.values())


@pytest.mark.parametrize("kind", catalogue.KINDS)
def test_a_gateway_of_each_kind_is_made_of_its_entry_and_its_credentials(kind: str) -> None:
    entry = config.GatewayConfig(name="main", kind=kind, sender="1400006666",
                                 signature="肇庆市应急管理局", per_second=3, value_letters=9)
    assert gateways(Settings(), {"main": entry}) == ()
    made, = gateways(REAL, {"main": entry})
    row = catalogue.KINDS[kind]
    assert (made.name, made.channel, made.countries, made.never) == (
        "main", row.channel, row.countries, row.never)
    assert (made.limits().per_second, made.limits().value_letters) == (3, 9)


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
