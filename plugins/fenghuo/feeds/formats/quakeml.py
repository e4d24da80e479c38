"""QuakeML, basic event description, of FDSN event services; namespaces of 1.0 to 1.2.

Format: https://quake.ethz.ch/quakeml/docs/latest?action=AttachFile&do=get&target=QuakeML-BED.pdf
An event may have many origins and magnitudes: the preferred ones count; where none is named, the
origin of the magnitude, or the only one. Depth is in metres, times are UTC with or without Z.
The clock of revisions is the newest ``creationTime`` within the event; without any, a solution
counts from its receipt.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from lxml import etree

from fenghuo.feeds import safe_xml
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, degrees
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import (
    DEPTH_KM,
    MAGNITUDE,
    Deleted,
    QuakeList,
    earthquake,
    refused,
    sort_of,
)
from fenghuo.observations.records import EventRecord

_DEPTH_M = (DEPTH_KM[0] * 1000, DEPTH_KM[1] * 1000)
_BY_HAND = frozenset({"reviewed", "confirmed", "final"})


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    root = safe_xml.parse(config.name, body, config.encoding)
    if safe_xml.name_of(root).lower() != "quakeml" or root.find("{*}eventParameters") is None:
        raise refused(config, "1:1", safe_xml.name_of(root), "quakeml with eventParameters")
    quakes = QuakeList(config.name)
    read = partial(_record, config=config, received=received)
    for index, event in enumerate(root.iterfind("{*}eventParameters/{*}event")):
        quakes.take(f"event[{index}]", event, [event.get("publicID")], read)
    return quakes.parsed(_made(root, config, quakes, received))


def _made(root: etree._Element, config: FeedConfig, quakes: QuakeList,
          received: datetime) -> datetime | None:
    """When the list was made, where it says so."""
    said = Fields({"creationTime": root.findtext(
        "{*}eventParameters/{*}creationInfo/{*}creationTime")}, "eventParameters.creationInfo")
    try:
        return said.past("creationTime", said.instant("creationTime", UTC), received) \
            if said.has("creationTime") else None
    except Faulty as fault:
        quakes.refusals.append(fault.refusal(config.name, ""))
        return None


def _record(event: etree._Element, config: FeedConfig, received: datetime) -> EventRecord:
    name = Fields({"publicID": event.get("publicID")}).id("publicID")
    sort_of(event.findtext("{*}type") or "")
    magnitude = _preferred(event, "magnitude", "preferredMagnitudeID")
    origin = _preferred(event, "origin", "preferredOriginID", magnitude.findtext("{*}originID"))
    if origin.findtext("{*}evaluationStatus") == "rejected":
        raise Deleted
    solved = Fields({key: _value(origin, key) for key in ("time", "latitude", "longitude",
                                                         "depth")}, "origin")
    size = Fields({"mag": _value(magnitude, "mag")}, "magnitude")
    latitude, longitude = degrees(solved, "latitude", "longitude", config)
    depth = solved.decimal("depth", *_DEPTH_M) / 1000 if solved.has("depth") else None
    return earthquake(
        name, issued=_issued(event, received),
        onset=solved.past("time", solved.instant("time", UTC), received),
        magnitude=size.decimal("mag", *MAGNITUDE),
        magnitude_type=(magnitude.findtext("{*}type") or "").strip()[:20], latitude=latitude,
        longitude=longitude, depth_km=depth, place=_place(event),
        reviewed=origin.findtext("{*}evaluationMode") == "manual"
        or origin.findtext("{*}evaluationStatus") in _BY_HAND)


def _preferred(event: etree._Element, kind: str, key: str,
               otherwise: str | None = None) -> etree._Element:
    """The origin or magnitude that the event names, else that of an id, else the only one."""
    found = event.findall(f"{{*}}{kind}")
    own = (event.findtext(f"{{*}}{key}") or "").strip()
    wanted = own or (otherwise or "").strip()
    named = [each for each in found if each.get("publicID") == wanted] if wanted else found
    if not own and not named:  # a magnitude may be of an origin that the answer leaves out
        named = found
    if len(named) != 1:
        raise Faulty(key, wanted[:80] or f"{len(found)} of {kind}",
                     f"the publicID of one {kind} of the event")
    return named[0]


def _value(element: etree._Element, key: str) -> str | None:
    """The text of ``<key><value>``; its uncertainties are left."""
    text = element.findtext(f"{{*}}{key}/{{*}}value")
    return text.strip() if text is not None else None


def _issued(event: etree._Element, received: datetime) -> datetime:
    """The newest instant at which anything of the event was made."""
    made = [Fields({"creationTime": (element.text or "").strip()}, "creationInfo")
            for element in event.iterfind(".//{*}creationTime")]
    return max((one.past("creationTime", one.instant("creationTime", UTC), received)
                for one in made), default=received)


def _place(event: etree._Element) -> str:
    """The region's name, else the first description there is."""
    found = event.findall("{*}description")
    regions = [one for one in found if "region" in (one.findtext("{*}type") or "").lower()]
    texts = [Fields({"text": (one.findtext("{*}text") or "").strip()}) for one in regions + found]
    return next((one.text("text", optional=True) for one in texts if one.has("text")), "")
