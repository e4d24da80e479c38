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

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import find
from fenghuo.feeds.fields import Faulty, Fields, is_id, shown
from fenghuo.feeds.formats.cap_area import of_geojson
from fenghuo.feeds.formats.cap_words import MESSAGES, OF_SEVERITY, STATUSES, is_drill, of_awareness
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest, records, while_listed, within_a_year
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Level, Refused

_STAMP = re.compile(r"2\.49\.0\.\d\.578\.0\.(?:20)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.\S+",
                    re.ASCII)
_LONGEST = 20_000


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
    found, refusals = records(config, rows, "features", suspect,
                              lambda row: _record(row, config, changed, received))
    names = (row["properties"].get("id") for row in rows
             if isinstance(row, dict) and isinstance(row.get("properties"), dict))
    return Parsed(events=found, as_of=changed or newest(found), made=changed, refusals=refusals,
                  present=frozenset(filter(is_id, names)))


def _record(row: Fields, config: FeedConfig, changed: datetime | None,
            received: datetime) -> EventRecord:
    fields = row.inner("properties")
    name = fields.id("id")
    issued = fields.past("id", _issued(fields, name, changed), received)
    title, description = fields.text("title"), fields.text("description", True, _LONGEST)
    kind, message = fields.text("event"), fields.text("type")
    if message not in MESSAGES:
        raise fields.fault("type", f"one of {', '.join(MESSAGES)}")
    status = STATUSES.get(fields.text("status") if fields.has("status") else "Actual")
    if status is None:
        raise fields.fault("status", f"one of {', '.join(STATUSES)}")
    if is_drill(title, description):
        status = EventStatus.exercise
    elif status is EventStatus.actual and (message == "Cancel" or "green" in fields.text(
            "awareness_level", optional=True).lower()):
        status = EventStatus.cancelled
    onset, expires = _interval(row, issued, received, config)
    code = fields.text("awareness_type", optional=True).partition(";")[0].strip()
    known = find("cap", code)
    return EventRecord(
        kind=EventKind.signal, external_id=name, status=status, issued=issued, onset=onset,
        expires=expires,
        area=of_geojson(config.name, "geometry", row.values.get("geometry"), config.area),
        attributes=SignalAttributes(
            identifier=name, hazard=known.hazard if known else Hazard.other, event_name=kind,
            event_code=code or kind, scheme="cap", level=_level(fields), issuer="MET Norway",
            message_type=message, headline=title, description=description,
            instruction=fields.text("instruction", True, _LONGEST), districts=tuple(dict.fromkeys(
                config.districts[county] for county in _counties(fields)
                if county in config.districts))))


def _issued(fields: Fields, name: str, changed: datetime | None) -> datetime:
    """The instant of its id; where that says none, when the list was last changed."""
    stamp = _STAMP.fullmatch(name)
    if stamp is None:
        if changed is None:
            raise fields.fault("id", "an id with its instant, or lastChange of the list")
        return changed
    year, month, day, hour, minute, second = stamp.groups()
    said = f"20{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    return Fields({"id": said}, fields.place).instant("id")


def _interval(row: Fields, issued: datetime, received: datetime,
              config: FeedConfig) -> tuple[datetime, datetime]:
    """Begin and end; one that stays open counts while it is listed."""
    when = row.inner("when")
    said = [*when.rows("interval"), None, None][:2]
    times = Fields({"interval[0]": said[0], "interval[1]": said[1]}, when.place)
    onset = within_a_year(times, "interval[0]", times.instant("interval[0]"), issued)
    end = within_a_year(times, "interval[1]", times.instant("interval[1]"), issued) \
        if times.has("interval[1]") else while_listed(issued, received, config.lifetime)
    if end <= onset:
        raise times.fault("interval[1]", "an end after its begin")
    return onset, end


def _level(fields: Fields) -> Level | None:
    """By the colour, by severity where none is said; green and Unknown give none."""
    if fields.has("awareness_level"):
        return of_awareness(fields.text("awareness_level"))
    return OF_SEVERITY.get(fields.text("severity", optional=True))


def _counties(fields: Fields) -> list[str]:
    return [one for one in fields.rows("county") if isinstance(one, str)] \
        if fields.has("county") else []
