"""The night's cleaning: when it comes, and what goes and what stays."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fenghuo.orchestration.cleaning import forget_logs, next_night, wait
from fenghuo.store.migrate import migrate

CITY = ZoneInfo("Asia/Shanghai")


def city(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


@pytest.mark.parametrize(("now", "night"), [
    ("2026-06-08 00:10", "2026-06-08 03:30"), ("2026-06-08 03:30", "2026-06-09 03:30"),
    ("2026-06-08 12:00", "2026-06-09 03:30")])
def test_the_next_night_is_half_past_three_in_the_city(now: str, night: str) -> None:
    assert next_night(city(now), CITY) == city(night)
    assert next_night(city(now), CITY).tzinfo is UTC


class Morning(Exception):
    """Ends the waiting of a test."""


def test_it_cleans_once_a_night_also_after_a_machine_slept(tmp_path: Path) -> None:
    # the machine's clock at each look: it slept through the second night
    looks = iter([city("2026-06-08 03:28"), *(city("2026-06-08 03:28") + timedelta(minutes=n)
                                              for n in range(1, 6)), city("2026-06-09 09:00")])
    clock = [next(looks)]
    cleaned = []

    def sleep(_seconds: float) -> None:
        try:
            clock[0] = next(looks)
        except StopIteration:
            raise Morning from None

    with pytest.raises(Morning):
        wait(CITY, lambda: cleaned.append(f"{clock[0]:%d %H:%M}"), lambda: clock[0], sleep)
    assert cleaned == ["08 03:30", "09 09:00"]


def test_old_task_logs_go_and_young_ones_stay(tmp_path: Path) -> None:
    old, young, today = (tmp_path / name for name in (
        "dag_id=watch/run_id=old", "dag_id=watch/run_id=young", "dag_processor/2026-06-08"))
    for folder in (old, young, today):
        folder.mkdir(parents=True)
    (tmp_path / "dag_processor/latest").symlink_to(today)
    os.utime(old, (1000.0, 1000.0))
    assert forget_logs(tmp_path, 2000.0) == 1
    assert not old.exists()
    assert young.exists() and today.exists()


def test_airflows_old_rows_go_the_young_ones_stay_and_ours_are_looked_at(tmp_path: Path) -> None:
    database = tmp_path / "airflow.db"
    env = os.environ | {
        "AIRFLOW_HOME": str(tmp_path), "FENGHUO_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{database}",
        "FENGHUO_MACHINERY_DAYS": "7", "PYTHONPATH": str(Path(__file__).parents[2] / "plugins")}
    migrate(f"sqlite:///{tmp_path}/var/fenghuo.db")
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=env, check=True,
                   capture_output=True)
    now = datetime.now(UTC).replace(tzinfo=None)
    with sqlite3.connect(database) as connection:
        for days in (8, 6):
            connection.execute("INSERT INTO log (dttm, event) VALUES (?, ?)",
                               (str(now - timedelta(days=days)), f"{days} days old"))
    done = subprocess.run([sys.executable, "-m", "fenghuo.orchestration.cleaning", "once"],
                          env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with sqlite3.connect(database) as connection:
        left = [event for (event,) in connection.execute("SELECT event FROM log")
                if event.endswith("old")]
        archives = [name for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE '%deleted%'")]
    assert (left, archives) == (["6 days old"], [])
    assert "our own: 0 observation, 0 fetch, 0 quarantine" in done.stdout


def test_whoever_only_waits_for_the_night_loads_nothing() -> None:
    program = ("import sys, fenghuo.orchestration.cleaning\n"
               "sys.exit(bool({'airflow', 'sqlalchemy', 'pydantic'} & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
