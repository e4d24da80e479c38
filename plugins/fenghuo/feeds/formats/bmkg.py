"""BMKG's earthquakes of Indonesia: the newest alone (an object) or the last ones (a list).

Format: https://data.bmkg.go.id/gempabumi/
``Coordinates`` is "lat,lon", south and west below zero; ``Kedalaman`` "10 km". ``Jam`` is WIB
(UTC+7) and must be the same instant as ``DateTime`` (UTC): else one of the two is of the wrong
zone. There is no id (the origin time names the quake) and no clock of revisions.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Fields, degrees
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import (
    DEPTH_KM,
    MAGNITUDE,
    QuakeList,
    earthquake,
    ids_of,
    refused,
)
from fenghuo.observations.records import EventRecord

WIB = timezone(timedelta(hours=7))


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read one quake or a list. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    outer = value.get("Infogempa") if isinstance(value, dict) else None
    found = outer.get("gempa") if isinstance(outer, dict) else None
    if not isinstance(found, dict | list):
        raise refused(config, "Infogempa.gempa", found, "an object or a list")
    quakes = QuakeList(config.name, suspect)
    read = partial(_record, config=config, received=received)
    for index, quake in enumerate(found if isinstance(found, list) else [found]):
        quakes.take(f"gempa[{index}]", quake, ids_of(quake, "DateTime"), read)
    return quakes.parsed(listed=isinstance(found, list))


def _record(quake: Any, config: FeedConfig, received: datetime) -> EventRecord:
    fields = Fields.of(quake)
    onset = fields.past("DateTime", fields.instant("DateTime"), received)
    if fields.text("Jam") != f"{onset.astimezone(WIB):%H:%M:%S} WIB":
        raise fields.fault("Jam", f"{onset.astimezone(WIB):%H:%M:%S} WIB, as DateTime says")
    latitude, _, longitude = fields.text("Coordinates").partition(",")
    point = Fields({"Coordinates": latitude, "Coordinates[1]": longitude})
    lat, lon = degrees(point, "Coordinates", "Coordinates[1]", config)
    return earthquake(
        fields.id("DateTime"), issued=received, onset=onset,
        magnitude=fields.decimal("Magnitude", *MAGNITUDE), latitude=lat, longitude=lon,
        depth_km=fields.decimal("Kedalaman", *DEPTH_KM, unit="km"),
        place=fields.text("Wilayah", optional=True), reviewed=False)
