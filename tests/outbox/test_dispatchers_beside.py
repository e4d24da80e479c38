"""Several dispatches beside each other: each text once, the gravest first, a pace kept by one."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from delivery_cast import NOON, City, Provider, accepts
from outside_cast import Outside
from sqlalchemy import Engine

from fenghuo import pipeline
from fenghuo.channels import Limits, gateways
from fenghuo.clock import FixedClock, machine_now
from fenghuo.house import House
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store.leases import leased
from fenghuo.words import NoticeState

RED, BLUE = 5, 2


def settings(url: str, budget: float = 8.0) -> Settings:
    return Settings(sandbox_url=url, gateway_timeout=0.5, dispatch_budget=budget, clock="system")


def filled(city: City, rank: int, count: int) -> None:
    warning = city.warning(scope=f"rank-{rank}")
    for n in range(count):
        city.notice(warning, rank=rank, text=f"{rank}", address=f"+86138{rank}{n:07}",
                    created=NOON - timedelta(minutes=rank == BLUE))


def test_what_another_process_has_in_its_hands_is_not_overtaken_by_what_is_milder(
        database: Engine, database_url: str, provider: Provider) -> None:
    city, let_go = City(database), threading.Event()
    filled(city, RED, 4)

    def waits(of: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        let_go.wait(30)
        accepts(of, handler, form)

    provider.plan = [waits] * 4
    other = Outside(dict(os.environ) | {
        "FENGHUO_DATABASE_URL": database_url, "FENGHUO_SANDBOX_URL": provider.url,
        "FENGHUO_CLOCK": "system", "AT": NOON.isoformat(), "FENGHUO_GATEWAY_TIMEOUT": "30",
        "PYTHONPATH": "plugins"}).start()
    deadline = machine_now() + 60
    while provider.posts < 4:
        assert machine_now() < deadline and other.poll() is None
    other.send_signal(signal.SIGSTOP)  # it stands still with four red ones in its hands
    filled(city, BLUE, 6)
    here = settings(provider.url, budget=1.2)
    dispatch(database, gateways(here), here, FixedClock(NOON))
    assert provider.bodies() == [], "the red ones are not out yet"
    let_go.set()
    other.send_signal(signal.SIGCONT)
    other.communicate(timeout=60)
    assert other.returncode == 0
    here = settings(provider.url)
    while dispatch(database, gateways(here), here, FixedClock(NOON)).did:
        pass
    bodies = [body for _, body in provider.bodies()]
    assert bodies == ["5"] * 4 + ["2"] * 6


@pytest.mark.parametrize(("pace", "sent"), [(None, 1), (500.0, 0)])
def test_a_dispatch_beside_another_sends_but_leaves_paced_gateways_to_that(
        pace: float | None, sent: int, city: City, engine: Engine, provider: Provider) -> None:
    key, at = city.notice(city.warning()), settings(provider.url)
    made = gateways(at)
    for gateway in made:
        gateway.carries = Limits(per_second=pace)
    house = House(at, engine, FixedClock(NOON), made)
    with leased(engine, "dispatch", 50.0, NOON) as lease:
        assert lease is not None
        assert pipeline.dispatch(house).did > 0, "there may be more to do"
    assert len(provider.bodies()) == sent
    while pipeline.dispatch(house).did:
        pass
    assert len(provider.bodies()) == 1 and city.row(key).state == NoticeState.accepted
