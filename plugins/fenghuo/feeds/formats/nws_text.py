"""Text products of the US National Weather Service that carry VTEC lines: one or several.

Format: NWS Instructions 10-1701 (headings, segments, ``LAT...LON``), 10-1702 (UGC) and 10-1703
(VTEC), https://www.nws.noaa.gov/directives/. A product begins with its heading (``WGUS51 KOKX
091611``: day, hour and minute, UTC); month and year stand in the line of its date. ``$$`` ends a
segment. The event is VTEC's, whatever product tells of it, and its end is VTEC's: a UGC line's
expiry is when the next product is due. A text says no severity, so it has no level.
``LAT...LON`` are hundredths of a degree north and west, east for Guam (PGUM).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from fenghuo.documents.decoding import text_of
from fenghuo.feeds import vtec
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.event_codes import find
from fenghuo.feeds.formats.cap_area import Part, area_of
from fenghuo.feeds.formats.cap_words import is_drill
from fenghuo.feeds.nws_products import Product, products
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.feeds.signal_rows import joined, newest
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Refusal, Refused

_UGC = re.compile(r"^([A-Z]{2}[CZ](?:ALL|\d{3})[A-Z0-9>\-\s]{0,4000}?-)\d{6}-", re.MULTILINE)
_CODE = re.compile(r"([A-Z]{2}[CZ])?(?:ALL|(\d{3})(?:>(\d{3}))?)")
_POINTS = re.compile(r"^LAT\.\.\.LON((?:\s+\d{4,5}){6,400})\b", re.MULTILINE)
_HEADLINE = re.compile(r"^\.\.\.(.{1,500}?)\.\.\.[ \t]*$", re.MULTILINE | re.DOTALL)
_LONGEST = 20_000
_EAST = ("PGUM",)
"""Offices whose longitudes are east."""


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read the products. Raises Refused where there is none with a VTEC line."""
    text = text_of(config.name, body, config.encoding)
    found: dict[str, EventRecord] = {}
    refusals: list[Refusal] = []
    read = 0
    for product in products(config.name, text):
        for index, segment in enumerate(product.text.split("$$")):
            place = f"{product.name}.segment[{index}]"
            try:
                for record in _records(product, segment, place, config, received):
                    read += 1
                    before = found.get(record.external_id)
                    found[record.external_id] = record if before is None \
                        or before.issued < record.issued else before \
                        if before.issued > record.issued else joined(before, record)
            except Refused as error:
                refusals += error.refusals
    if not read:
        raise Refused(refusals or [Refusal(config.name, "payload", text.split("\n")[0][:80],
                                           "a product with a VTEC line")])
    standing = {one.external_id for one in found.values() if one.status is EventStatus.actual}
    events = [replace(one, supersedes=tuple(name for name in one.supersedes
                                            if name not in standing)) for one in found.values()]
    return Parsed(events=events, as_of=newest(events), refusals=refusals)


def _records(product: Product, segment: str, place: str, config: FeedConfig,
             received: datetime) -> Iterator[EventRecord]:
    """A record for each VTEC line of a segment. Raises Refused."""
    try:
        lines = vtec.lines(segment)
    except ValueError:
        raise Refused([Refusal(config.name, f"{place}.VTEC", "a time that is none",
                               "times of the calendar")]) from None
    if not lines:
        return
    issued = product.issued
    if issued > received + FUTURE:
        raise Refused([Refusal(config.name, f"{product.name}.heading", issued.isoformat(),
                               NO_FUTURE)])
    area = area_of(config.name, place, [Part([_polygon(segment, product)], [], [])],
                   config.area) if _POINTS.search(segment) else None
    zones = _zones(segment)
    said = _HEADLINE.search(segment, segment.rindex(f".{lines[-1].number}."))
    headline = " ".join(said[1].split()) if said else product.title
    replaced = [line.key(issued.year) for line in lines if line.action == "UPG"]
    for line in lines:
        known = find("nws", line.code)
        drill = not line.real or is_drill(headline, segment)
        status = EventStatus.exercise if drill else \
            EventStatus.cancelled if line.ended else EventStatus.actual
        # until further notice: the newest product of an office lies there for years
        end = line.end or issued + config.lifetime
        if end <= issued and status is EventStatus.actual:
            raise Refused([Refusal(config.name, f"{place}.VTEC", end.isoformat(),
                                   "an end after its issue")])
        yield EventRecord(
            kind=EventKind.signal, external_id=line.key(issued.year), status=status,
            issued=issued, onset=line.begin or issued, expires=end, area=area,
            supersedes=() if line.ended else tuple(dict.fromkeys(replaced)),
            attributes=SignalAttributes(
                identifier=line.key(issued.year), hazard=known.hazard if known else Hazard.other,
                event_name=known.en if known else line.code, event_code=line.code, scheme="nws",
                level=None, issuer=f"NWS {line.office}",
                message_type="Cancel" if line.ended else
                "Alert" if line.action == "NEW" else "Update",
                headline=headline, description=segment.strip()[:_LONGEST],
                instruction="", districts=tuple(dict.fromkeys(
                    config.districts[zone] for zone in zones if zone in config.districts))))


def _zones(segment: str) -> list[str]:
    """``NJC003-031-NYC087-`` and ``GUZ001>004-`` written out: NJC003, NJC031, NYC087 …"""
    found: list[str] = []
    state = ""
    for line in _UGC.findall(segment):
        for code in re.sub(r"\s", "", line).split("-"):
            said = _CODE.fullmatch(code)
            if said is None or not (state := said[1] or state):
                continue
            first, last = (said[2] or "", said[3] or said[2] or "")
            found += [f"{state}{number:03}" for number in range(int(first), int(last) + 1)] \
                if first else [f"{state}ALL"]
    return found


def _polygon(segment: str, product: Product) -> str:
    """The corners of ``LAT...LON`` as CAP writes them."""
    said = _POINTS.search(segment)
    numbers = said[1].split() if said else []
    sign = 1 if product.office in _EAST else -1
    return " ".join(f"{int(lat) / 100:.2f},{sign * int(lon) / 100:.2f}"
                    for lat, lon in zip(numbers[::2], numbers[1::2], strict=False))
