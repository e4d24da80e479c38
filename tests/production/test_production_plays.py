"""The compose file's services as plain processes play a scenario and leave nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fenghuo.orchestration.run.processes import processes

ROOT = Path(__file__).parents[2]
SHORT = Path(__file__).parent / "short" / "scenario.yaml"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that PostgreSQL's unprivileged user can enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="fenghuo-production-"))
    folder.chmod(0o755)
    for name in ("dags", "plugins", "rules", "contacts", "docker-compose.yml"):
        (folder / name).symlink_to(ROOT / name)
    yield folder
    shutil.rmtree(folder)


def test_the_services_of_the_compose_file_play_a_scenario_on_loopback(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fenghuo.orchestration.run", "production", str(SHORT)],
        cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")},
        capture_output=True, text=True)
    said = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    running = next(line for line in said if line.startswith("processes:"))
    asked = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())["services"].keys()
    assert set(running.removeprefix("processes: ").split(", ")) == (
        asked - {"init"} | {"sandbox", "desk"})
    assert [line for line in said if line.endswith("counts agree")] == ["10 of 10 counts agree"]
    assert "1 of 1 reach sheets add up" in said
    assert (home / "var/production-played/postgres/data/PG_VERSION").exists()
    assert not list(home.glob("var/**/*.db")), "an SQLite database beside PostgreSQL"
    assert not [one for one in processes() if _at_home(one.pid, home)]


def _at_home(pid: int, home: Path) -> bool:
    """Whether a process has this house in its environment."""
    try:
        return str(home).encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
