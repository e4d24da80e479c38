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

from msgspec import Struct

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import (
    Deleted,
    Depth,
    Magnitude,
    Passed,
    QuakeList,
    earthquake,
    features_of,
    ids_of,
    properties_of,
    refused,
)
from fenghuo.feeds.shapes import Point, past, position, shaped
from fenghuo.observations.records import EventRecord

_ACTIONS = ("create", "update", "delete")
_KINDS = {"h": "explosion", "m": "mining explosion", "n": "nuclear explosion", "r": "rock burst",
          "x": "experimental explosion", "s": "landslide"}
"""The last letter of ``evtype``, as ISC counts: ke is a known earthquake, sm a suspected mining
explosion, ls a landslide, uk unknown. What is not known to be something else is an earthquake."""


class _Quake(Struct):
    time: str
    lastupdate: str
    mag: Magnitude
    magtype: str | None = None
    depth: Depth | None = None
    flynn_region: str | None = None


class _Feature(Struct):
    properties: _Quake
    geometry: Point


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
    return [properties_of(feature).get("unid"), *ids_of(feature, "id")]


def _record(feature: Any, config: FeedConfig, received: datetime,
            deleted: bool = False) -> EventRecord:
    properties = Fields(properties_of(feature), "properties")
    name = properties.id("unid")
    if deleted:
        raise Deleted
    kind = _KINDS.get(properties.text("evtype", optional=True)[-1:])
    if kind is not None:
        raise Passed(kind)
    shape = shaped(feature, _Feature)
    said = shape.properties
    longitude, latitude, height = position(shape.geometry, config)
    if said.depth and height and abs(said.depth + height) > 0.1:
        raise Faulty("geometry.coordinates[2]", f"{height:g}",
                     f"{-said.depth:g}, the depth negative")
    return earthquake(
        name, issued=past(said.lastupdate, "properties.lastupdate", received),
        onset=past(said.time, "properties.time", received), magnitude=said.mag,
        magnitude_type=said.magtype, latitude=latitude, longitude=longitude,
        depth_km=said.depth, place=said.flynn_region, reviewed=False,
        aliases=ids_of(feature, "id"))
