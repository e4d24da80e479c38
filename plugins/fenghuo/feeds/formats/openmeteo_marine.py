"""Open-Meteo's hourly forecast of significant wave height (``openmeteo`` says how it is read).

Source: https://open-meteo.com/en/docs/marine-weather-api (CC BY 4.0). Read is ``wave_height``, of
wind waves and swell together, in metres or feet; the parts (``wind_wave_height`` …) are passed
over. A point on land has an answer of nothing but nulls: it is refused alone, for its silence
would look like a calm sea.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.openmeteo import Block, Variable, asked, read
from fenghuo.feeds.parsed import Parsed
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

BLOCK = Block("hourly", {
    "wave_height": Variable(Metric.wave_height, {"m": 1.0, "ft": 0.3048}, 0, 40),
}, (timedelta(minutes=15), timedelta(hours=6)), snap=0.5)  # put onto the nearest cell of sea


def address(config: FeedConfig, now: datetime) -> str:
    """Where three days of all points are asked for at once."""
    return asked(config, BLOCK, days=3)


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an answer. Raises Refused when no point of it can be used."""
    parsed = read(body, config, received, BLOCK)
    dry = {one.subject for one in parsed.forecasts if np.isnan(one.values).all()}
    refusals = parsed.refusals + [
        Refusal(config.name, f"points[{index}].hourly.wave_height", "nothing but null",
                f"{point.point} at sea") for index, point in enumerate(config.points)
        if point.point in dry]
    found = tuple(one for one in parsed.forecasts if one.subject not in dry)
    if not found:
        raise Refused(refusals[:50])
    return Parsed(forecasts=found, as_of=parsed.as_of, refusals=refusals)
