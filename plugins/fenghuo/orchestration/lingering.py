"""Under a sandbox's clock a sweep stays: it repeats its step whenever something happened.

Real time gives a sweep a minute; a scenario's clock leaps over three days, and each leap waits
until every step was idle once. A task of its own for each of those rounds costs seconds of
scheduling for milliseconds of work. So a task whose own round is done waits at the sandbox and
repeats the round in its own process, until it has been there long enough; then Airflow starts it
again. A round here is the same step under the same lease, and only a step reports itself idle.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import requests

from fenghuo.clock import machine_now
from fenghuo.house import House
from fenghuo.words import StepReport

Round = Callable[[House], StepReport]

STAY = 30.0
SHORTEST = 5.0
"""Machine seconds. Tasks leave together, at multiples of ``STAY``: the clock stands while any of
them is away, so they had better be away at the same time. The longest stay is their sum, which
leaves a last round time enough before Airflow ends the task (50 s)."""
BUDGET = 10.0
"""What one dispatch may take here: long enough to send, short enough to end in time."""
BREATH = 0.05
"""Before another round at the same instant: one text is three things that happen."""
PATIENT = 5
PAUSE = 0.25
"""After so many rounds at one instant something waits on the machine clock: look less often."""


def linger(house: House, rounds: Mapping[str, Round], began: float) -> list[StepReport]:
    """Repeat the rounds the sandbox waits for; returns the reports of those that did something.

    ``rounds`` maps a step to its work, in the order of the day; ``began`` is when the task did
    (machine seconds, ``clock.machine_now``). At once over under the real clock.
    """
    kind, _, url = house.settings.clock.partition(":")
    if kind != "sandbox":
        return []
    until = ending(began)
    try:
        with requests.Session() as session:
            session.trust_env = False
            return _stay(brief(house), rounds, _Sandbox(session, url.rstrip("/")), until)
    except requests.RequestException:
        return []  # without a clock there is nothing to repeat; the next sweep will say so


def brief(house: House) -> House:
    """The house with a dispatch that ends soon, because it is not all that its task does."""
    return replace(house, settings=house.settings.model_copy(update={
        "dispatch_budget": min(BUDGET, house.settings.dispatch_budget)}))


def ending(began: float) -> float:
    """When a task that began then is to leave, machine seconds."""
    return (began + SHORTEST) // STAY * STAY + STAY


def _stay(house: House, rounds: Mapping[str, Round], sandbox: _Sandbox,
          until: float) -> list[StepReport]:
    busy: list[StepReport] = []
    state, here, repeated = sandbox.state(), "", 0
    while (left := until - machine_now()) > 0 and not state["finished"]:
        mine = [step for step in rounds if step in state["waiting"]]
        if not mine:
            state = sandbox.next(state["activity"], left)
            continue
        here, repeated = state["now"], repeated + 1 if state["now"] == here else 0
        if repeated:
            time.sleep(min(BREATH if repeated < PATIENT else PAUSE, left))
        busy += [report for step in mine if (report := rounds[step](house)).did]
        state = sandbox.state()
    return busy


class _Sandbox:
    """The sandbox's clock as a lingering task asks it."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session, self._clock = session, f"{url}/clock"

    def state(self) -> dict[str, Any]:
        """``now``, ``finished``, ``waiting`` (steps not idle yet), ``activity`` (a count)."""
        return self._get(self._clock, 5.0)

    def next(self, activity: int, seconds: float) -> dict[str, Any]:
        """The state once the count is another, or after at most ``seconds``."""
        return self._get(f"{self._clock}/wait?since={activity}&timeout={seconds:.2f}",
                         seconds + 5.0)

    def _get(self, url: str, patience: float) -> dict[str, Any]:
        answer = self._session.get(url, timeout=patience)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
