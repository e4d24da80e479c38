"""USGS earthquake GeoJSON: summary feeds, FDSN event queries and single event details.

Format: https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php
Times are ms since the epoch, coordinates lon, lat, depth km. The id changes with the preferred
network; ``ids`` joins. Refused per record: no magnitude, impossible or out-of-area coordinates,
an origin in the future, an unknown status. Quarry blasts and explosions are passed over.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.decoding import text_of
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.words import EventKind, EventStatus, Refusal, Refused

_EARLIEST_MS = 100_000_000_000
"""March 1973 in ms: anything below is seconds sent for milliseconds."""

_LONGEST_ID = 80


class _Faulty(Exception):
    """A record's fault: place, found, expected."""


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
            made = _instant(metadata, "generated")
        except _Faulty as fault:
            raise Refused([Refusal(source, *fault.args)]) from None
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
            kind = _text(feature["properties"], "type") if _is_event(feature) else ""
            if kind not in ("", "earthquake"):
                passed.append(Refusal(source, place, kind, "an earthquake"))
            elif kind and feature["properties"].get("status") == "deleted":
                withdrawn.extend(ids)
            else:
                _keep(events, _record(feature, ids, config, received), source, place, refusals)
        except _Faulty as fault:
            field, found, expected = fault.args
            refusals.append(Refusal(source, f"{place}.{field}", found, expected))
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


def _is_event(feature: Any) -> bool:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _Faulty("type", "no Feature", "a GeoJSON Feature")
    if not isinstance(feature.get("properties"), dict):
        raise _Faulty("properties", "none", "an object")
    return True


def _ids(feature: Any) -> tuple[str, ...]:
    """The record's own id first, then every other id of the same thing."""
    if not isinstance(feature, dict):
        return ()
    properties = feature.get("properties")
    others = properties.get("ids") if isinstance(properties, dict) else None
    listed = others.split(",") if isinstance(others, str) else []
    found = [feature.get("id"), *listed]
    return tuple(dict.fromkeys(
        name for name in found
        if isinstance(name, str) and 0 < len(name) <= _LONGEST_ID and name.isprintable()))


def _record(feature: dict[str, Any], ids: tuple[str, ...], config: FeedConfig,
            received: datetime) -> EventRecord:
    properties = feature["properties"]
    if not ids or ids[0] != feature.get("id"):
        raise _Faulty("id", repr(feature.get("id"))[:80], "a text of 1 to 80 characters")
    review = _text(properties, "status")
    if review not in ("automatic", "reviewed", "manual"):
        raise _Faulty("properties.status", review[:80], "automatic, reviewed or deleted")
    longitude, latitude, depth = _position(feature, config)
    onset, issued = _instant(properties, "time"), _instant(properties, "updated")
    for name, at in (("time", onset), ("updated", issued)):
        if at > received + FUTURE:
            raise _Faulty(f"properties.{name}", at.isoformat(), NO_FUTURE)
    return EventRecord(
        kind=EventKind.earthquake, external_id=ids[0], status=EventStatus.actual,
        issued=issued, onset=onset, expires=None, aliases=ids[1:],
        attributes=EarthquakeAttributes(
            magnitude=_number(properties, "mag", "properties.mag", -5, 10.5),
            magnitude_type=_text(properties, "magType", optional=True),
            latitude=latitude, longitude=longitude, depth_km=depth,
            place=_text(properties, "place", optional=True),
            review="automatic" if review == "automatic" else "reviewed"))


def _position(feature: dict[str, Any],
              config: FeedConfig) -> tuple[float, float, float | None]:
    geometry = feature.get("geometry")
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(coordinates, list) or len(coordinates) not in (2, 3):
        raise _Faulty("geometry.coordinates", repr(coordinates)[:80], "[lon, lat, depth km]")
    named = dict(zip(("longitude", "latitude", "depth"), coordinates, strict=False))
    longitude = _number(named, "longitude", "geometry.coordinates[0]", -180, 180)
    latitude = _number(named, "latitude", "geometry.coordinates[1]", -90, 90)
    depth = None if named.get("depth") is None else \
        _number(named, "depth", "geometry.coordinates[2]", -12, 800)
    if longitude == 0 and latitude == 0:
        raise _Faulty("geometry.coordinates", "0, 0", "a place")
    if config.area is not None and not config.area.holds(latitude, longitude):
        raise _Faulty("geometry.coordinates", f"lat {latitude}, lon {longitude}",
                      "a place in the service area (coordinates swapped?)")
    return longitude, latitude, depth


def _number(record: dict[str, Any], key: str, place: str, least: float, most: float) -> float:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) \
            or not math.isfinite(value) or not least <= value <= most:
        raise _Faulty(place, "nothing" if value is None else repr(value)[:80],
                      f"a number from {least} to {most}")
    return float(value)


def _instant(record: dict[str, Any], key: str) -> datetime:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, int) \
            or not _EARLIEST_MS <= value < 10_000_000_000_000:
        raise _Faulty(f"properties.{key}" if key != "generated" else "metadata.generated",
                      "nothing" if value is None else repr(value)[:80],
                      "milliseconds since the epoch")
    return datetime.fromtimestamp(value // 1000, UTC).replace(microsecond=value % 1000 * 1000)


def _text(record: dict[str, Any], key: str, optional: bool = False) -> str:
    value = record.get(key)
    if optional and value is None:
        return ""
    if not isinstance(value, str) or not (optional or value):
        raise _Faulty(f"properties.{key}", "nothing" if value is None else repr(value)[:80],
                      "a text")
    return "".join(c for c in value if c.isprintable())[:300]


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
