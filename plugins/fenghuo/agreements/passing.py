"""One rule over years at some stations: what held at every look, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fenghuo.agreements import asking, lowering, settling
from fenghuo.agreements.asking import Asked
from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.counting import counted
from fenghuo.agreements.hearing import Block, Heard, Ints
from fenghuo.agreements.kernel import FALSE, UNKNOWN, Look, Question, States, together
from fenghuo.agreements.lowering import FeltQuake
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.windows import Bools


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The looks at a rule, in the order of its rows and of time.

    ``row`` int64[e] of the question; ``at`` epoch seconds; ``newest`` which of the block's own
    numbers was the newest, and ``silent`` whether it was too old; ``quake`` which earthquake
    lowers the limits, -1 for none; ``counted`` whether the rule counts.
    """

    row: Ints
    at: Ints
    newest: Ints
    silent: Bools
    quake: Ints
    counted: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a condition says at every look.

    ``look`` with the limits as written and ``lowered`` with those after an earthquake; ``dense``
    the states of ``look`` and ``lowered`` at every column [k, m] of its first series; ``heard``
    and ``newest`` the series it is about and which number of each was the newest (-1: none).
    """

    condition: Condition
    look: Look
    lowered: Look
    foreign: bool
    state: States
    kept: Bools
    dense: tuple[States, States] | None
    heard: list[tuple[Heard, Ints]]


def moments(rule: Rule, block: Block, asked: Asked, quakes: Sequence[FeltQuake], first: int,
            last: int) -> Moments:
    """Every look at a rule from ``first`` to ``last``."""
    row, at, newest = block.moments(rule.metrics)
    felt = {place: lowering.felt(rule, quake, block.stations)[block.at]
            for place, quake in enumerate(quakes)} if rule.lowered else {}
    if felt:  # an earthquake has every series looked at again
        known = [int(lowering.span(rule, quakes[place])[0].timestamp()) for place in felt]
        rows = np.arange(len(block.at))
        pairs = np.unique(np.column_stack([
            np.concatenate([row, np.tile(rows, len(known))]),
            np.concatenate([at, np.repeat(known, len(rows))])]), axis=0)
        row, at = pairs[:, 0], pairs[:, 1]
        newest = block.heard().newest(row, at)
    spoke = (at >= first) & (at <= last) & (newest >= 0)
    row, at, newest = row[spoke], at[spoke], newest[spoke]
    quake = np.full(len(row), -1, dtype=np.int64)
    for place in sorted(felt, key=lambda place: quakes[place].onset):
        begins, ends = (int(each.timestamp()) for each in lowering.span(rule, quakes[place]))
        quake[felt[place][row] & (at >= begins) & (at < ends)] = place
    if asked.sites is not None:  # a row of the question for each site
        starts = np.searchsorted(row, np.arange(len(block.at) + 1))
        mine = asked.question.rows
        lengths = starts[mine + 1] - starts[mine]
        chosen = (np.repeat(starts[mine] - (np.cumsum(lengths) - lengths), lengths)
                  + np.arange(int(lengths.sum())))
        row = np.repeat(np.arange(len(mine)), lengths)
        at, newest, quake = at[chosen], newest[chosen], quake[chosen]
    return Moments(row, at, newest, block.heard().silent(newest, at), quake, counted(rule, at))


def answers(rule: Rule, block: Block, asked: Asked, low: Asked, when: Moments,
            ) -> list[list[Answer]]:
    """What every condition of every tier says at every look; ``low`` is the rule as asked after
    an earthquake."""
    found = []
    for level, tier, lower in zip(rule.given, asked.question.tiers, low.question.tiers,
                                  strict=True):
        conditions = rule.tiers[level].conditions
        found.append([_answer(rule, block, asked.question, *each, when) for each in
                      zip(conditions, tier.looks, lower.looks, strict=True)])
    return found


def _answer(rule: Rule, block: Block, question: Question, condition: Condition, look: Look,
            lowered: Look, when: Moments) -> Answer:
    metric = rule.metric_of(condition)
    foreign = metric != rule.metric
    state = np.full(len(when.row), FALSE, dtype=np.int8)
    kept = np.zeros(len(when.row), dtype=bool)
    heard, dense = [], None
    for series in block.others(metric) if foreign and metric else [block.heard()]:
        newest = (series.newest(question.rows[when.row], when.at) if foreign else when.newest)
        heard.append((series, newest))
        here = np.flatnonzero(newest >= 0) if foreign else slice(None)
        quiet = series.silent(newest[here], when.at[here]) if foreign else when.silent
        states: list[States] = []
        for variant, chosen in ((look, when.quake < 0), (lowered, when.quake >= 0)):
            if not chosen.any():
                states.append(states[0] if states else np.zeros((0, 0), dtype=np.int8))
                continue
            one = asking.look_of(rule, condition, series.series.step, variant.limit)
            column = series.judged(question.rows[when.row[here]], when.at[here])
            every, says, keeps = _says(rule, question, one, series, column, quiet,
                                       when.row[here])
            states.append(every)
            if chosen.all():
                state[here], kept[here] = says, keeps
            else:
                state[here] = np.where(chosen[here], says, state[here])
                kept[here] = np.where(chosen[here], keeps, kept[here])
        dense = dense if foreign else (states[0], states[1])
    state[~when.counted], kept[~when.counted] = FALSE, False
    return Answer(condition, look, lowered, foreign, state, kept, dense, heard)


def _says(rule: Rule, question: Question, look: Look, series: Heard, column: Ints, silent: Bools,
          row: Ints) -> tuple[States, States, Bools]:
    """A look's state at every column, and at some looks its state and whether it is kept up."""
    every = slice(0, len(question.rows))
    dense = question.ask(series.windows, look, every)
    up = (dense if rule.clear.ratio == 1 else
          question.ask(series.windows, look.eased(rule.clear.ratio), every)) != FALSE
    marked = np.broadcast_to(np.isfinite(np.asarray(look.limit)), (len(question.rows),))
    up = _ever(up, settling.ends(rule, series.series.step), marked)
    cell = column * len(question.rows) + row
    # most of years are dry: nothing holds and nothing is unknown
    state = dense.take(cell) if dense.any() else np.zeros(len(row), dtype=np.int8)
    kept = up.take(cell) if up.any() else np.zeros(len(row), dtype=bool)
    quiet = np.flatnonzero(silent)
    if len(quiet):
        state[quiet] = np.where(marked[row[quiet]], UNKNOWN, FALSE)
        kept[quiet] = marked[row[quiet]]
    return dense, state, kept


def _ever(up: Bools, ends: int, before: Bools) -> Bools:
    """Whether any of the last ``ends`` rows up to each is true; ``before`` stands for those
    before the first."""
    if ends == 1:
        return up
    rows = np.vstack([np.broadcast_to(before, (ends - 1, len(before))), up])
    span = 1
    while 2 * span <= ends:
        rows = rows[span:] | rows[:-span]
        span *= 2
    rest = ends - span
    return rows[rest:] | rows[:len(rows) - rest] if rest else rows


def tiers(rule: Rule, found: list[list[Answer]]) -> tuple[list[States], list[Bools]]:
    """Every tier's state at every look, and whether it is kept up."""
    states, kept = [], []
    for level, mine in zip(rule.given, found, strict=True):
        every = bool(rule.tiers[level].all)
        states.append(together([answer.state for answer in mine], every))
        ups = [answer.kept for answer in mine]
        kept.append(ups[0] if len(ups) == 1 else np.all(ups, axis=0) if every
                    else np.any(ups, axis=0))
    return states, kept
