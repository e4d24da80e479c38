"""Somebody outside hears of every watch that found the house itself sound."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update
from watch_cast import MINUTE, Feed, look, obligated, standing, state

from fenghuo import alarms, ledger
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import leased
from fenghuo.store.tables import (
    decision,
    obligation,
    revision_site,
)


class _Outside(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def outside() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Outside)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ping"
    server.shutdown()
    thread.join()
    server.server_close()


def test_somebody_outside_hears_of_every_watch(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    state(engine, as_of=now, due_at=now + MINUTE)
    report = look(engine, Settings(home=tmp_path, heartbeat_url=outside), now)
    assert (report.counts, _Outside.asked) == ({"heartbeat": 1}, ["/ping"])


def test_the_outside_hears_nothing_while_the_ledger_is_unsealed(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    _Outside.asked.clear()
    state(engine, as_of=now, due_at=now + MINUTE)
    house = Settings(home=tmp_path, heartbeat_url=outside)
    house.path(house.checkpoints).mkdir(parents=True)
    obligated(engine, now, "told", now + 8 * MINUTE)
    with writing(engine) as connection:
        ledger.append(connection, "test", "test", {}, now)
    look(engine, house, now)
    assert (standing(engine), _Outside.asked) == (["ledger_unsealed:ledger"], [])
    house.path(house.checkpoints).rmdir()
    look(engine, house, now)
    assert _Outside.asked == ["/ping"]


def test_the_outside_hears_nothing_while_a_rung_is_due_and_nobody_climbs(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    _Outside.asked.clear()
    state(engine, as_of=now, due_at=now + timedelta(days=1))
    obligated(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(update(obligation).values(next_rung_at=now + 8 * MINUTE))
    with leased(engine, "follow_up", 60, now + 10 * MINUTE):
        pass
    look(engine, Settings(home=tmp_path, heartbeat_url=outside), now + 20 * MINUTE,
           Feed(stale=timedelta(days=1)))
    assert (standing(engine), _Outside.asked) == (["obligations_overdue:city"], [])


def test_the_outside_hears_nothing_until_the_reach_sheet_adds_up(
        engine: Engine, tmp_path: Path, now: datetime, outside: str) -> None:
    _Outside.asked.clear()
    house = Settings(home=tmp_path, heartbeat_url=outside)
    state(engine, as_of=now, due_at=now + timedelta(days=1))
    obligated(engine, now, "told", now + 30 * MINUTE)
    with writing(engine) as connection:
        connection.execute(insert(revision_site).values(
            revision_id=1, site="site-9", tier="red"))
    look(engine, house, now)
    look(engine, house, now)
    with reading(engine) as connection:
        (alarm,) = alarms.open_alarms(connection)
    assert (alarm.kind, alarm.subject, alarm.count, alarm.detail) == (
        "reach_unbalanced", "site_unaccounted", 2, "warning 1: 1, such as site-9")
    assert _Outside.asked == []
    with writing(engine) as connection:
        connection.execute(insert(decision).values(
            at=now, told=False, reason="no_release", site="site-9", revision_id=1))
    look(engine, house, now)
    assert (standing(engine), _Outside.asked) == ([], ["/ping"])


def test_an_outside_that_is_gone_does_not_stop_the_watch(
        engine: Engine, tmp_path: Path, now: datetime) -> None:
    state(engine, as_of=now, due_at=now + MINUTE)
    gone = Settings(home=tmp_path, heartbeat_url="http://127.0.0.1:9/secret-path")
    assert look(engine, gone, now).counts == {}
