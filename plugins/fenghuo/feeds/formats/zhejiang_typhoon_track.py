"""One cyclone's track as Zhejiang relays it: CMA's fixes, wind areas and forecast.

Source: https://typhoon.slt.zj.gov.cn/Api/TyphoonInfo/<tfid> (no documentation, no licence)::

    {"tfid": "202623", "name": "班朗", "enname": "BANG-LANG", "isactive": "1", "land": […],
     "points": [{"time": "2026-08-28 17:00:00", "lat": "18.5", "lng": "154.2", "strong":
       "热带风暴", "power": "9", "speed": "23", "pressure": "990", "radius7": "180|160|150|170",
       "radius10": "", "radius12": "", "forecast": [{"tm": "中国", "forecastpoints": [
         {"time": "2026-08-29 05:00:00", "lat": "20.1", "lng": "151.8", "speed": "25", …}]}, …]}]}

Times are Beijing's without an offset. ``speed`` is m/s, a mean of two minutes; ``radius7``, ``10``
and ``12`` are the areas of 30, 50 and 64 kt in km, **NE|SE|NW|SW**, the last two the other way
round than at NMC. ``forecast`` holds five agencies: only CMA's own (中国) is read, of the newest
fix that has one, since the fixes are CMA's; the others average over other periods. Landfalls
(``land``) are told again by the fixes and are not read. A faulty fix is refused alone.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.formats.zhejiang_typhoon import BEIJING, active
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.tracks import (
    MOST_KM,
    MOST_MS,
    Reader,
    in_order,
    place,
    quarters,
    told,
    track,
)
from fenghuo.observations.records import CycloneAttributes, CycloneFix, Wind, WindArea
from fenghuo.words import Refused

AGENCY, MINUTES, RELAYED = "CMA", 2, ("中国", "中央气象台")
_RADII = {"radius7": 30.0, "radius10": 50.0, "radius12": 64.0}


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a track. Raises Refused when none of it can be used."""
    value, suspect = strict_json.read(body, config)
    reader = Reader(config.name, suspect)
    try:
        fields = Fields.of(value)
        name, on = active(value)
        points = reader.each("points", fields.values.get("points"), partial(_point, config))
        made, rows = max((one for one in points if one[1]), default=(None, []),
                         key=lambda one: one[0].at)
        ahead = reader.each(f"{made.at.isoformat()} {RELAYED[0]}", rows,
                            partial(_fix, config, True)) if made else []
        record = track(name, CycloneAttributes(
            name[2:], fields.text("enname", optional=True).upper(), AGENCY,
            in_order((fix for fix, _ in points), ahead)), not on, config, received)
    except Faulty as fault:
        raise Refused([*reader.refusals, fault.refusal(config.name, "")][:50]) from None
    return told(record, reader.refusals)


def _point(config: FeedConfig, item: Any) -> tuple[CycloneFix, list[Any]]:
    """A fix and, unread, CMA's forecast that was made from it."""
    fix = _fix(config, False, item)
    told_by = item.get("forecast") or []
    rows = [one.get("forecastpoints") or [] for one in told_by
            if isinstance(one, dict) and one.get("tm") in RELAYED] \
        if isinstance(told_by, list) else []
    return fix, rows[0] if rows else []


def _fix(config: FeedConfig, forecast: bool, item: Any) -> CycloneFix:
    fields = Fields.of(item)
    latitude, longitude = place(fields, "lat", "lng", config)
    areas = [_area(fields, name, kt) for name, kt in _RADII.items() if fields.has(name)]
    return CycloneFix(
        fields.instant("time", BEIJING), latitude, longitude,
        fields.decimal("pressure", 800, 1100) if fields.has("pressure") else None,
        Wind(fields.decimal("speed", 0, MOST_MS), "m/s", MINUTES) if fields.has("speed") else None,
        fields.text("strong", optional=True), tuple(filter(None, areas)), forecast)


def _area(fields: Fields, name: str, kt: float) -> WindArea | None:
    """``NE|SE|NW|SW`` in km, put in the order of the compass."""
    parts = str(fields.values[name]).split("|")
    if parts == ["0"]:
        return None
    if len(parts) != 4:
        raise fields.fault(name, "NE|SE|NW|SW in km")
    radii = Fields(dict(zip(("ne", "se", "nw", "sw"), parts, strict=True)), fields.at(name))
    return quarters(kt, MINUTES,
                    [radii.decimal(way, 0, MOST_KM) for way in ("ne", "se", "sw", "nw")])
