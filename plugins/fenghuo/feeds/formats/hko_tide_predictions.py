"""Predicted tides of a year at a station of Hong Kong, each hour, in metres above chart datum.

Source: https://data.weather.gov.hk/weatherAPI/opendata/opendata.php?dataType=HHOT (``hko``)::

    {"fields": ["MM", "DD", "01", "02", …, "24"], "data": [["01", "01", "0.68", …], …]}

A day a row; ``01`` is one o'clock in the morning, ``24`` the midnight that ends the day, Hong
Kong's time. Neither year nor station is said: the year asked for is that of the day, the station
is the address's. ``datum`` is ``HKCD``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.courses import course
from fenghuo.feeds.decoding import text_of
from fenghuo.feeds.fields import Faulty, Fields, shown
from fenghuo.feeds.hko import ZONE
from fenghuo.feeds.parsed import Parsed
from fenghuo.words import Refused

HOURS = [f"{hour:02}" for hour in range(1, 25)]


def address(config: FeedConfig, now: datetime) -> str:
    """Where the year that it is in Hong Kong is asked for."""
    return f"{config.url}&year={now.astimezone(ZONE).year}"


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the table. Raises Refused for other columns and for what ``courses`` refuses."""
    answer, suspect = strict_json.loads(config.name, text_of(config.name, body, config.encoding))
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
    said = [one for index, row in enumerate(rows) for one in _day(f"data[{index}]", row, year)]
    return course(config, "data", station, [place for place, _, _ in said],
                  np.array([at for _, at, _ in said], "datetime64[us]"),
                  [height for _, _, height in said], received)


def _day(place: str, row: object, year: int) -> list[tuple[str, datetime | None, Any]]:
    """Place, UTC and height of the 24 hours of a row; one without a time where it is no day of
    the year."""
    try:
        assert isinstance(row, list) and len(row) == 2 + len(HOURS)
        midnight = datetime(year, int(row[0]), int(row[1]), tzinfo=ZONE).astimezone(UTC).replace(
            tzinfo=None)
    except (AssertionError, TypeError, ValueError):
        return [(place, None, row)]
    return [(f"{place}[{hour + 1}]", midnight + timedelta(hours=hour), row[hour + 1])
            for hour in range(1, len(HOURS) + 1)]
