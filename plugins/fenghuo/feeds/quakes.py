"""A list of earthquakes while it is read, whatever its form: each record by itself.

A faulty record is refused alone, one that is no earthquake is passed over, one its issuer deleted
is withdrawn; of two records of one id the newest counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.fields import Faulty, Fields, cleaned, is_id
from fenghuo.feeds.parsed import Parsed
from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.words import EventKind, EventStatus, Refusal, Refused

MAGNITUDE = (-5.0, 10.5)
DEPTH_KM = (-12.0, 800.0)
"""The least and most that is believed; the deepest quake known was at about 750 km."""
Magnitude = Annotated[float, Meta(ge=MAGNITUDE[0], le=MAGNITUDE[1])]
Depth = Annotated[float, Meta(ge=DEPTH_KM[0], le=DEPTH_KM[1])]

_QUAKES = frozenset({"", "earthquake", "induced or triggered event", "not reported", "null"})
"""``null`` is how some services write that they say none."""


class Passed(Exception):
    """The record is sound and no earthquake; its argument is what it is."""


class Deleted(Exception):
    """The issuer says that there was no such earthquake."""


def sort_of(word: str) -> None:
    """Judge a QuakeML event type. Raises Passed for a blast, Deleted for ``not existing``.

    https://quake.ethz.ch/quakeml/docs/REC?action=AttachFile&do=view&target=QuakeML-BED-20130214b.pdf
    """
    said = word.strip().lower().replace("_", " ")
    if said == "not existing":
        raise Deleted
    if said not in _QUAKES:
        raise Passed(said[:80])


def earthquake(name: str, *, issued: datetime, onset: datetime, magnitude: float, latitude: float,
               longitude: float, depth_km: float | None, place: str | None, reviewed: bool,
               magnitude_type: str | None = None, aliases: Iterable[object] = ()) -> EventRecord:
    """A quake's record. Instants aware UTC, degrees WGS84, depth in km below sea level.

    ``issued`` is the instant of receipt where the issuer has no clock of revisions; ``reviewed``
    false also where it does not say who located the quake.
    """
    others = [one for one in aliases if one != name and is_id(one)] if aliases else ()
    return EventRecord(
        EventKind.earthquake, name, EventStatus.actual, issued, onset, None,
        EarthquakeAttributes(magnitude, cleaned(magnitude_type), latitude, longitude, depth_km,
                             cleaned(place),
                             "reviewed" if reviewed else "automatic"),
        tuple(dict.fromkeys(others)) if others else ())


@dataclass(slots=True)
class QuakeList:
    """What has been read so far. ``suspect``: the JSON holds faults somewhere."""

    source: str
    suspect: bool = False
    events: dict[str, EventRecord] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    passed: list[Refusal] = field(default_factory=list)
    present: set[str] = field(default_factory=set)
    withdrawn: list[str] = field(default_factory=list)

    def take(self, place: str, record: Any, ids: Iterable[object],
             read: Callable[[Any], EventRecord]) -> None:
        """Read one record by ``read``, which raises Faulty, Passed or Deleted. ``ids`` are all
        it is known by, its own first; what is no id is left out."""
        names = list(filter(is_id, ids))
        self.present.update(names)
        if self.suspect and (bad := list(strict_json.faults(
                self.source, record, _named(place, names)))):
            self.refusals.extend(bad)
            return
        try:
            found = read(record)
            if self.events.setdefault(found.external_id, found) is not found:
                self._again(found, _named(place, names))
        except Faulty as fault:
            self.refusals.append(fault.refusal(self.source, _named(place, names)))
        except Passed as other:
            self.passed.append(Refusal(self.source, _named(place, names), str(other),
                                       "an earthquake"))
        except Deleted:
            self.withdrawn.extend(dict.fromkeys(names))

    def parsed(self, made: datetime | None = None, listed: bool = True) -> Parsed:
        """The list as read. ``made``: when it was made, by its issuer, if that is said; else it
        speaks as of its newest record. ``listed`` false: one event, whose list names others.
        Raises Refused where every record is faulty and nothing else was said."""
        if made is None and self.refusals and not (self.events or self.passed or self.withdrawn):
            raise Refused(self.refusals)
        newest = max((event.issued for event in self.events.values()), default=None)
        return Parsed(events=list(self.events.values()), as_of=made or newest,
                      refusals=self.refusals, passed=self.passed, made=made,
                      withdrawn=tuple(self.withdrawn),
                      present=frozenset(self.present) if listed else None)

    def _again(self, record: EventRecord, place: str) -> None:
        """Of two records of one id the newer counts; the other is refused, unless equal."""
        other = self.events[record.external_id]
        if other == record:
            return
        self.refusals.append(Refusal(
            self.source, place, f"the id {record.external_id} again",
            "each id once; the newest counts"))
        if record.issued > other.issued:
            self.events[record.external_id] = record


def _named(place: str, names: list[str]) -> str:
    return f"{place} {names[0]}" if names else place


def refused(config: FeedConfig, place: str, value: Any, expected: str) -> Refused:
    """The refusal of a payload as a whole, for the value in one place of it."""
    fault = Fields({place: value}).fault(place, expected)
    return Refused([fault.refusal(config.name, "")])


def features_of(value: Any, config: FeedConfig) -> list[Any]:
    """The features of a GeoJSON FeatureCollection (RFC 7946). Raises Refused for anything else."""
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection":
        if bad := list(strict_json.faults(config.name, {
                key: inner for key, inner in value.items() if not isinstance(inner, list)}
                if isinstance(value, dict) else value, "")):
            raise Refused(bad)
        found = f"type {value.get('type')!r}"[:80] if isinstance(value, dict) \
            else type(value).__name__
        raise Refused([Refusal(config.name, "type", found, "a GeoJSON FeatureCollection")])
    features = value.get("features")
    if not isinstance(features, list):
        raise refused(config, "features", features, "a list of features")
    return features


def properties_of(feature: Any) -> dict[str, Any]:
    """The properties of a GeoJSON feature; none for what is no object."""
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def ids_of(value: Any, *keys: str) -> list[object]:
    """What stands in a record's fields of ids; nothing for what is no object."""
    return [value.get(key) for key in keys] if isinstance(value, dict) else []
