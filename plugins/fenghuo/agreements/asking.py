"""From measured rules to questions for the kernel: which series, which limits, which slots.

A rule asks every series of its own metric whose station the edition knows; its conditions may
name other metrics of the same station. A rule by a mark of the site (``site.stage``) asks once
for each site that has one, of its controlling station: its subject is ``stage:<station>@<site>``,
so that each site rises and clears at its own mark. A station without a mark (no guarantee level
known, no such return level) never reaches that tier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.agreements.conditions import Condition, TierSpec
from fenghuo.agreements.kernel import Look, Question, Tier, Told
from fenghuo.agreements.return_levels import return_column
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.values import mark_of, years_of
from fenghuo.contacts import Contacts
from fenghuo.observations.tails import Tails
from fenghuo.words import RuleKind

STALE_STEPS, STALE_LEAST = 3, 1800

Floats = NDArray[np.float64]
Beside = Callable[[Rule, Condition, float | Floats, NDArray[np.object_]], Told]
"""What another metric says of a rule's condition: with limits [m], for stations object[m]."""


class Named(Protocol):
    """Series of one metric and step, by station: tails, or years of them."""

    @property
    def metric(self) -> str: ...
    @property
    def subjects(self) -> NDArray[np.object_]: ...
    @property
    def step(self) -> int: ...


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One rule put to series: its question, whose answer each row is, and where it stands.

    ``subjects`` object[m] as in rule_state; ``stations`` int64[m], rows of the edition's
    stations; ``sites`` object[m], the one site a row is about, or None for all. The looks of a
    tier stand in the order of its conditions.
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

    def tier(self, rank: int) -> tuple[TierSpec, Tier]:
        """The gravest tier up to a rank, else (an edition may have dropped it) the lightest."""
        tier = next((each for each in reversed(self.question.tiers) if each.rank <= rank),
                    self.question.tiers[0])
        return next(spec for level, spec in self.rule.tiers.items()
                    if level.rank == tier.rank), tier


def measured(rules: Sequence[tuple[Agreement, Rule]]) -> list[tuple[Agreement, Rule]]:
    """Every observed rule."""
    return [(agreement, rule) for agreement, rule in rules
            if rule.kind is RuleKind.observed and rule.metric is not None]


def span_of(rules: Sequence[tuple[Agreement, Rule]], metric: str, step: int) -> timedelta:
    """How far back the longest window of a metric goes, with its hold and its second word."""
    none = longest = timedelta(0)
    for _, rule in rules:
        word = rule.second_word
        back = timedelta(seconds=(word.readings - 1) * stale_after(step)) if word else none
        for spec in rule.tiers.values():
            for condition in spec.conditions:
                if rule.metric_of(condition) == metric:
                    longest = max(longest, (condition.window or none)
                                  + max(rule.clear.held, back))
    return longest + timedelta(hours=1)


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
                   doubted=tails.doubted[kept],
                   values=np.ascontiguousarray(tails.values.T[:, kept]).T), row[kept]


def names(series: Named) -> NDArray[np.object_]:
    """The series' names in rule_state and findings: ``metric:subject``."""
    return np.asarray(str(series.metric) + ":" + series.subjects, dtype=object)


def ask(agreement: Agreement, rule: Rule, series: Named, named: NDArray[np.object_],
        at: NDArray[np.int64], stations: pd.DataFrame, contacts: Contacts,
        factor: float | Floats = 1.0, beside: Beside | None = None) -> Asked:
    """One rule put to series by their ``names``, whose stations stand at rows ``at``.

    Every limit counts ``factor`` times (NaN: the rule counts not at all), one number or one for
    each of ``stations``. ``beside`` answers for other metrics.
    """
    rows = np.arange(len(series.subjects), dtype=np.int64)
    marks = _site_marks(rule)
    sites: pd.DataFrame | None = None
    if marks:
        sites, rows = _by_site(contacts, marks, series.subjects)
        named = np.asarray(named[rows] + "@" + sites["site"].to_numpy(object), dtype=object)
    at = at[rows]
    factor = factor[at] if isinstance(factor, np.ndarray) else factor
    tiers = []
    for level in rule.given:
        spec, looks = rule.tiers[level], []
        for condition in spec.conditions:
            limit = _limit(rule, condition, stations, at, sites) * factor
            look = look_of(rule, condition, series.step, limit)
            if rule.metric_of(condition) != rule.metric:
                look = replace(look, told=beside(rule, condition, limit, series.subjects[rows])
                               if beside else None)
            looks.append(look)
        tiers.append(Tier(level.rank, tuple(looks), bool(spec.all)))
    return Asked(agreement, rule, Question(tuple(tiers), rows), named, at,
                 None if sites is None else sites["site"].to_numpy(object))


def look_of(rule: Rule, condition: Condition, step: int, limit: float | Floats) -> Look:
    """A condition over series of a step, with its limits."""
    seconds = int(condition.window.total_seconds()) if condition.window else step
    lasting = int(condition.lasting.total_seconds()) if condition.lasting else 0
    return Look(rule.statistic_of(condition).value, seconds // step, condition.comparison, limit,
                seconds % step == 0, -(-lasting // step))


def _site_marks(rule: Rule) -> list[str]:
    """The columns of the sites that a rule's limits name."""
    found = [mark[1] for spec in rule.tiers.values() for condition in spec.conditions
             if (mark := mark_of(condition.limit)) and mark[0] == "site"]
    return list(dict.fromkeys(found))


def _by_site(contacts: Contacts, marks: list[str], subjects: NDArray[np.object_],
             ) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """The sites that have one of the marks, by the row of their controlling station's series."""
    sites = contacts.sites
    own = np.any([np.isfinite(_column(sites, mark)) for mark in marks], axis=0)
    row = pd.Index(subjects, dtype=object).get_indexer(pd.Index(sites["station"]))
    chosen = np.flatnonzero(own & (row >= 0))
    chosen = chosen[np.argsort(row[chosen], kind="stable")]
    return sites.iloc[chosen], row[chosen].astype(np.int64)


def _limit(rule: Rule, condition: Condition, stations: pd.DataFrame, at: NDArray[np.int64],
           sites: pd.DataFrame | None) -> float | Floats:
    """A condition's limit, ``within`` counted in: one number, or one for each row."""
    mark, years = mark_of(condition.limit), years_of(condition.limit)
    metric = rule.metric_of(condition)
    if mark and mark[0] == "site" and sites is not None:
        return _column(sites, mark[1]) + condition.offset
    if mark:
        return _column(stations, mark[1])[at] + condition.offset
    if years and metric is not None:
        return _column(stations, return_column(metric, condition.window, years))[at]
    return float(condition.limit)


def _column(frame: pd.DataFrame, name: str) -> Floats:
    """A column's numbers; NaN where it is missing or says no number."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64)
