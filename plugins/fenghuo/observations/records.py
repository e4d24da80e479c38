"""The shapes that parsers hand over and that judges read.

Structs of msgspec, made in a seventh of a frozen dataclass's time: lists of thousands are read each
minute (docs/decisions/0018).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from fenghuo.words import EventKind, EventStatus, Hazard, Level

OBSERVATION_COLUMNS = ("subject", "metric", "start", "end", "issued", "value", "basis")
"""Columns of a frame of observations: subject and metric are words, start, end and issued
aware UTC instants ([start, end) of the number; start == end for an instantaneous one), value a
finite float in the metric's unit (rain mm, stage m), basis ``observed`` or ``forecast``."""


REGISTERED = "registered"
"""The feed of what people entered from paper or a call; it is of no bureau and never polled."""


class SignalAttributes(Struct, frozen=True):
    """A bureau's own warning as its document says it."""

    identifier: str
    hazard: Hazard
    event_name: str          # the zh-CN <event>
    event_code: str          # 11B03 …, empty when the issuer gives none
    level: Level | None      # from the headline's colour; none on a cancel that names none
    issuer: str              # 台山市气象台, from the headline; never a forecaster's name
    message_type: str        # Alert | Update | Cancel
    headline: str
    description: str
    instruction: str
    districts: tuple[str, ...]  # 12-digit codes
    stations: tuple[tuple[str, float], ...] = ()  # river stations, hours until the water is there
    scheme: str = "gb"        # whose code it is: a scheme of the table of event codes


class EarthquakeAttributes(Struct, frozen=True):
    """An earthquake's solution. Depth in km, None where the source gives none."""

    magnitude: float
    magnitude_type: str
    latitude: float
    longitude: float
    depth_km: float | None
    place: str
    review: str              # automatic | reviewed


_KNOTS = {"kt": 1.0, "m/s": 3600 / 1852, "km/h": 1 / 1.852}


class Wind(Struct, frozen=True):
    """A mean wind as its agency says it: ``value`` in ``unit`` (kt, m/s, km/h), averaged over so
    many ``minutes``: JMA and HKO 10, CMA 2, JTWC and NHC 1. Units are turned into each other,
    averaging periods never (docs/decisions/0010-winds.md)."""

    value: float
    unit: str
    minutes: int

    @property
    def kt(self) -> float:
        """In knots, the averaging as it is."""
        return self.value * _KNOTS[self.unit]

    @property
    def ms(self) -> float:
        """In m/s, the averaging as it is."""
        return self.kt * 1852 / 3600


class Quadrants(Struct, frozen=True):
    """How far from the eye, km, in each quarter of the compass: north to east is ``ne_km``."""

    ne_km: float
    se_km: float
    sw_km: float
    nw_km: float


class Lopsided(Struct, frozen=True):
    """How far from the eye: ``longest_km`` towards ``direction`` (degrees clockwise from north,
    None where it is the same all around), ``shortest_km`` away from it."""

    longest_km: float
    shortest_km: float
    direction: float | None


class WindArea(Struct, frozen=True):
    """Where it blows at least ``wind``, as far from the eye as ``reach`` says."""

    wind: Wind
    reach: Quadrants | Lopsided


class CycloneFix(Struct, frozen=True):
    """Where a cyclone is, or is forecast to be, at an instant (aware UTC; degrees WGS84).

    ``wind`` is the strongest mean near the centre, None where none is said; ``grade`` the
    agency's own word (TD, TS, STS, TY, STY, SuperTY; L and LOW: no tropical cyclone any more).
    """

    at: datetime
    latitude: float
    longitude: float
    pressure_hpa: float | None
    wind: Wind | None
    grade: str
    areas: tuple[WindArea, ...] = ()
    forecast: bool = False


class CycloneAttributes(Struct, frozen=True):
    """A cyclone's track by one agency: analysed fixes first, then its own forecast ones, each
    later than the last. Raises ValueError for winds of two averaging periods: those are two
    tracks."""

    number: str              # 1822: the 22nd of 2018, empty while it has none
    name: str                # MANGKHUT, empty while it has none
    agency: str              # JMA, CMA …: whose positions and winds these are
    fixes: tuple[CycloneFix, ...]

    def __post_init__(self) -> None:
        if len(self._periods) > 1:
            raise ValueError(f"winds averaged over {sorted(self._periods)} minutes in one track")

    @property
    def _periods(self) -> set[int]:
        said = [wind for fix in self.fixes
                for wind in (fix.wind, *(area.wind for area in fix.areas)) if wind is not None]
        return {wind.minutes for wind in said}

    @property
    def minutes(self) -> int | None:
        """Over how long its winds are averaged, None where it says no wind."""
        return next(iter(self._periods), None)

    @property
    def current(self) -> CycloneFix:
        """The newest analysed fix."""
        return next(fix for fix in reversed(self.fixes) if not fix.forecast)


class FireAttributes(Struct, frozen=True):
    """A pixel in which a satellite saw fire, by its middle in degrees WGS84."""

    latitude: float
    longitude: float
    confidence: str          # low | nominal | high
    frp_mw: float | None     # radiative power, where the source gives it
    satellite: str           # Terra, Suomi NPP, NOAA-20 …
    night: bool              # seen at night


Attributes = SignalAttributes | EarthquakeAttributes | CycloneAttributes | FireAttributes


class ForecastSeries(Struct, frozen=True, eq=False):
    """Numbers to come at one place, of one run of a model.

    ``values`` float32[k]: the number of the ``step`` seconds that end at ``t0``, ``t0 + step`` …
    (aware UTC), NaN where nothing is forecast; rain in mm, gust in m/s.
    """

    metric: str
    subject: str             # the point's name in rules/feeds.yaml
    issued: datetime         # when the run was made; the hour of receipt where it is not said
    t0: datetime
    step: int
    values: NDArray[np.float32]


class EventRecord(Struct, frozen=True):
    """One revision of an event as a parser read it. Instants aware UTC."""

    kind: EventKind
    external_id: str
    status: EventStatus
    issued: datetime         # the issuer's clock: sent / updated
    onset: datetime          # origin time, or effective
    expires: datetime | None
    attributes: Attributes
    aliases: tuple[str, ...] = ()       # other ids of the same thing
    supersedes: tuple[str, ...] = ()    # identifiers it updates or cancels
    area: dict[str, Any] | None = None  # GeoJSON geometry, lon lat (circles already polygons)


class EventRevision(Struct, frozen=True):
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
    attributes: Attributes
    area: dict[str, Any] | None
    payload: str
    incident_id: int | None
    supersedes: tuple[str, ...] = ()
    by: str | None = None    # who wrote it by hand, None for a feed's own word
    assess_at: datetime | None = None  # from when it may be judged: a foreign source waits
