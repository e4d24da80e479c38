"""Bring a house up: sandbox if need be, Airflow, database, edition, and the sentinel at last.

Without credentials a sandbox stands in for the outside. Which credentials there are is asked of
the environment and, read-only, of Airflow's own table of connections.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fenghuo.orchestration.run import serving
from fenghuo.orchestration.run.plan import Plan, environment, free_port, keys, remember
from fenghuo.orchestration.run.processes import Tree
from fenghuo.words import FenghuoError

PYTHON = sys.executable
FENGHUO = (PYTHON, "-c", "from fenghuo.cli import app; app()")
"""The command line by module: it need not be installed for the house to run."""

CONNECTIONS = ("twilio_default", "smtp_default")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Started:
    """A house that serves: its sandbox's URL if it has one, the environment of its processes."""

    sandbox: str | None
    env: dict[str, str]


class CannotStart(FenghuoError):
    """A part of the house did not start; carries its last words."""


def credentials(plan: Plan, env: Mapping[str, str]) -> list[str]:
    """The names of the real ways out that are set up; empty: only the sandbox."""
    found = named(env)
    database = plan.airflow_home / "airflow.db"
    if database.exists():
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            try:
                known = {name for (name,) in connection.execute("SELECT conn_id FROM connection")}
            except sqlite3.OperationalError:  # a first start that was cut short: no such table yet
                known = set()
        found += [name for name in CONNECTIONS if name in known and name not in found]
    return found


def named(env: Mapping[str, str]) -> list[str]:
    """The names of the real ways out that an environment sets up."""
    return [name for name, variables in (
        ("twilio_default", ("FENGHUO_TWILIO_ACCOUNT", "AIRFLOW_CONN_TWILIO_DEFAULT")),
        ("smtp_default", ("FENGHUO_SMTP_URL", "AIRFLOW_CONN_SMTP_DEFAULT")),
    ) if any(env.get(variable) for variable in variables)]


def start(plan: Plan, tree: Tree, inherited: dict[str, str], say: Say,
          scenario: Path | None = None) -> Started:
    """Start everything and wait until it serves.

    Raises CannotStart or NotServing; the caller stops the tree.
    """
    plan.var.mkdir(parents=True, exist_ok=True)
    env = environment(plan, inherited)
    ways = [] if scenario else credentials(plan, env)
    sandbox = None if ways else start_sandbox(plan, tree, env, scenario)
    if missing := [name for name in CONNECTIONS if ways and name not in ways]:
        say(f"!! no credentials for {', '.join(missing)}: nothing goes out that way")
    # first, because it needs longest: no task of it starts before its server answers, long
    # after the few seconds that the rest takes
    tree.start("airflow", (PYTHON, "-m", "airflow", "standalone"), env)
    _run("migrate", ["migrate"], env)
    remember(plan, env)
    if sandbox:
        await_sandbox(plan, tree)
    _adopt(env, say)
    serving.wait(plan, keys(plan)["password"], tree.died)
    tree.start("sentinel", (PYTHON, "-m", "fenghuo.sentinel"), env)
    tree.start("cleaner", (PYTHON, "-m", "fenghuo.orchestration.cleaning"), env)
    if scenario:
        start_desk(tree, env)
    return Started(sandbox, env)


def start_desk(tree: Tree, env: dict[str, str]) -> None:
    """The people at the duty desk of a scenario, until it has ended."""
    tree.start("desk", (PYTHON, "-m", "fenghuo.sandbox.desk"), env, brief=True)


def start_sandbox(plan: Plan, tree: Tree, env: dict[str, str], scenario: Path | None) -> str:
    """Start the sandbox and write where it is into ``env``."""
    port, smtp_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    env |= {"FENGHUO_SANDBOX_URL": url, "FENGHUO_SANDBOX_SMTP_PORT": str(smtp_port)}
    if scenario:
        env |= {"FENGHUO_CLOCK": f"sandbox:{url}", "FENGHUO_SANDBOX_FEEDS": "1"}
    _ports(plan).unlink(missing_ok=True)
    played = ("--scenario", str(scenario)) if scenario else ()
    # by its module: the command line would load half of the library beside it
    tree.start("sandbox", (
        PYTHON, "-m", "fenghuo.sandbox.command", *played, "--port", str(port),
        "--smtp-port", str(smtp_port), "--log", str(plan.var / "sandbox.jsonl"),
        "--ports-file", str(_ports(plan))), env)
    return url


def await_sandbox(plan: Plan, tree: Tree) -> None:
    """Until the sandbox serves. Raises CannotStart."""
    deadline = time.monotonic() + 60
    while not _ports(plan).exists():
        if tree.died() or time.monotonic() > deadline:
            raise CannotStart(f"the sandbox did not start; see {plan.logs / 'sandbox.log'}")
        time.sleep(0.1)


def _ports(plan: Plan) -> Path:
    return plan.var / "sandbox-ports.json"


def _adopt(env: dict[str, str], say: Say) -> None:
    """Adopt the files on disk; bad ones stop only a house that has no edition yet."""
    try:
        _run("adopt", ["adopt"], env)
    except CannotStart as refused:
        if subprocess.run([*FENGHUO, "feeds"], env=env, capture_output=True).returncode != 0:
            raise
        say(f"!! the files on disk were refused, the last good edition stays:\n{refused}")


def _run(name: str, arguments: list[str], env: dict[str, str]) -> None:
    done = subprocess.run([*FENGHUO, *arguments], env=env, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotStart(f"fenghuo {name}: {(done.stderr or done.stdout).strip()[-4000:]}")
