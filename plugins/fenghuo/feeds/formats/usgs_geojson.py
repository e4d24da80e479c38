"""USGS earthquake GeoJSON: summary feeds, FDSN event queries and single event details.

Format: https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php
Times are ms since the epoch, coordinates lon, lat, depth km. The id changes with the preferred
network; ``ids`` joins. Refused per record: no magnitude, impossible or out-of-area coordinates,
an origin in the future, an unknown status. Quarry blasts and explosions are passed over.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Literal

from msgspec import Struct

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import EPOCH, MILLISECOND, Faulty, Fields, not_later
from fenghuo.feeds.parsed import FUTURE, MADE_BY_NOW, Parsed
from fenghuo.feeds.quakes import (
    DEPTH_KM,
    Deleted,
    Magnitude,
    Passed,
    QuakeList,
    earthquake,
    features_of,
    ids_of,
    properties_of,
)
from fenghuo.feeds.shapes import Milliseconds, Point, named, position, shaped
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refusal, Refused


class _Quake(Struct, rename={"type": "magType"}):
    status: Literal["automatic", "reviewed", "manual"]
    updated: Milliseconds
    time: Milliseconds
    mag: Magnitude
    type: str | None = None
    place: str | None = None


class _Feature(Struct):
    type: Literal["Feature"]
    id: str
    properties: _Quake
    geometry: Point


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list (FeatureCollection) or one event (Feature). Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    alone = isinstance(value, dict) and value.get("type") == "Feature"
    found = [value] if alone else features_of(value, config)
    metadata = None if alone else value.get("metadata")
    quakes = QuakeList(config.name, suspect)
    made = None
    if isinstance(metadata, dict) and "generated" in metadata:
        try:
            made = Fields(metadata, "metadata").milliseconds("generated")
        except Faulty as fault:
            raise Refused([fault.refusal(config.name, "")]) from None
    if made is not None and made > received + FUTURE:
        # not believed, or every honest list after it would pass for a replay
        quakes.refusals.append(Refusal(config.name, "metadata.generated", made.isoformat(),
                                       MADE_BY_NOW))
        made = None
    for index, feature in enumerate(found):
        ids = _ids(feature)
        quakes.take(f"features[{index}]", feature, ids, partial(_record, ids, config, received))
    return quakes.parsed(made, listed=isinstance(metadata, dict))


def _ids(feature: Any) -> tuple[Any, ...]:
    """The record's own id first, then every other id of the same thing."""
    others = properties_of(feature).get("ids")
    return (*ids_of(feature, "id"), *(filter(None, others.split(","))
                                      if isinstance(others, str) else ()))


def _record(ids: tuple[Any, ...], config: FeedConfig, received: datetime,
            feature: Any) -> EventRecord:
    properties = properties_of(feature)
    if properties and properties.get("type") != "earthquake":
        raise Passed(Fields(properties, "properties").text("type"))
    if properties.get("status") == "deleted":
        raise Deleted
    shape = shaped(feature, _Feature)
    said = shape.properties
    longitude, latitude, depth = position(shape.geometry, config)
    if depth is not None and not DEPTH_KM[0] <= depth <= DEPTH_KM[1]:
        raise Faulty("geometry.coordinates[2]", f"{depth:g}", "a depth in km from {} to {}".format(
            *DEPTH_KM))
    return earthquake(
        named(shape.id, "id"), issued=_past(said.updated, "properties.updated", received),
        onset=_past(said.time, "properties.time", received), magnitude=said.mag,
        magnitude_type=said.type, latitude=latitude, longitude=longitude, depth_km=depth,
        place=said.place, reviewed=said.status != "automatic", aliases=ids)


def _past(milliseconds: int, place: str, received: datetime) -> datetime:
    return not_later(EPOCH + milliseconds * MILLISECOND, place, received)
