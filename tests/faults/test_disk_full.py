"""A disk that is full: no byte more can be written by the house's processes (RLIMIT_FSIZE 0)."""

from __future__ import annotations

import resource
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from acts_cast import RAIN, RAIN_TELLS, Desk
from delivery_cast import CHEN, NOON, City, Provider, accepts
from outside_cast import RUN, STEP, Outside
from sqlalchemy import Engine

from fenghuo import ledger
from fenghuo.acts import registering
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import NoticeState

NOTHING = (0, resource.RLIM_INFINITY)
FULL = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, {NOTHING})\n".replace(
    str(resource.RLIM_INFINITY), "resource.RLIM_INFINITY")
SENTINEL = """
from functools import partial
from fenghuo.alarms.sentinel import Sentinel
from fenghuo.clock import clock_of
from fenghuo.sentinel import tell
from fenghuo.settings import Settings
from fenghuo.store.engine import engine
settings = Settings()
print(Sentinel(lambda: engine(settings.url), partial(tell, settings),
               clock_of("system").now, silence=-1.0).look())
"""
"""One look of a sentinel to whom the watch has been silent for long enough."""
CITY_DESK = RAIN_TELLS[-1]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def fails(process: subprocess.Popen[str]) -> str:
    """What it said when it gave up."""
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    return err


def test_a_disk_that_fills_up_while_texts_leave_loses_none_and_repeats_none(
        city: City, outside: Outside, provider: Provider, database: Engine,
        tmp_path: Path) -> None:
    warning = city.warning()
    keys = [city.notice(warning, step=f"manual:{n}", text=f"text {n}") for n in range(20)]
    running: list[subprocess.Popen[str]] = []

    def fills_up(at: Provider, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        resource.prlimit(running[0].pid, resource.RLIMIT_FSIZE, NOTHING)
        accepts(at, handler, form)

    provider.plan = [accepts] * 4 + [fills_up]
    running.append(outside.start())
    assert "disk" in fails(running[0])
    sent = provider.bodies()
    assert 5 <= len(sent) < 20, "filled up in the middle"
    assert "disk" in fails(outside.start(FULL + RUN))
    assert provider.bodies() == sent, "what cannot be recorded is not sent"
    outside.until_quiet()
    assert sorted(provider.bodies()) == sorted((CHEN, f"text {n}") for n in range(20))
    assert {city.row(key).state for key in keys} == {NoticeState.accepted}
    house = Settings(home=tmp_path)
    ledger.seal(database, house, NOON)
    assert ledger.verify_log(database, ledger.public_key(house), house.path(house.checkpoints),
                             NOON).sound


def test_on_a_full_disk_nothing_is_half_decided_and_the_desk_is_told_without_the_database(
        desk: Desk, outside: Outside, provider: Provider) -> None:
    desk.act(registering.confirm, desk.act(registering.register, RAIN, by="zhang"), by="liu")
    assert "disk" in fails(outside.start(FULL + STEP, STEP="assess"))
    assert outside.run(FULL + SENTINEL)[1].endswith("\ndatabase")
    ((to, said),) = provider.bodies()
    assert to == CITY_DESK and "the database cannot be used" in said
    assert [desk.rows(table) for table in (t.warning, t.obligation, t.notice)] == [[], [], []]
    desk.assess()
    outside.until_quiet()
    told = [to for to, said in provider.bodies() if "暴雨红色预警信号" in said]
    assert sorted(told) == RAIN_TELLS
