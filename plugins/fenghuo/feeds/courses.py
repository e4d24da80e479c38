"""A course of predicted tides at one station, read whole or not at all: one with a hole in the
wrong place misleads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import decimal
from fenghuo.observations.records import ForecastSeries
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

BEFORE, AFTER = timedelta(days=1), timedelta(days=2)
"""What of a prediction is kept, around the instant of its receipt."""
STEPS = (timedelta(minutes=1), timedelta(hours=1))
MOST = 10_000

Said = tuple[str, datetime | None, Any]
"""Place in the payload, instant (None for one that is none), metres as a text; ``""`` is a gap."""


def course(config: FeedConfig, place: str, station: str, said: Sequence[Said],
           received: datetime) -> Parsed:
    """The series of a station. Raises Refused for one that is not ours, uneven steps, any time or
    number that is none, and for what is past as a whole."""
    subject = config.stations.get(station)
    refusals = [] if subject else [Refusal(config.name, "url.station", station or "nothing",
                                           " or ".join(config.stations))]
    if not 2 <= len(said) <= MOST:
        refusals.append(Refusal(config.name, place, f"{len(said)} rows", f"2 to {MOST}"))
    if refusals or subject is None:
        raise Refused(refusals)
    times, values = [], []
    assert config.kind.metrics is not None
    least, most = config.kind.metrics[Metric.tide]
    for where, at, height in said:
        value = decimal(height) if height != "" else np.nan
        if at is None or value is None or not (np.isnan(value) or least <= value <= most):
            raise Refused([Refusal(config.name, where, f"{at} {height!r}"[:80],
                                   f"a time and metres from {least:g} to {most:g}")])
        times.append(at)
        values.append(value)
    step = times[1] - times[0]
    if not STEPS[0] <= step <= STEPS[1] \
            or any(later - before != step for before, later in pairwise(times)):
        raise Refused([Refusal(config.name, place, f"first step {step}",
                               "even steps of 1 to 60 minutes")])
    if times[-1] <= received:
        raise Refused([Refusal(config.name, place, times[-1].isoformat(),
                               "a prediction of what is to come")])
    issued = received.replace(minute=0, second=0, microsecond=0)
    near = [index for index, at in enumerate(times)
            if issued - BEFORE <= at <= issued + AFTER] or range(len(times))
    series = ForecastSeries(Metric.tide, subject, issued, times[near[0]], int(step.total_seconds()),
                            np.array(values, np.float32)[near[0]:near[-1] + 1])
    return Parsed(forecasts=(series,), as_of=issued)
