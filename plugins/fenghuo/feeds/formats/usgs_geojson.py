"""USGS earthquake GeoJSON: summary feeds, FDSN event queries and single event details.

Format: https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php
Times are ms since the epoch, coordinates lon, lat, depth km. The id changes with the preferred
network; ``ids`` joins. Refused per record: no magnitude, impossible or out-of-area coordinates,
an origin in the future, an unknown status. Quarry blasts and explosions are passed over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.decoding import text_of
from fenghuo.feeds.fields import Faulty, Fields, is_id, position
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.words import EventKind, EventStatus, Refusal, Refused


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list (FeatureCollection) or one event (Feature). Raises Refused as a whole."""
    source = config.name
    value, suspect = strict_json.loads(source, text_of(source, body, config.encoding))
    if suspect and isinstance(value, dict) and value.get("type") != "Feature":
        outside = list(strict_json.faults(source, {
            key: inner for key, inner in value.items() if not isinstance(inner, list)}, ""))
        if outside:
            raise Refused(outside)
    features, metadata = _envelope(source, value)
    made = None
    if metadata is not None and "generated" in metadata:
        try:
            made = Fields(metadata, "metadata").milliseconds("generated")
        except Faulty as fault:
            raise Refused([fault.refusal(source, "")]) from None
    refusals: list[Refusal] = []
    if made is not None and made > received + FUTURE:
        # not believed, or every honest list after it would pass for a replay
        refusals.append(Refusal(source, "metadata.generated", made.isoformat(), NO_FUTURE))
        made = None
    events: dict[str, EventRecord] = {}
    passed: list[Refusal] = []
    present: set[str] = set()
    withdrawn: list[str] = []
    for index, feature in enumerate(features):
        place = f"features[{index}]"
        ids = _ids(feature)
        present.update(ids)
        place = f"{place} {ids[0]}" if ids else place
        if suspect:
            bad = list(strict_json.faults(source, feature, place))
            if bad:
                refusals.extend(bad)
                continue
        try:
            properties = _properties(feature)
            kind = properties.text("type")
            if kind != "earthquake":
                passed.append(Refusal(source, place, kind, "an earthquake"))
            elif properties.values.get("status") == "deleted":
                withdrawn.extend(ids)
            else:
                _keep(events, _record(feature, ids, config, received), source, place, refusals)
        except Faulty as fault:
            refusals.append(fault.refusal(source, place))
    if made is None and refusals and not events and not passed and not withdrawn:
        raise Refused(refusals)
    return Parsed(events=list(events.values()), as_of=made, refusals=refusals, passed=passed,
                  made=made, withdrawn=tuple(withdrawn),
                  present=frozenset(present) if metadata is not None else None)


def _envelope(source: str, value: Any) -> tuple[list[Any], dict[str, Any] | None]:
    if isinstance(value, dict) and value.get("type") == "Feature":
        return [value], None
    if isinstance(value, dict) and value.get("type") == "FeatureCollection" \
            and isinstance(value.get("features"), list):
        metadata = value.get("metadata")
        return value["features"], metadata if isinstance(metadata, dict) else None
    found = f"type {value.get('type')!r}"[:80] if isinstance(value, dict) else type(value).__name__
    raise Refused([Refusal(source, "type", found, "a GeoJSON FeatureCollection or Feature")])


def _properties(feature: Any) -> Fields:
    fields = Fields.of(feature)
    if fields.values.get("type") != "Feature":
        raise Faulty("type", "no Feature", "a GeoJSON Feature")
    return fields.inner("properties")


def _ids(feature: Any) -> tuple[str, ...]:
    """The record's own id first, then every other id of the same thing."""
    if not isinstance(feature, dict):
        return ()
    properties = feature.get("properties")
    others = properties.get("ids") if isinstance(properties, dict) else None
    listed = others.split(",") if isinstance(others, str) else []
    found = [feature.get("id"), *listed]
    return tuple(dict.fromkeys(name for name in found if is_id(name)))


def _record(feature: dict[str, Any], ids: tuple[str, ...], config: FeedConfig,
            received: datetime) -> EventRecord:
    fields = Fields(feature)
    properties = fields.inner("properties")
    name = fields.id("id")
    review = properties.text("status")
    if review not in ("automatic", "reviewed", "manual"):
        raise Faulty("properties.status", review[:80], "automatic, reviewed or deleted")
    longitude, latitude, depth = position(fields.inner("geometry"), config)
    if depth is not None and not -12 <= depth <= 800:
        raise Faulty("geometry.coordinates[2]", f"{depth:g}", "a depth from -12 to 800 km")
    onset, issued = (properties.past(key, properties.milliseconds(key), received)
                     for key in ("time", "updated"))
    return EventRecord(
        kind=EventKind.earthquake, external_id=name, status=EventStatus.actual,
        issued=issued, onset=onset, expires=None, aliases=ids[1:],
        attributes=EarthquakeAttributes(
            magnitude=properties.number("mag", -5, 10.5),
            magnitude_type=properties.text("magType", optional=True),
            latitude=latitude, longitude=longitude, depth_km=depth,
            place=properties.text("place", optional=True),
            review="automatic" if review == "automatic" else "reviewed"))


def _keep(events: dict[str, EventRecord], record: EventRecord, source: str, place: str,
          refusals: list[Refusal]) -> None:
    """Of two records of one id the newer counts; the other is refused, unless they are equal."""
    other = events.get(record.external_id)
    if other == record:
        return
    if other is not None:
        refusals.append(Refusal(source, place, f"the id {record.external_id} again",
                                "each id once; the newest counts"))
        if other.issued >= record.issued:
            return
    events[record.external_id] = record
