"""What a rule says of other tables: marks, return periods, industries, and how long is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.agreements.conditions import Condition
from fenghuo.agreements.reading import MARKS, STATIONS, own_marks
from fenghuo.agreements.return_levels import FILE as RETURN_LEVELS
from fenghuo.agreements.return_levels import return_column
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.threshold_checks import said
from fenghuo.agreements.values import mark_of, span_said, years_of
from fenghuo.contacts import Contacts
from fenghuo.contacts.reading import SITES, site_marks
from fenghuo.documents.nearest import guided
from fenghuo.documents.yaml import Path
from fenghuo.editions.bringing import brings
from fenghuo.editions.places import conditions
from fenghuo.feeds.config import PATH as FEEDS
from fenghuo.feeds.config import FeedConfig
from fenghuo.notices.measures import Measures
from fenghuo.observations.tails import KEEP
from fenghuo.words import RuleKind

LATE = timedelta(hours=1)
"""What of a kept series is left for numbers that come late."""
_HOUR = timedelta(hours=1)
"""The slot of a forecast."""
_NAMED = 3
"""Stations that one fault names."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of an agreement at a path of its file, or of that path's key."""

    agreement: str
    path: Path
    found: str
    expected: str
    key: bool = False


def faults(agreements: Sequence[Agreement], stations: pd.DataFrame, contacts: Contacts,
           measures: Measures, feeds: Mapping[str, FeedConfig]) -> Iterator[Fault]:
    """Every fault of every rule, in the order of the files."""
    words = _words(contacts, measures)
    for agreement in agreements:
        for index, rule in enumerate(agreement.rules):
            found = (*_stricter(rule, words), *_limits(rule, stations, contacts),
                     *_order(rule, stations, contacts), *_windows(rule, stations, feeds))
            for path, what, expected, key in found:
                yield Fault(agreement.agreement, ("rules", index, *path), what, expected, key)


Found = tuple[Path, str, str, bool]


def _words(contacts: Contacts, measures: Measures) -> list[str]:
    """Every industry and tag that a site may have."""
    tags = {tag for tags in contacts.sites["tags"] for tag in tags.split()}
    return sorted({industry for industry, _, _ in measures.entries}
                  | set(contacts.sites["industry"]) | tags)


def _stricter(rule: Rule, words: list[str]) -> Iterator[Found]:
    for word in rule.stricter:
        if word not in words:
            expected = f"an industry or tag of {SITES} or rules/measures.yaml"
            yield ("stricter", word), word, guided(expected, word, words), True


def _limits(rule: Rule, stations: pd.DataFrame, contacts: Contacts) -> Iterator[Found]:
    known = {"station": [*MARKS, *own_marks(stations)], "site": site_marks(contacts.sites)}
    file = {"station": STATIONS, "site": SITES}
    for path, _, condition in conditions(rule):
        mark, years, where = (mark_of(condition.limit), years_of(condition.limit),
                              (*path, condition.comparison))
        if mark and mark[1] not in known[mark[0]]:
            names = [f"{mark[0]}.{name}" for name in known[mark[0]]]
            yield where, str(condition.limit), guided(
                f"a column of {file[mark[0]]}", str(condition.limit), names), False
        elif years and _return_column(rule, condition) not in stations.columns:
            yield where, str(condition.limit), _years_known(rule, condition, stations), False


def _return_column(rule: Rule, condition: Condition, years: int | None = None) -> str:
    metric, wanted = rule.metric_of(condition), years or years_of(condition.limit)
    assert metric is not None and wanted is not None
    return return_column(metric, condition.window, wanted)


def _years_known(rule: Rule, condition: Condition, stations: pd.DataFrame) -> str:
    series, _, _ = _return_column(rule, condition).rpartition(" ")
    known = [name.removeprefix(f"{series} ") for name in stations.columns
             if name.startswith(f"{series} ")]
    about = f"{rule.metric_of(condition)}" + (
        f" in {span_said(condition.window)}" if condition.window else "")
    return f"{' or '.join(known)}, as {RETURN_LEVELS} has for {about}" if known else (
        f"a row of {RETURN_LEVELS} for {about}")


def _order(rule: Rule, stations: pd.DataFrame, contacts: Contacts) -> Iterator[Found]:
    """Tiers by marks must ascend wherever both marks are known, place by place."""
    specs = [rule.tiers[level] for level in rule.given if level in rule.tiers]
    for lesser, greater in pairwise(specs):
        if lesser.any or lesser.all or greater.any or greater.all:
            continue
        low, high = (_numbers(rule, one, stations, contacts) for one in (lesser, greater))
        if low is None or high is None or len(low[1]) != len(high[1]) or (
                lesser.window != greater.window or lesser.upward != greater.upward
                or rule.statistic_of(lesser) != rule.statistic_of(greater)):
            continue
        more = (high[1] - low[1]) * (1 if greater.upward else -1)
        equal_is_harder = lesser.comparison.startswith("at_") > greater.comparison.startswith("at_")
        names = high[0][(more < 0) | ((more == 0) & (not equal_is_harder))]
        if len(names):
            level = next(name for name, spec in rule.tiers.items() if spec is greater)
            yield (("tiers", level.value, greater.comparison), f"{said(greater)} at {_few(names)}",
                   f"harder to reach than {said(lesser)} at each of them (rule {rule.id})", False)


def _numbers(rule: Rule, condition: Condition, stations: pd.DataFrame, contacts: Contacts
             ) -> tuple[NDArray[np.object_], NDArray[np.float64]] | None:
    """Names and numbers of what a condition's limit is at each place, None for a plain limit."""
    mark = mark_of(condition.limit)
    if mark is None and years_of(condition.limit) is None:
        return None
    table, names = (contacts.sites, "site") if mark and mark[0] == "site" else (stations, "station")
    column = mark[1] if mark else _return_column(rule, condition)
    if column not in table.columns:
        return None
    return (table[names].to_numpy(object),
            table[column].to_numpy(np.float64) + condition.offset)


def _windows(rule: Rule, stations: pd.DataFrame, feeds: Mapping[str, FeedConfig]
             ) -> Iterator[Found]:
    """Windows are whole numbers of slots, and no longer than what is kept of a series."""
    if rule.kind not in (RuleKind.observed, RuleKind.forecast):
        return
    for path, _, condition in conditions(rule):
        if condition.window is None:
            continue
        where = (*path, "window")
        if rule.kind is RuleKind.forecast:
            if condition.window % _HOUR:
                yield where, span_said(condition.window), "a whole number of hours", False
            continue
        uneven = [step for step in _steps(rule, condition, stations, feeds)
                  if condition.window.total_seconds() % step]
        if uneven:
            yield where, span_said(condition.window), (
                f"a multiple of every step of stations that have {rule.metric_of(condition)} "
                f"({', '.join(map(str, uneven))} s; {STATIONS}, {FEEDS})"), False
        held = rule.clear.held
        if condition.window + held > KEEP - LATE:
            yield where, f"{span_said(condition.window)} and held {span_said(held)}", (
                f"at most {span_said(KEEP - LATE)} together: no more is kept of a series"), False


def _steps(rule: Rule, condition: Condition, stations: pd.DataFrame,
           feeds: Mapping[str, FeedConfig]) -> list[int]:
    """The steps, in seconds, of the stations that have a condition's metric.

    Which stations do is only known of levels: those have a river or marks.
    """
    metric = rule.metric_of(condition)
    brought = {int(feed.slot.total_seconds()) for feed in feeds.values() if feed.on and feed.slot
               and (RuleKind.observed, metric) in brings(feed)}
    levels = (stations["river"] != "") | stations[list(MARKS)].notna().any(axis=1)
    mine = stations[levels] if metric and metric.above_datum and levels.any() else stations
    return sorted(brought | set(mine["step_seconds"].unique().tolist()))


def _few(names: Iterable[str]) -> str:
    """The first names, and how many more."""
    every = list(names)
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return f"{', '.join(every[:_NAMED])}{more}"
