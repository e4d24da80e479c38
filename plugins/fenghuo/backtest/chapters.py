"""The years cut where the city was quiet: chapters that know nothing of each other.

A chapter begins with a finding or a bureau's word and ends when nothing is in force any more. Two
are apart only where at least 48 hours lie between: no text is held so long, and no pacing looks
back further. So they can be played one by one, in any order, by several processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from fenghuo.agreements import judge_quakes, judge_signals
from fenghuo.agreements.history import Course
from fenghuo.observations.records import EarthquakeAttributes, EventRecord, SignalAttributes
from fenghuo.replay import Heard

Ints = NDArray[np.int64]
QUIET = 48 * 3600
"""Seconds between two chapters."""
TRACK = timedelta(days=3)
"""How long a cyclone's last position counts at most."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a feed said, and when we heard it (aware UTC)."""

    at: datetime
    heard: Heard


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that makes a finding, in its order: epoch second, course, place in its arrays.

    ``begins`` and ``ends`` say whether a subject is in force from here, or no longer.
    """

    at: Ints
    course: Ints
    place: Ints
    begins: NDArray[np.bool_]
    ends: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Changes [first, after) and words [word, after_word) of the whole; ``size`` in changes."""

    first: int
    after: int
    word: int
    after_word: int

    @property
    def size(self) -> int:
        return self.after - self.first + self.after_word - self.word


def changes(courses: Sequence[Course]) -> Changes:
    """The changes of courses that concern a tier: one from nothing to nothing makes no finding."""
    parts = []
    for number, course in enumerate(courses):
        told = np.flatnonzero((course.rank > 0) | (course.was > 0))
        rank, was = course.rank[told], course.was[told]
        parts.append((course.at[told], np.full(len(told), number), told,
                      (was == 0) & (rank > 0), (was > 0) & (rank == 0)))
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Changes(none, none, none, none.astype(bool), none.astype(bool))
    at, number_of, place, begins, ends = (
        np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((place, number_of, at))
    return Changes(at[order], number_of[order], place[order], begins[order], ends[order])


def cut(found: Changes, words: Sequence[Word]) -> list[Chapter]:
    """The chapters, in order; ``words`` by the instant at which they were heard."""
    open_ones = np.cumsum(found.begins.astype(np.int64) - found.ends)
    starts = np.concatenate([found.at, [seconds(word.at) for word in words]])
    # in force until the next change, whenever that is: the last one for ever
    over = np.where(open_ones > 0, np.r_[found.at[1:], 2**60][:len(found.at)], found.at)
    stops = np.concatenate([over, [seconds(_over(word)) for word in words]])
    if not len(starts):
        return []
    order = np.argsort(starts, kind="stable")
    reach = np.maximum.accumulate(stops[order])
    first = np.r_[True, starts[order][1:] >= reach[:-1] + QUIET]
    begins = starts[order][first]
    edges = np.searchsorted(found.at, begins)
    heard = np.searchsorted(np.array([seconds(word.at) for word in words]), begins)
    return [Chapter(int(a), int(b), int(c), int(d)) for a, b, c, d in zip(
        edges, np.r_[edges[1:], len(found.at)], heard, np.r_[heard[1:], len(words)], strict=True)]


def _over(word: Word) -> datetime:
    """When a word cannot count any more."""
    record: EventRecord = word.heard.record
    if isinstance(record.attributes, SignalAttributes):
        return max(word.at, record.expires or record.issued + judge_signals.LIFE)
    if isinstance(record.attributes, EarthquakeAttributes):
        return max(word.at, record.onset + judge_quakes.LIFE)
    return word.at + TRACK


def seconds(at: datetime) -> int:
    """Epoch seconds."""
    return int(at.timestamp())


def instant(at: int) -> datetime:
    """The instant of epoch seconds."""
    return datetime.fromtimestamp(at, UTC)
