"""A scenario played by the same house: its own folder, its own clock, no way outside.

Bounded: a scenario that has not ended after ten minutes is a failure and says where it stood.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import requests

from fenghuo.orchestration.run.plan import Plan
from fenghuo.orchestration.run.processes import Tree
from fenghuo.words import FenghuoError

PATIENCE = 600.0
TICK = "2"


class NotFinished(FenghuoError):
    """The scenario did not come to its end."""


def clean(env: dict[str, str], var: Path) -> dict[str, str]:
    """An environment in which nothing of the caller's house is left: no secret, no setting."""
    kept = {name: value for name, value in env.items()
            if not name.startswith(("FENGHUO_", "AIRFLOW"))}
    return {**kept,
            "FENGHUO_PORT": "0",
            "FENGHUO_TICK": TICK,
            "FENGHUO_DATABASE_URL": f"sqlite:///{var}/fenghuo.db",
            "FENGHUO_ARCHIVE": str(var / "archive"),
            "FENGHUO_CHECKPOINTS": str(var / "checkpoints.txt"),
            "FENGHUO_SIGNING_KEY": str(var / "signing.key")}


def play(plan: Plan, tree: Tree, sandbox: str, scenario: Path, say: Callable[[str], None]) -> int:
    """Wait for the scenario's end and hold what the sandbox saw against what it expects.

    Returns 0 when every count agrees, else 1. Raises NotFinished.
    """
    began = time.monotonic()
    shown = ""
    while True:
        state = requests.get(f"{sandbox}/clock", timeout=10).json()
        if state["now"] != shown:
            shown = state["now"]
            say(f"  the city's clock: {shown}")
        if state["finished"]:
            break
        if (dead := tree.died()) is not None:
            raise NotFinished(f"{dead} has died; see {plan.logs / dead}.log")
        if time.monotonic() - began > PATIENCE:
            raise NotFinished(f"not finished after {PATIENCE:.0f} s: {state}")
        time.sleep(0.5)
    say(f"the scenario has ended after {time.monotonic() - began:.0f} s")
    return _table(plan, scenario, say)


def _table(plan: Plan, scenario: Path, say: Callable[[str], None]) -> int:
    from fenghuo.sandbox import log
    from fenghuo.sandbox import scenario as scenarios
    from fenghuo.sandbox.check import check

    checks = check(scenarios.read(scenario).expected, log.read(plan.var / "sandbox.jsonl"))
    for one in checks:
        say(f"{'ok ' if one.good else 'BAD'} {one.what}: {one.found}"
            + ("" if one.good else f", expected {one.expected}"))
    bad = sum(not one.good for one in checks)
    say(f"{len(checks) - bad} of {len(checks)} counts agree")
    say(f"look around: . {plan.var / 'house.env'}; .venv/bin/fenghuo notices")
    return 1 if bad else 0
