"""Open-Meteo's river discharge (GloFAS v4), daily means (``openmeteo`` says how it is read).

Source: https://open-meteo.com/en/docs/flood-api (CC BY 4.0; GloFAS of Copernicus). Cells are 0.05
degrees wide and a river is one cell wide: a point beside it has a discharge near zero, so points
are put on the channel by ``fenghuo feed-cell``. Read is ``river_discharge`` (m³/s), the mean of
the day (UTC) that each time begins. It is a model's number and may be wrong by orders against a
gauge: hold it against the cell's own past, never against a bureau's limit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.formats.openmeteo import Block, Variable, asked, read
from fenghuo.feeds.parsed import Parsed
from fenghuo.words.metrics import Metric

DAY = timedelta(days=1)
CELL = 0.05
"""Width of a cell in degrees."""
BLOCK = Block("daily", {"river_discharge": Variable(Metric.flow, {"m³/s": 1.0}, 0, 350_000)},
              (DAY, DAY), snap=CELL, begins=True)


def address(config: FeedConfig, now: datetime) -> str:
    """Where a week of all points is asked for at once."""
    return asked(config, BLOCK, days=7)


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an answer. Raises Refused when no point of it can be used."""
    return read(body, config, received, BLOCK)
