"""Predicted tides at a gauge of the United States (NOAA CO-OPS ``datagetter``; see ``coops``).

``{"predictions": [{"t": "2026-03-05 00:00", "v": "1.450"}, …]}`` at even steps, 6 minutes or an
hour (``interval=h``); high and low waters alone (``interval=hilo``) are refused. Three days from
yesterday are asked for. The station is the address's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.coops import answered, asked, zoned
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import decimal, instant
from fenghuo.observations.records import ForecastSeries
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

HOURS = 72
STEPS = (timedelta(minutes=1), timedelta(hours=1))
MOST = 10_000


def address(config: FeedConfig, now: datetime) -> str:
    """Where three days from yesterday are asked for."""
    return f"{config.url}&begin_date={now - timedelta(days=1):%Y%m%d}&range={HOURS}"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the predictions. Raises Refused for an error, a station that is not ours, uneven steps,
    any time or number that is none: a course with a hole in the wrong place misleads."""
    answer, suspect = answered(body, config, "predictions")
    rows, station = answer["predictions"], asked(config).get("station", "")
    refusals = list(strict_json.faults(config.name, rows, "predictions")) if suspect else []
    subject = config.stations.get(station)
    if subject is None:
        refusals.append(Refusal(config.name, "url.station", station or "nothing",
                                " or ".join(config.stations)))
    if not 2 <= len(rows) <= MOST:
        refusals.append(Refusal(config.name, "predictions", f"{len(rows)} rows", f"2 to {MOST}"))
    if refusals or subject is None:
        raise Refused(refusals)
    times, values = [], []
    assert config.kind.metrics is not None
    least, most = config.kind.metrics[Metric.tide]
    for index, row in enumerate(rows):
        at = instant(zoned(row.get("t"))) if isinstance(row, dict) else None
        value = decimal(row.get("v")) if at is not None and row.get("v") != "" else np.nan
        if at is None or value is None or not (np.isnan(value) or least <= value <= most):
            raise Refused([Refusal(config.name, f"predictions[{index}]", repr(row)[:80],
                                   f"a time and metres from {least:g} to {most:g}")])
        times.append(at)
        values.append(value)
    step = times[1] - times[0]
    if not STEPS[0] <= step <= STEPS[1] \
            or any(later - before != step for before, later in pairwise(times)):
        raise Refused([Refusal(config.name, "predictions", f"first step {step}",
                               "even steps of 1 to 60 minutes")])
    if times[-1] <= received:
        raise Refused([Refusal(config.name, "predictions", times[-1].isoformat(),
                               "a prediction of what is to come")])
    issued = received.replace(minute=0, second=0, microsecond=0)
    series = ForecastSeries(Metric.tide, subject, issued, times[0], int(step.total_seconds()),
                            np.array(values, np.float32))
    return Parsed(forecasts=(series,), as_of=issued)
