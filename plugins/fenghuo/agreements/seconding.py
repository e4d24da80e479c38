"""The second word over years: which of the tiers that hold are confirmed (see ``confirming``)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fenghuo.agreements.asking import Asked
from fenghuo.agreements.confirming import LAG, neighbours, second
from fenghuo.agreements.hearing import Block, Ints, Series
from fenghuo.agreements.kernel import TRUE, Look, States, Tier, Told, together
from fenghuo.agreements.passing import Answer, Moments
from fenghuo.agreements.rule import Corroboration
from fenghuo.agreements.windows import Bools, Floats

PAIRS = 20_000
"""Pairs of a gauge and a neighbour worked on together."""


def confirmed(asked: Asked, block: Block, when: Moments, found: list[list[Answer]],
              states: list[States]) -> States:
    """The rank of the gravest tier that holds, and is confirmed where it must be, at each look."""
    word = asked.rule.second_word
    rank = np.zeros(len(when.row), dtype=np.int8)
    for tier, mine, state in zip(asked.question.tiers, found, states, strict=True):
        true = state == TRUE
        if word is not None and tier.rank >= word.tier.rank and true.any():
            true = _confirmed(asked, block, when, tier, mine, true, word)
        rank[true] = tier.rank
    return rank


def _confirmed(asked: Asked, block: Block, when: Moments, tier: Tier, mine: list[Answer],
               true: Bools, word: Corroboration) -> Bools:
    places = np.flatnonzero(true)
    good = _again(block, when, tier, mine, places, word.readings)
    alone = places[~good]
    for start in range(0, len(alone), PAIRS // 10):
        some = alone[start:start + PAIRS // 10]
        good[np.searchsorted(places, some)] = _seconded(asked, block, when, tier, mine, some, word)
    found = np.zeros_like(true)
    found[places[good]] = True
    return found


def _again(block: Block, when: Moments, tier: Tier, mine: list[Answer], places: Ints,
           readings: int) -> Bools:
    """Whether a tier held at the readings before as well."""
    heard = block.heard()
    slots = heard.after // heard.series.step
    held = np.ones(len(places), dtype=bool)
    if readings > 1:
        held = ~heard.silent(when.newest[places], when.at[places])
    later = when.newest[places]
    for _ in range(readings - 1):
        before = np.maximum(later - 1, 0)
        held &= (later > 0) & (heard.row[before] == heard.row[later]) & (
            heard.column[later] - heard.column[before] <= slots)
        held &= together([_then(answer, when, places, heard.column[before]) for answer in mine],
                         tier.every) == TRUE
        later = before
    return held


def _then(answer: Answer, when: Moments, places: Ints, column: Ints) -> States:
    """A condition at earlier columns; one on another metric as it is now."""
    if answer.dense is None:
        return answer.state[places]
    usual, lowered = answer.dense
    low, row = when.quake[places] >= 0, when.row[places]
    found = np.zeros(len(places), dtype=np.int8)
    found[~low] = usual[column[~low], row[~low]] if (~low).any() else 0
    found[low] = lowered[column[low], row[low]] if low.any() else 0
    return found


def newest_of(answer: Answer, when: Moments, places: Ints) -> States:
    """A condition by its newest numbers at some looks, were they old or not."""
    if answer.foreign:
        return answer.state[places]
    heard, newest = answer.heard[0]
    return _then(answer, when, places, heard.column[newest[places]])


def _seconded(asked: Asked, block: Block, when: Moments, tier: Tier, mine: list[Answer],
              places: Ints, word: Corroboration) -> Bools:
    """Whether a neighbour's newest window stands at the share of the limits."""
    station, back = np.unique(asked.stations[when.row[places]], return_inverse=True)
    pair, other = neighbours(block.stations, station, word.radius)
    # each look with each neighbour of its station
    count = np.bincount(pair, minlength=len(station))
    first = np.cumsum(count) - count
    place = np.repeat(np.arange(len(places)), count[back])
    total = np.cumsum(count[back])
    other = other[np.repeat(first[back] - (total - count[back]), count[back])
                  + np.arange(len(place))]
    spec, _ = asked.tier(tier.rank)
    limits = replace(tier, looks=tuple(_at(answer, when, places) for answer in mine))
    names = block.stations["station"].to_numpy(object)[other]
    oldest = block.heard().end(when.newest[places]) - int(LAG.total_seconds())
    slots = max(answer.look.slots for answer in mine) * block.own.step
    found = np.zeros(len(places), dtype=bool)
    for series in block.series:
        if series.metric != block.own.metric or not series.values.shape[1]:
            continue
        there = series.rows(names)
        chosen = np.flatnonzero(there >= 0)
        width = slots // series.step + 2 + int(LAG.total_seconds()) // series.step
        column, ended = _newest(series, there[chosen], when.at[places[place[chosen]]])
        fresh = (column >= 0) & (ended >= oldest[place[chosen]])
        chosen, column = chosen[fresh], column[fresh]
        for start in range(0, len(chosen), PAIRS):
            part = slice(start, start + PAIRS)
            true = second(asked, spec.conditions, limits, place[chosen[part]],
                          series.stretch(there[chosen[part]], column[part], width),
                          series.step, word)
            found[place[chosen[part][true]]] = True
    return found


def _newest(series: Series, row: Ints, at: Ints) -> tuple[Ints, Ints]:
    """The last column with a number not long before some instants (-1: none), and its end."""
    column = series.column(at)
    found = np.full(len(row), -1, dtype=np.int64)
    reach = (int(LAG.total_seconds()) + series.latency) // series.step + 2
    for back in range(reach, -1, -1):
        here = column - back
        known = (here >= 0) & np.isfinite(series.values[row, np.maximum(here, 0)])
        found[known] = here[known]
    return found, series.t0 + found * series.step


def _at(answer: Answer, when: Moments, places: Ints) -> Look:
    """A condition's look with the limit that counted at each of some looks at the rule."""
    if answer.foreign:
        none = np.zeros(len(places))
        return replace(answer.look, limit=none, told=Told(
            answer.state[places], answer.kept[places], none, none.astype(np.int64)))
    return replace(answer.look, limit=limit_at(answer, when, places))


def limit_at(answer: Answer, when: Moments, places: Ints) -> Floats:
    """The limit that counted at each of some looks at the rule."""
    row = when.row[places]
    usual, lowered = (np.asarray(look.limit, dtype=np.float64) for look in
                      (answer.look, answer.lowered))
    return np.where(when.quake[places] >= 0, lowered[row] if lowered.ndim else lowered,
                    usual[row] if usual.ndim else usual)
