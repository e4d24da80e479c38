"""Where a house lives and how its Airflow is set up: paths, ports, secrets, environment.

Everything is kept under one folder (``var/``); secrets are made at the first run, readable by
their owner only. The tuned settings and their reasons: Airflow sleeps less between loops and
looks sooner for tasks of a scheduler that died.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shlex
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

TUNED = {
    "AIRFLOW__CORE__PARALLELISM": "8",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    # what a task was rendered from is kept for its last run only: ours have no templates
    "AIRFLOW__CORE__NUM_DAG_RUNS_TO_RETAIN_RENDERED_FIELDS": "1",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
    "AIRFLOW__API__WORKERS": "2",
    "AIRFLOW__API__ENABLE_SWAGGER_UI": "False",
    "AIRFLOW__API__HOST": "127.0.0.1",
    # every sweep is a process: a thread a core for each would cost more than it gains
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # threads of servers each keep freed memory for themselves otherwise
    "MALLOC_ARENA_MAX": "2",
}
"""Defaults that the environment may override."""

USER = "admin"
USERS = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"


@dataclass(frozen=True, slots=True)
class Plan:
    """A house to run: ``root`` holds dags/, plugins/, rules/; ``var`` all of its state."""

    root: Path
    var: Path
    port: int

    @property
    def airflow_home(self) -> Path:
        return self.var / "airflow"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def base(self) -> str:
        """The address of Airflow's API server, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def console(self) -> str:
        return f"{self.base}/fenghuo/"


def free_port(wanted: int | None = None) -> int:
    """A port of loopback that is free: the wanted one when it is, else one the system picks."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def keys(plan: Plan) -> dict[str, str]:
    """This house's secrets: ``fernet``, ``jwt``, ``session``, ``password``, ``database``."""
    path = plan.var / "airflow-secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {"fernet": base64.urlsafe_b64encode(os.urandom(32)).decode(),
            "jwt": secrets.token_hex(64), "session": secrets.token_hex(32),
            "password": secrets.token_urlsafe(12), "database": secrets.token_hex(16)} | known
    if made != known:
        write_private(path, json.dumps(made))
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)


def surroundings(plan: Plan, inherited: dict[str, str]) -> dict[str, str]:
    """What lets a process find the house's programs and speak to its parts without a proxy."""
    quiet = ",".join(filter(None, (inherited.get("no_proxy"), "127.0.0.1,localhost")))
    path = os.pathsep.join((str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)))
    return {"PATH": path, "PYTHONPATH": str(plan.root / "plugins"), "PYTHONUNBUFFERED": "1",
            "no_proxy": quiet, "NO_PROXY": quiet}


def write_passwords(plan: Plan) -> Path:
    """The file in which Airflow finds its users' passwords; it adds those of new users itself."""
    passwords = plan.var / "airflow-passwords.json"
    try:
        known = json.loads(passwords.read_text())
    except (OSError, ValueError):  # none yet, or a start that was killed while it wrote: made anew
        known = {}
    write_private(passwords, json.dumps({**known, USER: keys(plan)["password"]}))
    return passwords


def users(inherited: dict[str, str]) -> str:
    """Who may sign in (``name:role,…``): the house's own user, and whom the environment names."""
    others = [one for one in inherited.get(USERS, "").split(",")
              if one and one.partition(":")[0] != USER]
    return ",".join((f"{USER}:admin", *others))


def environment(plan: Plan, inherited: dict[str, str]) -> dict[str, str]:
    """The environment of every process of the tree. Writes the password file."""
    made = keys(plan)
    own = {
        **surroundings(plan, inherited),
        "AIRFLOW_HOME": str(plan.airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(plan.root / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(plan.root / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__FERNET_KEY": made["fernet"],
        USERS: users(inherited),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(write_passwords(plan)),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{plan.base}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{plan.airflow_home}/airflow.db",
        "AIRFLOW__API__PORT": str(plan.port),
        "AIRFLOW__API__BASE_URL": plan.base,
        "AIRFLOW__API__SECRET_KEY": made["session"],
        "AIRFLOW__API_AUTH__JWT_SECRET": made["jwt"],
        # fixed ports would keep a second house on this machine from starting
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "FENGHUO_HOME": inherited.get("FENGHUO_HOME", str(plan.root)),
        "FENGHUO_PUBLIC_URL": inherited.get("FENGHUO_PUBLIC_URL", f"{plan.base}/fenghuo"),
    }
    return {**TUNED, **inherited, **own}


PASSING = ("FENGHUO_CLOCK", "FENGHUO_SANDBOX", "FENGHUO_TICK", "FENGHUO_PUBLIC_URL")
SECRET = ("FENGHUO_TWILIO", "FENGHUO_SMTP", "FENGHUO_IMAP")


def remember(plan: Plan, env: dict[str, str]) -> Path:
    """Write the settings by which the command line finds this house, also after its end.

    Left out are secrets and what only lives while the house runs.
    """
    path = plan.var / "house.env"
    write_private(path, "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in sorted(env.items())
        if name.startswith("FENGHUO_") and not name.startswith((*PASSING, *SECRET))))
    return path
