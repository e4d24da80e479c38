"""SIGKILL of a sender in the middle of fifty texts, counted at the provider and in the ledger."""

from __future__ import annotations

import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from delivery_cast import CHEN, NOON, City, Provider, accepts
from outside_cast import Outside
from sqlalchemy import Engine, func, select

from fenghuo import ledger
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import NoticeState


def test_a_sender_killed_in_the_middle_of_fifty_repeats_none_loses_none_and_all_is_sealed(
        city: City, outside: Outside, provider: Provider, database: Engine, tmp_path: Path) -> None:
    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(50)]
    running: list[subprocess.Popen[str]] = []

    def kills(at: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        at.take(form)  # it has the text, and the sender dies before it hears so
        running[0].kill()

    provider.plan = [accepts] * 24 + [kills]
    running.append(outside.start())
    running[0].communicate(timeout=60)
    assert running[0].returncode == -9
    assert 25 <= len(provider.bodies()) < 50, "killed in the middle"
    outside.until_quiet()
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(50))
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}
    house = Settings(home=tmp_path, public_url="https://fenghuo.example/fenghuo")
    ledger.seal(database, house, NOON)
    assert ledger.verify_log(database, ledger.public_key(house), house.path(house.checkpoints),
                             NOON).sound
    with reading(database) as connection:
        assert connection.scalar(select(func.count()).where(
            t.ledger_entry.c.kind == "notice.accepted")) == 50
