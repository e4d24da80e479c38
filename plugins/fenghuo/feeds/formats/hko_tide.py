"""The newest tide at Hong Kong's stations, in metres above Hong Kong's chart datum.

Source: https://data.weather.gov.hk/weatherAPI/hko_data/tide/ALL_en.csv, each 5 minutes (``hko``)::

    Tide Station,Date,Time,Height(m)
    Quarry Bay,2026-07-01,12:05,1.42

Date and time are Hong Kong's; a height of dashes or none is a gap. ``stations`` names the
stations as the table does, ``datum`` is ``HKCD``.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.readings import Readings
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

COLUMNS = ("Tide Station", "Date", "Time", "Height(m)")
_GAP = re.compile(r"-*|\*+|N/A", re.IGNORECASE)
MOST_ROWS = 1000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the table. Raises Refused for other columns or when nothing of it can be used."""
    lines = text_of(config.name, body, config.encoding).lstrip("\ufeff").splitlines()
    try:
        rows = list(csv.reader(lines[:MOST_ROWS], strict=True))
    except csv.Error as error:
        raise Refused([Refusal(config.name, "table", str(error)[:80], "a table of CSV")]) from None
    head = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if head != COLUMNS:
        raise Refused([Refusal(config.name, "table", ",".join(head)[:80] or "nothing",
                               ",".join(COLUMNS))])
    readings = Readings(config, received)
    for index, row in enumerate(rows[1:]):
        place = f"rows[{index}]"
        if len(row) != len(COLUMNS):
            readings.refuse(place, f"{len(row)} columns", f"{len(COLUMNS)} columns")
            continue
        station, date, time, height = (cell.strip() for cell in row)
        subject = config.stations.get(station)
        if subject is not None and not _GAP.fullmatch(height):
            readings.add(place, subject, Metric.tide, f"{date}T{time}+08:00", height)
    return readings.parsed()
