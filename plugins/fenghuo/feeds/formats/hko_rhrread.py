"""Rain of the past hour by Hong Kong's districts, of the current weather report (``rhrread``).

Source: ``weather.php?dataType=rhrread`` (``hko``), renewed a little after each hour::

    {"rainfall": {"data": [{"unit": "mm", "place": "中西區", "max": 5, "min": 0, "main": "FALSE"}],
                  "startTime": "2023-08-01T10:45:00+08:00", "endTime": "2023-08-01T11:45:00+08:00"},
     "warningMessage": "", …}

Read is ``max``, the most that a gauge of the district had. ``main`` says ``"TRUE"`` while its
gauges are under maintenance: that number is refused. Everything else of the report is passed
over; ``warningMessage`` is ``""`` or a list. ``stations`` names the districts as the report's
language writes them, ``step`` is the hour between its start and end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import Readings
from fenghuo.words import Refused
from fenghuo.words.metrics import Metric


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a report. Raises Refused when it is none, covers another time than ``step`` or nothing
    of it can be used."""
    value, suspect = strict_json.read(body, config)
    try:
        rain = Fields.of(value, "").inner("rainfall")
        start, end = rain.instant("startTime"), rain.instant("endTime")
        rain.past("endTime", end, received)
        if end - start != config.step:
            raise Faulty(rain.at("endTime"), f"{end - start} after startTime", f"{config.step}")
        rows = rain.rows("data")
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    readings = Readings(config, received, end - start)
    for index, row in enumerate(rows):
        place = f"rainfall.data[{index}]"
        faults = list(strict_json.faults(config.name, row, place)) if suspect else []
        if faults:
            readings.refusals += faults
        else:
            _district(readings, config, place, row, end)
    return readings.parsed()


def _district(readings: Readings, config: FeedConfig, place: str, row: Any, end: datetime) -> None:
    name = row.get("place") if isinstance(row, dict) else None
    if not isinstance(name, str):
        return readings.refuse(f"{place}.place", name, "the name of a district")
    subject = config.stations.get(name)
    if subject is None:
        return None
    if row.get("unit") != "mm":
        return readings.refuse(f"{place}.unit", row.get("unit"), "mm")
    if row.get("main") not in ("FALSE", "", None):
        return readings.refuse(f"{place}.main", row.get("main"), "FALSE: no maintenance")
    return readings.add(place, subject, Metric.rain, end.isoformat(), row.get("max"))
