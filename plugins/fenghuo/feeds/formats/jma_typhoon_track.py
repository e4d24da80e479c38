"""One cyclone by JMA: where it is, how far its wind reaches, and where it will be.

Source: https://www.jma.go.jp/bosai/typhoon/data/<TC>/specifications.json (no documentation). A
title, the analysis (実況, 0 hours ahead) and forecasts::

    [{"part": "title", "typhoonNumber": "2607", "name": {"jp": "…", "en": "Sample"}, …},
     {"part": {"jp": "実況", "en": "Analysis"}, "advancedHours": 0,
      "category": {"jp": "台風", "en": "TY"}, "position": {"deg": [17.1, 128.2]},
      "pressure": "955", "maximumWind": {"sustained": {"m/s": "40", "kt": "80"}},
      "galeWarning": [{"area": "北", "range": {"km": 280, "nm": 150}},
                      {"area": {"jp": "南"}, "range": {"km": 220, "nm": 120}}],
      "validtime": {"UTC": "2026-06-21T21:00:00Z"}},
     {"part": {"jp": "予報　１２時間後"}, "advancedHours": 12, …}]

``deg`` is **latitude, longitude**; numbers may be written out. Wind is a mean of ten minutes in
knots. ``galeWarning`` is the area of 30 kt, ``stormWarning`` of 50 kt, each once for all around
(全域) or for the two halves, in km. A forecast's ``stormWarning`` holds every place the eye might
reach and is no area of that instant: it is left out. ``LOW`` is no tropical cyclone any more.

The cyclone's id (TC2608) stands in the address only, which is ``config.url`` here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, shown
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.tracks import MOST_KM, Reader, in_order, place, told, track
from fenghuo.observations.records import CycloneAttributes, CycloneFix, Lopsided, Wind, WindArea
from fenghuo.words import Refused

AGENCY, MINUTES = "JMA", 10
OVER = ("LOW", "L")
_AREAS = {"galeWarning": 30.0, "stormWarning": 50.0}
_WAYS = {"北": 0.0, "北東": 45.0, "東": 90.0, "南東": 135.0, "南": 180.0, "南西": 225.0,
         "西": 270.0, "北西": 315.0}


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a track. Raises Refused when none of it can be used."""
    value, suspect = strict_json.read(body, config)
    reader = Reader(config.name, suspect)
    try:
        if not isinstance(value, list) or len(value) < 2:
            raise Faulty("", shown(value), "a title, an analysis, forecasts")
        title = Fields.of(value[0], "[0]")
        if title.values.get("part") != "title" or any(
                strict_json.faults(config.name, value[0], "[0]")):
            raise title.fault("part", "title")
        here = reader.each("analysis", value[1:2], partial(_fix, config, None))
        if not here:
            raise Refused(reader.refusals)
        now = here[0]
        ahead = reader.each("forecast", value[2:], partial(_fix, config, now))
        number = title.text("typhoonNumber", optional=True)
        number = number if re.fullmatch("[0-9]{4}", number) else ""
        name = title.inner("name").text("en", optional=True) if title.has("name") else ""
        record = track(_id(config, number), CycloneAttributes(
            number, name.upper(), AGENCY,
            in_order([now], ahead)), now.grade in OVER, config, received)
    except Faulty as fault:
        raise Refused([*reader.refusals, fault.refusal(config.name, "payload")][:50]) from None
    return told(record, reader.refusals)


def _id(config: FeedConfig, number: str) -> str:
    found = re.search(r"/(TC[0-9]{4})/", config.url)
    if found is None and not number:
        raise Faulty("typhoonNumber", "a letter", "a number, or an address that names the cyclone")
    return found[1] if found else number


def _fix(config: FeedConfig, now: CycloneFix | None, item: Any) -> CycloneFix:
    fields = Fields.of(item)
    hours = fields.number("advancedHours", 0 if now is None else 1, 0 if now is None else 144)
    valid = fields.inner("validtime").instant("UTC", UTC) if fields.has("validtime") or not now \
        else now.at + timedelta(hours=hours)
    if now is not None and valid <= now.at:
        raise fields.fault("validtime", f"later than {now.at.isoformat()}")
    degrees = fields.inner("position").values.get("deg")
    if not isinstance(degrees, list) or len(degrees) != 2:
        raise Faulty("position.deg", shown(degrees), "[latitude, longitude]")
    latitude, longitude = place(Fields({"deg[0]": degrees[0], "deg[1]": degrees[1]}, "position"),
                                "deg[0]", "deg[1]", config)
    category = fields.inner("category").text("en") if fields.has("category") else ""
    areas = [_area(fields, name, kt) for name, kt in _AREAS.items()
             if now is None and fields.has(name)]
    return CycloneFix(
        valid, latitude, longitude,
        fields.decimal("pressure", 800, 1100) if _said(fields, "pressure") else None,
        _wind(fields), category, tuple(filter(None, areas)), forecast=now is not None)


def _wind(fields: Fields) -> Wind | None:
    if not fields.has("maximumWind") or not fields.inner("maximumWind").has("sustained"):
        return None
    mean = fields.inner("maximumWind").inner("sustained")
    return Wind(mean.decimal("kt", 0, 250), "kt", MINUTES) if _said(mean, "kt") else None


def _said(fields: Fields, key: str) -> bool:
    """Whether a number is said; a dash is none."""
    return fields.has(key) and fields.values[key] != "-"


def _area(fields: Fields, name: str, kt: float) -> WindArea | None:
    """The area of a wind, given for all around or for two halves."""
    parts = fields.values[name]
    if not isinstance(parts, list) or len(parts) > 2:
        raise fields.fault(name, "the whole, or two halves")
    halves: list[tuple[float, str]] = []
    for index, part in enumerate(parts):
        half = Fields.of(part, f"{fields.at(name)}[{index}]")
        way = half.values.get("area")
        way = half.inner("area").text("jp") if isinstance(way, dict) else half.text("area")
        halves.append((half.inner("range").decimal("km", 0, MOST_KM), way.removesuffix("側")))
    if not halves or not any(km for km, _ in halves):
        return None
    if len(halves) == 1 and halves[0][1] == "全域":
        return WindArea(Wind(kt, "kt", MINUTES), Lopsided(halves[0][0], halves[0][0], None))
    (shortest, other), (longest, way) = sorted([(0.0, ""), *halves])[-2:]
    if way not in _WAYS or _WAYS.get(other) != (_WAYS[way] + 180) % 360:
        raise fields.fault(name, "全域, or two halves opposite each other")
    return WindArea(Wind(kt, "kt", MINUTES), Lopsided(longest, shortest, _WAYS[way]))
