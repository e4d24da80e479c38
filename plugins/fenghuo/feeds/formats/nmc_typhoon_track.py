"""One cyclone's track by CMA at typhoon.nmc.cn: fixes, wind areas, its own forecast.

Source: https://typhoon.nmc.cn/weatherservice/typhoon/jsons/view_<id> (no documentation). JSONP,
everything by position, **longitude before latitude**::

    typhoon_jsons_view_1({"typhoon": [1, "NOLO", "诺洛", 2628, 2628, null, null, "start", [
      [11, "202610050000", 1791158400000, "SuperTY", 179.4, 24.8, 935, 52, "W", 28,
       [["30KTS", 500, 450, 450, 500, 11], …],
       {"BABJ": [[12, "202610050000", 176.1, 25.2, 945, 48, "BABJ", "STY"], …]},
       ["202610050800", "2026年10月05日08时00分", null, null]], …], …]})

Labels are UTC and agree with the ms since the epoch; the issue label at the end is Beijing time
and is not read. Wind is m/s, a mean of two minutes; radii are km, NE, SE, SW, NW, of 30, 50 and
64 kt. A forecast's hours count from its fix, whose label it bears, or its own; only CMA's own
(BABJ) is read, of the newest fix that has one. A faulty fix is refused alone; ``stop`` has ended.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, shown
from fenghuo.feeds.formats.nmc_typhoon import payload, storm
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

AGENCY, MINUTES, CENTRE = "CMA", 2, "BABJ"
_FIX = ("id", "label", "ms", "grade", "longitude", "latitude", "pressure", "wind", "towards",
        "speed", "radii", "forecast", "issue")
_AHEAD = ("hours", "label", "longitude", "latitude", "pressure", "wind", "agency", "grade")
_KNOTS = {"30KTS": 30.0, "50KTS": 50.0, "64KTS": 64.0}


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a track. Raises Refused when none of it can be used."""
    fields, reader = payload(body, config)
    try:
        found = storm(fields.values.get("typhoon"))
        points = reader.each("typhoon[8]", found.values.get("points"),
                             partial(_point, config, reader))
        made, rows = max((one for one in points if one[1]), default=(None, []),
                         key=lambda one: one[0].at)
        ahead = reader.each(f"{_label(made.at)}.{CENTRE}", rows,
                            partial(_ahead, config, made.at)) if made else []
        number, name = str(found.values["number"]), found.text("name", optional=True)
        record = track(str(found.values["id"]), CycloneAttributes(
            number if re.fullmatch("[0-9]{4}", number) else "",
            "" if name == "nameless" else name.upper(), AGENCY,
            in_order((fix for fix, _ in points), ahead)),
            found.values["state"] == "stop", config, received)
    except Faulty as fault:
        raise Refused([*reader.refusals, fault.refusal(config.name, "typhoon")][:50]) from None
    return told(record, reader.refusals)


def _point(config: FeedConfig, reader: Reader, item: Any) -> tuple[CycloneFix, Any]:
    """A fix and, unread, the forecast that was made from it."""
    fields = _named(item, _FIX)
    at = fields.milliseconds("ms")
    if fields.values["label"] != _label(at):
        raise fields.fault("label", f"the UTC time of its milliseconds, {_label(at)}")
    areas = reader.each(f"{_label(at)}.radii", fields.values["radii"] or [], _area)
    rows = fields.inner("forecast").values.get(CENTRE) if fields.has("forecast") else []
    latitude, longitude = place(fields, "latitude", "longitude", config)
    return CycloneFix(at, latitude, longitude, _pressure(fields), _wind(fields),
                      fields.text("grade", optional=True), tuple(filter(None, areas))), rows


def _ahead(config: FeedConfig, made: datetime, item: Any) -> CycloneFix:
    fields = _named(item, _AHEAD)
    if fields.values["agency"] != CENTRE:
        raise fields.fault("agency", CENTRE)
    at = made + timedelta(hours=fields.number("hours", 1, 144))
    if fields.values["label"] not in (_label(made), _label(at)):
        raise fields.fault("label", f"the label of its fix, {_label(made)}, or {_label(at)}")
    latitude, longitude = place(fields, "latitude", "longitude", config)
    return CycloneFix(at, latitude, longitude, _pressure(fields), _wind(fields),
                      fields.text("grade", optional=True), forecast=True)


def _area(item: Any) -> WindArea | None:
    fields = _named(item, ("wind", "ne", "se", "sw", "nw"))
    wind = _KNOTS.get(fields.text("wind"))
    if wind is None:
        raise fields.fault("wind", " or ".join(_KNOTS))
    return quarters(wind, MINUTES,
                    [fields.number(way, 0, MOST_KM) for way in ("ne", "se", "sw", "nw")])


def _named(item: Any, names: tuple[str, ...]) -> Fields:
    if not isinstance(item, list) or len(item) < len(names):
        raise Faulty("", shown(item), f"{', '.join(names)}, in this order")
    return Fields(dict(zip(names, item, strict=False)))


def _label(at: datetime) -> str:
    """An instant as labels write it, in UTC."""
    return f"{at.year}{at.month:02}{at.day:02}{at.hour:02}{at.minute:02}"


def _pressure(fields: Fields) -> float | None:
    return fields.number("pressure", 800, 1100) if fields.has("pressure") else None


def _wind(fields: Fields) -> Wind | None:
    return Wind(fields.number("wind", 0, MOST_MS), "m/s", MINUTES) if fields.has("wind") else None
