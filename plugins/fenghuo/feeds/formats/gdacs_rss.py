"""GDACS's RSS of events: rss.xml, rss_24h.xml, rss_7d.xml.

Source: https://www.gdacs.org/xml/rss.xml; what is read of an event and what is not:
``feeds/gdacs.py``. A BOM before the declaration; times are RFC 822 with GMT::

    <item><pubDate>…</pubDate><gdacs:datemodified>…</gdacs:datemodified>
      <gdacs:fromdate>Sat, 28 Dec 2019 15:36:35 GMT</gdacs:fromdate> <gdacs:todate>…</gdacs:todate>
      <guid>EQ1199929</guid><geo:Point><geo:lat>-44.5653</geo:lat><geo:long>37.087</geo:long>
      </geo:Point><gdacs:eventtype>EQ</gdacs:eventtype><gdacs:eventid>1199929</gdacs:eventid>
      <gdacs:severity unit="M" value="5.5">Magnitude 5.5M, Depth:10km</gdacs:severity> …</item>

``datemodified`` stands in newer lists only; where it is missing, the list's own time is the
revision's. The guid names the event, not its episode: the same guid comes again, changed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from fenghuo.feeds import safe_xml
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields
from fenghuo.feeds.formats.gdacs_events import listed
from fenghuo.feeds.gdacs import Told, record
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.feeds.safe_xml import children
from fenghuo.observations.records import EventRecord
from fenghuo.words import Refusal, Refused

MOST = 5000


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    root = safe_xml.parse(config.name, body, config.encoding)
    channels = children(root, "channel")
    items = children(channels[0], "item") if channels else []
    try:
        if not channels or len(items) > MOST:
            raise Faulty("1:1", f"<{safe_xml.name_of(root)}> of {len(items)} items",
                         f"an RSS channel of at most {MOST}")
        made = _instant(_fields(channels[0]), "pubDate")
        if made > received + FUTURE:
            raise Faulty("pubDate", made.isoformat(), NO_FUTURE)
    except Faulty as fault:
        raise Refused([fault.refusal(config.name, "")]) from None
    refusals: list[Refusal] = []
    found: list[tuple[str, EventRecord | None]] = []
    for index, item in enumerate(items):
        try:
            found.append(_event(item, made, config, received))
        except Faulty as fault:
            refusals.append(fault.refusal(config.name, f"items[{index}]"))
    return listed(config, found, refusals, made)


def _event(item: etree._Element, made: datetime, config: FeedConfig,
           received: datetime) -> tuple[str, EventRecord | None]:
    fields = _fields(item)
    kind, number = fields.text("eventtype"), fields.text("eventid")
    key = f"{kind}{number}"
    if not number.isascii() or not number.isdigit() or fields.text("guid") != key:
        raise fields.fault("guid", f"{key}, its type and eventid")
    if kind not in ("EQ", "TC"):
        return key, None
    points = children(item, "Point")
    point = Fields(_fields(points[0]).values if points else {}, "Point")
    severity = next(iter(children(item, "severity")), None)
    value = Fields({"value": severity.get("value")} if severity is not None else {}, "severity")
    quake = kind == "EQ"
    return key, record(Told(
        kind, number, fields.text("eventname", optional=True),
        fields.text("country", optional=True),
        point.decimal("lat", -90, 90), point.decimal("long", -180, 180),
        _instant(fields, "fromdate"), _instant(fields, "todate"),
        _instant(fields, "datemodified") if fields.has("datemodified") else made,
        value.decimal("value", -5 if quake else 0, 10.5 if quake else 500),
        fields.text("severity")), config, received)


def _fields(element: etree._Element) -> Fields:
    """The texts of an element's children by name, the first of each."""
    found: dict[str, str] = {}
    for child in element:
        found.setdefault(safe_xml.name_of(child), (child.text or "").strip())
    return Fields(found)


def _instant(fields: Fields, key: str) -> datetime:
    """An RFC 822 time with its offset."""
    try:
        at = parsedate_to_datetime(fields.text(key))
    except (ValueError, TypeError, IndexError):
        raise fields.fault(key, "an RFC 822 time") from None
    if at.tzinfo is None:
        raise fields.fault(key, "an RFC 822 time with its zone")
    return at.astimezone(UTC)
