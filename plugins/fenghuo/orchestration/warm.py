"""Make the scheduler ready before it forks its workers and queues its first task.

A task is a fork of a worker: what the scheduler has imported, every task has at once; else each
sweep would spend a second on imports and every warning would wait for it. And the execution API
builds itself at each server process's first request, for longer than a task waits: without
asking first, the first sweep after a start would fail.

What is shared stays shared only while nobody writes to it, and collecting garbage writes to every
object: Airflow freezes the collector while it forks, the scheduler is frozen again here.
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from airflow.listeners import hookimpl
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

PATIENCE = 90.0
SHARED = ("airflow.sdk.execution_time.supervisor", "airflow.sdk.execution_time.task_runner",
          "fenghuo.orchestration.rounds", "fenghuo.orchestration.bureaus")
"""What every worker and task would load for itself, in memory of its own."""
AT_ONCE = 4
"""Requests side by side: a server process that is building itself leaves the next to another."""


@hookimpl
def on_starting(component: object) -> None:
    """A long-running component starts; its kind is not yet set, so the command tells."""
    if "scheduler" not in sys.argv:
        return
    from airflow.configuration import conf

    for module in SHARED:
        importlib.import_module(module)
    url = conf.get("core", "execution_api_server_url", fallback="")
    if url:
        await_execution_api(url.rstrip("/") + "/health")
    remember_edition()
    gc.collect()  # garbage that was forked would be kept in every worker


@hookimpl
def on_dag_run_running() -> None:
    """A run begins, so the workers are forked: keep the scheduler from unsharing their memory."""
    if "scheduler" in sys.argv and gc.get_freeze_count() == 0:
        gc.freeze()


def remember_edition() -> None:
    """Read the edition in force once; a task that finds another one reads that by itself."""
    from fenghuo import editions
    from fenghuo.settings import Settings
    from fenghuo.store.engine import engine, reading
    from fenghuo.words import FenghuoError

    try:
        made = engine(Settings().url)
        with reading(made) as connection:
            editions.load(connection, datetime.now(UTC))  # of any hour: it is read, not used
        made.dispose()  # no connection may be shared with a fork
    except (FenghuoError, SQLAlchemyError) as error:
        log.warning("the edition is not read in advance: %s", type(error).__name__)


def await_execution_api(url: str, patience: float = PATIENCE) -> bool:
    """Wait until every server process answers; False when it took longer than ``patience``."""
    deadline = time.monotonic() + patience
    with ThreadPoolExecutor(AT_ONCE) as asking:
        while not all(list(asking.map(_answers, [url] * AT_ONCE))):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
    return True


def _answers(url: str) -> bool:
    import requests  # every process of Airflow reads this file, only the scheduler asks

    try:
        return requests.get(url, timeout=60).ok
    except requests.RequestException:
        return False
