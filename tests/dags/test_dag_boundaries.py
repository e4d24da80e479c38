"""Airflow stays out of the library, and the sweep's interval follows its setting."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fenghuo
from fenghuo.words import SLOW_BUREAUS

ALLOWED = ("fenghuo.orchestration",)
"""``migrations`` modules run only inside Alembic's environment."""


def modules() -> list[str]:
    """Every module of the library that must live without Airflow."""
    found = [one.name for one in pkgutil.walk_packages(fenghuo.__path__, "fenghuo.")]
    return [name for name in found
            if not name.startswith(ALLOWED) and ".migrations." not in name
            and not name.endswith("__main__")]


def test_every_other_room_loads_without_airflow() -> None:
    program = ("import importlib, sys\n"
               f"for name in {modules()!r}: importlib.import_module(name)\n"
               "found = sorted(n for n in sys.modules if n.split('.')[0] == 'airflow')\n"
               "sys.exit(f'loaded {found[:5]}' if found else 0)")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_starts_airflow_does_not_load_it() -> None:
    program = ("import sys\n"
               "from fenghuo.orchestration.run import closing, demo, house, production\n"
               "sys.exit('airflow' in sys.modules or 'pandas' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


TABLES = ("pandas", "numpy", "shapely", "lxml")
LOADED = ("import sys\n"
          "found = {name.split('.')[0] for name in sys.modules} | set(sys.modules)\n"
          "sys.exit(str(sorted(found & set(sys.argv[1:]))) if found & set(sys.argv[1:]) else 0)")


def loads(program: str, *unwanted: str) -> str:
    """Run a program in a process of its own; which unwanted modules it has then loaded."""
    done = subprocess.run([sys.executable, "-c", program + LOADED, *unwanted],
                          capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr


def test_the_sentinel_stands_small() -> None:
    assert loads("import fenghuo.sentinel\n", *TABLES, "airflow", "typer", "twilio", "requests",
                 "fenghuo.pipeline", "fenghuo.editions", "fenghuo.cli") == ""


def test_the_servers_doors_load_no_tables() -> None:
    program = ("from fastapi.testclient import TestClient\n"
               "from fenghuo.console.app import console_app\n"
               "from fenghuo.receipts.app import public_app\n"
               "from fenghuo.settings import Settings\n"
               "at = Settings(database_url='sqlite:////nowhere/none.db')\n"
               "web = TestClient(console_app(at, lambda: None, public_app(at)))\n"
               "assert web.get('/confirm').status_code == 200\n"
               "assert web.get('/healthz').status_code == 503\n"
               "assert web.post('/receipts/twilio/inbound').status_code == 503\n")
    assert loads(program, *TABLES, "airflow", "fenghuo.pipeline", "fenghuo.editions") == ""


def test_the_sentinels_way_to_the_desks_is_there_when_it_is_needed() -> None:
    program = ("from fenghuo import notices, sentinel\n"
               "from fenghuo.settings import Settings\n"
               "from fenghuo.store.engine import DatabaseMissing\n"
               "assert notices.announce.__module__ == 'fenghuo.notices.announcing'\n"
               "try: sentinel.tell(Settings(database_url='sqlite:////nowhere/none.db'), 'a', 'b')\n"
               "except DatabaseMissing: pass\n")
    assert "fenghuo.escalation.desks" in loads(program, "fenghuo.escalation.desks")


@pytest.mark.parametrize(("command", "frozen"), [("scheduler", True), ("api-server", False)])
def test_only_a_scheduler_whose_workers_are_forked_stops_touching_what_they_share(
        command: str, frozen: bool, surroundings: dict[str, str]) -> None:
    program = ("import gc, sys\n"
               f"sys.argv = ['airflow', {command!r}]\n"
               "from fenghuo.orchestration import warm\n"
               "warm.on_dag_run_running()\n"
               f"sys.exit((gc.get_freeze_count() > 0) is not {frozen})")
    home = surroundings | {"PYTHONPATH": surroundings["AIRFLOW__CORE__PLUGINS_FOLDER"]}
    done = subprocess.run([sys.executable, "-c", program], env=home)
    assert done.returncode == 0


SLOW = {f"pull_{bureau}" for bureau in SLOW_BUREAUS}


@pytest.mark.parametrize(("tick", "quick", "slow"), [
    ("2", "seconds=2)", "seconds=10)"), ("0", "seconds=2)", "seconds=10)"),
    ("15", "seconds=15)", "seconds=75)")])
def test_a_sweep_follows_its_tick_and_is_never_faster_than_two_seconds(
        tick: str, quick: str, slow: str, reading: Callable[..., dict[str, Any]],
        tmp_path: Path) -> None:
    found = reading(tmp_path, FENGHUO_TICK=tick)
    assert found["errors"] == {}
    assert all((slow if name in SLOW else quick) in dag["timing"]
               for name, dag in found["dags"].items() if name != "approve")


def test_so_many_dispatches_run_beside_each_other_as_are_set(
        reading: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    tasks = reading(tmp_path, FENGHUO_DISPATCHERS="3")["dags"]["respond"]["tasks"]
    assert {key: (task["after"], task["rule"]) for key, task in tasks.items()} == {
        "assess": ([], "all_success"),
        **dict.fromkeys(("dispatch", "dispatch_2", "dispatch_3"), (["assess"], "all_done"))}


def test_an_empty_variable_counts_as_not_set_for_the_dags_too(
        reading: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    found = reading(tmp_path, FENGHUO_TICK="", FENGHUO_DISPATCHERS="")
    assert found["errors"] == {}
    assert set(found["dags"]["respond"]["tasks"]) == {"assess", "dispatch"}
