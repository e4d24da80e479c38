"""A gateway that does not answer: what it is still given, and how soon it is noticed again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from delivery_cast import CHEN, NOON, City, Provider, answers, provider_at_work
from sqlalchemy import Connection, Engine

from fenghuo import alarms
from fenghuo.channels import gateways
from fenghuo.clock import FixedClock, machine_now
from fenghuo.outbox import SILENT, dispatch, lanes
from fenghuo.outbox.claims import Claim
from fenghuo.outbox.routing import Route
from fenghuo.settings import Settings
from fenghuo.store.engine import reading
from fenghuo.words import NoticeState, StepReport

COUNT = 40


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PROBE", 0.1)


def settings(url: str, budget: float) -> Settings:
    return Settings(sandbox_url=url, gateway_timeout=0.4, lease_seconds=5.0, lease_margin=0.2,
                    lookup_delays=(0.05, 0.1, 0.15), dispatch_budget=budget)


def run(engine: Engine, url: str, budget: float) -> StepReport:
    used = settings(url, budget)
    return dispatch(engine, gateways(used), used, FixedClock(NOON))


def filled(city: City) -> list[str]:
    warning = city.warning()
    return [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(COUNT)]


def until(done: Callable[[], bool]) -> None:
    deadline = machine_now() + 20
    while not done():
        assert machine_now() < deadline


def silent(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [one.subject for one in alarms.open_alarms(connection,
                                                          alarms.AlarmKind.gateway_silent)]


def test_a_gateway_that_comes_back_during_a_run_is_given_all_that_waited(
        city: City, engine: Engine) -> None:
    keys, reports = filled(city), []
    with ExitStack() as opened:
        held = opened.enter_context(socket.socket())
        held.bind(("127.0.0.1", 0))  # nobody listens there yet
        port = held.getsockname()[1]
        sending = threading.Thread(
            target=lambda: reports.append(run(engine, f"http://127.0.0.1:{port}", 10.0)))
        sending.start()
        probed = lanes.SILENT_AFTER + lanes.HANDS
        until(lambda: sum(city.row(key).attempts for key in keys) > probed)
        assert silent(engine) == ["twilio"]
        held.close()
        provider = opened.enter_context(provider_at_work(port))
        sending.join()
        assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(COUNT))
    assert silent(engine) == [] and SILENT not in reports[0].counts


def test_while_a_gateway_answers_nothing_but_errors_few_texts_are_put_in_doubt(
        city: City, engine: Engine, provider: Provider) -> None:
    keys = filled(city)
    provider.plan, provider.deaf = [answers(503, "<html>")] * COUNT, True
    report = run(engine, provider.url, 3.0)
    assert report.counts[SILENT] == 1 and silent(engine) == ["twilio"]
    assert provider.posts < 30 and NoticeState.queued in {city.row(key).state for key in keys}
    provider.plan, provider.deaf = [], False
    while run(engine, provider.url, 10.0).did:
        pass
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(COUNT))
    assert silent(engine) == []


def test_a_run_gives_a_gateway_that_was_silent_one_text_until_it_answers(
        city: City, engine: Engine, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, rooms, claim = filled(city), list[int](), lanes.claim
    provider.plan, provider.deaf = [answers(503, "")] * 1000, True
    until(lambda: bool(run(engine, provider.url, 2.0) and silent(engine)))

    def counted(connection: Connection, route: Route, room: int, *rest: float) -> list[Claim]:
        rooms.extend([room] if route.gateway.name == "twilio" else [])
        return claim(connection, route, room, *rest)

    monkeypatch.setattr(lanes, "claim", counted)
    until(lambda: bool(run(engine, provider.url, 2.0) and rooms))
    assert set(rooms) == {1}
    provider.plan, provider.deaf = [], False
    until(lambda: run(engine, provider.url, 6.0).did == 0)
    assert max(rooms) >= lanes.HANDS and silent(engine) == []
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}
    assert len(provider.bodies()) == COUNT
