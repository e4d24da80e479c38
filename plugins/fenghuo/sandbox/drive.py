"""Drive a house through a scenario without Airflow: the same steps, one after the other.

Tests, mutations and fault runs use this; ``make demo`` lets Airflow do it. As a process of its
own (``python -m fenghuo.sandbox.drive``) it can be killed at any moment and started again.
"""

from __future__ import annotations

import time

import requests

from fenghuo import pipeline
from fenghuo.house import House
from fenghuo.sandbox.desk import attend
from fenghuo.settings import Settings
from fenghuo.words import BUREAUS

PAUSE = 0.05


def once(house: House) -> int:
    """One round of every step; returns the work done."""
    did = sum(pipeline.pull_bureau(house, bureau).did for bureau in BUREAUS)
    for step in (pipeline.assess, pipeline.dispatch, pipeline.follow_up, pipeline.watch):
        did += step(house).did
    return did


def finished(url: str) -> bool:
    """Whether the sandbox's scenario has come to its end."""
    return bool(requests.get(f"{url}/clock", timeout=5).json()["finished"])


def drive(house: House, url: str, rounds: int = 1000) -> int:
    """Run rounds until the scenario is finished; returns how many it took.

    Raises RuntimeError after ``rounds``: a scenario that never ends is a fault of the house.
    """
    for done in range(rounds):
        if finished(url):
            return done
        if attend(house, url) + once(house) == 0:
            time.sleep(PAUSE)  # what is waited for happens on the machine clock
    raise RuntimeError(f"the scenario at {url} has not ended after {rounds} rounds")


def main() -> None:
    """Drive the house of the environment's settings to the end of its sandbox's scenario."""
    house = House.open(Settings())
    pipeline.adopt(house, by="drive")
    drive(house, house.settings.sandbox_url or "", rounds=10_000)


if __name__ == "__main__":
    main()
