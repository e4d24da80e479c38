"""The Observatory's newest quick earthquake message (``qem``): a greater quake anywhere.

Source: ``earthquake.php?dataType=qem`` (``hko``); ``{}`` while there is none::

    {"lat": 44.23, "lon": 148.98, "mag": 6.4, "region": "…", "ptime": "2020-02-13T18:33:00+08:00",
     "updateTime": "2020-02-13T19:01:00+08:00"}

It has no depth and no id: a quake is known by the minute of its origin. Outside Hong Kong HKO is
not the authority: its feed is ``foreign``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, degrees
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import MAGNITUDE, QuakeList, earthquake, refused
from fenghuo.observations.records import EventRecord


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the message. Raises Refused for what is none."""
    value, suspect = strict_json.read(body, config)
    if not isinstance(value, dict):
        raise refused(config, "payload", value, "a message, or {}")
    quakes = QuakeList(config.name, suspect)
    if value:
        quakes.take("message", value, [_id(value)], lambda row: _record(row, config, received))
    return quakes.parsed(listed=False)


def _id(value: Any) -> str | None:
    try:
        return f"hko-{Fields.of(value).instant('ptime'):%Y%m%dT%H%MZ}"
    except Faulty:
        return None


def _record(row: Any, config: FeedConfig, received: datetime) -> EventRecord:
    fields = Fields.of(row)
    latitude, longitude = degrees(fields, "lat", "lon", config)
    onset, issued = (fields.past(key, fields.instant(key), received)
                     for key in ("ptime", "updateTime"))
    return earthquake(
        f"hko-{onset:%Y%m%dT%H%MZ}", issued=max(onset, issued), onset=onset,
        magnitude=fields.number("mag", *MAGNITUDE), magnitude_type="", latitude=latitude,
        longitude=longitude, depth_km=None, place=fields.text("region"), reviewed=False)
