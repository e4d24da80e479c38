"""What a text says of the finding behind it.

Facts read, all plain values. Signals: issuer, issued (ISO), onset, headline, description.
Earthquakes: issuer or feed_title (text or {zh, en}), magnitude, place, review, onset,
authority. Measured: station_name (and _en), river (and _en), window (seconds or ``3h``), end
(ISO), radius_km, mark (warning, guarantee, record, stage), trend (rising, falling), forecast.
Cyclones: number, name, at, wind_ms, area_kt. Arrivals: arrival_hours (site -> hours from the
onset, for a cyclone from the finding). A fact that is missing is left out of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from fenghuo.notices.clean import clean_all
from fenghuo.store import tables as t
from fenghuo.words import Hazard, Level, RuleKind

_SPAN = re.compile(r"^(\d+)\s*([hmd])$")
@dataclass(frozen=True, slots=True, eq=False)
class Lead:
    """A stored finding as texts read it; its strings are clean. Compared by identity."""

    id: int
    agreement: str
    rule: str
    key: str
    kind: RuleKind
    hazard: Hazard
    metric: str
    unit: str
    value: float | None
    threshold: float | None
    at: datetime
    since: datetime
    level: Level | None
    facts: Mapping[str, Any]

    @property
    def template(self) -> str:
        """The template that first tells of it."""
        if self.kind == RuleKind.signal:
            return "relay"
        return {"intensity": "earthquake", "stage": "water", "wind": "cyclone",
                "fire_distance": "fire"}.get(
            self.metric, "risk")

    @property
    def each(self) -> str:
        """The name under which a template is given each site's own number."""
        return "distance" if self.metric == "fire_distance" else "intensity"

    def gravity(self, value: float | None) -> float:
        """A site's number as an order, the gravest first: the least distance, the most of all
        else."""
        return (value or 0.0) * (1 if self.metric == "fire_distance" else -1)

    def arrival(self, site: str) -> datetime | None:
        """When it is at a site, where the finding says so: the water, or the wind."""
        hours = (self.facts.get("arrival_hours") or {}).get(site)
        if hours is None:
            return None
        begins = self.at if self.metric == "wind" else self.instant("onset", "issued")
        return begins + timedelta(hours=float(hours))

    def ended(self, ends: Mapping[str, Any]) -> Lead:
        """The finding with what its end said (``ended`` of a revision's facts), else itself."""
        end = ends.get(self.key)
        if end is None:
            return self
        facts = {**self.facts, **clean_all(end["facts"])}
        value = facts.get("value")  # of the same window as the end's other facts
        return replace(self, facts=facts, value=self.value if value is None else float(value))

    def fact(self, name: str, language: str) -> str:
        """A fact as text in a language, empty when missing."""
        found = self.facts.get(f"{name}_{language}") or self.facts.get(name) or ""
        if isinstance(found, dict):
            found = found.get(language) or found.get("zh") or ""
        return str(found)

    def instant(self, *names: str) -> datetime:
        """The first of several facts that is an instant, else when the finding was made."""
        for name in names:
            if self.facts.get(name):
                return datetime.fromisoformat(str(self.facts[name]))
        return self.at


def seconds_of(window: Any) -> int:
    """A window fact in seconds; 0 when there is none."""
    if isinstance(window, int | float):
        return int(window)
    match = _SPAN.match(str(window or ""))
    return int(match[1]) * {"m": 60, "h": 3600, "d": 86400}[match[2]] if match else 0


def load(connection: Connection, finding_ids: Iterable[int]) -> dict[int, Lead]:
    """Leads by finding id."""
    f = t.finding
    rows = connection.execute(select(f).where(f.c.id.in_(sorted(set(finding_ids)))))
    return {row.id: Lead(
        row.id, row.agreement, row.rule, f"{row.rule}|{row.subject}", RuleKind(row.kind),
        Hazard(row.hazard), row.metric, row.unit, row.value, row.threshold, row.at, row.since,
        Level(row.official_level) if row.official_level else None, clean_all(row.facts))
        for row in rows}
