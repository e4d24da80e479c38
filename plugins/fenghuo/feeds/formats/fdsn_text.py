"""FDSN event service, format=text: INGV, GEOFON, SED, IRIS and many more.

Format: https://www.fdsn.org/webservices/fdsnws-event-1.2.pdf (section on the text format)
Columns are found by the header, whose capitals differ (``Depth/Km`` at INGV); 13 columns, or 14
with EventType. Times are UTC without an offset. The format has no clock of revisions and does
not say who located a quake: a solution counts from its receipt, and as automatic.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from fenghuo.documents.decoding import text_of
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, degrees
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.quakes import DEPTH_KM, MAGNITUDE, QuakeList, earthquake, refused, sort_of
from fenghuo.observations.records import EventRecord

_NEEDED = ("eventid", "time", "latitude", "longitude", "depth/km", "magnitude")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused as a whole."""
    lines = text_of(config.name, body, config.encoding).splitlines()
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    names = [name.strip().lower() for name in lines[start].lstrip("# ").split("|")]
    if not set(_NEEDED) <= set(names) or len(set(names)) < len(names):
        raise refused(config, f"{start + 1}:1", lines[start], "a header with EventID, Time, "
                      "Latitude, Longitude, Depth/km and Magnitude, each once")
    quakes = QuakeList(config.name)
    read = partial(_record, names=names, config=config, received=received)
    for number, line in enumerate(lines[start + 1:], start + 2):
        if line.strip():
            cells = [cell.strip() for cell in line.split("|")]
            at = names.index("eventid")
            quakes.take(f"line {number}", cells, cells[at:at + 1], read)
    return quakes.parsed()


def _record(cells: list[str], names: list[str], config: FeedConfig,
            received: datetime) -> EventRecord:
    if len(cells) != len(names):
        raise Faulty("", f"{len(cells)} columns", f"{len(names)} columns, as the header has")
    fields = Fields(dict(zip(names, cells, strict=True)))
    name = fields.id("eventid")
    sort_of(fields.text("eventtype", optional=True))
    latitude, longitude = degrees(fields, "latitude", "longitude", config)
    return earthquake(
        name, issued=received, onset=fields.past("time", fields.instant("time", UTC), received),
        magnitude=fields.decimal("magnitude", *MAGNITUDE),
        magnitude_type=fields.text("magtype", optional=True), latitude=latitude,
        longitude=longitude,
        depth_km=fields.decimal("depth/km", *DEPTH_KM) if fields.has("depth/km") else None,
        place=fields.text("eventlocationname", optional=True), reviewed=False)
