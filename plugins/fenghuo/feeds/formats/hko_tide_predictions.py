"""Predicted tides of a year at a station of Hong Kong, each hour, in metres above chart datum.

Source: https://data.weather.gov.hk/weatherAPI/opendata/opendata.php?dataType=HHOT (``hko``)::

    {"fields": ["MM", "DD", "01", "02", …, "24"], "data": [["01", "01", "0.68", …], …]}

A day a row; ``01`` is one o'clock in the morning, ``24`` the midnight that ends the day, Hong
Kong's time. Neither year nor station is said: the year asked for is that of the day, the station
is the address's. ``datum`` is ``HKCD``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.courses import course
from fenghuo.feeds.fields import Faulty, Fields, shown
from fenghuo.feeds.hko import ZONE
from fenghuo.feeds.parsed import Parsed
from fenghuo.words import Refusal, Refused

HOURS = [f"{hour:02}" for hour in range(1, 25)]


def address(config: FeedConfig, now: datetime) -> str:
    """Where the year that it is in Hong Kong is asked for."""
    return f"{config.url}&year={now.astimezone(ZONE).year}"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the table. Raises Refused for other columns and for what ``courses`` refuses."""
    answer, suspect = strict_json.read(body, config)
    faults = list(strict_json.faults(config.name, answer, "")) if suspect else []
    if faults:
        raise Refused(faults)
    try:
        fields = Fields.of(answer)
        if fields.values.get("fields") != ["MM", "DD", *HOURS]:
            raise Faulty("fields", shown(fields.values.get("fields")), "MM, DD, 01 to 24")
        rows = fields.rows("data")
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    station = parse_qs(urlsplit(config.url).query).get("station", [""])[-1]
    year = received.astimezone(ZONE).year
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != 2 + len(HOURS):
            raise Refused([Refusal(config.name, f"data[{index}]", shown(row),
                                   f"month, day and {len(HOURS)} heights")])
    days = np.array([_midnight(year, *row[:2]) for row in rows], "datetime64[us]")
    return course(config, "data", station, lambda at: f"data[{at // 24}][{at % 24 + 2}]",
                  (days[:, None] + np.arange(1, 25) * np.timedelta64(1, "h")).ravel().astype(
                      days.dtype),
                  [height for row in rows for height in row[2:]], received)


def _midnight(year: int, month: Any, day: Any) -> datetime | None:
    """When a day of Hong Kong begins, in UTC; None where it is no day of the year."""
    try:
        return datetime(year, int(month), int(day), tzinfo=ZONE).astimezone(UTC).replace(
            tzinfo=None)
    except (TypeError, ValueError):
        return None
