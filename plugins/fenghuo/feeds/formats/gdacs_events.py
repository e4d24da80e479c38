"""GDACS's event lists in GeoJSON: SEARCH, EVENTS4APP, eventsbyarea.

Source: https://www.gdacs.org/gdacsapi/swagger/index.html; what is read of an event and what is not:
``feeds/gdacs.py``. Times are UTC without an offset::

    {"type": "FeatureCollection", "features": [{"type": "Feature",
      "geometry": {"type": "Point", "coordinates": [71.02, 36.61]},
      "properties": {"eventtype": "EQ", "eventid": 1569499, "episodeid": 1737725,
        "country": "Afghanistan", "fromdate": "2026-10-04T20:27:25", "todate": …,
        "datemodified": "2026-10-04T21:07:42", "Class": "Point_Centroid",
        "severitydata": {"severity": 4.8, "severitytext": "Magnitude 4.8M, Depth:248.906km"}}}]}

Outlines (any ``Class`` but the centroid) are passed over. A list of 100 may have been cut.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.gdacs import Told, record
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.shapes import Point, position, shaped
from fenghuo.feeds.tracks import Reader
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refusal, Refused


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    value, suspect = strict_json.read(body, config)
    reader = Reader(config.name, suspect)
    try:
        fields = Fields.of(value)
        if fields.values.get("type") != "FeatureCollection":
            raise fields.fault("type", "a GeoJSON FeatureCollection")
        found = reader.each("features", fields.values.get("features"),
                            partial(_event, config, received))
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "")]) from None
    return listed(config, found, reader.refusals, None)


def listed(config: FeedConfig, found: list[tuple[str, EventRecord | None]],
           refusals: list[Refusal], made: datetime | None) -> Parsed:
    """What a list of events says: each key once, the newest. Raises Refused where none is sound."""
    if refusals and not found:
        raise Refused(refusals[:50])
    events: dict[str, EventRecord] = {}
    passed: list[Refusal] = []
    for key, one in found:
        if one is None:
            passed.append(Refusal(config.name, key, "another hazard, an outline or history",
                                  "an earthquake or a cyclone with its wind"))
        elif key not in events or events[key].issued <= one.issued:
            events[key] = one
    return Parsed(events=list(events.values()), refusals=refusals, passed=passed, made=made,
                  as_of=made or max((one.issued for one in events.values()), default=None))


def _event(config: FeedConfig, received: datetime,
           item: Any) -> tuple[str, EventRecord | None]:
    feature = Fields.of(item)
    fields = feature.inner("properties")
    kind, number = fields.text("eventtype"), int(fields.number("eventid", 1, 10**12))
    key = f"{kind}{number}"
    if fields.values.get("Class", "Point_Centroid") != "Point_Centroid" or kind not in (
            "EQ", "TC"):
        return key, None
    longitude, latitude, _ = position(
        shaped(feature.values.get("geometry"), Point, "geometry"), config)
    severity = fields.inner("severitydata")
    quake = kind == "EQ"
    return key, record(Told(
        kind, str(number), fields.text("eventname", optional=True),
        fields.text("country", optional=True),
        latitude, longitude, fields.instant("fromdate", UTC), fields.instant("todate", UTC),
        fields.instant("datemodified", UTC),
        severity.number("severity", -5 if quake else 0, 10.5 if quake else 500),
        severity.text("severitytext")), config, received)
