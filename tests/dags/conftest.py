"""Airflow in a home of its own, read once: its DAG files as the scheduler would find them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

READ = """
import json, sys
from airflow.models import DagBag
from airflow import plugins_manager

bag = DagBag()
dags = {}
for name, dag in bag.dags.items():
    dags[name] = {
        "file": dag.fileloc, "timetable": type(dag.timetable).__name__,
        "timing": repr(dag.timetable), "catchup": dag.catchup, "tags": sorted(dag.tags),
        "watchers": [watcher.trigger.serialize()[0]
                     for asset in getattr(dag.timetable.asset_condition, "objects", ())
                     for watcher in asset.watchers],
        "max_active_runs": dag.max_active_runs, "paused": dag.is_paused_upon_creation,
        "tasks": {task.task_id: {
            "after": sorted(task.upstream_task_ids), "retries": task.retries,
            "owner": task.owner,
            "seconds": task.execution_timeout and task.execution_timeout.total_seconds(),
            "rule": task.trigger_rule.value, "mapped": task.is_mapped,
            "outlets": [outlet.name for outlet in task.outlets or ()],
        } for task in dag.tasks},
    }
plugins = plugins_manager._get_plugins()[0]
print("READ" + json.dumps({
    "dags": dags, "errors": bag.import_errors,
    "plugins": [plugin.name for plugin in plugins],
    "plugin_errors": plugins_manager.get_import_errors(),
    "loaded": sorted(name for name in sys.modules if name.startswith("fenghuo")),
}))
"""


def airflow_environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of an Airflow that reads this repository and keeps to ``home``."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AIRFLOW", "FENGHUO_"))}
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/never-made.db",
    } | more


def read_dags(home: Path, **more: str) -> dict[str, Any]:
    """What Airflow makes of ``dags/`` and ``plugins/``, read in a process of its own."""
    done = subprocess.run([sys.executable, "-c", READ], cwd=home, check=True, text=True,
                          env=airflow_environment(home, **more), capture_output=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("READ"))
    found: dict[str, Any] = json.loads(line.removeprefix("READ"))
    return found


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """The environment of an Airflow with a home of its own."""
    return airflow_environment(tmp_path)


@pytest.fixture
def reading() -> Callable[..., dict[str, Any]]:
    """Read the DAGs under another environment."""
    return read_dags


@pytest.fixture(scope="session")
def bag(airflow_home: Path) -> dict[str, Any]:
    """The DAGs, the plugins and the library's modules they loaded."""
    return read_dags(airflow_home)
