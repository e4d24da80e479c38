"""The finding of a measured rule: what a change of tier or holding says, with all its numbers.

One place for the live watch and for years of history, so that both tell the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.kernel import TRUE, UNKNOWN
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.words import Ended, Holds, Level, RuleKind


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a rule at one subject.

    ``rank`` of the tier in force, or of the one that was left; ``holds`` a state of the kernel;
    ``value`` and ``limit`` of its ``condition``; ``end`` the instant of the newest number.
    """

    agreement: Agreement
    rule: Rule
    subject: str
    site: str | None
    rank: int
    holds: int
    ended: Ended | None
    condition: Condition
    value: float
    limit: float
    end: datetime
    since: datetime
    trend: str
    lowered: dict[str, object] | None = None


def finding(change: Change, station: pd.Series[Any], now: datetime,
            proof: tuple[dict[str, str], ...] = ()) -> Finding:
    """What a change says, at its station (a row of the edition's stations)."""
    rule, condition = change.rule, change.condition
    metric = rule.metric_of(condition)
    assert metric is not None
    window = int(condition.window.total_seconds()) if condition.window else 0
    holds = Holds.false if change.ended else (
        Holds.true if change.holds == TRUE else Holds.unknown)
    facts: dict[str, Any] = {
        "station": station["station"], "station_name": station["name"],
        "station_name_en": station["name_en"], "river": station["river"],
        "datum": station["datum"], "latitude": float(station["latitude"]),
        "longitude": float(station["longitude"]),
        **{mark: plain(station[mark]) for mark in ("warning", "guarantee", "record")},
        "mark": condition.limit if isinstance(condition.limit, str) else "",
        "comparison": condition.comparison, "statistic": rule.statistic_of(condition).value,
        "metric": metric.value, "window": window,
        "start": (change.end - timedelta(seconds=window)).isoformat(),
        "end": change.end.isoformat(), "value": plain(change.value),
        "threshold": plain(change.limit), "unit": metric.unit, "trend": change.trend,
        "radius_km": rule.reach.radius if rule.reach else None,
        "stale": bool(change.holds == UNKNOWN), "article": rule.source.article}
    if condition.lasting:
        facts["lasting"] = int(condition.lasting.total_seconds())
    if change.lowered:
        facts["lowered"] = change.lowered
    return Finding(
        agreement=change.agreement.agreement, rule=f"{change.agreement.agreement}/{rule.id}",
        kind=RuleKind.observed, hazard=rule.hazard, subject=change.subject, holds=holds, at=now,
        since=change.since, metric=metric.value, unit=metric.unit,
        reach=_reach(rule, change.site, station), tier=Level.of_rank(change.rank),
        value=plain(change.value), threshold=plain(change.limit), stricter=dict(rule.stricter),
        ended=change.ended, proof=proof, facts=facts)


def trend_of(newest: float, before: float) -> str:
    """Whether a number is above or below the one an hour (or one step) before it."""
    if not (np.isfinite(newest) and np.isfinite(before)):
        return ""
    change = float(newest) - float(before)
    return "rising" if change > 0.005 else "falling" if change < -0.005 else "steady"


def plain(value: Any) -> float | None:
    """A finite number, else None."""
    return float(value) if np.isfinite(value) else None


def instant(seconds: float) -> datetime:
    """Epoch seconds as an aware instant."""
    return datetime.fromtimestamp(seconds, UTC)


def _reach(rule: Rule, site: str | None, station: pd.Series[Any]) -> Reach:
    if site is not None:
        return Reach(site=site)
    if rule.reach is not None and rule.reach.radius is not None:
        return Reach(radius_km=rule.reach.radius,
                     centre=(float(station["latitude"]), float(station["longitude"])))
    return Reach(station=str(station["station"]))
