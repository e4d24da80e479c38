"""How good the warnings were, held against what really happened.

The 2 x 2 table of Jolliffe & Stephenson (Forecast Verification, 2nd ed., 2012, ch. 3; WMO-No. 1485)
without its correct rejections, which are not defined for events that have no grid of occasions.

The matching rule. An *alarm* of a rule at a tier is one unbroken time in which it held at that
tier or above anywhere in one county (one incident, for an earthquake); pauses up to an hour do not
break it. An event of a hazard at a county, city or site is a *hit* when an alarm of that hazard
that reaches a site there is in force when the event starts, or begins before it ends; else it is a
*miss*. An alarm that no event of its hazard and place meets is a *false alarm*. The truth file is
taken to be complete for the hazards it names; other hazards are not scored.

    POD = hits / (hits + misses)          FAR  = false / (hits + false)
    CSI = hits / (hits + misses + false)  bias = (hits + false) / (hits + misses)

Lead time is the event's start less the first text to somebody of a site there in that alarm (the
alarm's own beginning where another word in force kept it silent); negative: after the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from fenghuo.backtest.outcome import Outcome
from fenghuo.contacts import Contacts
from fenghuo.exposure.index import index_of
from fenghuo.words import Level

PAUSE = timedelta(hours=1)
FAR = pd.Timestamp("2200-01-01", tz="UTC")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; instants are aware UTC."""

    hazard: str
    place: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Score:
    """One rule (or ``all``) at one tier and above. Leads are of the hits, None without one."""

    rule: str
    tier: Level
    hits: int
    misses: int
    false: int
    lead_median: timedelta | None
    lead_least: timedelta | None

    def plain(self) -> dict[str, object]:
        """As a row of a table: ratios to two places, leads in minutes."""
        return {"rule": self.rule, "tier": self.tier.value, "hits": self.hits,
                "misses": self.misses, "false": self.false,
                **{name: None if np.isnan(value) else round(value, 2) for name, value in (
                    ("pod", self.pod), ("far", self.far), ("csi", self.csi),
                    ("bias", self.bias))},
                "lead_median_min": _minutes(self.lead_median),
                "lead_least_min": _minutes(self.lead_least)}

    @property
    def pod(self) -> float:
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def far(self) -> float:
        return _ratio(self.false, self.hits + self.false)

    @property
    def csi(self) -> float:
        return _ratio(self.hits, self.hits + self.misses + self.false)

    @property
    def bias(self) -> float:
        return _ratio(self.hits + self.false, self.hits + self.misses)


def scores(outcome: Outcome, truth: pd.DataFrame, contacts: Contacts) -> list[Score]:
    """Scores by rule and tier, those of all rules together first.

    ``truth``: one event a row, hazard, place (12-digit code or site), start, end (aware UTC).
    """
    spans = outcome.spans[outcome.spans["hazard"].isin(set(truth["hazard"]))]
    told = outcome.told[outcome.told["kind"] == "tell"].explode("sites")
    found = []
    for rule in [ALL, *sorted(spans["rule"].unique())]:
        mine = spans if rule == ALL else spans[spans["rule"] == rule]
        meant = truth if rule == ALL else truth[truth["hazard"].isin(set(mine["hazard"]))]
        for tier in sorted(mine["tier"].unique()):
            held = mine[mine["tier"] >= tier]
            found.append(_score(rule, int(tier), alarms(held), held, told, meant, contacts))
    return found


def of_rule(found: Sequence[Score], rule: str, tier: Level) -> tuple[float, float] | None:
    """POD and FAR of the rule of an id at a tier, None where it never held there."""
    mine = [one for one in found if one.rule.endswith(f"/{rule}") and one.tier is tier]
    return (mine[0].pod, mine[0].far) if mine else None


def alarms(spans: pd.DataFrame) -> pd.DataFrame:
    """Unbroken times by (hazard, scope): columns hazard, scope, start, end, alarm (its number)."""
    rows = spans.assign(end=pd.to_datetime(spans["end"], utc=True).fillna(FAR)).sort_values(
        ["hazard", "scope", "start"], kind="stable")
    keys = ["hazard", "scope"]
    reach = rows.groupby(keys, sort=False)["end"].cummax().shift()
    fresh = (rows[keys] != rows[keys].shift()).any(axis=1) | (rows["start"] > reach + PAUSE)
    return (rows.assign(alarm=np.cumsum(fresh)).groupby("alarm")
            .agg(hazard=("hazard", "first"), scope=("scope", "first"), start=("start", "min"),
                 end=("end", "max")).reset_index())


def _score(rule: str, tier: int, found: pd.DataFrame, held: pd.DataFrame, told: pd.DataFrame,
           truth: pd.DataFrame, contacts: Contacts) -> Score:
    met: set[int] = set()
    leads: list[timedelta] = []
    for event in _events(truth):
        places = sites_at(event.place, contacts)
        here = held[(held["hazard"] == event.hazard) & held["site"].isin(places)]
        mine = found[(found["hazard"] == event.hazard) & found["scope"].isin(set(here["scope"]))
                     & (found["start"] <= event.end) & (found["end"] >= event.start)]
        met |= set(mine["alarm"])
        first = [_first(one, here, told[told["tier"] >= tier], places, event)
                 for one in mine.itertuples(index=False)]
        known = [at for at in first if at is not None]
        if known:
            leads.append(event.start - min(known))
    hits = len(leads)
    return Score(rule, Level.of_rank(tier) or Level.white, hits, len(truth) - hits,
                 len(set(found["alarm"]) - met),
                 timedelta(seconds=float(np.median([one.total_seconds() for one in leads])))
                 if leads else None, min(leads, default=None))


def _first(alarm: Any, here: pd.DataFrame, told: pd.DataFrame, places: set[str],
           event: Event) -> datetime | None:
    """When somebody of the place was first told in an alarm; None where it never held there in
    time."""
    held = here[(here["scope"] == alarm.scope) & (here["start"] >= alarm.start)
                & (here["start"] <= min(alarm.end, event.end))]
    ends = pd.to_datetime(held["end"], utc=True).fillna(FAR)
    held = held[(ends >= event.start).to_numpy()]
    if held.empty:
        return None
    texts = told[(told["hazard"] == event.hazard) & told["sites"].isin(places)
                 & (told["at"] >= alarm.start) & (told["at"] <= alarm.end)]
    first: datetime = texts["at"].min() if len(texts) else held["start"].min()
    return first


def _events(truth: pd.DataFrame) -> list[Event]:
    return [Event(str(row["hazard"]), str(row["place"]), row["start"], row["end"])
            for row in truth.to_dict("records")]


def sites_at(place: str, contacts: Contacts) -> set[str]:
    """The sites of a place: a site itself, or those of a city, county or town by its code."""
    index = index_of(contacts)
    rows = index.in_districts([place]) if place.isdigit() else index.named(place)
    return set(index.names[rows])


def _minutes(lead: timedelta | None) -> int | None:
    return None if lead is None else round(lead.total_seconds() / 60)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
