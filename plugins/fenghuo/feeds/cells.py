"""Which cell of a river model is the river: a point beside the channel has next to no discharge.

The cells around a point are asked for once, in one answer; the one with the largest mean is the
channel. A person looks at the others and writes it into ``rules/feeds.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import floor

import numpy as np
import requests

from fenghuo.feeds import fetch
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.formats.openmeteo_flood import CELL, address
from fenghuo.feeds.parsed import read
from fenghuo.words import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell by its middle (degrees WGS84) and its mean discharge in m³/s, NaN without one."""

    latitude: float
    longitude: float
    mean: float


def around(latitude: float, longitude: float, rings: int) -> tuple[Point, ...]:
    """The middles of the cell that holds a point and of ``rings`` rings around it (1: 3 x 3)."""
    row, column = floor(latitude / CELL), floor(longitude / CELL)
    return tuple(
        Point(point=f"r{y + rings}c{x + rings}", zh="格", en="cell",
              latitude=round((row + y + 0.5) * CELL, 3),
              longitude=round((column + x + 0.5) * CELL, 3))
        for y in range(-rings, rings + 1) for x in range(-rings, rings + 1))


def choose(client: requests.Session, config: FeedConfig, latitude: float, longitude: float,
           rings: int, now: datetime) -> list[Cell]:
    """The cells around a point, that of the largest mean first, those without a number last.

    ``config`` is a feed of format openmeteo_flood, ``now`` an aware instant. Raises Refused when
    nothing comes back, or what comes back cannot be read.
    """
    points = around(latitude, longitude, rings)
    asking = config.model_copy(update={"points": points})
    answer = fetch.get(client, address(asking, now), asking)
    if answer.outcome != "body":
        raise Refused([Refusal(config.name, answer.url, answer.detail or answer.outcome,
                               "the discharge of each cell")])
    means = {one.subject: float(np.mean(known)) for one in read(
        config.format, answer.body, asking, now).forecasts
        if len(known := one.values[np.isfinite(one.values)])}
    found = [Cell(one.latitude, one.longitude, means.get(one.point, np.nan)) for one in points]
    return sorted(found, key=lambda cell: (np.isnan(cell.mean), -cell.mean))
