"""Alerts in force in the United States: GeoJSON of api.weather.gov.

Source: https://www.weather.gov/documentation/services-web-alerts. Every message has a new id, so
an event is known by its VTEC line, and by its id only where it has none; there ``references`` say
what it replaces. One event has a message for each group of zones: it stands while any of them
stands, with all their areas. ``expires`` is when the next message is due; the end is ``ends``,
``eventEndingTime`` or VTEC's. ``senderName`` is never read. A ``Problem`` sent with 200 is refused.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from fenghuo.feeds import strict_json, vtec
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import find, named
from fenghuo.feeds.fields import Faulty, Fields, is_id, shown
from fenghuo.feeds.formats.cap_words import MESSAGES, OF_SEVERITY, STATUSES, is_drill
from fenghuo.feeds.formats.geojson_area import Areas
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import joined, newest, records, while_listed, within_a_year
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Level, Refusal, Refused

_LONGEST = 20_000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list of alerts. Raises Refused when it is none."""
    answer, suspect = strict_json.read(body, config)
    try:
        fields = Fields.of(answer)
        if fields.values.get("type") != "FeatureCollection":
            raise Faulty("type", shown(fields.values.get("title") or fields.values.get("type")),
                         "a FeatureCollection")
        rows = fields.rows("features")
        made = fields.past("updated", fields.instant("updated"), received) \
            if fields.has("updated") else None
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    areas = Areas(config, (row.get("geometry") for row in rows if isinstance(row, dict)))
    found, refusals = records(config, rows, "features", suspect,
                              lambda row: _record(row, areas, config, received), joined)
    standing = {one.external_id for one in found if one.status is EventStatus.actual}
    found = [replace(one, supersedes=tuple(name for name in one.supersedes
                                           if name not in standing)) for one in found]
    whole = not isinstance(answer.get("pagination"), dict)
    if not whole:
        refusals.append(Refusal(config.name, "pagination", f"{len(rows)} alerts and more",
                                "the whole list: a smaller area in the address"))
    names = {one.external_id for one in found} | {
        row["properties"].get("id") for row in rows
        if isinstance(row, dict) and isinstance(row.get("properties"), dict)}
    return Parsed(events=found, as_of=made or newest(found), made=made, refusals=refusals,
                  present=frozenset(filter(is_id, names)) if whole else None)


def _record(row: Fields, areas: Areas, config: FeedConfig, received: datetime) -> EventRecord:
    fields = row.inner("properties")
    event, headline = fields.text("event"), fields.text("headline", optional=True)
    description = fields.text("description", optional=True, longest=_LONGEST)
    sent = "sent" if fields.has("sent") else "effective"
    issued = fields.past(sent, fields.instant(sent), received)
    status = STATUSES.get(fields.text("status"))
    if status is None:
        raise fields.fault("status", "one of Actual, Exercise, Test")
    if fields.text("messageType") not in MESSAGES:
        raise fields.fault("messageType", f"one of {', '.join(MESSAGES)}")
    references = [Fields.of(each, fields.at("references")) for each in
                  (fields.rows("references") if fields.has("references") else [])]
    said = _vtec(fields)
    own = next((one for one in said if not one.ended), said[0] if said else None)
    year = min([issued, *(each.instant("sent") for each in references)]).year
    name = fields.id("id") if fields.has("id") else f"{event} {issued:%Y-%m-%dT%H:%MZ}"
    if is_drill(headline, description) or (own is not None and not own.real):
        status = EventStatus.exercise
    elif status is EventStatus.actual and (
            fields.text("messageType") == "Cancel" or (own is not None and own.ended)):
        status = EventStatus.cancelled
    replaced = [each.id("identifier") for each in references] if own is None else \
        [one.key(year) for one in said if one.ended and one is not own]
    code, hazard = _code(fields, own)
    return EventRecord(
        kind=EventKind.signal, external_id=own.key(year) if own else name, status=status,
        issued=issued, onset=_begin(fields, issued),
        expires=_end(fields, own, issued, received, config, status),
        aliases=(name,) if own else (), supersedes=tuple(dict.fromkeys(replaced)),
        area=areas.of(row.values.get("geometry")),
        attributes=SignalAttributes(
            identifier=own.key(year) if own else name, hazard=hazard, event_name=event,
            event_code=code, scheme="nws", level=_level(fields),
            issuer=f"NWS {own.office}" if own else "NWS",
            message_type=fields.text("messageType"), headline=headline or event,
            description=description,
            instruction=fields.text("instruction", optional=True, longest=_LONGEST),
            districts=_districts(fields, config)))


def _vtec(fields: Fields) -> list[vtec.Vtec]:
    """The lines of ``parameters.VTEC``, none where it has none."""
    if not fields.has("parameters") or not fields.inner("parameters").has("VTEC"):
        return []
    parameters = fields.inner("parameters")
    try:
        return vtec.lines(" ".join(map(str, parameters.rows("VTEC"))))
    except ValueError:
        raise parameters.fault("VTEC", "VTEC lines with times of the calendar") from None


def _begin(fields: Fields, issued: datetime) -> datetime:
    for key in ("onset", "effective"):
        if fields.has(key):
            return within_a_year(fields, key, fields.instant(key), issued)
    return issued


def _end(fields: Fields, own: vtec.Vtec | None, issued: datetime, received: datetime,
         config: FeedConfig, status: EventStatus) -> datetime:
    """Its end; one until further notice counts while it is listed."""
    inner = fields.inner("parameters") if fields.has("parameters") else Fields({})
    times = {**fields.values, "eventEndingTime": next(
        iter(inner.rows("eventEndingTime") if inner.has("eventEndingTime") else []), None)}
    stated = Fields(times, fields.place)
    key = next((key for key in ("ends", "eventEndingTime") if stated.has(key)), None)
    if key is None and own is not None:
        at = own.end or while_listed(issued, received, config.lifetime)
    elif key is None and not stated.has("expires"):
        return while_listed(issued, received, config.lifetime)
    else:
        key = key or "expires"
        at = within_a_year(stated, key, stated.instant(key), issued)
    if at <= issued and status is EventStatus.actual:
        raise stated.fault(key or "parameters.VTEC", "an end after its issue")
    return at


def _code(fields: Fields, own: vtec.Vtec | None) -> tuple[str, Hazard]:
    """VTEC's code, else the message's own, else what the table calls its event."""
    codes = fields.inner("eventCode") if fields.has("eventCode") else Fields({})
    said = [own.code] if own else [
        str(code) for key in ("NationalWeatherService", "SAME") if codes.has(key)
        for code in codes.rows(key)]
    rows = [row for row in map(lambda code: find("nws", code), said) if row is not None]
    row = rows[0] if rows else None if own else named("nws", fields.text("event"))
    return (row.code, row.hazard) if row else (said[0] if own else "", Hazard.other)


def _level(fields: Fields) -> Level | None:
    """By severity; Unknown gives none."""
    severity = fields.text("severity")
    if severity not in OF_SEVERITY and severity != "Unknown":
        raise fields.fault("severity", f"Unknown or one of {', '.join(OF_SEVERITY)}")
    return OF_SEVERITY.get(severity)


def _districts(fields: Fields, config: FeedConfig) -> tuple[str, ...]:
    """Our districts of its UGC zones and SAME counties."""
    geocode = fields.inner("geocode") if fields.has("geocode") else Fields({})
    codes = [str(code) for key in ("UGC", "SAME") if geocode.has(key) for code in geocode.rows(key)]
    return tuple(dict.fromkeys(config.districts[code] for code in codes
                               if code in config.districts))
