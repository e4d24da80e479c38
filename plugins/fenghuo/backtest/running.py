"""An edition over years: what the rules found in batch, replayed where something changed.

Time is spent only at the instants at which a finding is made or something falls due by itself,
so it grows with what happened, not with the hours that were quiet.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta

from fenghuo.agreements.findings import Epicentre
from fenghuo.agreements.history import FeltQuake, Series, courses
from fenghuo.backtest import playing
from fenghuo.backtest.chapters import Chapter, Word, changes, cut, instant
from fenghuo.backtest.outcome import Outcome
from fenghuo.backtest.playing import Piece, Play
from fenghuo.editions import Edition
from fenghuo.observations.records import EarthquakeAttributes
from fenghuo.settings import Settings
from fenghuo.words import EventStatus

Progress = Callable[[int, int], None]
"""Called with how much is done of how much."""
FEW = 200
"""Changes below which a second process is not worth its start."""


def run(edition: Edition, settings: Settings, series: Sequence[Series],
        words: Sequence[Word] = (), *, since: datetime | None = None,
        until: datetime | None = None, jobs: int | None = None,
        progress: Progress = lambda done, total: None) -> Outcome:
    """Play everything that is known from ``since`` to ``until`` (aware UTC; none: all of it).

    ``words`` are what bureaus said, in any order. ``jobs`` processes, by default one a core. The
    outcome does not depend on them. Raises whatever a judge raises on an event.
    """
    first, last = span(series, words)
    since, until = since or first, until or last
    heard = sorted((word for word in words if since <= word.at <= until), key=lambda one: one.at)
    found = tuple(courses(edition.agreements, edition.stations, edition.contacts, series,
                          _felt(edition, heard), since, until))
    play = Play(edition, settings, found, changes(found), tuple(heard))
    parts = cut(play.changes, heard)
    total = sum(part.size for part in parts)
    pieces: dict[int, Piece] = {}
    done = 0
    for number, piece in _played(play, parts, jobs or os.cpu_count() or 1):
        pieces[number] = piece
        done += parts[number].size
        progress(done, total)
    return Outcome.of([pieces[number] for number in sorted(pieces)], settings.zone)


def _felt(edition: Edition, words: Sequence[Word]) -> list[FeltQuake]:
    """The earthquakes as chains know them: by their first word, from when it counts here."""
    found: dict[str, FeltQuake] = {}
    for word in words:
        record, quake = word.heard.record, word.heard.record.attributes
        if isinstance(quake, EarthquakeAttributes) and record.status is EventStatus.actual:
            feed = edition.feeds.get(word.heard.feed)
            found.setdefault(record.external_id, FeltQuake(
                record.external_id, Epicentre(quake.magnitude, quake.latitude, quake.longitude,
                                              quake.depth_km),
                record.onset, word.at + (feed.wait if feed else timedelta(0))))
    return list(found.values())


def span(series: Sequence[Series], words: Sequence[Word]) -> tuple[datetime, datetime]:
    """The first and the last instant at which something becomes known. ValueError for nothing."""
    known = [at for one in series for at in (
        instant(one.t0), instant(one.t0 + (one.values.shape[1] - 1) * one.step + one.latency))]
    known += [word.at for word in words]
    return min(known), max(known)


def _played(play: Play, parts: Sequence[Chapter],
            jobs: int) -> Iterator[tuple[int, Piece]]:
    """The pieces as they come, the longest chapter begun first."""
    order = sorted(range(len(parts)), key=lambda number: -parts[number].size)
    if jobs < 2 or len(parts) < 2 or sum(part.size for part in parts) < FEW:
        for number in order:
            yield number, play.chapter(parts[number])
        return
    # a fresh interpreter each: what this one has open must not be shared
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"),
                             playing.take, (play,)) as pool:
        yield from zip(order, pool.map(playing.work, [parts[number] for number in order]),
                       strict=True)
