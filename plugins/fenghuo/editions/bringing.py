"""What each feed brings, and how much of it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from fenghuo.agreements.rule import Rule
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.openmeteo_forecast import VARIABLES
from fenghuo.words import RuleKind
from fenghuo.words.metrics import Metric

SLOT = timedelta(hours=1)
"""What one number of a forecast covers."""

Need = tuple[RuleKind, Metric | None]
"""A kind of rule, and the number it asks for; signals have none."""
Range = tuple[float, float, timedelta]
"""Least and most of one number that is believed, and the time it covers (0: an instant)."""

_EVENTS: Mapping[str, Need] = {
    "cap_index": (RuleKind.signal, None), "cap_document": (RuleKind.signal, None),
    "usgs_geojson": (RuleKind.event, Metric.intensity),
    "jma_best_track": (RuleKind.event, Metric.wind)}
_INTENSITY = (0.0, 12.0, timedelta(0))  # GB/T 17742
_WIND = (0.0, 50.0, timedelta(0))       # tracks draw areas of 30 and of 50 kt


def brings(feed: FeedConfig) -> dict[Need, Range]:
    """What a feed brings, with the range it believes."""
    if feed.table is not None:
        return {(RuleKind.observed, Metric(one.metric)): (one.least, one.most, one.span)
                for one in feed.table.metrics}
    if feed.points:
        return {(RuleKind.forecast, Metric(metric)): (0.0, most, SLOT)
                for metric, _, most in VARIABLES.values()}
    need = _EVENTS[feed.format]
    return {need: _WIND if need[1] is Metric.wind else _INTENSITY}


def needs(rule: Rule) -> Iterator[Need]:
    """What a rule asks of feeds."""
    if rule.kind is RuleKind.signal:
        yield rule.kind, None
    for metric in rule.metrics:
        yield rule.kind, metric


def ranges(feeds: Mapping[str, FeedConfig]) -> dict[Need, list[Range]]:
    """The ranges of every feed, by what it brings."""
    found: dict[Need, list[Range]] = {}
    for feed in feeds.values():
        for need, believed in brings(feed).items():
            found.setdefault(need, []).append(believed)
    return found
