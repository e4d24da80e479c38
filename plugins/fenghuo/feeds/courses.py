"""A course of predicted tides at one station, read whole or not at all: one with a hole in the
wrong place misleads. Only whole days may be left out; what stands between two such holes is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fenghuo.feeds.columns import decimals
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed
from fenghuo.observations.records import ForecastSeries
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

BEFORE, AFTER = timedelta(days=1), timedelta(days=2)
"""What of a prediction is kept, around the instant of its receipt."""
STEPS = (timedelta(minutes=1), timedelta(hours=1))
MOST = 10_000
_NONE, _DAY = np.timedelta64(0, "us"), np.timedelta64(1, "D")


def course(config: FeedConfig, place: str, station: str, where: Callable[[int], str],
           times: NDArray[np.datetime64], heights: Sequence[Any], received: datetime) -> Parsed:
    """The series of a station. ``times`` (UTC, NaT for one that is none) and ``heights`` (metres
    as a text; ``""`` is a gap) are of each row, ``where`` is a row's place in the payload. Raises
    Refused for a station that is not ours, uneven steps, any time or number that is none, and for
    what is past as a whole."""
    subject = config.stations.get(station)
    refusals = [] if subject else [Refusal(config.name, "url.station", station or "nothing",
                                           " or ".join(config.stations))]
    if not 2 <= len(times) <= MOST:
        refusals.append(Refusal(config.name, place, f"{len(times)} rows", f"2 to {MOST}"))
    if refusals or subject is None:
        raise Refused(refusals)
    assert config.kind.metrics is not None
    least, most = config.kind.metrics[Metric.tide]
    values, gaps = decimals(heights), np.array([height == "" for height in heights])
    faulty = np.isnat(times) | ~(gaps | (values >= least) & (values <= most))
    for row in np.flatnonzero(faulty)[:1].tolist():
        raise Refused([Refusal(config.name, where(row), f"{times[row]} {heights[row]!r}"[:80],
                               f"a time and metres from {least:g} to {most:g}")])
    step = (times[1] - times[0]).astype(timedelta)
    left_out = np.diff(times) - np.timedelta64(step)
    if not STEPS[0] <= step <= STEPS[1] or ((left_out < _NONE) | (left_out % _DAY != _NONE)).any():
        raise Refused([Refusal(config.name, place, f"first step {step}",
                               "even steps of 1 to 60 minutes")])
    last = times[-1].astype(datetime).replace(tzinfo=UTC)
    if last <= received:
        raise Refused([Refusal(config.name, place, last.isoformat(),
                               "a prediction of what is to come")])
    # of the stretches between whole days left out the first that is not over
    ends = np.append(np.flatnonzero(left_out != _NONE) + 1, len(times))
    over = times[ends - 1] <= np.datetime64(received.replace(tzinfo=None))
    begin, end = (0, *ends.tolist())[int(over.sum())], ends[int(over.sum())]
    times, values = times[begin:end], values[begin:end]
    first = times[0].astype(datetime).replace(tzinfo=UTC)
    issued = received.replace(minute=0, second=0, microsecond=0)
    near = range(max(0, -((first - issued + BEFORE) // step)),
                 min(len(times), (issued + AFTER - first) // step + 1)) or range(len(times))
    series = ForecastSeries(Metric.tide, subject, issued, first + near[0] * step,
                            int(step.total_seconds()),
                            values[near.start:near.stop].astype(np.float32))
    return Parsed(forecasts=(series,), as_of=issued)
