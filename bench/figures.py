"""A measured figure: medians of several runs of the same work, and what was promised."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from fenghuo.clock import Clock
from fenghuo.words import StepReport


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` in ``unit``; ``limit`` is at most (seconds) or at least (ratios, ``x``)."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the promise is kept; None where nothing was promised."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.unit == "x" else self.value <= self.limit

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"name": self.name, "value": round(self.value, 5), "unit": self.unit,
                "limit": self.limit, "reached": self.reached, "note": self.note}

    def __str__(self) -> str:
        promise = "" if self.limit is None else (
            f"  {'ok  ' if self.reached else 'MISS'} "
            f"({'at least' if self.unit == 'x' else 'at most'} {self.limit:g})")
        return f"{self.name:<58}{self.value:>10.3f} {self.unit:<2}{promise}  {self.note}".rstrip()


class Standing(Clock):
    """A city clock that stands still."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def report(self, report: StepReport) -> None:
        return None


def timed(work: Callable[[], Any], times: int = 5) -> float:
    """Median seconds of several runs, after one that warms up."""
    work()
    return median(_once(work) for _ in range(times))


def in_turn(first: Callable[[], Any], second: Callable[[], Any], times: int = 5,
            watch: Callable[[], float] = time.perf_counter) -> tuple[float, float]:
    """Medians of two works run alternately, so that a busy machine slows both alike."""
    first(), second()
    pairs = [(_once(first, watch), _once(second, watch)) for _ in range(times)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)


def _once(work: Callable[[], Any], watch: Callable[[], float] = time.perf_counter) -> float:
    began = watch()
    work()
    return watch() - began
