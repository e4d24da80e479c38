"""What a number can be, how fast it changes and how long it may stand still, by metric.

One table for every source: outside ``least`` to ``most`` a number is none (quarantine); a step or
a standstill beyond what is usual makes it doubted (docs/decisions/0011-doubt.md has the sources of
the figures and why some metrics are not tested). Wherever a format or a table knows its own source
better, its narrower range stands in ``feeds/catalogue.py`` or ``rules/feeds.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from fenghuo.words.metrics import MEASURED, Metric


class Doubt(StrEnum):
    """Why a number that was observed is not counted for now."""

    jump = "jump"      # further from the reading before than its metric goes; the next decides
    freeze = "freeze"  # the same for longer than its metric stands still
    repeat = "repeat"  # a whole report of the station said again with a new time


class Fate(StrEnum):
    """What became of a number that was refused or doubted."""

    confirmed = "confirmed"  # the next reading, or a neighbour, said so too
    released = "released"    # somebody let it count
    discarded = "discarded"  # somebody looked, and it is none


NEAR = timedelta(hours=1)
"""Readings further apart are not compared with each other."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one number, in its metric's unit.

    ``least``, ``most``: what is possible at all; an amount's ``most`` is that of an hour.
    ``jump``: the largest step believed between readings at (nearly) the same instant and an hour
    apart, linear between; None: not tested. ``still``: how long a number may stay the same; None:
    for ever. ``rests``: at the lowest it has been for days (calm, dry, low water) it may longer.
    ``lively``: two readings are seldom equal.
    """

    least: float
    most: float
    jump: tuple[float, float] | None = None
    still: timedelta | None = None
    rests: bool = True
    lively: bool = False


_HALF_DAY, _DAY = timedelta(hours=12), timedelta(hours=24)

LIMITS: Mapping[Metric, Limits] = {
    Metric.rain: Limits(0, 500, still=_HALF_DAY, lively=True),
    Metric.snow: Limits(0, 500),
    Metric.stage: Limits(-500, 9000, (2, 5), _DAY),
    Metric.flow: Limits(0, 350_000),
    Metric.tide: Limits(-15, 25, (0.5, 4.5), timedelta(hours=6), lively=True),
    Metric.surge: Limits(-10, 15, (0.5, 2)),
    Metric.wave_height: Limits(0, 40, (4, 6), _DAY),
    Metric.gust: Limits(0, 150, (30, 40), _HALF_DAY, lively=True),
    Metric.wind_mean: Limits(0, 110, (20, 30), _HALF_DAY, lively=True),
    Metric.temperature: Limits(-80, 60, (10, 15), _HALF_DAY, rests=False, lively=True),
    Metric.visibility: Limits(0, 200_000),
    Metric.fire_index: Limits(0, 1000),
}

assert set(LIMITS) == set(MEASURED)


def most_in(metric: Metric, seconds: float) -> float:
    """The most of a number over so many seconds: an amount grows as the square root of its time, as
    the records of the world do (401 mm in an hour, 1,825 mm in a day)."""
    most = LIMITS[metric].most
    return most * (seconds / 3600) ** 0.5 if metric.summed and seconds > 0 else most
