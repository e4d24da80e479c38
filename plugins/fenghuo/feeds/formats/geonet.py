"""GeoNet's quakes of New Zealand as GeoJSON.

Format: https://api.geonet.org.nz/#quakes
Depth is km downwards. A quake with quality ``deleted`` stays in the list: that is its withdrawal.
There is no clock of revisions, so that each counts from its receipt; ``best`` is reviewed.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Fields, position
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import (
    DEPTH_KM,
    MAGNITUDE,
    Deleted,
    QuakeList,
    earthquake,
    features_of,
    ids_of,
)
from fenghuo.observations.records import EventRecord

_QUALITIES = ("best", "preliminary", "automatic", "deleted")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    quakes = QuakeList(config.name, suspect)
    read = partial(_record, config=config, received=received)
    for index, feature in enumerate(features_of(value, config)):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        quakes.take(f"features[{index}]", feature, ids_of(properties, "publicID"), read)
    return quakes.parsed()


def _record(feature: Any, config: FeedConfig, received: datetime) -> EventRecord:
    fields = Fields.of(feature)
    properties = fields.inner("properties")
    name, quality = properties.id("publicID"), properties.values.get("quality")
    if quality not in _QUALITIES:
        raise properties.fault("quality", f"one of {', '.join(_QUALITIES)}")
    if quality == "deleted":
        raise Deleted
    longitude, latitude, _ = position(fields.inner("geometry"), config)
    return earthquake(
        name, issued=received, onset=properties.past("time", properties.instant("time"), received),
        magnitude=properties.number("magnitude", *MAGNITUDE), latitude=latitude,
        longitude=longitude,
        depth_km=properties.number("depth", *DEPTH_KM) if properties.has("depth") else None,
        place=properties.text("locality", optional=True), reviewed=quality == "best")
