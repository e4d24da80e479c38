"""A scenario played by the same house: its own folder, its own clock, no way outside.

Bounded: a scenario that has not ended after ten minutes is a failure and says where it stood.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import requests

from fenghuo.orchestration.run.house import Started
from fenghuo.orchestration.run.plan import Plan
from fenghuo.orchestration.run.processes import Tree
from fenghuo.words import FenghuoError

PATIENCE = 600.0
SAY = 2.0
"""Seconds between two words on where the city's clock stands: three days leap past quickly."""
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
            "FENGHUO_CALL_PACK": str(var / "call-pack.html"),
            "FENGHUO_CHECKPOINTS": str(var / "checkpoints.txt"),
            "FENGHUO_SIGNING_KEY": str(var / "signing.key")}


def play(plan: Plan, tree: Tree, started: Started, scenario: Path,
         say: Callable[[str], None]) -> int:
    """Wait for the scenario's end and hold what the sandbox saw against what it expects.

    Returns 0 when every count agrees and every reach sheet adds up, else 1. Raises NotFinished.
    """
    began = time.monotonic()
    zone = ZoneInfo(started.env.get("FENGHUO_TIMEZONE", "Asia/Shanghai"))
    shown, said = "", 0.0
    while True:
        state = requests.get(f"{started.sandbox}/clock", timeout=10).json()
        if state["now"] != shown and (time.monotonic() - said > SAY or state["finished"]):
            said = time.monotonic()
            at = datetime.fromisoformat(state["now"]).astimezone(zone)
            say(f"  the city's clock: {at:%m-%d %H:%M:%S}")
        shown = state["now"]
        if state["finished"]:
            break
        if (dead := tree.died()) is not None:
            raise NotFinished(f"{dead} has died; see {plan.logs / dead}.log")
        if time.monotonic() - began > PATIENCE:
            raise NotFinished(f"not finished after {PATIENCE:.0f} s: {state}")
        time.sleep(0.2)
    say(f"the scenario has ended after {time.monotonic() - began:.0f} s")
    outcome = max(_counts(plan, scenario, say), _sheets(started, say))
    if started.env["FENGHUO_DATABASE_URL"].startswith("sqlite"):  # which outlives its house
        say(f"look around: . {plan.var / 'house.env'}")
        say("  then .venv/bin/fenghuo warnings --all | reach WARNING | notices | explain NOTICE"
            " | why-not SITE --at TIME")
    return outcome


def _sheets(started: Started, say: Callable[[str], None]) -> int:
    """Every warning of the night with its reach sheet; 1 when one does not add up."""
    from fenghuo.orchestration.run import closing

    found = closing.lines(started.env["FENGHUO_DATABASE_URL"])
    for line in closing.table(found):
        say(line)
    bad = sum(not one.adds_up for one in found)
    say(f"{len(found) - bad} of {len(found)} reach sheets add up")
    return 1 if bad else 0


def _counts(plan: Plan, scenario: Path, say: Callable[[str], None]) -> int:
    from fenghuo.sandbox import log
    from fenghuo.sandbox import scenario as scenarios
    from fenghuo.sandbox.check import check

    checks = check(scenarios.read(scenario).expected, log.read(plan.var / "sandbox.jsonl"))
    for one in checks:
        say(f"{'ok ' if one.good else 'BAD'} {one.what}: {one.found}"
            + ("" if one.good else f", expected {one.expected}"))
    bad = sum(not one.good for one in checks)
    say(f"{len(checks) - bad} of {len(checks)} counts agree")
    return 1 if bad else 0
