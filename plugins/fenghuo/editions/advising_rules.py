"""Advice on thresholds: those that can never be reached, tiers that overtake one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from fenghuo.agreements.conditions import Condition, Statistic
from fenghuo.agreements.rule import Effective, Rule, Season
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.threshold_checks import said
from fenghuo.agreements.values import mark_of, span_said
from fenghuo.editions.advice import Kind, Point, Points
from fenghuo.editions.bringing import Need, Range, needs, ranges
from fenghuo.editions.places import conditions
from fenghuo.editions.reading import Edition
from fenghuo.editions.tier_order import implies
from fenghuo.feeds.event_codes import NATIONAL, UNCODED
from fenghuo.words import Level
from fenghuo.words.metrics import Metric

_HEARD = (NATIONAL, "cap", "nws")
"""Schemes whose codes CAP documents carry; the others come by no feed yet."""


def points(edition: Edition, today: date) -> Points:
    """Advice on every rule. ``today`` is a day of the city's calendar."""
    brought = ranges(edition.feeds)
    for agreement in edition.agreements:
        for index, rule in enumerate(agreement.rules):
            for kind, path, what in (
                    *_unfed(rule, brought), *_marks(rule, edition), *_limits(rule, brought),
                    *_time(rule, agreement, today), *_order(rule), *_second_word(rule)):
                yield Point(kind, agreement.agreement, ("rules", index, *path), what)


Found = Iterator[tuple[Kind, tuple[str | int, ...], str]]


def _unfed(rule: Rule, brought: Mapping[Need, list[Range]]) -> Found:
    for kind, metric in needs(rule):
        if (kind, metric) in brought:
            continue
        if metric is None:
            yield Kind.signal_unfed, ("match",), "no feed brings signals (rules/feeds.yaml)"
        else:
            asks = (path for path, _, one in conditions(rule) if one.metric is metric)
            yield Kind.metric_unfed, (*next(asks, ()), "metric"), (
                f"no feed brings {kind} {metric} (rules/feeds.yaml)")
    heard = rule.match is None or rule.match.scheme in _HEARD or rule.hazard in UNCODED
    if rule.match is not None and not heard:
        yield Kind.signal_unfed, ("match", "scheme"), (
            f"no feed brings codes of {rule.match.scheme}; only a letter entered by hand can match")


def _marks(rule: Rule, edition: Edition) -> Found:
    for path, _, condition in conditions(rule):
        mark = mark_of(condition.limit)
        if mark is None:
            continue
        table = edition.stations if mark[0] == "station" else edition.contacts.sites
        if mark[1] in table.columns and not np.isfinite(table[mark[1]].to_numpy(float)).any():
            yield Kind.mark_nowhere, (*path, condition.comparison), (
                f"no {mark[0]} has a number for {mark[1]}: this can never hold")


def _limits(rule: Rule, brought: Mapping[Need, list[Range]]) -> Found:
    for path, _, condition in conditions(rule):
        metric, limit = rule.metric_of(condition), condition.limit
        if isinstance(limit, str):
            continue
        bounds = [_bounds(rule, condition, believed)
                  for believed in brought.get((rule.kind, metric), [])]
        if not bounds:
            continue
        least, most = min(low for low, _ in bounds), max(high for _, high in bounds)
        if not {"at_least": limit <= most, "above": limit < most,
                "at_most": limit >= least, "below": limit > least}[condition.comparison]:
            yield Kind.limit_implausible, (*path, condition.comparison), (
                f"{said_one(condition)} can never hold: feeds believe {least:g} to {most:g}"
                f"{' in that time' if condition.window else ''}")


def said_one(condition: Condition) -> str:
    """A condition in a few words."""
    window = f" in {span_said(condition.window)}" if condition.window else ""
    return f"{condition.comparison} {condition.limit:g}{window}"


def _bounds(rule: Rule, condition: Condition, believed: Range) -> tuple[float, float]:
    """Least and most that a condition's statistic can come to."""
    least, most, span = believed
    statistic = rule.statistic_of(condition)
    if statistic in (Statistic.rise, Statistic.drop):
        return least - most, most - least
    if statistic is Statistic.sum and condition.window and span:
        many = max(condition.window / span, 1.0)
        return many * least, many * most
    return least, most


def _time(rule: Rule, agreement: Agreement, today: date) -> Found:
    span = rule.effective
    if span is None:
        return
    later = [other for other in agreement.rules if other.id == rule.id and other is not rule]
    if span.ends is not None and span.ends < today and not later:
        yield Kind.never_in_time, ("effective", "ends"), (
            f"this rule is over since {span.ends} and no edition follows it")
    elif rule.season is not None and not _overlap(rule.season, span):
        yield Kind.never_in_time, ("season",), "no day of the season lies in the effective days"


def _overlap(season: Season, span: Effective) -> bool:
    """Whether some day of the effective days lies in the season."""
    if span.starts is None or span.ends is None or (span.ends - span.starts).days >= 1461:
        return True  # four years have every day of the year
    days = (span.starts + timedelta(days=n) for n in range((span.ends - span.starts).days + 1))
    whole = season.starts <= season.ends
    return any((season.starts <= day <= season.ends) if whole
               else (day >= season.starts or day <= season.ends)
               for day in (f"{one:%m-%d}" for one in days))


def _order(rule: Rule) -> Found:
    given = [level for level in rule.given if level in rule.tiers]
    for low, high in pairwise(given):
        lesser, greater = rule.tiers[low], rule.tiers[high]
        if not implies(rule, greater, lesser):
            yield Kind.tier_order, ("tiers", high.value), (
                f"{high} ({said(greater)}) can hold while {low} ({said(lesser)}) does not")


def _second_word(rule: Rule) -> Found:
    word = rule.corroboration
    if word is None or rule.metric not in (Metric.rain, Metric.stage):
        return
    grave = [level for level in rule.given if level.rank >= Level.orange.rank]
    if grave and word.readings == 1:
        yield Kind.uncorroborated, ("corroboration", "readings"), (
            f"{' and '.join(grave)} by one reading of one gauge")
    early = [level for level in grave if level.rank < word.tier.rank]
    if early:
        yield Kind.uncorroborated, ("corroboration", "tier"), (
            f"{' and '.join(early)} by one reading of one gauge")
