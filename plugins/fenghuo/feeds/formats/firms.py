"""NASA FIRMS: pixels in which a satellite saw fire, as CSV.

Format: https://firms.modaps.eosdis.nasa.gov/content/academy/data_api/firms_api_use.html and
https://www.earthdata.nasa.gov/data/tools/firms/faq. Two dialects: the API has a column
``instrument`` and writes confidence l, n, h; the files of the last 24 hours have none and write
low, nominal, high. MODIS (column ``brightness``) has 0 to 100, which FIRMS itself divides at 30
and 80. ``acq_date`` and ``acq_time`` are UTC, ``HHMM`` sometimes without its leading zeros;
``frp`` is in MW. A pixel has no id: it is known by satellite, time and place, and has no end.

Only pixels in ``area`` are kept; the others are none of ours and not refused. Refused whole: an
error, which comes as plain text with status 200, and a file without the columns. Refused alone:
an empty or impossible place, a time in the future, an unknown confidence. A head without rows is
an answer: no fires.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import decimal
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations.records import EventRecord, FireAttributes
from fenghuo.words import EventKind, EventStatus, Refusal, Refused

SATELLITES: Mapping[str, str] = {
    "T": "Terra", "A": "Aqua", "N": "Suomi NPP", "1": "NOAA-20", "N20": "NOAA-20",
    "2": "NOAA-21", "N21": "NOAA-21", "Terra": "Terra", "Aqua": "Aqua"}
"""How the dialects call them, and their names."""

MOST_ROWS = 1_000_000
_COLUMNS = ("latitude", "longitude", "acq_date", "acq_time", "satellite", "confidence", "frp",
            "daynight")
_WORDS = {"l": "low", "n": "nominal", "h": "high", "low": "low", "nominal": "nominal",
          "high": "high"}
_SAID = "latitude,longitude,…: a FIRMS table"


class _Faulty(Exception):
    """A row's fault: column, found, expected."""


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a table. Raises Refused for what is none."""
    head, rows, refusals = _rows(config.name, text_of(config.name, body, config.encoding))
    told = len(rows) + len(refusals)
    columns = {name: head.index(name) for name in _COLUMNS}
    latitude, longitude = (np.asarray(pd.to_numeric(
        pd.Series([row[columns[name]] for _, row in rows], dtype=object), errors="coerce"),
        dtype=np.float64) for name in ("latitude", "longitude"))
    possible = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180) \
        & ((latitude != 0) | (longitude != 0))
    for place in np.flatnonzero(~possible):
        number, row = rows[place]
        refusals.append(Refusal(
            config.name, f"row {number}.latitude",
            f"{row[columns['latitude']]}, {row[columns['longitude']]}"[:80], "a place on earth"))
    events: dict[str, EventRecord] = {}
    modis = "brightness" in head
    for place in np.flatnonzero(possible & _inside(config, latitude, longitude)):
        number, row = rows[place]
        try:
            record = _record({name: row[at].strip() for name, at in columns.items()}, modis,
                             float(latitude[place]), float(longitude[place]), received)
        except _Faulty as fault:
            column, found, expected = fault.args
            refusals.append(Refusal(config.name, f"row {number}.{column}", repr(found)[:80],
                                    expected))
            continue
        if events.setdefault(record.external_id, record) != record:
            refusals.append(Refusal(config.name, f"row {number}", record.external_id,
                                    "each pixel once"))
    if refusals and len(refusals) == told:
        raise Refused(refusals[:50])
    times = {(row[columns["acq_date"]], row[columns["acq_time"]]) for _, row in rows}
    seen = [time for each in times if (time := _time(*each)) and time <= received + FUTURE]
    return Parsed(events=list(events.values()), refusals=refusals, as_of=max(seen, default=None))


def _rows(source: str, text: str) -> tuple[list[str], list[tuple[int, list[str]]], list[Refusal]]:
    """The head, and the rows that are as long, with their numbers in the file."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise Refused([Refusal(source, f"line {reader.line_num}", str(error), "CSV")]) from None
    head = [name.strip() for name in rows[0]]
    absent = [name for name in _COLUMNS if head.count(name) != 1]
    if absent:
        raise Refused([Refusal(source, "row 1", ",".join(head)[:120], _SAID)])
    if len(rows) > MOST_ROWS:
        raise Refused([Refusal(source, "table", f"{len(rows)} rows", f"at most {MOST_ROWS}")])
    numbered = list(enumerate(rows[1:], 2))
    refusals = [Refusal(source, f"row {number}", f"{len(row)} cells", f"{len(head)} cells")
                for number, row in numbered if row and len(row) != len(head)]
    return head, [one for one in numbered if len(one[1]) == len(head)], refusals


def _inside(config: FeedConfig, latitude: NDArray[np.float64],
            longitude: NDArray[np.float64]) -> NDArray[np.bool_]:
    box = config.area
    if box is None:
        return np.ones(len(latitude), dtype=bool)
    return np.asarray((latitude >= box.south) & (latitude <= box.north)
                      & (longitude >= box.west) & (longitude <= box.east))


def _record(row: Mapping[str, str], modis: bool, latitude: float, longitude: float,
            received: datetime) -> EventRecord:
    seen = _time(row["acq_date"], row["acq_time"])
    if seen is None:
        raise _Faulty("acq_time", f"{row['acq_date']} {row['acq_time']}", "YYYY-MM-DD and HHMM")
    if seen > received + FUTURE:
        raise _Faulty("acq_time", seen.isoformat(), NO_FUTURE)
    satellite = SATELLITES.get(row["satellite"], row["satellite"])
    if not 0 < len(satellite) <= 20 or not satellite.isprintable():
        raise _Faulty("satellite", row["satellite"], "a satellite's name")
    if row["daynight"] not in ("D", "N"):
        raise _Faulty("daynight", row["daynight"], "D or N")
    power = decimal(row["frp"]) if row["frp"] else None
    if row["frp"] and (power is None or not 0 <= power <= 100_000):
        raise _Faulty("frp", row["frp"], "a power from 0 to 100000 MW")
    return EventRecord(
        kind=EventKind.fire, status=EventStatus.actual, issued=seen, onset=seen, expires=None,
        external_id=f"{satellite}:{seen:%Y%m%dT%H%M}:{latitude:.5f}:{longitude:.5f}",
        attributes=FireAttributes(latitude, longitude, _confidence(row["confidence"], modis),
                                  power, satellite, row["daynight"] == "N"))


def _confidence(said: str, modis: bool) -> str:
    if modis:
        share = decimal(said)
        if share is None or not 0 <= share <= 100:
            raise _Faulty("confidence", said, "a number from 0 to 100")
        return "low" if share < 30 else "nominal" if share < 80 else "high"
    if said not in _WORDS:
        raise _Faulty("confidence", said, "l, n, h or low, nominal, high")
    return _WORDS[said]


def _time(day: str, clock: str) -> datetime | None:
    """``2026-10-05`` and ``56`` as 00:56 UTC; None for what is no time."""
    day, clock = day.strip(), clock.strip()
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) \
            or not re.fullmatch(r"[0-9]{1,4}", clock):
        return None
    try:
        return datetime.strptime(f"{day} {clock:0>4}", "%Y-%m-%d %H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
