"""Alerts in force in Norway: GeoJSON of api.met.no.

Source: https://api.met.no/weatherapi/metalerts/2.0/documentation (CC BY 4.0, MET Norway). When an
alert counts stands beside its ``properties``, in ``when.interval``; when it was issued stands only
in its id (``2.49.0.1.578.0.20260306192210.079``, UTC). The level is the colour of
``awareness_level``, the kind the number of ``awareness_type``; green is the end of a warning. What
leaves the list has lapsed.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import find
from fenghuo.feeds.fields import Faulty, Fields, cleaned, is_id, not_later, shown
from fenghuo.feeds.formats.cap_words import OF_SEVERITY, STATUSES, is_drill, of_awareness
from fenghuo.feeds.formats.geojson_area import Areas
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.shapes import Word, named, shaped, timed
from fenghuo.feeds.signal_rows import FARTHEST, newest, records, while_listed
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Refused

_STAMP = re.compile(r"2\.49\.0\.\d\.578\.0\.(?:20)?(\d{6})(\d{6})\.\S+", re.ASCII)
_LONGEST = 20_000


class _Alert(Struct):
    id: str
    title: Word
    event: Word
    type: Literal["Alert", "Update", "Cancel"]
    status: Literal["Actual", "Exercise", "Test", "", None] = None
    severity: str | None = None
    awareness_level: str | None = None
    awareness_type: str | None = None
    description: str | None = None
    instruction: str | None = None
    county: list[Any] | Literal[""] | None = None


class _When(Struct):
    interval: list[str | None]


class _Feature(Struct):
    properties: _Alert
    when: _When


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list. Raises Refused when it is none."""
    answer, suspect = strict_json.read(body, config)
    try:
        fields = Fields.of(answer)
        if fields.values.get("type") != "FeatureCollection":
            raise Faulty("type", shown(fields.values.get("type")), "a FeatureCollection")
        rows = fields.rows("features")
        changed = fields.past("lastChange", fields.instant("lastChange"), received) \
            if fields.has("lastChange") else None
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    areas = Areas(config, (row.get("geometry") for row in rows if isinstance(row, dict)))
    found, refusals = records(config, rows, "features", suspect,
                              lambda row: _record(row, areas, config, changed, received))
    names = (row["properties"].get("id") for row in rows
             if isinstance(row, dict) and isinstance(row.get("properties"), dict))
    return Parsed(events=found, as_of=changed or newest(found), made=changed, refusals=refusals,
                  present=frozenset(filter(is_id, names)))


def _record(row: Fields, areas: Areas, config: FeedConfig, changed: datetime | None,
            received: datetime) -> EventRecord:
    feature = shaped(row.values, _Feature)
    said = feature.properties
    name = named(said.id, "properties.id")
    issued = not_later(_issued(name, changed), "properties.id", received)
    title, description = cleaned(said.title), cleaned(said.description, _LONGEST)
    colour = cleaned(said.awareness_level)
    status = STATUSES[said.status or "Actual"]
    if is_drill(title, description):
        status = EventStatus.exercise
    elif status is EventStatus.actual and (said.type == "Cancel" or "green" in colour.lower()):
        status = EventStatus.cancelled
    onset, expires = _interval(feature.when.interval, issued, received, config)
    code = (said.awareness_type or "").partition(";")[0].strip()
    known, kind = find("cap", code), cleaned(said.event)
    return EventRecord(
        kind=EventKind.signal, external_id=name, status=status, issued=issued, onset=onset,
        expires=expires, area=areas.of(row.values.get("geometry")),
        attributes=SignalAttributes(
            identifier=name, hazard=known.hazard if known else Hazard.other, event_name=kind,
            event_code=code or kind, scheme="cap",
            level=of_awareness(colour) if colour else OF_SEVERITY.get(said.severity or ""),
            issuer="MET Norway", message_type=said.type, headline=title, description=description,
            instruction=cleaned(said.instruction, _LONGEST), districts=tuple(dict.fromkeys(
                config.districts[county] for county in said.county or ()
                if isinstance(county, str) and county in config.districts))))


def _issued(name: str, changed: datetime | None) -> datetime:
    """The instant of its id; where that says none, when the list was last changed."""
    stamp = _STAMP.fullmatch(name)
    if stamp is None:
        if changed is None:
            raise Faulty("properties.id", shown(name),
                         "an id with its instant, or lastChange of the list")
        return changed
    return timed(f"20{stamp[1]}T{stamp[2]}Z", "properties.id")


def _interval(said: list[str | None], issued: datetime, received: datetime,
              config: FeedConfig) -> tuple[datetime, datetime]:
    """Begin and end; one that stays open counts while it is listed."""
    begin, end, *_ = [*said, None, None]
    onset = timed(begin, "when.interval[0]")
    expires = timed(end, "when.interval[1]") if end else \
        while_listed(issued, received, config.lifetime)
    for at, word, place in ((onset, begin, "when.interval[0]"), (expires, end, "when.interval[1]")):
        if abs(at - issued) > FARTHEST:
            raise Faulty(place, shown(word), "a time within a year of its issue")
    if expires <= onset:
        raise Faulty("when.interval[1]", shown(end), "an end after its begin")
    return onset, expires
