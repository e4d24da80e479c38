"""EMSC earthquakes: the FDSN event service in JSON, and the same record in a websocket message.

Format: https://www.seismicportal.eu/fdsn-wsevent.html, https://www.seismicportal.eu/realtime.html
``unid`` names the quake for good, ``lastupdate`` is the clock of its revisions. The geometry's
third number is a height, below zero in the earth; ``depth`` is km downwards. EMSC does not say
who located a quake: its word counts as automatic.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, position
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import (
    DEPTH_KM,
    MAGNITUDE,
    Deleted,
    Passed,
    QuakeList,
    earthquake,
    features_of,
    ids_of,
    refused,
)
from fenghuo.observations.records import EventRecord

_ACTIONS = ("create", "update", "delete")
_KINDS = {"h": "explosion", "m": "mining explosion", "n": "nuclear explosion", "r": "rock burst",
          "x": "experimental explosion", "s": "landslide"}
"""The last letter of ``evtype``, as ISC counts: ke is a known earthquake, sm a suspected mining
explosion, ls a landslide, uk unknown. What is not known to be something else is an earthquake."""


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    quakes = QuakeList(config.name, suspect)
    read = partial(_record, config=config, received=received)
    for index, feature in enumerate(features_of(value, config)):
        quakes.take(f"features[{index}]", feature, _ids(feature), read)
    return quakes.parsed()


def message(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read one message of the websocket: ``{"action": "create" | "update", "data": Feature}``."""
    value, suspect = strict_json.read(body, config)
    if not isinstance(value, dict):
        raise refused(config, "payload", value, "an object of action and data")
    action, feature = value.get("action"), value.get("data")
    if action not in _ACTIONS:
        raise refused(config, "action", action, f"one of {', '.join(_ACTIONS)}")
    quakes = QuakeList(config.name, suspect)
    quakes.take("data", feature, _ids(feature),
                partial(_record, config=config, received=received, deleted=action == "delete"))
    return quakes.parsed(listed=False)


def _ids(feature: Any) -> list[object]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return [*ids_of(properties, "unid"), *ids_of(feature, "id")]


def _record(feature: Any, config: FeedConfig, received: datetime,
            deleted: bool = False) -> EventRecord:
    fields = Fields.of(feature)
    properties = fields.inner("properties")
    name = properties.id("unid")
    if deleted:
        raise Deleted
    kind = _KINDS.get(properties.text("evtype", optional=True)[-1:])
    if kind is not None:
        raise Passed(kind)
    longitude, latitude, height = position(fields.inner("geometry"), config)
    depth = properties.number("depth", *DEPTH_KM) if properties.has("depth") else None
    if depth and height and abs(depth + height) > 0.1:
        raise Faulty("geometry.coordinates[2]", f"{height:g}", f"{-depth:g}, the depth negative")
    onset, issued = (properties.past(key, properties.instant(key), received)
                     for key in ("time", "lastupdate"))
    return earthquake(
        name, issued=issued, onset=onset, magnitude=properties.number("mag", *MAGNITUDE),
        magnitude_type=properties.text("magtype", optional=True), latitude=latitude,
        longitude=longitude, depth_km=depth,
        place=properties.text("flynn_region", optional=True), reviewed=False,
        aliases=ids_of(feature, "id"))
