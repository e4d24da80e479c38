"""Two clocks. The city clock says what time it is for people; the machine clock times machinery.

Everything about validity, deadlines and staleness takes the city clock as an argument;
leases, time-outs and back-off use :func:`machine_now`, which no sandbox can move.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from fenghuo.words import StepReport

if TYPE_CHECKING:
    import requests

CITY = ZoneInfo("Asia/Shanghai")
"""Whose days and hours count where rules and contacts speak of them."""


class Clock(Protocol):
    """The city clock."""

    def now(self) -> datetime:
        """The city's present instant, aware, in UTC."""

    def report(self, report: StepReport) -> None:
        """Tell the clock that a step ran and when it next has work (only a sandbox listens)."""


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def report(self, report: StepReport) -> None:
        return None


@dataclass(slots=True)
class FixedClock:
    """A clock that stands where it was set: tests and backtests."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def report(self, report: StepReport) -> None:
        return None


@dataclass(frozen=True, slots=True)
class SandboxClock:
    """The sandbox's clock, which leaps from due instant to due instant.

    Raises ``requests.RequestException`` when the sandbox does not answer: without a clock
    there is no judging. Only a house that plays needs the client, so it is loaded at first use.
    """

    url: str

    def now(self) -> datetime:
        answer = _client(os.getpid()).get(f"{self.url}/clock", timeout=5)
        answer.raise_for_status()
        return datetime.fromisoformat(answer.json()["now"])

    def report(self, report: StepReport) -> None:
        due = report.next_due.isoformat() if report.next_due else None
        stale = report.stale_due.isoformat() if report.stale_due else None
        body = {"step": report.step, "at": report.at.isoformat(), "began": report.began,
                "did": report.did, "next_due": due, "stale_due": stale}
        _client(os.getpid()).post(f"{self.url}/clock/report", json=body,
                                  timeout=5).raise_for_status()


@cache
def _client(_process: int) -> requests.Session:
    """The client of one process: a forked one must not write into its parent's connections."""
    import requests
    from urllib3 import Retry

    made = requests.Session()
    made.trust_env = False  # a proxy of the environment cannot reach the sandbox
    # a connection it has closed meanwhile is noticed only by writing into it
    again = requests.adapters.HTTPAdapter(max_retries=Retry(2, allowed_methods=None))
    made.mount("http://", again)
    return made


def clock_of(setting: str) -> Clock:
    """The clock named by ``FENGHUO_CLOCK``: ``system`` or ``sandbox:<url>``."""
    if setting == "system":
        return SystemClock()
    kind, _, url = setting.partition(":")
    if kind != "sandbox" or not url:
        raise ValueError(f"FENGHUO_CLOCK: found {setting!r}, expected 'system' or 'sandbox:<url>'")
    return SandboxClock(url.rstrip("/"))


def machine_now() -> float:
    """Seconds since the epoch on this machine; comparable between processes, never scaled."""
    return time.time()
