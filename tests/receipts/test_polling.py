"""The net under lost callbacks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from delivery_cast import CHEN, NOON, SENDER, City, Provider
from sqlalchemy import Engine

from fenghuo.channels import gateways
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.receipts import poll, polling
from fenghuo.settings import Settings
from fenghuo.words import Delivery, ObligationStatus

LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def settings(provider: Provider) -> Settings:
    return Settings(sandbox_url=provider.url, gateway_timeout=0.5)


def test_a_lost_receipt_is_asked_for(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    key = city.notice(city.warning())
    dispatch(engine, gateways(settings), settings, FixedClock(NOON))
    provider.texts[0]["status"] = "delivered"
    assert poll(engine, gateways(settings), settings, NOON) == 0
    assert poll(engine, gateways(settings), settings, LATER) == 1
    assert (city.row(key).delivery, city.row(key).delivered_at) == (Delivery.delivered, LATER)
    assert poll(engine, gateways(settings), settings, LATER) == 0


def test_a_lost_answer_is_found_in_the_list_and_counts_once(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    _, owed, _ = city.told()
    city.code()
    provider.take({"To": SENDER, "From": CHEN, "Body": "1 K47"}, direction="inbound")
    assert poll(engine, gateways(settings), settings, LATER) == 1
    assert city.owed(owed).status == ObligationStatus.answered
    assert poll(engine, gateways(settings), settings, LATER) == 0


def test_answers_found_together_act_in_the_order_they_were_said(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    _, owed, _ = city.told()
    city.code()
    for body in ("1", "3 26"):
        provider.take({"To": SENDER, "From": CHEN, "Body": body}, direction="inbound")
    assert poll(engine, gateways(settings), settings, LATER) == 2
    assert (city.owed(owed).answer, city.owed(owed).number) == ("3", 26)


def test_a_gateway_that_does_not_answer_costs_nothing_but_this_poll(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    city.told(delivered=None)
    city.code()
    provider.deaf = True
    assert poll(engine, gateways(settings), settings, LATER) == 0


def test_a_long_list_is_asked_in_parts_and_wholly_in_time(
        city: City, engine: Engine, settings: Settings, provider: Provider,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "ASKED", 4)
    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(10)]
    dispatch(engine, gateways(settings), settings, FixedClock(NOON))
    for text in provider.texts:
        text["status"] = "delivered"
    for minute in range(2, 9):
        poll(engine, gateways(settings), settings, NOON + timedelta(minutes=minute))
    assert {city.row(key).delivery for key in keys} == {Delivery.delivered}


def test_nothing_is_asked_when_nothing_is_awaited(
        engine: Engine, settings: Settings, provider: Provider) -> None:
    assert poll(engine, gateways(settings), settings, NOON) == 0
    assert provider.lists == 0
