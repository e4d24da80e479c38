"""A finding: a rule that holds, does not, or cannot be known, with value, threshold and proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fenghuo.words import Ended, Hazard, Holds, Level, RuleKind


@dataclass(frozen=True, slots=True)
class Epicentre:
    """What site intensity is computed from. Depth in km, None where unknown."""

    magnitude: float
    latitude: float
    longitude: float
    depth_km: float | None


@dataclass(frozen=True, slots=True)
class WindCircle:
    """Where it blows, or is forecast to blow, at least ``wind_kt``: a circle on the sphere
    around a centre in degrees, or its part between two bearings (clockwise, from and below)."""

    wind_kt: float
    latitude: float
    longitude: float
    radius_km: float
    between: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a per-site threshold: the tier given from (``at_least``) or above a value.

    ``limit`` None means the site's own action stage (``site.stage``). ``downward``: the tier is
    given up to (below, where not ``inclusive``) it, as of a distance.
    """

    tier: Level
    limit: float | None
    inclusive: bool = True
    downward: bool = False

    @property
    def comparison(self) -> str:
        """``at_least``, ``above``, ``at_most`` or ``below``."""
        if self.downward:
            return "at_most" if self.inclusive else "below"
        return "at_least" if self.inclusive else "above"


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a finding reaches; exactly one way is set."""

    radius_km: float | None = None
    centre: tuple[float, float] | None = None      # latitude, longitude of the station
    districts: tuple[str, ...] = ()                # 12-digit codes, counties or towns
    but: tuple[str, ...] = ()                      # of ``districts``, left out: sites surely there
    area: dict[str, Any] | None = None             # GeoJSON geometry, lon lat
    station: str | None = None                     # sites whose controlling station this is
    epicentre: Epicentre | None = None             # by intensity at each site
    site: str | None = None                        # this site only: its own action stage
    sites: tuple[str, ...] = ()                    # exactly these: a drill's audience
    stations: tuple[tuple[str, float], ...] = ()   # sites by controlling station, hours to arrive
    winds: tuple[WindCircle, ...] = ()             # by the strongest wind at each site
    fires: tuple[tuple[float, float], ...] = ()    # by the distance to the nearest, km


@dataclass(frozen=True, slots=True)
class Finding:
    """A judged rule for one subject.

    The key of a finding is (rule, subject): a newer finding of the same key replaces it.
    ``tier`` is the rule's tier before a site's ``stricter``; None with ``steps``, where every
    site has its own value. ``ended`` set means the finding no longer holds, and why.
    """

    agreement: str
    rule: str                     # agreement/rule-id
    kind: RuleKind
    hazard: Hazard
    subject: str      # metric:subject, signal:<feed>:<chain>, incident:<id>, cyclone:<feed>:<id>,
                      # fire:<feed>:<satellite>:<time>
    holds: Holds
    at: datetime
    since: datetime
    metric: str
    unit: str
    reach: Reach
    tier: Level | None = None
    official_level: Level | None = None
    value: float | None = None
    threshold: float | None = None
    until: datetime | None = None
    steps: tuple[Step, ...] = ()  # per-site thresholds (intensity, wind, distance), ascending
    stricter: dict[str, int] = field(default_factory=dict)  # industry or tag -> ranks up
    event_revision_id: int | None = None
    proof: tuple[dict[str, str], ...] = ()       # {"payload": sha256, "place": …}
    facts: dict[str, Any] = field(default_factory=dict)  # plain values for the texts
    ended: Ended | None = None
