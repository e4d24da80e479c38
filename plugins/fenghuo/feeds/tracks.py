"""A cyclone's fixes as an agency tells them, made one record or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, in_area, shown
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations.records import (
    CycloneAttributes,
    CycloneFix,
    EventRecord,
    Quadrants,
    Wind,
    WindArea,
)
from fenghuo.words import EventKind, EventStatus, Refusal

LIFE = timedelta(hours=12)
"""How long a fix counts: two of the advisories that should have come since are missing then."""
AHEAD = timedelta(days=6)
"""How far a forecast fix may lie ahead."""
T = TypeVar("T")
MOST_FIXES = 2000
MOST_KM = 2800.0
"""The farthest a wind area is believed to reach from the eye."""
MOST_MS = 130.0


def track(external_id: str, attributes: CycloneAttributes, over: bool, config: FeedConfig,
          received: datetime) -> EventRecord | None:
    """The record of a track, None where its newest fix is history (older than ``window``).

    ``over``: its issuer says it has ended. Raises Faulty: no analysed fix, one in the future,
    fixes out of order, a forecast beyond six days.
    """
    fixes = attributes.fixes
    analysed = [fix for fix in fixes if not fix.forecast]
    if not analysed:
        raise Faulty("fixes", f"{len(fixes)} of a forecast", "an analysed fix")
    now = analysed[-1]
    if now.at < received - (config.window or LIFE):
        return None
    for before, after in pairwise(fixes):
        if after.at <= before.at or (before.forecast and not after.forecast):
            raise Faulty("fixes", after.at.isoformat(), "a later fix, forecast ones last")
    if now.at > received + FUTURE:
        raise Faulty("fixes", now.at.isoformat(), NO_FUTURE)
    if fixes[-1].at > now.at + AHEAD:
        raise Faulty("fixes", fixes[-1].at.isoformat(), f"at most {AHEAD} ahead")
    return EventRecord(
        kind=EventKind.cyclone, external_id=external_id, issued=now.at, onset=fixes[0].at,
        status=EventStatus.cancelled if over else EventStatus.actual,
        expires=now.at + LIFE, attributes=attributes)


def in_order(fixes: Iterable[CycloneFix],
             ahead: Iterable[CycloneFix] = ()) -> tuple[CycloneFix, ...]:
    """Fixes by time, then those of a forecast that are still to come; of two of one instant the
    one told last counts."""
    known, coming = ({fix.at: fix for fix in some} for some in (fixes, ahead))
    last = max(known, default=None)
    return (*(known[at] for at in sorted(known)),
            *(coming[at] for at in sorted(coming) if last is None or at > last))


def place(fields: Fields, latitude: str, longitude: str,
          config: FeedConfig) -> tuple[float, float]:
    """Latitude and longitude of two fields, degrees, as numbers or written out; longitudes up to
    360 are turned to -180 … 180. Raises Faulty also outside the feed's area."""
    lat, lon = fields.decimal(latitude, -90, 90), fields.decimal(longitude, -180, 360)
    lon = lon - 360 if lon > 180 else lon
    in_area(lat, lon, config, fields.at(latitude))
    return lat, lon


def quarters(kt: float, minutes: int, radii: Sequence[float]) -> WindArea | None:
    """The area of a wind by its radii north-east, south-east, south-west, north-west in km; None
    where all are 0."""
    return WindArea(Wind(kt, "kt", minutes), Quadrants(*radii)) if any(radii) else None


@dataclass(slots=True)
class Reader:
    """Reads the lists of one payload. ``refusals`` gathers their faulty items; ``suspect`` says
    whether the payload holds anything that JSON does not have (``strict_json``)."""

    source: str
    suspect: bool
    refusals: list[Refusal] = field(default_factory=list)

    def each(self, where: str, items: Any, read: Callable[[Any], T]) -> list[T]:
        """What ``read`` makes of every item of a list; one that it finds faulty is refused alone.
        Raises Faulty for no list, and for one too long."""
        if not isinstance(items, list) or len(items) > MOST_FIXES:
            raise Faulty(where, shown(items), f"a list of at most {MOST_FIXES}")
        found: list[T] = []
        for index, item in enumerate(items):
            place = f"{where}[{index}]"
            bad = list(strict_json.faults(self.source, item, place)) if self.suspect else []
            if bad:
                self.refusals += bad
                continue
            try:
                found.append(read(item))
            except Faulty as fault:
                self.refusals.append(fault.refusal(self.source, place))
        return found


def told(record: EventRecord | None, refusals: list[Refusal]) -> Parsed:
    """What a document of one track says: nothing where it is history."""
    return Parsed(events=[record] if record else [], refusals=refusals,
                  as_of=record.issued if record else None)
