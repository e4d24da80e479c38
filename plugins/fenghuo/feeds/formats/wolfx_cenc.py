"""CENC's list as the volunteer relay Wolfx tells it: the fallback for CENC's own.

Source: https://wolfx.jp/apidoc (``cenc_eqlist.json``); a relay of third parties, without terms.
An object ``No1`` to ``No50`` beside ``md5``. Numbers are texts, times Beijing's without an
offset; ``ReportTime`` is the clock of revisions. Answers of before 2025 have neither it nor
``EventID``: there a quake is known by its time and counts from its receipt.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Fields, degrees
from fenghuo.feeds.formats.cenc_list import BEIJING, place_of
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

_NUMBER = re.compile(r"No[0-9]{1,4}")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    if not isinstance(value, dict) or not any(
            key == "md5" or _NUMBER.fullmatch(key) for key in value):
        raise refused(config, "payload", value, "an object of No1, No2 …")
    quakes = QuakeList(config.name, suspect)
    read = partial(_record, config=config, received=received)
    for key, quake in value.items():
        if _NUMBER.fullmatch(key):
            quakes.take(key, quake, ids_of(quake, _name(quake)), read)
    return quakes.parsed()


def _name(quake: Any) -> str:
    """The field that names a quake."""
    return "EventID" if isinstance(quake, dict) and "EventID" in quake else "time"


def _record(quake: Any, config: FeedConfig, received: datetime) -> EventRecord:
    fields = Fields.of(quake)
    name, kind = fields.id(_name(quake)), fields.values.get("type")
    if kind not in ("reviewed", "automatic"):
        raise fields.fault("type", "reviewed or automatic")
    latitude, longitude = degrees(fields, "latitude", "longitude", config)
    onset = fields.past("time", fields.instant("time", BEIJING), received)
    issued = fields.past("ReportTime", fields.instant("ReportTime", BEIJING), received) \
        if "EventID" in fields.values else received
    return earthquake(
        name, issued=issued, onset=onset, magnitude=fields.decimal("magnitude", *MAGNITUDE),
        magnitude_type="M", latitude=latitude, longitude=longitude,
        depth_km=fields.decimal("depth", *DEPTH_KM) if fields.has("depth") else None,
        place=place_of(fields, "location"), reviewed=kind == "reviewed")
