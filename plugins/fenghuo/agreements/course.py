"""How one rule went: its changes over years, at all its subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fenghuo.agreements import asking, passing, seconding, settling
from fenghuo.agreements.asking import Asked
from fenghuo.agreements.hearing import Block, Ints
from fenghuo.agreements.kernel import FALSE, TRUE, States, values_of
from fenghuo.agreements.lowering import FeltQuake
from fenghuo.agreements.measured import trend_of
from fenghuo.agreements.passing import Answer, Moments
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.scanning import before, firsts, last_where, scan, turns
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.seconding import limit_at, newest_of
from fenghuo.agreements.windows import Bools, Floats, Windows
from fenghuo.contacts import Contacts


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """One entry a change of tier or holding, in the order of instants and rows.

    ``row`` of the course's subjects; ``at`` when it is known (epoch seconds); ``rank`` from then
    on and ``was`` before (0: none); ``holds`` a state of the kernel; ``value`` and ``limit`` of
    the condition ``number`` of the tier of rank ``tier``; ``end`` when the window ended and
    ``since`` since when the tier stands; ``quake`` which earthquake lowers the limit (-1: none);
    ``counted`` whether the rule counts then.
    """

    row: Ints
    at: Ints
    rank: States
    holds: States
    value: Floats
    limit: Floats
    was: States
    tier: States
    number: States
    end: Ints
    since: Ints
    trend: NDArray[np.object_]
    quake: Ints
    counted: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Course(Changes):
    """A rule's changes; ``subjects``, ``sites`` and ``stations`` as in ``Asked``."""

    agreement: Agreement
    rule: Rule
    subjects: NDArray[np.object_]
    sites: NDArray[np.object_] | None
    stations: Ints
    quakes: tuple[FeltQuake, ...]

    @property
    def key(self) -> str:
        """agreement/rule."""
        return f"{self.agreement.agreement}/{self.rule.id}"


After = dict[str, tuple[int, int, int]]
"""By subject: rank, holds and since when, as an edition of a rule leaves them to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The course of a rule at the stations of one block."""

    asked: Asked
    changes: Changes
    after: After


def course_of(agreement: Agreement, rule: Rule, block: Block, contacts: Contacts,
              quakes: Sequence[FeltQuake], first: int, last: int, begun: After) -> Part:
    """A rule from ``first`` to ``last`` (epoch seconds, included), states ``begun`` before."""
    own = block.own
    asked, low = (asking.ask(agreement, rule, own, asking.names(own), block.at, block.stations,
                             contacts, factor) for factor in (1.0, _ratio(rule)))
    when = passing.moments(rule, block, asked, quakes, first, last)
    found = passing.answers(rule, block, asked, low, when)
    states, kept = passing.tiers(rule, found)
    certain, possible = (np.zeros(len(when.row), dtype=np.int8) for _ in range(2))
    for tier, state in zip(asked.question.tiers, states, strict=True):
        certain[state == TRUE] = tier.rank
        possible[state != FALSE] = tier.rank
    sure = seconding.confirmed(asked, block, when, found, states)
    start = np.array([begun.get(str(name), (0, 0, 0)) for name in asked.subjects],
                     dtype=np.int64).reshape(-1, 3)
    # only where something differs from the look before can anything change
    new = _differs(when.row, certain, possible, sure, *kept)
    certain, possible, sure = (each[new] for each in (certain, possible, sure))
    row, at = when.row[new], when.at[new]
    ups = [(tier.rank, up[new]) for tier, up in zip(asked.question.tiers, kept, strict=True)]
    ranks = start[row, 0].astype(np.int8)
    rank = scan(row, turns(sure, certain, ups), ranks)
    was = before(row, rank, ranks)
    holds = settling.holding(rank, np.maximum(sure, np.minimum(certain, was)), possible)
    held = before(row, holds, start[row, 1].astype(np.int8))
    raised = np.asarray(rank != was)
    begins = np.maximum.accumulate(np.where(firsts(row), np.arange(len(row)), 0))
    rose = last_where(raised)
    stood = np.where(rose >= begins, at[rose], start[row, 2]) if len(row) else at
    left = np.flatnonzero(np.append(firsts(row)[1:], True)[:len(row)])
    after = {**begun, **{str(asked.subjects[row[one]]): (int(rank[one]), int(holds[one]),
                                                         int(stood[one]))
                         for one in left.tolist()}}
    told = np.flatnonzero((raised | (holds != held)) & ((rank > 0) | (was > 0)))
    changes = _changes(asked, when, found, new[told], rank[told], was[told], holds[told],
                       np.where(raised, 0, stood)[told])
    return Part(asked, changes, after)


def joined(agreement: Agreement, rule: Rule, parts: Sequence[Part],
           quakes: tuple[FeltQuake, ...]) -> Course:
    """One course of the parts of all blocks."""
    sites = [part.asked.sites for part in parts if part.asked.sites is not None]
    offsets = np.cumsum([0, *(len(part.asked.subjects) for part in parts)])
    columns = {each.name: np.concatenate([getattr(part.changes, each.name) for part in parts]
                                         or [np.zeros(0, dtype=np.int64)])
               for each in fields(Changes)}
    columns["row"] += np.repeat(offsets[:-1], [len(part.changes.row) for part in parts])
    order = np.lexsort((columns["row"], columns["at"]))
    return Course(
        **{name: column[order] for name, column in columns.items()},
        agreement=agreement, rule=rule, quakes=quakes,
        subjects=np.concatenate([*(part.asked.subjects for part in parts),
                                 np.zeros(0, dtype=object)]),
        sites=np.concatenate(sites) if sites else None,
        stations=np.concatenate([*(part.asked.stations for part in parts),
                                 np.zeros(0, dtype=np.int64)]))


def _ratio(rule: Rule) -> float:
    return rule.lowered.ratio if rule.lowered else 1.0


def _differs(row: Ints, *columns: NDArray[Any]) -> Ints:
    """The looks at which anything differs from the look before at the same row."""
    found = firsts(row)
    for column in columns:
        found[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(found)


def _changes(asked: Asked, when: Moments, found: list[list[Answer]], places: Ints, rank: States,
             was: States, holds: States, stood: Ints) -> Changes:
    """Changes at some looks, with their numbers; ``stood`` since when the tier stands, 0 for one
    that is new."""
    tiers = np.array([tier.rank for tier in asked.question.tiers], dtype=np.int8)
    which = np.searchsorted(tiers, np.where(rank > 0, rank, was), side="right") - 1
    which = np.maximum(which, 0)
    number = np.zeros(len(places), dtype=np.int8)
    value, limit = np.full(len(places), np.nan), np.full(len(places), np.nan)
    end, trend = np.zeros(len(places), dtype=np.int64), np.full(len(places), "", dtype=object)
    for tier, mine in enumerate(found):
        here = np.flatnonzero(which == tier)
        if len(mine) > 1 and not asked.question.tiers[tier].every:
            number[here] = _first_true(mine, when, places[here])
        for condition, answer in enumerate(mine):
            some = here[number[here] == condition]
            if len(some):
                limit[some] = np.where(when.counted[places[some]],
                                       limit_at(answer, when, places[some]), np.nan)
                value[some], end[some], trend[some] = _numbers(asked, answer, when, places[some])
    return Changes(
        when.row[places], when.at[places], rank, holds, value, limit, was, tiers[which], number,
        end, np.where(stood == 0, end, stood), trend, when.quake[places], when.counted[places])


def _first_true(mine: list[Answer], when: Moments, places: Ints) -> Ints:
    """Which condition is the first that holds, by the newest numbers; none: the first."""
    true = np.array([newest_of(answer, when, places) == TRUE for answer in mine])
    return np.where(when.counted[places], true.argmax(axis=0), 0)


def _numbers(asked: Asked, answer: Answer, when: Moments,
             places: Ints) -> tuple[Floats, Ints, NDArray[np.object_]]:
    """The value, the end of its window and the trend of a condition at some looks."""
    value, end = np.full(len(places), np.nan), np.zeros(len(places), dtype=np.int64)
    trend = np.full(len(places), "", dtype=object)
    for heard, newest in answer.heard:
        here = np.flatnonzero(newest[places] >= 0)
        number = newest[places[here]]
        row, column = heard.row[number], heard.column[number]
        look = asking.look_of(asked.rule, answer.condition, heard.series.step, 0.0)
        windows = Windows(heard.series.stretch(row, column, look.slots + 1))
        value[here], end[here] = values_of(look, windows)[-1], heard.end(number)
        if not answer.foreign:
            back = max(1, 3600 // heard.series.step)
            ago = heard.series.stretch(row, column, back + 1)
            trend[here] = [trend_of(new, old) for new, old in zip(ago[:, -1], ago[:, 0],
                                                                  strict=True)]
    return value, end, trend
