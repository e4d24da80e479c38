"""Alerts of Switzerland's cantons and federal offices, as alert.swiss shows them.

Source: ``polyalert.alertswiss_alerts.actual.json`` of https://www.alert.swiss, the JSON of the site
itself; its terms are not open. A list ``{"alerts": […]}``, or one alert alone. ``identifier`` is
``POA-<number>-<revision>``: the number is the event. ``sent`` is Swiss time in words, so the
instant is taken from ``reference`` (``sender,identifier,time``) where it stands there. Polygons are
``[latitude, longitude]`` in texts, circles a centre and kilometres. Texts hold tags of HTML.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import named
from fenghuo.feeds.fields import Faulty, Fields, is_id, printable
from fenghuo.feeds.formats.cap_area import Part, area_of
from fenghuo.feeds.formats.cap_words import OF_SEVERITY, is_drill
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest, records, while_listed
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Refused

ZONE = ZoneInfo("Europe/Zurich")
_NAME = re.compile(r"(\S{1,150}-\d{1,20})-\d{1,6}")
_REFERENCE = re.compile(r"[^,]{0,200},([^,]{1,200}),(\S{10,40})")
_SENT = re.compile(r"\D{0,12}(\d\d)\.(\d\d)\.(\d{4}),? (\d\d:\d\d)")
_TAG = re.compile(r"<[^<>]{0,500}>|❘")
_LONGEST = 20_000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the list or one alert. Raises Refused when it is neither."""
    answer, suspect = strict_json.read(body, config)
    alone = isinstance(answer, dict) and "identifier" in answer
    try:
        rows = [answer] if alone else Fields.of(answer).rows("alerts")
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    found, refusals = records(config, rows, "alerts", suspect,
                              lambda row: _record(row, config, received))
    if alone and refusals:
        raise Refused(refusals)
    names = {_event(row["identifier"]) for row in rows
             if isinstance(row, dict) and is_id(row.get("identifier"))}
    return Parsed(events=found, as_of=_as_of(answer, received) or newest(found),
                  refusals=refusals, present=None if alone else frozenset(names))


def _as_of(answer: dict[str, Any], received: datetime) -> datetime | None:
    """How old its own heartbeat lets the list be, None where it says nothing of it."""
    age = answer.get("heartbeatAgeInMillis")
    if isinstance(age, bool) or not isinstance(age, int) or not 0 <= age < 10**12:
        return None
    return received - timedelta(milliseconds=age)


def _event(identifier: str) -> str:
    """The event of an identifier: without its revision."""
    said = _NAME.fullmatch(identifier)
    return said[1] if said else identifier


def _record(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    name = row.id("identifier")
    issued = _issued(row, name, received)
    headline, event = _told(row, "title"), row.text("event", optional=True)
    description = _told(row, "description")
    severity = row.text("severity").capitalize()
    if severity not in OF_SEVERITY and severity != "Unknown":
        raise row.fault("severity", f"unknown or one of {', '.join(OF_SEVERITY).lower()}")
    over = row.values.get("allClear") is True
    test = any(row.values.get(key) is True for key in ("testAlert", "technicalTestAlert"))
    known = named("cap", event)
    steps = [_plain(Fields.of(one, row.at("instructions")).values.get("text"))
             if isinstance(one, dict) else _plain(one)
             for one in (row.rows("instructions") if row.has("instructions") else [])]
    parts, regions = _places(row)
    return EventRecord(
        kind=EventKind.signal, external_id=_event(name), aliases=(name,),
        status=EventStatus.exercise if test or is_drill(headline, description) else
        EventStatus.cancelled if over else EventStatus.actual,
        issued=issued, onset=issued, expires=while_listed(issued, received, config.lifetime),
        area=area_of(config.name, name, parts, config.area),
        attributes=SignalAttributes(
            identifier=name, hazard=known.hazard if known else Hazard.other,
            event_name=event or headline, event_code=known.code if known else "", scheme="cap",
            level=None if over else OF_SEVERITY.get(severity),
            issuer=row.text("publisherName", optional=True) or "alert.swiss",
            message_type="Cancel" if over else "Alert", headline=headline or event,
            description=description, instruction="\n".join(filter(None, steps))[:_LONGEST],
            districts=tuple(dict.fromkeys(config.districts[one] for one in regions
                                          if one in config.districts))))


def _issued(row: Fields, name: str, received: datetime) -> datetime:
    said = _REFERENCE.fullmatch(row.text("reference", optional=True))
    if said and said[1] == name:
        return row.past("reference", Fields({"reference": said[2]}).instant("reference"), received)
    words = _SENT.fullmatch(row.text("sent"))
    if words is None:
        raise row.fault("sent", "a day and an hour: Fri, 20.06.2025, 10:01")
    day, month, year, clock = words.groups()
    stamp = Fields({"sent": f"{year}-{month}-{day}T{clock}"})
    return row.past("sent", stamp.instant("sent", ZONE), received)


def _places(row: Fields) -> tuple[list[Part], list[str]]:
    """Polygons, circles and holes of its areas, and the regions they name."""
    parts: list[Part] = []
    regions: list[str] = []
    for index, one in enumerate(row.rows("areas") if row.has("areas") else []):
        area = Fields.of(one, f"areas[{index}]")
        polygons = [Fields.of(each, area.at("polygons")) for each in _some(area, "polygons")]
        circles = [Fields.of(each, area.at("circles")) for each in _some(area, "circles")]
        parts.append(Part(
            [each.rows("coordinates") for each in polygons],
            [f"{','.join(map(str, each.rows('centerPosition')))} {each.values.get('radius')}"
             for each in circles],
            [Fields.of(hole, area.at("excludes")).rows("coordinates")
             for each in polygons for hole in _some(each, "excludes")]))
        regions += [str(each["region"]) for each in _some(area, "regions")
                    if isinstance(each, dict) and "region" in each]
    return parts, regions


def _some(fields: Fields, key: str) -> list[Any]:
    return fields.rows(key) if fields.has(key) else []


def _told(row: Fields, key: str) -> str:
    """A text, or the text of that name in an object."""
    value = row.values.get(key)
    return _plain(value.get(key) if isinstance(value, dict) else value)


def _plain(value: object) -> str:
    return printable(unescape(_TAG.sub(" ", value)).strip(), _LONGEST) \
        if isinstance(value, str) else ""
