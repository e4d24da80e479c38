"""Years of series through the same kernel: how every rule went at every station.

The same looks, second words, holds, hours and chains as the watch (``judge_series``), worked out
for all instants at once: what ``courses`` finds is what judging at every arrival would have found,
for numbers that arrive ``latency`` after their slot. Stations are worked on in blocks, so memory
does not grow with their number; a rule's states over time are scanned, not stepped through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from fenghuo.agreements import asking
from fenghuo.agreements.course import After, Course, Part, course_of, joined
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.hearing import FAR, Block, Series
from fenghuo.agreements.lowering import FeltQuake, fact
from fenghuo.agreements.measured import Change, instant
from fenghuo.agreements.measured import finding as told
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.clock import CITY
from fenghuo.contacts import Contacts
from fenghuo.words import Ended

__all__ = ["Course", "FeltQuake", "Series", "courses", "finding"]

CELLS = 300_000
"""Numbers of a block: some windows of it fit a cache, all that are in use into 200 MB."""


def courses(agreements: Sequence[Agreement], stations: pd.DataFrame, contacts: Contacts,
            series: Sequence[Series], quakes: Sequence[FeltQuake], since: datetime,
            until: datetime) -> list[Course]:
    """How every observed rule went from ``since`` to ``until`` (aware, both included), beginning
    with nothing in force. Windows reach back before ``since`` as far as the series do."""
    first, last = int(since.timestamp()), int(until.timestamp())
    groups = _editions(agreements)
    parts: dict[int, list[Part]] = {id(rule): [] for group in groups for _, rule, *_ in group}
    every = [(agreement, rule) for group in groups for agreement, rule, *_ in group]
    for one in series:
        mine = [group for group in groups if group[0][1].metric == one.metric]
        for block in _blocks(one, series, stations, every, first, last):
            for group in mine:
                before: After = {}
                for agreement, rule, begins, ends in group:
                    part = course_of(agreement, rule, block, contacts, quakes,
                                     max(first, begins), min(last, ends - 1), before)
                    parts[id(rule)].append(part)
                    before = part.after
    return [joined(agreement, rule, parts[id(rule)], tuple(quakes)) for agreement, rule in every]


def finding(course: Course, i: int, stations: pd.DataFrame, now: datetime,
            proof: tuple[dict[str, str], ...] = ()) -> Finding:
    """The finding that the watch would have made of a course's change ``i``."""
    row, rank = int(course.row[i]), int(course.rank[i])
    spec = next(spec for level, spec in course.rule.tiers.items()
                if level.rank == course.tier[i])
    quake = int(course.quake[i])
    return told(Change(
        course.agreement, course.rule, str(course.subjects[row]),
        None if course.sites is None else str(course.sites[row]), rank or int(course.was[i]),
        int(course.holds[i]),
        None if rank else Ended.cleared if course.counted[i] else Ended.lapsed,
        spec.conditions[int(course.number[i])], float(course.value[i]), float(course.limit[i]),
        instant(int(course.end[i])), instant(int(course.since[i])), str(course.trend[i]),
        fact(course.rule, course.quakes[quake]) if quake >= 0 else None),
        stations.iloc[int(course.stations[row])], now, proof)


Edition = tuple[Agreement, Rule, int, int]
"""A rule and when it governs: [begins, ends) in epoch seconds."""


def _editions(agreements: Sequence[Agreement]) -> list[list[Edition]]:
    """The measured rules, those of one id together: each governs until the next begins."""
    found = []
    for agreement in agreements:
        by_id: dict[str, list[Rule]] = {}
        for _, rule in asking.measured([(agreement, rule) for rule in agreement.rules]):
            by_id.setdefault(rule.id, []).append(rule)
        for rules in by_id.values():
            rules.sort(key=_start)
            begins = [-FAR, *(_start(rule) for rule in rules[1:])]
            found.append([(agreement, rule, begin, end) for rule, begin, end in
                          zip(rules, begins, [*begins[1:], FAR], strict=True)])
    return found


def _start(rule: Rule) -> int:
    day = rule.effective.starts if rule.effective else None
    return int(pd.Timestamp(day).tz_localize(CITY).timestamp()) if day else -FAR


def _blocks(one: Series, series: Sequence[Series], stations: pd.DataFrame,
            rules: Sequence[tuple[Agreement, Rule]], first: int, last: int) -> Iterator[Block]:
    """The stations of a series that the edition knows, some at a time."""
    at = pd.Index(stations["station"]).get_indexer(pd.Index(one.subjects, dtype=object))
    known = np.flatnonzero(at >= 0)
    back = int(asking.span_of(rules, one.metric.value, one.step).total_seconds()) + 4 * 3600
    cut = one.between(first - back, last)
    if not cut.values.shape[1]:
        return
    size = max(1, CELLS // max(cut.values.shape[1], 1))
    for start in range(0, len(known), size):
        rows = known[start:start + size]
        yield Block(replace(cut, subjects=one.subjects[rows], values=cut.values[rows]),
                    at[rows].astype(np.int64), series, stations)
