"""USGS earthquake GeoJSON: summary feeds, FDSN event queries and single event details.

Format: https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php
Times are ms since the epoch, coordinates lon, lat, depth km. The id changes with the preferred
network; ``ids`` joins. Refused per record: no magnitude, impossible or out-of-area coordinates,
an origin in the future, an unknown status. Quarry blasts and explosions are passed over.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, position
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.feeds.quakes import (
    DEPTH_KM,
    MAGNITUDE,
    Deleted,
    Passed,
    QuakeList,
    earthquake,
    features_of,
)
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refusal, Refused


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
                                       NO_FUTURE))
        made = None
    for index, feature in enumerate(found):
        ids = _ids(feature)
        quakes.take(f"features[{index}]", feature, ids, partial(_record, ids, config, received))
    return quakes.parsed(made, listed=isinstance(metadata, dict))


def _ids(feature: Any) -> tuple[Any, ...]:
    """The record's own id first, then every other id of the same thing."""
    if not isinstance(feature, dict):
        return ()
    properties = feature.get("properties")
    others = properties.get("ids") if isinstance(properties, dict) else None
    return (feature.get("id"), *(filter(None, others.split(","))
                                 if isinstance(others, str) else ()))


def _record(ids: tuple[Any, ...], config: FeedConfig, received: datetime,
            feature: Any) -> EventRecord:
    fields = Fields.of(feature)
    if fields.values.get("type") != "Feature":
        raise fields.fault("type", "a GeoJSON Feature")
    properties = fields.inner("properties")
    review = properties.values.get("status")
    if properties.values.get("type") != "earthquake":
        raise Passed(properties.text("type"))
    if review == "deleted":
        raise Deleted
    name = fields.id("id")
    if review not in ("automatic", "reviewed", "manual"):
        raise properties.fault("status", "automatic, reviewed or deleted")
    longitude, latitude, depth = position(fields.inner("geometry"), config)
    if depth is not None and not DEPTH_KM[0] <= depth <= DEPTH_KM[1]:
        raise Faulty("geometry.coordinates[2]", f"{depth:g}", "a depth in km from {} to {}".format(
            *DEPTH_KM))
    return earthquake(
        name, issued=properties.past("updated", properties.milliseconds("updated"), received),
        onset=properties.past("time", properties.milliseconds("time"), received),
        magnitude=properties.number("mag", *MAGNITUDE),
        magnitude_type=properties.text("magType", optional=True), latitude=latitude,
        longitude=longitude, depth_km=depth, place=properties.text("place", optional=True),
        reviewed=review != "automatic", aliases=ids)
