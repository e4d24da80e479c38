"""GeoNet's quakes of New Zealand as GeoJSON.

Format: https://api.geonet.org.nz/#quakes
Depth is km downwards. A quake with quality ``deleted`` stays in the list: that is its withdrawal.
There is no clock of revisions, so that each counts from its receipt; ``best`` is reviewed.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Literal

from msgspec import Struct

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import (
    Deleted,
    Depth,
    Magnitude,
    QuakeList,
    earthquake,
    features_of,
    properties_of,
)
from fenghuo.feeds.shapes import Point, named, past, position, shaped
from fenghuo.observations.records import EventRecord


class _Quake(Struct, rename={"name": "publicID"}):
    name: str
    quality: Literal["best", "preliminary", "automatic"]
    time: str
    magnitude: Magnitude
    depth: Depth | None = None
    locality: str | None = None


class _Feature(Struct):
    properties: _Quake
    geometry: Point


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    quakes = QuakeList(config.name, suspect)
    read = partial(_record, config, received)
    for index, feature in enumerate(features_of(value, config)):
        quakes.take(f"features[{index}]", feature, (properties_of(feature).get("publicID"),), read)
    return quakes.parsed()


def _record(config: FeedConfig, received: datetime, feature: Any) -> EventRecord:
    if properties_of(feature).get("quality") == "deleted":
        raise Deleted
    shape = shaped(feature, _Feature)
    said = shape.properties
    longitude, latitude, _ = position(shape.geometry, config)
    return earthquake(
        named(said.name, "properties.publicID"), issued=received,
        onset=past(said.time, "properties.time", received), magnitude=said.magnitude,
        latitude=latitude, longitude=longitude, depth_km=said.depth, place=said.locality,
        reviewed=said.quality == "best")
