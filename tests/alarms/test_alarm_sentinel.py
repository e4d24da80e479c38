"""The sentinel alarms by itself, outlives what is broken, and says when it is over."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, insert, update

from fenghuo import alarms
from fenghuo.alarms import AlarmKind, Sentinel, sentinel
from fenghuo.store.engine import DatabaseMissing, engine, make_engine, reading, writing
from fenghuo.store.migrate import migrate
from fenghuo.store.tables import step_lease


@dataclass
class World:
    """A machine clock to turn by hand, a phone that may be dead, and what was heard."""

    machine: float = 1_000_000.0
    dead: bool = False
    heard: list[str] = field(default_factory=list)

    def tell(self, subject: str, _text: str) -> None:
        if self.dead:
            raise ConnectionError("no network")
        self.heard.append(subject)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(sentinel, "machine_now", lambda: made.machine)
    return made


def _sentinel(world: World, made: Engine, now: datetime) -> Sentinel:
    return Sentinel(lambda: made, world.tell, lambda: now, every=10.0, _up=world.machine,
                    _looked=world.machine)


def _pass(world: World, watcher: Sentinel, seconds: float) -> None:
    for _ in range(int(seconds // 10)):
        world.machine += 10
        watcher.look()


def _finish(made: Engine, at: float) -> None:
    with writing(made) as connection:
        if not connection.execute(update(step_lease).where(step_lease.c.step == "watch")
                                  .values(finished=at)).rowcount:
            connection.execute(insert(step_lease).values(step="watch", finished=at))


def test_three_silent_minutes_alarm_once_and_the_watchs_return_recovers(
        database: Engine, world: World, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    watcher = _sentinel(world, database, now)
    _finish(database, world.machine)
    _pass(world, watcher, 180)
    assert world.heard == []
    _pass(world, watcher, 60)
    assert world.heard == ["ALARM step_silent"]
    with reading(database) as connection:
        (row,) = alarms.open_alarms(connection)
    assert (row.kind, row.subject, row.raised, row.count) == ("step_silent", "watch", now, 1)
    assert capsys.readouterr().err.count("ALARM step_silent") == 1
    _finish(database, world.machine)
    assert watcher.look() is None
    assert world.heard[1:] == ["RECOVERED step_silent"]
    with reading(database) as connection:
        assert alarms.open_alarms(connection) == []
    assert "RECOVERED" in capsys.readouterr().err


def test_a_watch_that_never_ran_alarms_too(engine: Engine, world: World, now: datetime) -> None:
    watcher = _sentinel(world, engine, now)
    _pass(world, watcher, 190)
    assert world.heard == ["ALARM step_silent"]


def test_a_machine_that_slept_gives_the_watch_its_chance(
        engine: Engine, world: World, now: datetime) -> None:
    watcher = _sentinel(world, engine, now)
    _finish(engine, world.machine)
    world.machine += 30_000
    watcher.look()
    _pass(world, watcher, 180)
    assert world.heard == []
    _pass(world, watcher, 10)
    assert world.heard == ["ALARM step_silent"]


def test_a_dead_phone_is_tried_again_until_it_took_the_message(
        engine: Engine, world: World, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    watcher, world.dead = _sentinel(world, engine, now), True
    _pass(world, watcher, 220)
    heard = capsys.readouterr().err
    assert heard.count("ALARM step_silent") == 1
    assert "nobody could be told: ConnectionError" in heard
    world.dead = False
    _pass(world, watcher, 10)
    assert world.heard == ["ALARM step_silent"]


def test_a_missing_database_alarms_and_does_not_end_the_sentinel(
        world: World, now: datetime, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/fenghuo.db"
    watcher = Sentinel(lambda: engine_of(url), world.tell, lambda: now, _looked=world.machine)
    assert watcher.look() is AlarmKind.database
    watcher.look()
    assert world.heard == ["ALARM database"]
    migrate(url)
    assert watcher.look() is None
    assert world.heard[1:] == ["RECOVERED database"]
    engine_of(url).dispose()


def engine_of(url: str) -> Engine:
    return engine(url)


def test_a_database_without_tables_alarms(world: World, now: datetime, tmp_path: Path) -> None:
    made = make_engine(f"sqlite:///{tmp_path}/empty.db")
    assert _sentinel(world, made, now).look() is AlarmKind.database
    made.dispose()


def test_a_city_clock_that_is_gone_does_not_stop_the_alarm(engine: Engine, world: World) -> None:
    def gone() -> datetime:
        raise ConnectionError("no sandbox")

    watcher = Sentinel(lambda: engine, world.tell, gone, _up=world.machine, _looked=world.machine)
    _pass(world, watcher, 190)
    with reading(engine) as connection:
        (row,) = alarms.open_alarms(connection)
    assert row.raised.timestamp() == world.machine


def test_it_runs_until_it_is_told_to_stop(engine: Engine, now: datetime) -> None:
    stop, told = Event(), list[str]()
    heard = Event()

    def tell(subject: str, _text: str) -> None:
        told.append(subject)
        heard.set()

    watcher = Sentinel(lambda: engine, tell, lambda: now, every=0.01, silence=0.0)
    runner = Thread(target=watcher.run, args=(stop,))
    runner.start()
    heard.wait()
    stop.set()
    runner.join()
    assert told == ["ALARM step_silent"]


def test_its_process_alarms_and_ends_when_it_is_asked(tmp_path: Path) -> None:
    env = {**os.environ, "FENGHUO_DATABASE_URL": f"sqlite:///{tmp_path}/none.db",
           "PYTHONPATH": str(Path(alarms.__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-m", "fenghuo.sentinel"], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert "ALARM database" in process.stderr.readline()
        # what it needs to tell is loaded by now, and the desks are in that database
        assert "nobody could be told: DatabaseMissing" in process.stderr.readline()
        process.terminate()
        said, _ = process.communicate()
    assert process.returncode == 0
    assert "ALARM database" in said


def test_a_missing_database_is_the_stores_own_error(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        engine_of(f"sqlite:///{tmp_path}/none.db")
