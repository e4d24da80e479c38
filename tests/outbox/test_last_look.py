"""Right before a send: may this text still go to this person?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from delivery_cast import LI, NOON, City, Provider
from pydantic import SecretStr
from sqlalchemy import Engine, select, update

from fenghuo.channels import gateways, of_channel
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import dispatch
from fenghuo.outbox.claims import claim
from fenghuo.outbox.routing import route
from fenghuo.outbox.sending import FRESH, Sender
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel, NoticeState, ObligationStatus, Reason


@pytest.fixture
def settings(provider: Provider) -> Settings:
    return Settings(sandbox_url=provider.url, gateway_timeout=0.5, dispatch_budget=5.0)


def send(engine: Engine, settings: Settings, **changed: Any) -> None:
    at = settings.model_copy(update=changed)
    dispatch(engine, gateways(at), at, FixedClock(NOON + timedelta(minutes=1)))


def fate(city: City, key: str) -> tuple[str, str]:
    return city.row(key).state, city.row(key).reason


def test_an_older_text_gives_way_to_a_newer_one_for_the_same_person(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    warning = city.warning(tier="orange")
    old = city.notice(warning, text="orange", rank=4)
    city.revise(warning, "upgrade", at=NOON + timedelta(minutes=1))
    new = city.notice(warning, text="red")
    send(engine, settings)
    assert fate(city, old) == (NoticeState.dropped, Reason.superseded)
    assert city.row(new).state == NoticeState.accepted
    assert [body for _, body in provider.bodies()] == ["red"]


def test_a_newer_revision_that_says_nothing_to_this_person_leaves_the_text_standing(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    warning = city.warning()
    key = city.notice(warning)
    city.revise(warning, "area")
    city.notice(warning, address=LI, person="li", text="to Li")
    send(engine, settings)
    assert city.row(key).state == NoticeState.accepted and len(provider.bodies()) == 2


def test_a_text_whose_warning_has_ended_is_dropped_and_the_ending_goes(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    warning = city.warning()
    owed = city.obligation(warning)
    issue = city.notice(warning, (owed,), text="issue")
    with writing(engine) as c:
        c.execute(update(t.obligation).values(
            status=ObligationStatus.answered, answered_at=NOON + timedelta(seconds=30)))
    city.revise(warning, "cancel")
    ending = city.notice(warning, (owed,), text="over")
    send(engine, settings)
    assert fate(city, issue) == (NoticeState.dropped, Reason.superseded)
    assert city.row(ending).state == NoticeState.accepted
    assert [body for _, body in provider.bodies()] == ["over"]


def test_once_answered_nobody_else_is_called(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    warning = city.warning()
    owed = city.obligation(warning)
    rung = city.notice(warning, (owed,), step="rung:1", address=LI, person="li")
    with writing(engine) as c:
        c.execute(update(t.obligation).values(
            status=ObligationStatus.answered, answered_at=NOON + timedelta(seconds=30)))
    send(engine, settings)
    assert fate(city, rung) == (NoticeState.dropped, Reason.answered)
    assert provider.bodies() == []
    with reading(engine) as c:
        decided = c.execute(select(t.decision)).one()
    assert (decided.told, decided.reason, decided.site) == (False, Reason.answered, "quarry")


@pytest.mark.parametrize("late", [False, True])
def test_a_text_whose_turn_came_late_is_looked_at_again(
        city: City, engine: Engine, settings: Settings, provider: Provider, late: bool) -> None:
    warning = city.warning()
    city.notice(warning, (city.obligation(warning),))
    made = gateways(settings)
    (gateway,) = of_channel(made, Channel.sms)
    sender = Sender(engine, route(made, gateway), settings, lambda: NOON, lambda: True, None)
    with writing(engine) as c:
        (held,) = claim(c, sender.route, 1, 50.0, machine_now())
    assert sender.look([held]) == {}
    with writing(engine) as c:
        c.execute(update(t.obligation).values(
            status=ObligationStatus.answered, answered_at=NOON + timedelta(seconds=30)))
    _, result = sender.handle(held, machine_now() + (-2 * FRESH if late else 60.0))
    assert (result == Reason.answered, provider.bodies() == []) == (late, late)


def test_one_of_two_answered_still_goes(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    warning = city.warning()
    done = city.obligation(warning, status="answered", answered_at=NOON + timedelta(seconds=5))
    city.notice(warning, (done, city.obligation(warning, site="pond")))
    send(engine, settings)
    assert len(provider.bodies()) == 1


def test_a_downgrade_is_told_to_those_who_answered_before(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    warning = city.warning()
    owed = city.obligation(warning, status="answered", answered_at=NOON - timedelta(minutes=9))
    city.revise(warning, "downgrade", tier="yellow")
    city.notice(warning, (owed,))
    send(engine, settings)
    assert len(provider.bodies()) == 1


def test_an_expired_text_is_never_sent(
        city: City, engine: Engine, settings: Settings, provider: Provider) -> None:
    key = city.notice(city.warning(), expires=NOON + timedelta(minutes=1))
    send(engine, settings)
    assert fate(city, key) == (NoticeState.dropped, Reason.expired)
    assert provider.posts == 0


def test_an_unsigned_agreement_speaks_to_the_sandbox_alone(
        city: City, engine: Engine, settings: Settings, provider: Provider,
        monkeypatch: pytest.MonkeyPatch) -> None:
    warning = city.warning()
    first = city.notice(warning, signed=False)
    send(engine, settings)
    assert city.row(first).state == NoticeState.accepted
    second = city.notice(warning, signed=False, step="rung:1")
    real = settings.model_copy(update={
        "twilio_account": "AC" + "1" * 32, "twilio_token": SecretStr("x"),
        "twilio_from": "+15005550001"})
    made = of_channel(gateways(real), Channel.sms)
    assert made and not any(gateway.sandbox for gateway in made)
    for gateway in made:
        gateway.lines.base_url = provider.url  # type: ignore[attr-defined]
    dispatch(engine, made, real, FixedClock(NOON))
    assert fate(city, second) == (NoticeState.dropped, Reason.agreement_unsigned)
    assert provider.posts == 1
