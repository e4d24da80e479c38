"""Open-Meteo's hourly forecast of rain and gusts (``openmeteo`` says how an answer is read).

Source: https://open-meteo.com/en/docs (CC BY 4.0). ``precipitation`` is the sum of the hour before
each time (mm or inch), ``wind_gusts_10m`` its maximum (km/h, m/s, mp/h or kn).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.openmeteo import Block, Variable, asked, read
from fenghuo.feeds.parsed import Parsed
from fenghuo.words.metrics import Metric

BLOCK = Block("hourly", {
    "precipitation": Variable(Metric.rain, {"mm": 1.0, "inch": 25.4}, 0, 500),
    "wind_gusts_10m": Variable(Metric.gust, {"km/h": 1 / 3.6, "m/s": 1.0, "mp/h": 0.44704,
                                             "kn": 1852 / 3600}, 0, 150),
}, (timedelta(minutes=15), timedelta(hours=6)), snap=0.5)  # cells are 1 to 25 km wide


def address(config: FeedConfig, now: datetime) -> str:
    """Where three days of all points are asked for at once."""
    return asked(config, BLOCK, days=3)


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an answer. Raises Refused when no point of it can be used."""
    return read(body, config, received, BLOCK)
