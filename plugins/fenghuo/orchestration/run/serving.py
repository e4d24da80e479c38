"""Whether the house truly serves: not that its processes run, but that each part answers.

The execution API builds itself at the first request (seconds, longer than a task waits), so it
is asked first. Then health, sign-in, DAGs and the plugin; every answer that is not yet good is
named.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from fenghuo.orchestration.run.plan import USER, Plan
from fenghuo.words import FenghuoError

COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


class NotServing(FenghuoError):
    """The house did not come up in time; says what was still missing."""


def wait(plan: Plan, password: str, alive: Callable[[], str | None],
         patience: float = 180.0, plugin: bool = True) -> None:
    """Wait until everything serves. ``alive`` names a process that has died, None if none.

    Without ``plugin`` only Airflow itself is asked for.

    Raises NotServing after ``patience`` seconds, or when a process dies.
    """
    deadline = time.monotonic() + patience
    missing = "anything"
    with requests.Session() as session:
        session.trust_env = False
        for check in (_execution, _health, _dags, *((_plugin,) if plugin else ())):
            while (missing := _ask(check, session, plan, password)) != "":
                if (dead := alive()) is not None:
                    raise NotServing(f"{dead} has died; see {plan.logs / dead}.log")
                if time.monotonic() > deadline:
                    raise NotServing(f"after {patience:.0f} s still missing: {missing}")
                time.sleep(0.3)


def _ask(check: Callable[[requests.Session, Plan, str], str], session: requests.Session,
         plan: Plan, password: str) -> str:
    try:
        return check(session, plan, password)
    except (requests.RequestException, KeyError, ValueError) as error:
        return f"{check.__name__.strip('_')} ({type(error).__name__})"


def _execution(session: requests.Session, plan: Plan, password: str) -> str:
    _get(session, f"{plan.base}/execution/health", patience=60)
    return ""


def _health(session: requests.Session, plan: Plan, password: str) -> str:
    health = _get(session, f"{plan.base}/api/v2/monitor/health")
    ill = [name for name in COMPONENTS if health[name]["status"] != "healthy"]
    return f"health of {', '.join(ill)}" if ill else ""


def _dags(session: requests.Session, plan: Plan, password: str) -> str:
    token = session.post(f"{plan.base}/auth/token", timeout=30,
                         json={"username": USER, "password": password})
    token.raise_for_status()
    sign = {"Authorization": f"Bearer {token.json()['access_token']}"}
    errors = _get(session, f"{plan.base}/api/v2/importErrors", sign)["import_errors"]
    if errors:
        return "; ".join(f"{one['filename']}: {one['stack_trace'][-300:]}" for one in errors)
    found = _get(session, f"{plan.base}/api/v2/dags?limit=100", sign)["dags"]
    on = {dag["dag_id"] for dag in found if not dag["is_paused"]}
    off = dag_names(plan.root) - on
    return f"DAGs {', '.join(sorted(off))}" if off else ""


def _plugin(session: requests.Session, plan: Plan, password: str) -> str:
    _get(session, f"{plan.base}/fenghuo/healthz", patience=60)
    return ""


def _get(session: requests.Session, url: str, headers: dict[str, str] | None = None,
         patience: float = 30) -> Any:
    answer = session.get(url, headers=headers, timeout=patience)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def dag_names(root: Path) -> set[str]:
    """The DAGs a house must have: one a file of ``dags/``, named like it."""
    return {path.stem for path in (root / "dags").glob("*.py")}
