"""Predicted tides at a gauge of the United States (NOAA CO-OPS ``datagetter``; see ``coops``).

``{"predictions": [{"t": "2026-03-05 00:00", "v": "1.450"}, …]}`` at even steps, 6 minutes or an
hour (``interval=h``); high and low waters alone (``interval=hilo``) are refused. Three days from
yesterday are asked for. The station is the address's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fenghuo.feeds import strict_json
from fenghuo.feeds.columns import instants
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.courses import course
from fenghuo.feeds.formats.coops import answered, asked
from fenghuo.feeds.parsed import Parsed
from fenghuo.words import Refused

HOURS = 72


def address(config: FeedConfig, now: datetime) -> str:
    """Where three days from yesterday are asked for."""
    return f"{config.url}&begin_date={now - timedelta(days=1):%Y%m%d}&range={HOURS}"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the predictions. Raises Refused for an error and for what ``courses`` refuses."""
    answer, suspect = answered(body, config, "predictions")
    rows = answer["predictions"]
    refusals = list(strict_json.faults(config.name, rows, "predictions")) if suspect else []
    if refusals:
        raise Refused(refusals)
    said = [row if isinstance(row, dict) else {} for row in rows]
    return course(config, "predictions", asked(config).get("station", ""),
                  "predictions[{}]".format,
                  instants([row.get("t") for row in said], UTC), [row.get("v") for row in said],
                  received)
