"""SIGKILL of a sender in the middle of fifty texts, counted at the provider and in the ledger."""

from __future__ import annotations

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from delivery_cast import CHEN, NOON, City, Provider, accepts
from sqlalchemy import Engine, func, select

from fenghuo import ledger
from fenghuo.clock import machine_now
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import NoticeState

RUN = """
import os
from datetime import datetime
from fenghuo.channels import gateways
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.settings import Settings
from fenghuo.store.engine import engine
settings = Settings()
print(dispatch(engine(settings.url), gateways(settings), settings,
               FixedClock(datetime.fromisoformat(os.environ["AT"]))).did)
"""


def sender(home: Path, provider: Provider) -> subprocess.Popen[str]:
    """A dispatcher as a process of its own."""
    plugins = str(Path(__file__).parents[2] / "plugins")
    return subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True, env={
        **os.environ, "PYTHONPATH": plugins, "AT": NOON.isoformat(),
        "FENGHUO_HOME": str(home),
        "FENGHUO_DATABASE_URL": f"sqlite:///{home}/fenghuo.db",
        "FENGHUO_SANDBOX_URL": provider.url, "FENGHUO_GATEWAY_TIMEOUT": "0.5",
        "FENGHUO_LEASE_SECONDS": "1.2", "FENGHUO_LEASE_MARGIN": "0.2",
        "FENGHUO_LOOKUP_DELAYS": "[0.05, 0.1, 0.15]", "FENGHUO_DISPATCH_BUDGET": "8"})


def test_a_sender_killed_in_the_middle_of_fifty_repeats_none_loses_none_and_all_is_sealed(
        city: City, provider: Provider, engine: Engine, tmp_path: Path) -> None:
    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(50)]
    running: list[subprocess.Popen[str]] = []

    def kills(at: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        at.take(form)  # it has the text, and the sender dies before it hears so
        running[0].kill()

    provider.plan = [accepts] * 24 + [kills]
    running.append(sender(tmp_path, provider))
    running[0].communicate(timeout=60)
    assert running[0].returncode == -9
    assert 25 <= len(provider.bodies()) < 50, "killed in the middle"
    deadline = machine_now() + 60
    while sender(tmp_path, provider).communicate(timeout=60)[0].strip() != "0":
        assert machine_now() < deadline, "the outbox does not come to rest"
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(50))
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}
    house = Settings(home=tmp_path, public_url="https://fenghuo.example/fenghuo")
    ledger.seal(engine, house, NOON)
    assert ledger.verify_log(engine, ledger.public_key(house), house.path(house.checkpoints),
                             NOON).sound
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).where(
            t.ledger_entry.c.kind == "notice.accepted")) == 50
