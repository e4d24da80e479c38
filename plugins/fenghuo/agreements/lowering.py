"""Chains: after an earthquake felt at a station every limit of a rule counts less there.

Loosened slopes and cracked dams give way to less rain (the geological bureau halves its limits
after intensity VI). It begins when the quake's word counts here and ends ``lasting`` after its
onset; a quake that is taken back lowers nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, func, select

from fenghuo.agreements.findings import Epicentre
from fenghuo.agreements.intensity import site_intensity
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.observations.records import EarthquakeAttributes
from fenghuo.observations.revisions import of_row, selected
from fenghuo.store.tables import event, event_revision
from fenghuo.words import EventKind, EventStatus


@dataclass(frozen=True, slots=True)
class FeltQuake:
    """An earthquake as it counts for chains: ``known`` is when its word counted here (aware)."""

    event: str
    epicentre: Epicentre
    onset: datetime
    known: datetime


def quakes(connection: Connection, rules: Sequence[Rule], now: datetime) -> list[FeltQuake]:
    """The stored quakes that may lower a limit of these rules now: the newest word on each that
    counts by now, as far as it stands."""
    longest = max((rule.lowered.lasting for rule in rules if rule.lowered), default=None)
    if longest is None:
        return []
    r = event_revision.c
    last = (select(r.event_id, func.max(r.number).label("number")).where(r.assess_at <= now)
            .group_by(r.event_id).subquery())
    rows = connection.execute(
        selected().join(last, (last.c.event_id == r.event_id) & (last.c.number == r.number))
        .where(event.c.kind == EventKind.earthquake.value, r.status == EventStatus.actual.value,
               r.onset > now - longest).order_by(r.onset, r.event_id)).all()
    return [_felt(row) for row in rows]


def _felt(row: Row[Any]) -> FeltQuake:
    quake = of_row(row).attributes
    assert isinstance(quake, EarthquakeAttributes)
    return FeltQuake(row.external_id, Epicentre(quake.magnitude, quake.latitude, quake.longitude,
                                                quake.depth_km), row.onset, row.assess_at)


def touched(agreements: Sequence[Agreement]) -> set[str]:
    """The metrics whose limits an earthquake may lower: judged anew when one is heard of."""
    return {metric.value for agreement in agreements for rule in agreement.rules
            if rule.lowered for metric in rule.metrics}


def felt(rule: Rule, quake: FeltQuake, stations: pd.DataFrame) -> NDArray[np.bool_]:
    """At which stations a quake was strong enough for a rule's chain."""
    assert rule.lowered is not None
    intensity = site_intensity(quake.epicentre, stations["latitude"], stations["longitude"])
    with np.errstate(invalid="ignore"):
        return np.asarray(intensity >= rule.lowered.at_least)


def span(rule: Rule, quake: FeltQuake) -> tuple[datetime, datetime]:
    """From when, and until when (not included), a quake lowers a rule's limits."""
    assert rule.lowered is not None
    return max(quake.onset, quake.known), quake.onset + rule.lowered.lasting


def lowering(rule: Rule, known: Sequence[FeltQuake], stations: pd.DataFrame,
             now: datetime) -> NDArray[np.int64] | None:
    """By station (rows of ``stations``) which quake of ``known`` lowers a rule's limits now, -1
    for none; of several the one that lasts longest. None where there is nothing to lower."""
    if rule.lowered is None:
        return None
    by = np.full(len(stations), -1, dtype=np.int64)
    for place, quake in sorted(enumerate(known), key=lambda one: one[1].onset):
        begins, ends = span(rule, quake)
        if begins <= now < ends:
            by[felt(rule, quake, stations)] = place
    return by if (by >= 0).any() else None


def fact(rule: Rule, quake: FeltQuake) -> dict[str, object]:
    """What a finding says of a lowered limit."""
    assert rule.lowered is not None
    return {"event": quake.event, "ratio": rule.lowered.ratio,
            "until": span(rule, quake)[1].isoformat(),
            "magnitude": quake.epicentre.magnitude, "onset": quake.onset.isoformat()}
