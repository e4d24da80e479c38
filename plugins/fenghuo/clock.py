"""Two clocks. The city clock says what time it is for people; the machine clock times machinery.

Everything about validity, deadlines and staleness takes the city clock as an argument;
leases, time-outs and back-off use :func:`machine_now`, which no sandbox can move.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from fenghuo.words import StepReport


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
        import requests

        answer = requests.get(f"{self.url}/clock", timeout=5)
        answer.raise_for_status()
        return datetime.fromisoformat(answer.json()["now"])

    def report(self, report: StepReport) -> None:
        import requests

        due = report.next_due.isoformat() if report.next_due else None
        body = {"step": report.step, "at": report.at.isoformat(), "began": report.began,
                "did": report.did, "next_due": due}
        requests.post(f"{self.url}/clock/report", json=body, timeout=5).raise_for_status()


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
