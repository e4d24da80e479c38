"""Flood warnings of the Environment Agency in England: ``id/floods``.

Format: https://environment.data.gov.uk/flood-monitoring/doc/reference. One warning an area, by
``floodAreaID``, or by the end of its address; it changes in place. ``severityLevel`` 1 is a severe
flood warning, 2 a flood warning, 3 a flood alert: red, orange and yellow here, for the agency
itself gives no colours. 4 is no longer in force: the end, which stays in the list for a day. Times
are UTC, written without an offset. The polygon has an address of its own and is not read, so that
only a rule of the whole feed's area can use these.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, is_id
from fenghuo.feeds.parsed import Parsed
from fenghuo.feeds.signal_rows import newest, records, while_listed
from fenghuo.observations.records import EventRecord, SignalAttributes
from fenghuo.words import EventKind, EventStatus, Hazard, Level, Refused

LEVELS = {1: Level.red, 2: Level.orange, 3: Level.yellow, 4: None}
_TIMES = ("timeRaised", "timeSeverityChanged", "timeMessageChanged")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read a list. Raises Refused when it is none."""
    answer, suspect = strict_json.read(body, config)
    try:
        rows = Fields.of(answer).rows("items")
    except Faulty as faulty:
        raise Refused([faulty.refusal(config.name, "")]) from None
    found, refusals = records(config, rows, "items", suspect,
                              lambda row: _record(row, config, received))
    if refusals and not found:
        raise Refused(refusals[:50])
    return Parsed(events=found, as_of=newest(found), refusals=refusals, present=frozenset(
        _id(row) for row in rows if isinstance(row, dict) and is_id(_id(row))))


def _id(row: Mapping[str, Any]) -> Any:
    """The flood area's id; where it is not said, the last part of the warning's address."""
    address = row.get("@id")
    return row.get("floodAreaID") or (
        address.rpartition("/")[2] if isinstance(address, str) else None)


def _record(row: Fields, config: FeedConfig, received: datetime) -> EventRecord:
    level = row.values.get("severityLevel")
    if isinstance(level, bool) or not isinstance(level, int) or level not in LEVELS:
        raise row.fault("severityLevel", "1 to 4")
    times = {key: row.past(key, row.instant(key, UTC), received) for key in _TIMES if row.has(key)}
    if not times:
        raise row.fault("timeRaised", "an ISO 8601 time")
    issued, name = max(times.values()), Fields(
        {"floodAreaID": _id(row.values)}, row.place).id("floodAreaID")
    return EventRecord(
        kind=EventKind.signal, external_id=name, issued=issued, onset=min(times.values()),
        status=EventStatus.actual if LEVELS[level] else EventStatus.cancelled,
        expires=while_listed(issued, received, config.lifetime),
        attributes=SignalAttributes(
            identifier=name, hazard=Hazard.flood, event_name=row.text("severity"),
            event_code="11A01", level=LEVELS[level], issuer="Environment Agency",
            message_type="Update" if LEVELS[level] else "Cancel",
            headline=row.text("description"),
            description=row.text("message", optional=True, longest=20_000), instruction="",
            districts=()))
