"""Revisions of events as rows and back: plain values in, the same record out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import rfc8785
from msgspec import Struct, structs
from sqlalchemy import Connection, Row, Select, func, select

from fenghuo.observations.records import (
    Attributes,
    CycloneAttributes,
    CycloneFix,
    EarthquakeAttributes,
    EventRecord,
    EventRevision,
    FireAttributes,
    Lopsided,
    Quadrants,
    SignalAttributes,
    Wind,
    WindArea,
)
from fenghuo.store.tables import event, event_revision
from fenghuo.words import EventKind, EventStatus, Hazard, Level

_CHUNK = 400


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values in lists short enough for one statement's parameters on every database."""
    listed = list(values)
    return (listed[start:start + _CHUNK] for start in range(0, len(listed), _CHUNK))


def plain(attributes: Struct) -> dict[str, Any]:
    """Attributes as JSON values."""
    return {key: _value(value) for key, value in structs.asdict(attributes).items()}


def _value(value: Any) -> Any:
    if isinstance(value, Struct):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_value(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def digest_of(record: EventRecord, salt: int = 0) -> str:
    """SHA-256 of what a record says (RFC 8785). ``salt`` tells a record that came back from its
    first appearance: the number of the revision that had withdrawn it."""
    said = {
        "kind": record.kind.value, "status": record.status.value,
        "issued": record.issued.isoformat(), "onset": record.onset.isoformat(),
        "expires": record.expires.isoformat() if record.expires else None,
        "attributes": plain(record.attributes), "supersedes": list(record.supersedes),
        "area": record.area, "salt": salt}
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def selected() -> Select[Any]:
    """Every column of a revision with those of its event."""
    return select(event_revision, event.c.feed, event.c.external_id, event.c.kind,
                  event.c.incident_id).join(event, event.c.id == event_revision.c.event_id)


def of_row(row: Row[Any]) -> EventRevision:
    """A row of :func:`selected` as judges read it."""
    kind = EventKind(row.kind)
    return EventRevision(
        id=row.id, event_id=row.event_id, feed=row.feed, external_id=row.external_id, kind=kind,
        number=row.number, status=EventStatus(row.status), issued=row.issued,
        received=row.received, onset=row.onset, expires=row.expires,
        attributes=attributes_of(kind, row.attributes), area=row.area, payload=row.payload,
        incident_id=row.incident_id, supersedes=tuple(row.supersedes), by=row.by,
        assess_at=row.assess_at)


def attributes_of(kind: EventKind, values: dict[str, Any]) -> Attributes:
    """Attributes from their JSON values."""
    if kind is EventKind.earthquake:
        return EarthquakeAttributes(**values)
    if kind is EventKind.cyclone:
        return CycloneAttributes(**{**values, "fixes": tuple(map(_fix, values["fixes"]))})
    if kind is EventKind.fire:
        return FireAttributes(**values)
    level = values["level"]
    return SignalAttributes(**{
        **values, "hazard": Hazard(values["hazard"]), "level": Level(level) if level else None,
        "districts": tuple(values["districts"]),
        "stations": tuple((name, float(hours)) for name, hours in values.get("stations", ()))})


def _fix(values: dict[str, Any]) -> CycloneFix:
    areas = tuple(WindArea(Wind(**area["wind"]), Quadrants(**area["reach"])
                           if "ne_km" in area["reach"] else Lopsided(**area["reach"]))
                  for area in values["areas"])
    return CycloneFix(**{**values, "at": datetime.fromisoformat(values["at"]), "areas": areas,
                         "wind": Wind(**values["wind"]) if values["wind"] else None})


def newest(connection: Connection, event_ids: Iterable[int]) -> dict[int, EventRevision]:
    """The newest revision of each event."""
    found: dict[int, EventRevision] = {}
    for some in chunks(event_ids):
        last = (select(event_revision.c.event_id, func.max(event_revision.c.number).label("number"))
                .where(event_revision.c.event_id.in_(some))
                .group_by(event_revision.c.event_id).subquery())
        rows = connection.execute(selected().join(
            last, (last.c.event_id == event_revision.c.event_id)
            & (last.c.number == event_revision.c.number)))
        found |= {row.event_id: of_row(row) for row in rows}
    return found
