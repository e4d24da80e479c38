"""What each feed brings, and how much of it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from fenghuo.agreements.rule import Rule
from fenghuo.feeds.config import FeedConfig
from fenghuo.words import RuleKind
from fenghuo.words.metrics import Metric

SLOT = timedelta(hours=1)
"""What one number of a forecast covers."""

Need = tuple[RuleKind, Metric | None]
"""A kind of rule, and the number it asks for; signals have none."""
Range = tuple[float, float, timedelta]
"""Least and most of one number that is believed, and the time it covers (0: an instant)."""


def brings(feed: FeedConfig) -> dict[Need, Range]:
    """What a feed brings, with the range it believes."""
    if feed.table is not None:
        return {(RuleKind.observed, Metric(one.metric)): (one.least, one.most, one.span)
                for one in feed.table.metrics}
    if feed.forecast_table is not None:
        return {(RuleKind.forecast, Metric(one.metric)): (
            one.least, one.most, feed.forecast_table.step) for one in feed.forecast_table.metrics}
    kind = feed.kind
    if kind.metrics is None:
        return {(kind.brings, None): (0.0, 0.0, timedelta(0))}
    span = SLOT if kind.brings is RuleKind.forecast else timedelta(0)
    return {(kind.brings, metric): (*believed, span) for metric, believed in kind.metrics.items()}


def needs(rule: Rule) -> Iterator[Need]:
    """What a rule asks of feeds."""
    if rule.kind is RuleKind.signal:
        yield rule.kind, None
    for metric in rule.metrics:
        yield rule.kind, metric


def ranges(feeds: Mapping[str, FeedConfig]) -> dict[Need, list[Range]]:
    """The ranges of every feed, by what it brings."""
    found: dict[Need, list[Range]] = {}
    for feed in (one for one in feeds.values() if one.on):
        for need, believed in brings(feed).items():
            found.setdefault(need, []).append(believed)
    return found
