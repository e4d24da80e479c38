"""``python -m fenghuo.orchestration.run [demo SCENARIO | production [SCENARIO]]``.

From the folder that holds rules/.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from fenghuo.orchestration.run import demo, house, production
from fenghuo.orchestration.run.house import Started
from fenghuo.orchestration.run.plan import USER, Plan, free_port, keys
from fenghuo.orchestration.run.processes import Tree, clear_up
from fenghuo.words import FenghuoError

PORT = 8080
LOUD = """
!! NO CREDENTIALS: NOTHING IS REALLY SENT. Every text and mail goes to the sandbox at
!! {url} and is written to {log}.
!! To really send, add the connections twilio_default and smtp_default and start again.
"""


Start = Callable[[Plan, Tree, dict[str, str], Callable[[str], None], Path | None], Started]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of house: how it starts, its folder below var/ live and played, and whether it
    always plays (None: as told)."""

    start: Start
    home: str
    played: str
    plays: bool | None


KINDS = {"live": Kind(house.start, ".", "", False),
         "demo": Kind(house.start, "", "demo", True),
         "production": Kind(production.start, "production", "production-played", None)}


class Stopped(BaseException):
    """Ctrl-C or SIGTERM: everything is to end, in order."""


def main() -> int:
    """Run until stopped, or until the demonstration has ended. 0 good, 1 failed, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="fenghuo.orchestration.run", description=__doc__)
    parser.add_argument("what", nargs="?", choices=tuple(KINDS), default="live")
    parser.add_argument("scenario", nargs="?", type=Path)
    wanted = parser.parse_args()
    kind = KINDS[wanted.what]
    if kind.plays is (wanted.scenario is None):
        parser.error("demo takes a scenario, live takes none, production may take one")
    root = Path.cwd()
    var = root / "var" / (kind.played if wanted.scenario else kind.home)
    inherited = demo.clean(dict(os.environ), var) if wanted.scenario else dict(os.environ)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with _alone(var):
            if left := clear_up(var / "run.json"):
                _say(f"cleared up {left} processes that an earlier run left behind")
            if wanted.scenario:
                _wipe(var)
            return _serve(Plan(root, var, _port(inherited)), inherited, kind.start,
                          wanted.scenario)
    except FenghuoError as error:
        _say(f"!! {error}")
        return 1
    except Stopped:
        return 0


def _serve(plan: Plan, inherited: dict[str, str], start: Start, scenario: Path | None) -> int:
    began = time.monotonic()
    _say(f"starting; logs in {plan.logs}")
    tree = Tree(plan.var / "run.json", plan.logs)
    try:
        started = start(plan, tree, inherited, _say, scenario)
        _say(f"serving after {time.monotonic() - began:.0f} s with every DAG on")
        _say(f"console {plan.console}   Airflow {plan.base}/")
        _say(f"sign in as {USER}, password {keys(plan)['password']}")
        if started.sandbox:
            _say(LOUD.format(url=started.sandbox, log=plan.var / "sandbox.jsonl"))
        if scenario:
            return demo.play(plan, tree, started, scenario, _say)
        _say("Ctrl-C stops everything")
        while True:
            for name in tree.revive():
                _say(f"!! {name} had ended and was started again; see {plan.logs / name}.log")
            if (dead := tree.died()) is not None:
                break
            time.sleep(1)
        _say(f"!! {dead} has died; see {plan.logs / dead}.log")
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _say("stopping")
        tree.stop()
        _say("stopped; nothing is left running")


def _port(env: dict[str, str]) -> int:
    """``FENGHUO_PORT``, which must then be free; else 8080, else any."""
    if "FENGHUO_PORT" not in env:
        return free_port(PORT)
    wanted = int(env["FENGHUO_PORT"])
    if (found := free_port(wanted)) != wanted and wanted != 0:
        raise house.CannotStart(f"FENGHUO_PORT: port {wanted} is taken")
    return found


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """Refuse to run a house twice: two schedulers on one database would be two watches."""
    var.mkdir(parents=True, exist_ok=True)
    lock: IO[str]
    with open(var / "run.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise house.CannotStart(f"this house is running already ({var})") from None
        yield


def _wipe(var: Path) -> None:
    for entry in var.iterdir():
        if entry.name == "run.lock":
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _stop(_number: int, _frame: object) -> NoReturn:
    raise Stopped


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
