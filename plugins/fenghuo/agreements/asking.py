"""From measured rules to questions for the kernel: which series, which limits, which slots.

A rule asks every series of its metric whose station the edition knows. A rule by ``site.stage``
asks once for each site with an own action stage, of its controlling station: its subject is
``stage:<station>@<site>``, so that each site rises and clears at its own mark. A station
without a mark (no guarantee level known) never reaches that tier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.agreements.conditions import TierSpec
from fenghuo.agreements.kernel import Look, Question
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.standing import in_season
from fenghuo.contacts import Contacts
from fenghuo.observations.tails import Tails
from fenghuo.words import RuleKind

STALE_STEPS, STALE_LEAST = 3, 1800


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule put to series: its question, whose answer each row is, and where it stands.

    ``subjects`` object[m] as in rule_state; ``stations`` int64[m], rows of the edition's
    stations; ``sites`` object[m], the one site a row is about, or None for all.
    """

    agreement: Agreement
    rule: Rule
    question: Question
    subjects: NDArray[np.object_]
    stations: NDArray[np.int64]
    sites: NDArray[np.object_] | None

    @property
    def key(self) -> str:
        """agreement/rule."""
        return f"{self.agreement.agreement}/{self.rule.id}"

    def spec(self, look: Look) -> TierSpec:
        """The tier a look stands for."""
        return next(spec for level, spec in self.rule.tiers.items() if level.rank == look.rank)


def measured(agreements: Sequence[Agreement]) -> list[tuple[Agreement, Rule]]:
    """Every observed rule."""
    return [(agreement, rule) for agreement in agreements for rule in agreement.rules
            if rule.kind is RuleKind.observed and rule.metric is not None]


def span_of(rules: Sequence[tuple[Agreement, Rule]]) -> timedelta:
    """How far back the longest window goes, its hold included."""
    none = timedelta(0)
    return max((spec.window or none) + rule.clear.held + timedelta(hours=1)
               for _, rule in rules for spec in rule.tiers.values())


def stale_after(step: int) -> int:
    """Seconds after which a series that says nothing more is unknown."""
    return max(STALE_STEPS * step, STALE_LEAST)


def known(tails: Tails, stations: pd.DataFrame) -> tuple[Tails, NDArray[np.int64]]:
    """The series whose station the edition knows, and its row there."""
    row = pd.Index(stations["station"]).get_indexer(pd.Index(tails.subjects, dtype=object))
    if (row >= 0).all():
        return tails, row.astype(np.int64)
    kept = np.flatnonzero(row >= 0)
    # rows of the transpose are contiguous: the matrix is time-major
    return replace(tails, subjects=tails.subjects[kept], end=tails.end[kept],
                   values=np.ascontiguousarray(tails.values.T[:, kept]).T), row[kept]


def names(tails: Tails) -> NDArray[np.object_]:
    """The series' names in rule_state and findings: ``metric:subject``."""
    return np.asarray(tails.metric + ":" + tails.subjects, dtype=object)


def ask(agreement: Agreement, rule: Rule, tails: Tails, named: NDArray[np.object_],
        at: NDArray[np.int64], stations: pd.DataFrame, contacts: Contacts,
        now: datetime) -> Asked:
    """One rule put to tails by their ``names``, whose stations stand at rows ``at``."""
    rows = np.arange(len(tails.subjects), dtype=np.int64)
    by_site = any(spec.limit == "site.stage" for spec in rule.tiers.values())
    sites, stages = None, None
    if by_site:
        staged = contacts.sites[np.isfinite(contacts.sites["stage"].to_numpy(np.float64))]
        row = pd.Index(tails.subjects, dtype=object).get_indexer(pd.Index(staged["station"]))
        staged, row = staged[row >= 0], row[row >= 0]
        order = np.argsort(row, kind="stable")
        rows = row[order].astype(np.int64)
        sites = staged["site"].to_numpy(object)[order]
        stages = staged["stage"].to_numpy(np.float64)[order]
        named = named[rows] + "@" + sites
    looks = []
    for level in rule.given:
        spec = rule.tiers[level]
        seconds = int(spec.window.total_seconds()) if spec.window else tails.step
        limit: float | NDArray[np.float64]
        if spec.limit == "site.stage" and stages is not None:
            limit = stages
        elif isinstance(spec.limit, str):
            limit = stations[spec.limit.removeprefix("station.")].to_numpy(np.float64)[at]
        else:
            limit = spec.limit
        if not in_season(rule.season, now):
            limit = np.full(len(rows), np.nan)
        looks.append(Look(level.rank, rule.statistic.value, seconds // tails.step,
                          spec.comparison, limit, seconds % tails.step == 0))
    return Asked(agreement, rule, Question(tuple(looks), rows), named, at[rows], sites)
