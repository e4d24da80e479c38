"""The people at the duty desk of a scenario: they do at their instants what it has them do.

The sandbox says what is due and its clock waits until it was done; this side carries it out in
the house, through the same functions as the command line and the console. Killed in between, it
does it again: those acts are idempotent. ``python -m fenghuo.sandbox.desk`` attends on its own,
for a house that Airflow drives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

import requests

from fenghuo import editions
from fenghuo.house import House
from fenghuo.settings import Settings
from fenghuo.store.engine import writing
from fenghuo.words import FenghuoError

PAUSE = 0.5


def attend(house: House, url: str) -> int:
    """Do what is due at the desk; how many acts that were. Raises RequestException."""
    due: dict[str, dict[str, Any]] = requests.get(f"{url}/desk", timeout=5).json()
    for number, act in due.items():
        outcome = _do(house, act, house.clock.now())
        requests.post(f"{url}/desk/{number}", json={"outcome": outcome}, timeout=5)
    return len(due)


def _do(house: House, act: Mapping[str, Any], now: datetime) -> str:
    """``registering.confirm`` with ``what: {id: 1}`` is that function of acts on number 1; without
    an ``id`` it gets ``what`` as it is."""
    module, _, name = str(act["act"]).partition(".")
    function: Callable[..., Any] = getattr(import_module(f"fenghuo.acts.{module}"), name)
    what = dict(act["what"])
    subject, more = (int(what.pop("id")), what) if "id" in what else (what, {})
    try:
        with writing(house.engine) as connection:
            edition = editions.load(connection, now)
            done = function(connection, edition, house.settings, subject, **more, by=act["by"],
                            reason=act["reason"], now=now)
            return f"did: {done}"
    except FenghuoError as error:
        return f"refused: {error}"


def main() -> None:
    """Attend until the scenario is finished."""
    house = House.open(Settings())
    url = house.settings.sandbox_url or ""
    finished = False
    while not finished:
        try:
            finished = requests.get(f"{url}/clock", timeout=5).json()["finished"]
            if attend(house, url):
                continue
        except requests.RequestException:
            pass  # the sandbox starts anew: its log knows what was done
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
