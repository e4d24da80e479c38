"""The shapes that parsers hand over and that judges read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fenghuo.words import EventKind, EventStatus, Hazard, Level

OBSERVATION_COLUMNS = ("subject", "metric", "start", "end", "issued", "value", "basis")
"""Columns of a frame of observations: subject and metric are words, start, end and issued
aware UTC instants ([start, end) of the number; start == end for an instantaneous one), value a
finite float in the metric's unit (rain mm, stage m), basis ``observed`` or ``forecast``."""


@dataclass(frozen=True, slots=True)
class SignalAttributes:
    """A bureau's own warning as its document says it."""

    identifier: str
    hazard: Hazard
    event_name: str          # the zh-CN <event>
    event_code: str          # 11B03 …, empty when the table knows none
    level: Level | None      # from the headline's colour; none on a cancel that names none
    issuer: str              # 台山市气象台, from the headline; never a forecaster's name
    message_type: str        # Alert | Update | Cancel
    headline: str
    description: str
    instruction: str
    districts: tuple[str, ...]  # 12-digit codes


@dataclass(frozen=True, slots=True)
class EarthquakeAttributes:
    """An earthquake's solution. Depth in km, None where the source gives none."""

    magnitude: float
    magnitude_type: str
    latitude: float
    longitude: float
    depth_km: float | None
    place: str
    review: str              # automatic | reviewed


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One revision of an event as a parser read it. Instants aware UTC."""

    kind: EventKind
    external_id: str
    status: EventStatus
    issued: datetime         # the issuer's clock: sent / updated
    onset: datetime          # origin time, or effective
    expires: datetime | None
    attributes: SignalAttributes | EarthquakeAttributes
    aliases: tuple[str, ...] = ()       # other ids of the same thing
    supersedes: tuple[str, ...] = ()    # identifiers it updates or cancels
    area: dict[str, Any] | None = None  # GeoJSON geometry, lon lat (circles already polygons)


@dataclass(frozen=True, slots=True)
class EventRevision:
    """A stored revision of an event, as the judges read it."""

    id: int
    event_id: int
    feed: str
    external_id: str
    kind: EventKind
    number: int
    status: EventStatus
    issued: datetime
    received: datetime
    onset: datetime
    expires: datetime | None
    attributes: SignalAttributes | EarthquakeAttributes
    area: dict[str, Any] | None
    payload: str
    incident_id: int | None
    supersedes: tuple[str, ...] = field(default=())
