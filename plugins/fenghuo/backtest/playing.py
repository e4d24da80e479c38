"""One chapter, played in a city in memory; also what a worker of the pool does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection, select

from fenghuo.agreements.history import Course, finding
from fenghuo.backtest.chapters import Changes, Chapter, Word, instant, seconds
from fenghuo.editions import Edition
from fenghuo.lifecycle.evidence import rank
from fenghuo.replay import Replay, Told
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import reading
from fenghuo.words import Hazard, Holds

END = datetime(9999, 1, 1, tzinfo=UTC)

TOLD = ("at", "hazard", "warning", "sites", "person", "channel", "tier", "kind", "parts", "text")
WARNINGS = ("warning", "hazard", "scope", "opened", "closed", "state", "tier", "sites", "rules")
SPANS = ("rule", "hazard", "scope", "site", "tier", "start", "end")


@dataclass(frozen=True, slots=True)
class Piece:
    """What came of a chapter, as rows of TOLD, WARNINGS and SPANS (outcome.Outcome)."""

    told: pd.DataFrame
    warnings: pd.DataFrame
    spans: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Play:
    """Everything that all chapters share."""

    edition: Edition
    settings: Settings
    courses: tuple[Course, ...]
    changes: Changes
    words: tuple[Word, ...]

    def chapter(self, one: Chapter) -> Piece:
        """Play one from a quiet beginning to its quiet end."""
        told: list[Told] = []
        city = Replay(self.edition, self.settings)
        try:
            for at, places, words in self._instants(one):
                now = instant(at)
                told += city.at([finding(self.courses[self.changes.course[i]],
                                         int(self.changes.place[i]), self.edition.stations, now)
                                 for i in places], now, [word.heard for word in words])
            told += city.until(END)
            with reading(city.engine) as connection:
                return Piece(_told(told), _warnings(connection), _spans(connection))
        finally:
            city.close()

    def _instants(self, one: Chapter) -> list[tuple[int, list[int], list[Word]]]:
        steps: dict[int, tuple[list[int], list[Word]]] = {}
        for place in range(one.first, one.after):
            steps.setdefault(int(self.changes.at[place]), ([], []))[0].append(place)
        for word in self.words[one.word:one.after_word]:
            steps.setdefault(seconds(word.at), ([], []))[1].append(word)
        return [(at, *steps[at]) for at in sorted(steps)]


def _told(told: Sequence[Told]) -> pd.DataFrame:
    return pd.DataFrame([(one.at, one.hazard, one.warnings, one.sites, one.person,
                          one.channel.value, one.tier.rank, one.kind, one.parts, one.text)
                         for one in told], columns=list(TOLD))


def _warnings(connection: Connection) -> pd.DataFrame:
    """One row a warning; ``rules`` whose findings spoke in it, ``tier`` its highest rank."""
    w, r, s, e, f = (t.warning.c, t.revision.c, t.revision_site.c, t.exposure.c, t.finding.c)
    sites: defaultdict[int, set[str]] = defaultdict(set)
    rules: defaultdict[int, set[str]] = defaultdict(set)
    tiers: defaultdict[int, int] = defaultdict(int)
    for key, site, tier, rule in connection.execute(
            select(r.warning_id, s.site, s.tier, f.rule).distinct()
            .join(t.revision, r.id == s.revision_id).join(t.exposure, e.id == s.exposure_id)
            .join(t.finding, f.id == e.finding_id)):
        sites[key].add(site)
        rules[key].add(rule)
        tiers[key] = max(tiers[key], rank(tier))
    quakes = _quakes(connection)
    return pd.DataFrame([
        (row.id, row.hazard, quakes.get(row.scope, row.scope), row.opened, row.closed, row.state,
         tiers[row.id], tuple(sorted(sites[row.id])), tuple(sorted(rules[row.id])))
        for row in connection.execute(select(t.warning).order_by(w.id))], columns=list(WARNINGS))


def _spans(connection: Connection) -> pd.DataFrame:
    """When each rule held at each site, at which tier."""
    e, f = t.exposure.c, t.finding.c
    rows = connection.execute(
        select(f.rule, e.hazard, e.scope, e.site, e.tier, f.at, f.ended_at)
        .join(t.finding, f.id == e.finding_id).where(f.holds == Holds.true.value)
        .order_by(f.id, e.id)).all()
    quakes = _quakes(connection)
    return pd.DataFrame([(row.rule, row.hazard, quakes.get(row.scope, row.scope), row.site,
                          rank(row.tier), row.at, row.ended_at) for row in rows],
                        columns=list(SPANS))


def _quakes(connection: Connection) -> dict[str, str]:
    """The issuer's name of each incident: its number is of this database only."""
    f = t.finding.c
    return {row.subject: str(row.facts["event"]) for row in connection.execute(
        select(f.subject, f.facts).where(f.hazard == Hazard.earthquake.value))}


_PLAY: Play | None = None


def take(play: Play) -> None:
    """Begin as a worker."""
    global _PLAY
    _PLAY = play


def work(one: Chapter) -> Piece:
    """Play one chapter as a worker."""
    assert _PLAY is not None
    return _PLAY.chapter(one)
