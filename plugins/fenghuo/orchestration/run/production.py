"""The services of ``docker-compose.yml`` as plain processes on loopback.

The list is read from that file, so the two cannot differ: what a city runs in containers is what
runs here, with PostgreSQL from Debian, receipts in a process of their own, and a sandbox while
there are no credentials. A scenario can be played in it.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from fenghuo.orchestration.run import compose, house, postgres, serving
from fenghuo.orchestration.run.compose import Service
from fenghuo.orchestration.run.house import CONNECTIONS, CannotStart, Say, Started
from fenghuo.orchestration.run.plan import (
    USERS,
    Plan,
    free_port,
    keys,
    remember,
    surroundings,
    users,
    write_passwords,
)
from fenghuo.orchestration.run.processes import Tree

COMPOSE = "docker-compose.yml"
PATIENCE = 180.0


def addresses(plan: Plan, database: int) -> dict[str, str]:
    """What stands in for the names of containers: every ``HOUSE_*`` of the file."""
    receipts = free_port()
    return {"HOUSE_ROOT": str(plan.root), "HOUSE_VAR": str(plan.var), "HOUSE_BIND": "127.0.0.1",
            "HOUSE_API": f"127.0.0.1:{plan.port}", "HOUSE_API_PORT": str(plan.port),
            "HOUSE_DATABASE": f"127.0.0.1:{database}", "HOUSE_RECEIPTS_PORT": str(receipts),
            "HOUSE_RECEIPTS_PUBLISHED": f"127.0.0.1:{receipts}",
            "HOUSE_WORKER_LOG_PORT": str(free_port()),
            "HOUSE_TRIGGER_LOG_PORT": str(free_port())}


def variables(plan: Plan, inherited: dict[str, str], database: int) -> dict[str, str]:
    """Everything the file may ask for; secrets are this house's own."""
    made, places = keys(plan), addresses(plan, database)
    public = f"http://{places['HOUSE_RECEIPTS_PUBLISHED']}/fenghuo"
    return {"FENGHUO_PUBLIC_URL": public, **inherited, **places,
            "POSTGRES_PASSWORD": made["database"],
            "AIRFLOW__CORE__FERNET_KEY": made["fernet"],
            "AIRFLOW__API__SECRET_KEY": made["session"],
            "AIRFLOW__API_AUTH__JWT_SECRET": made["jwt"],
            "AIRFLOW__API__BASE_URL": plan.base,
            USERS: users(inherited)}


def start(plan: Plan, tree: Tree, inherited: dict[str, str], say: Say,
          scenario: Path | None = None) -> Started:
    """Start every service in its order and wait until each is well.

    Raises CannotStart, NotServing, BadCompose or NoPostgres; the caller stops the tree.
    """
    plan.var.mkdir(parents=True, exist_ok=True)
    write_passwords(plan)
    server = postgres.Server(postgres.programs(), plan.var / "postgres", free_port())
    found = compose.services(plan.root / COMPOSE, variables(plan, inherited, server.port))
    kept = {name: value for name, value in inherited.items() if not name.startswith("AIRFLOW")}
    common = kept | surroundings(plan, inherited)
    database = next(one for one in found if not one.command)
    server.start(tree, database.environment, common)
    _until(lambda: server.ready(database.environment), database.name, plan, tree)
    outside: dict[str, str] = {}
    sandbox = None
    run = [one for one in found if one.command]
    if scenario or not _ways(run[0]):
        seen = common | run[0].environment
        sandbox = house.start_sandbox(plan, tree, seen, scenario)
        house.await_sandbox(plan, tree)
        outside = {name: value for name, value in seen.items()
                   if name.startswith(("FENGHUO_SANDBOX", "FENGHUO_CLOCK"))}
    for one in run:
        env = common | one.environment | outside
        for name, condition in one.after.items():
            if condition == "service_healthy":
                _until_well(next(other for other in found if other.name == name), env, plan, tree)
        tree.start(one.name, one.command, env, again=one.again)
        if not one.again and (code := tree.finish(one.name)) != 0:
            raise CannotStart(f"{one.name} ended with {code}; see {plan.logs / one.name}.log")
    for one in run:
        _until_well(one, common | one.environment, plan, tree)
    env = common | run[0].environment | outside
    remember(plan, env)
    serving.wait(plan, keys(plan)["password"], tree.died)
    if scenario:
        house.start_desk(tree, env)
    say(f"processes: {', '.join(tree.children)}")
    return Started(sandbox, env)


def _ways(service: Service) -> list[str]:
    """The real ways out: of the environment and of Airflow's own connections."""
    import psycopg

    url = service.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg", "", 1)
    with psycopg.connect(url) as connection:
        made = connection.execute("SELECT to_regclass('connection')").fetchone()
        rows = connection.execute("SELECT conn_id FROM connection").fetchall() \
            if made and made[0] else []
    return house.named(service.environment) + [name for (name,) in rows if name in CONNECTIONS]


def _until_well(service: Service, env: dict[str, str], plan: Plan, tree: Tree) -> None:
    if service.command and service.check:
        _until(lambda: subprocess.run(service.check, env=env, capture_output=True).returncode == 0,
               service.name, plan, tree)


def _until(well: Callable[[], bool], name: str, plan: Plan, tree: Tree) -> None:
    deadline = time.monotonic() + PATIENCE
    while not well():
        if dead := tree.died():
            raise CannotStart(f"{dead} has died; see {plan.logs / dead}.log")
        if time.monotonic() > deadline:
            raise CannotStart(f"{name} is not well after {PATIENCE:.0f} s; "
                              f"see {plan.logs / name}.log")
        time.sleep(0.2)
