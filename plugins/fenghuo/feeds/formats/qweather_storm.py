"""One cyclone's track by QWeather: fixes with named wind radii.

Source: https://dev.qweather.com/docs/api/tropical-cyclone/storm-track/. Numbers are written out,
``updateTime`` is UTC and the fixes Beijing's time, each with its offset::

    {"code": "200", "updateTime": "2024-05-30T06:11+00:00", "isActive": "1",
     "now": {"pubTime": "2024-05-30T05:00+08:00", "lat": "27.7", "lon": "134.5", "type": "STS",
             "pressure": "980", "windSpeed": "30", "windRadius30": {"neRadius": "120",
             "seRadius": "150", "swRadius": "120", "nwRadius": "100"}, …},
     "track": [{"time": "2024-05-29T17:00+08:00", …}, …]}

``windSpeed`` is m/s and CMA's, a mean of two minutes; ``windRadius30``, ``50``, ``64`` are km of so
many kt. The track names no cyclone: its id is ``stormid`` of the address, which is ``config.url``
here. QWeather gives no forecast with winds. A faulty fix is refused alone.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.formats.qweather_storms import ID, answer
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.tracks import (
    MOST_KM,
    MOST_MS,
    in_order,
    place,
    quarters,
    told,
    track,
)
from fenghuo.observations.records import CycloneAttributes, CycloneFix, Wind, WindArea
from fenghuo.words import Refused

AGENCY, MINUTES = "CMA", 2
_RADII = {"windRadius30": 30.0, "windRadius50": 50.0, "windRadius64": 64.0}


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a track. Raises Refused when none of it can be used."""
    try:
        fields, reader = answer(body, config)
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "")]) from None
    try:
        fixes = reader.each("track", fields.values.get("track"), partial(_fix, config, "time"))
        fixes += reader.each("now", [fields.values.get("now")], partial(_fix, config, "pubTime"))
        named = re.search(f"[?&]stormid=({ID})(&|$)", config.url)
        if named is None:
            raise Faulty("stormid", "nothing", "an address that names the cyclone")
        record = track(named[1], CycloneAttributes(
            named[2], "", AGENCY, in_order(fixes)),
            fields.values.get("isActive") == "0", config, received)
    except Faulty as fault:
        raise Refused([*reader.refusals, fault.refusal(config.name, "")][:50]) from None
    return told(record, reader.refusals)


def _fix(config: FeedConfig, time: str, item: Any) -> CycloneFix:
    fields = Fields.of(item)
    latitude, longitude = place(fields, "lat", "lon", config)
    areas = [_area(fields.inner(name), kt) for name, kt in _RADII.items() if fields.has(name)]
    return CycloneFix(
        fields.instant(time), latitude, longitude,
        fields.decimal("pressure", 800, 1100) if fields.has("pressure") else None,
        Wind(fields.decimal("windSpeed", 0, MOST_MS), "m/s", MINUTES)
        if fields.has("windSpeed") else None,
        fields.text("type", optional=True), tuple(filter(None, areas)))


def _area(radii: Fields, kt: float) -> WindArea | None:
    return quarters(kt, MINUTES, [radii.decimal(f"{way}Radius", 0, MOST_KM)
                                  for way in ("ne", "se", "sw", "nw")])
