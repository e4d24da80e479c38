"""Grave tiers of our own gauges need a second word (practice.md 5.8).

Either the tier held at the readings before too, or a neighbour stands at a share of its limits
over the same window. Until then the tier is capped below: a bucket that tipped wrongly wakes
nobody, and a cloudburst loses one reading. A tier that was already given stays as it is. Unless a
rule says otherwise only rain gauges are asked: a river does not jump and fall back, its marks are
hydrology's, and one gauge is all there is.

In a tier of several conditions that must all hold, those on another metric count as they stand
now; where any of them is enough there is none (it would need no second word).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from fenghuo.agreements.asking import Asked, look_of, stale_after
from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.intensity import distances_km
from fenghuo.agreements.kernel import TRUE, Look, Question, Ranks, States, Tier
from fenghuo.agreements.rule import Corroboration
from fenghuo.agreements.windows import Bools, Ints, Windows
from fenghuo.observations import tails as packed
from fenghuo.observations.tails import Tails
from fenghuo.words import Level, Reason

LAG = timedelta(minutes=30)
"""How much older than the gauge's own newest reading a neighbour's may be."""


def confirmed(connection: Connection, asked: Asked, found: Ranks, old: States, tails: Tails,
              stations: pd.DataFrame, now: datetime) -> tuple[Ranks, list[Decision]]:
    """The ranks that hold once unconfirmed ones are capped, and a decision for each that was.

    ``old`` are the ranks in force. Costs nothing while no gauge rises that far.
    """
    word = asked.rule.second_word
    certain, possible = found
    if word is None:
        return found, []
    rows = np.flatnonzero((certain >= word.tier.rank) & (certain > old))
    if not len(rows):
        return found, []
    part = asked.question.of(rows)
    windows = Windows(tails.values[asked.question.rows[rows]])
    capped = certain.copy()
    capped[rows] = 0
    for tier in part.tiers:
        true = part.state(windows, tier, slice(0, len(rows)))[0] == TRUE
        if tier.rank >= word.tier.rank:
            true[true] = _confirmed(connection, asked, tier.rank, rows[true], word, tails,
                                    stations, now)
        capped[rows[true]] = tier.rank
    # what was in force is not taken back, only what would rise is held
    capped = np.maximum(capped, np.minimum(certain, old))
    hushed = rows[capped[rows] < certain[rows]]
    return (capped, possible), [Decision(
        Reason.unconfirmed, hazard=asked.rule.hazard, rule=asked.key,
        detail=f"{asked.subjects[row]}: {Level.of_rank(int(certain[row]))} by one reading")
        for row in hushed.tolist()]


def _confirmed(connection: Connection, asked: Asked, rank: int, rows: Ints, word: Corroboration,
               tails: Tails, stations: pd.DataFrame, now: datetime) -> Bools:
    found = _again(asked, rank, tails, rows, word.readings)
    alone = np.flatnonzero(~found)
    if len(alone):
        found[alone] = _seconded(connection, asked, rank, tails, rows[alone], word, stations, now)
    return found


def _again(asked: Asked, rank: int, tails: Tails, rows: Ints, readings: int) -> Bools:
    """Whether a tier held at the readings before the newest as well, each no older than a series
    may be silent."""
    slots = stale_after(tails.step) // tails.step
    values = tails.values[asked.question.rows[rows]]
    known = np.isfinite(values)
    columns = np.arange(values.shape[1])
    last = np.where(known, columns, -1).max(axis=1, initial=-1)
    held = np.ones(len(rows), dtype=bool)
    part = asked.question.of(rows)
    for _ in range(readings - 1):
        before = np.where(known & (columns < last[:, None]), columns, -1).max(axis=1, initial=-1)
        held &= (before >= 0) & (last - before <= slots)
        for end in np.unique(before[held]):
            here = np.flatnonzero(held & (before == end))
            one = part.of(here)
            tier = next(tier for tier in one.tiers if tier.rank == rank)
            windows = Windows(values[here][:, :int(end) + 1])
            held[here] = one.state(windows, tier, slice(0, len(here)))[0] == TRUE
        last = before
    return held


def _seconded(connection: Connection, asked: Asked, rank: int, tails: Tails, rows: Ints,
              word: Corroboration, stations: pd.DataFrame, now: datetime) -> Bools:
    """Whether a neighbour's newest window stands at the share of the limits."""
    place, other = neighbours(stations, asked.stations[rows], word.radius)
    spec, tier = asked.tier(rank)
    tier = replace(tier, looks=tuple(look.of(rows) for look in tier.looks))
    names = stations["station"].to_numpy(object)[other]
    longest = max(each.window or timedelta(0) for each in spec.conditions) + LAG
    found = np.zeros(len(rows), dtype=bool)
    for tails_there in packed.named(connection, tails.metric, set(names), now, longest):
        there = pd.Index(tails_there.subjects).get_indexer(pd.Index(names))
        end = tails.end[asked.question.rows[rows[place]]] - int(LAG.total_seconds())
        pair = np.flatnonzero((there >= 0) & (tails_there.end[there] >= np.maximum(end, 1)))
        true = second(asked, spec.conditions, tier, place[pair],
                      tails_there.values[there[pair]], tails_there.step, word)
        found[place[pair[true]]] = True
    return found


def second(asked: Asked, conditions: tuple[Condition, ...], tier: Tier, place: Ints,
           values: NDArray[np.float32], step: int, word: Corroboration) -> Bools:
    """Whether each neighbour's window (float32[p, k], newest last) stands at the share of a
    tier's limits at the rows ``place`` [p] of ``tier``."""
    looks: list[Look] = []
    for condition, look in zip(conditions, tier.looks, strict=True):
        mine = look.of(place)
        looks.append(mine if mine.told is not None else look_of(
            asked.rule, condition, step, mine.limit).eased(word.neighbour))
    question = Question((Tier(tier.rank, tuple(looks), tier.every),), np.arange(len(place)))
    return np.asarray(question.state(Windows(values), question.tiers[0],
                                     slice(0, len(place)))[0] == TRUE)


def neighbours(stations: pd.DataFrame, rows: Ints, radius: float) -> tuple[Ints, Ints]:
    """The other stations within so many km of some: pairs of a place in ``rows`` and a row."""
    latitude, longitude = (stations[name].to_numpy(np.float64)
                           for name in ("latitude", "longitude"))
    order = np.argsort(latitude, kind="stable")
    band = radius / 110.0  # a degree of latitude is more than this many km
    places, others = [], []
    for place, row in enumerate(rows.tolist()):
        lat, lon = float(latitude[row]), float(longitude[row])
        low, high = np.searchsorted(latitude, [lat - band, lat + band], sorter=order)
        some = order[low:high]
        near = some[distances_km(lat, lon, latitude[some], longitude[some]) <= radius]
        others.append(near[near != row])
        places.append(np.full(len(others[-1]), place))
    none = [np.zeros(0, dtype=np.int64)]
    return np.concatenate(places or none), np.concatenate(others or none)
