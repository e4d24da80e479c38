"""GDACS's events, whichever way they are told: earthquakes and cyclones are read.

Source: https://www.gdacs.org/Knowledge/overview.aspx (attribution to GDACS). An event's key is
its type and ``eventid``; ``episodeid`` counts its revisions and is no key. Green, orange and red
are GDACS's guesses at humanitarian need, no level of ours, and are not read.

A cyclone is one point: the newest place of the eye and the mean wind there, of one minute as JTWC
and NHC give it, in km/h, from the text (the number beside it is the greatest of its whole life).
Floods, droughts, fires and volcanoes have no number that a rule asks for and are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from fenghuo.feeds import tracks
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, in_area
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE
from fenghuo.observations.records import (
    CycloneAttributes,
    CycloneFix,
    EarthquakeAttributes,
    EventRecord,
    Wind,
)
from fenghuo.words import EventKind, EventStatus

AGENCY, MINUTES = "GDACS", 1
_DEPTH = re.compile(r"Depth:\s{0,3}(\d{1,4}(?:\.\d{1,6})?)\s{0,3}km")
_WIND = re.compile(r"maximum wind speed of (\d{1,3}) km/h")
_NAME = re.compile(r"([A-Za-z -]{1,30})-\d\d")


@dataclass(frozen=True, slots=True)
class Told:
    """One event of GDACS. Instants aware UTC, degrees WGS84."""

    kind: str            # EQ, TC, FL, DR, WF, VO …
    id: str              # eventid
    name: str            # CALVINIA-19, empty for other than cyclones
    country: str         # as GDACS names it: no ISO name
    latitude: float
    longitude: float
    since: datetime
    until: datetime
    issued: datetime
    severity: float
    said: str            # "Magnitude 4.8M, Depth:10km"


def record(told: Told, config: FeedConfig, received: datetime) -> EventRecord | None:
    """The record of an event, None for what is not ours or history. Raises Faulty."""
    if told.kind not in ("EQ", "TC"):
        return None
    in_area(told.latitude, told.longitude, config, "point")
    for field, at in (("todate", told.until), ("datemodified", told.issued)):
        if at > received + FUTURE:
            raise Faulty(field, at.isoformat(), NO_FUTURE)
    key = f"{told.kind}{told.id}"
    if told.kind == "EQ":
        depth = _DEPTH.search(told.said)
        return EventRecord(
            kind=EventKind.earthquake, external_id=key, status=EventStatus.actual,
            issued=told.issued, onset=told.since, expires=None,
            attributes=EarthquakeAttributes(
                magnitude=told.severity, magnitude_type="M", latitude=told.latitude,
                longitude=told.longitude, depth_km=float(depth[1]) if depth else None,
                place=told.country, review="automatic"))
    wind, name = _WIND.search(told.said), _NAME.fullmatch(told.name)
    if wind is None:
        return None
    fix = CycloneFix(told.until, told.latitude, told.longitude, None,
                     Wind(float(wind[1]), "km/h", MINUTES), told.said.split(" (")[0][:40])
    return tracks.track(key, CycloneAttributes("", name[1].upper() if name else "", AGENCY, (fix,)),
                        False, config, received)
