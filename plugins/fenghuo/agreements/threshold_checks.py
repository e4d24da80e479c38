"""What a rule's thresholds must hold: each well formed, each tier harder to reach than the last."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fenghuo.agreements.conditions import Condition, Statistic, TierSpec
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.values import mark_of, span_said, years_of
from fenghuo.words import Level, RuleKind
from fenghuo.words.metrics import MEASURED, Metric

Path = tuple[str | int, ...]
Fault = tuple[Path, str, str]
"""Path in the file, found, expected."""

_MEASURED_KINDS = (RuleKind.observed, RuleKind.forecast)
_STAGES = ("warning", "guarantee", "record", "stage")
_ASCENDING = ("station.warning", "station.guarantee", "station.record")
"""Marks whose order every station keeps (stations.csv is held to it)."""


def thresholds(rule: Rule) -> Iterator[Fault]:
    """Every fault of a rule's tiers and digest."""
    specs = {level: rule.tiers[level] for level in Level if level in rule.tiers}
    named: list[tuple[Path, TierSpec]] = [
        (("tiers", level.value), spec) for level, spec in specs.items()]
    if rule.digest is not None:
        named.append((("digest",), rule.digest))
    faults = [((*path, *field), found, expected) for path, spec in named
              for field, found, expected in _spec(rule, spec)]
    faults += [(("tiers", level.value, "any", index, "metric"), str(condition.metric),
                f"a rule of its own: {rule.metric} alone is corroborated here")
               for level, spec in specs.items()
               if (word := rule.second_word) and word.readings > 1 and level.rank >= word.tier.rank
               for index, condition in enumerate(spec.any)
               if rule.metric_of(condition) != rule.metric]
    if faults:
        yield from faults
        return
    if len({spec.upward for spec in specs.values() if spec.comparisons}) > 1:
        yield ("tiers",), "limits from above and from below", "one direction in one rule"
        return
    kinds = {_kind(spec.limit) for spec in specs.values() if spec.comparisons}
    if len(kinds) > 1:
        yield ("tiers",), f"limits of {' and '.join(sorted(kinds))}", "one kind in one rule"
        return
    for (low, lesser), (high, greater) in pairwise(specs.items()):
        if not _harder(rule, lesser, greater):
            yield (("tiers", high.value), said(greater),
                   f"harder to reach than {low} ({said(lesser)})")
    if rule.digest is not None and specs:
        low, lowest = next(iter(specs.items()))
        if not _harder(rule, rule.digest, lowest):
            yield ("digest",), said(rule.digest), f"easier to reach than {low} ({said(lowest)})"


def said(spec: TierSpec) -> str:
    """A tier's threshold in a few words, for faults."""
    if spec.any or spec.all:
        return (" or " if spec.any else " and ").join(_one(each) for each in spec.conditions)
    return _one(spec)


def _one(condition: Condition) -> str:
    within = f" within {condition.within[0]:g} {condition.within[1]}" if condition.within else ""
    lasting = f" for {span_said(condition.lasting)}" if condition.lasting else ""
    window = f" in {span_said(condition.window)}" if condition.window else ""
    return f"{condition.comparison} {condition.limit}{within}{lasting}{window}"


def _kind(limit: float | str) -> str:
    mark = mark_of(limit)
    return "number" if not isinstance(limit, str) else f"{mark[0]} marks" if mark else "years"


def _spec(rule: Rule, spec: TierSpec) -> Iterator[Fault]:
    if not (spec.any or spec.all):
        yield from _condition(rule, spec)
        return
    beside = [name for name in Condition.model_fields if getattr(spec, name) is not None]
    if (spec.any and spec.all) or beside:
        yield (), ", ".join(["any"] * bool(spec.any) + ["all"] * bool(spec.all) + beside), (
            "either any, or all, or one condition")
        return
    if rule.kind is RuleKind.event:
        yield (), "any or all", f"one condition: a rule of kind {rule.kind} has one value a site"
    name = "any" if spec.any else "all"
    for index, condition in enumerate(spec.conditions):
        for field, found, expected in _condition(rule, condition):
            yield (name, index, *field), found, expected


def _condition(rule: Rule, condition: Condition) -> Iterator[Fault]:
    if len(condition.comparisons) != 1:
        yield (), f"{len(condition.comparisons)} comparisons", (
            "exactly one of at_least, above, at_most, below")
        return
    metric, statistic = rule.metric_of(condition), rule.statistic_of(condition)
    measured = rule.kind in _MEASURED_KINDS
    if condition.metric is not None and (not measured or condition.metric not in MEASURED):
        yield ("metric",), condition.metric.value, (
            f"one of {', '.join(MEASURED)}" if measured else "none: the rule's own")
    if statistic is Statistic.sum and metric is not None and not metric.summed and measured:
        yield ("statistic",), "sum", f"no sum: {metric} is no amount of a time"
    if measured and statistic.windowed and not condition.window:
        yield ("window",), "nothing", f"a window: the statistic {statistic} needs one"
    if not (measured and statistic.windowed) and condition.window is not None:
        yield ("window",), "a window", f"none: {statistic} takes the newest value"
    if rule.kind is RuleKind.forecast and statistic is Statistic.last:
        yield ("statistic",), "last", "a statistic of a window: a forecast has no newest value"
    yield from _lasting(condition, statistic)
    yield from _limit(rule, condition, metric, statistic)


def _lasting(condition: Condition, statistic: Statistic) -> Iterator[Fault]:
    if (condition.lasting is not None) != (statistic is Statistic.duration):
        yield ("lasting",), "nothing" if condition.lasting is None else "a value", (
            "how long in all, with the statistic duration and only with it")
    elif condition.lasting and condition.window and condition.lasting > condition.window:
        yield ("lasting",), span_said(condition.lasting), (
            f"within the window ({span_said(condition.window)})")


def _limit(rule: Rule, condition: Condition, metric: Metric | None,
           statistic: Statistic) -> Iterator[Fault]:
    mark, years = mark_of(condition.limit), years_of(condition.limit)
    where = (condition.comparison,)
    if mark and mark[1] in _STAGES and not (metric and metric.above_datum):
        yield where, str(condition.limit), "a number: marks are stages in m"
    elif mark and rule.kind is not RuleKind.observed:
        yield where, str(condition.limit), "a number: marks are of stations that measure"
    elif years and rule.kind is not RuleKind.observed:
        yield where, str(condition.limit), "a number: return periods are of stations that measure"
    elif mark and mark[0] == "site" and (rule.reach is None or rule.reach.by is None):
        yield where, str(condition.limit), "reach by station with a mark of the site"
    if condition.within is not None:
        unit = metric.unit if metric else ""
        if mark is None:
            yield ("within",), "a value", "a mark: a plain limit is written as it counts"
        elif condition.within[1] != unit:
            yield ("within",), f"{condition.within[0]:g} {condition.within[1]}", (
                f"an amount in {unit or 'no unit'}, the unit of {metric}")


def _harder(rule: Rule, lesser: TierSpec, greater: TierSpec) -> bool:
    """Whether ``greater`` asks for more than ``lesser``, as far as the file alone can tell.

    Compound tiers are compared condition by condition where both have the same shape; others
    cannot be told from the file and are left to the rule's tests.
    """
    pairs = list(zip(lesser.conditions, greater.conditions, strict=False))
    if len(lesser.conditions) != len(greater.conditions) or bool(lesser.any) != bool(greater.any):
        return True
    if any(rule.metric_of(a) != rule.metric_of(b) or rule.statistic_of(a) != rule.statistic_of(b)
           or a.upward != b.upward or _kind(a.limit) != _kind(b.limit) for a, b in pairs):
        return True
    orders = [_order(rule.statistic_of(a), a, b) for a, b in pairs]
    return max(orders) > 0 and min(orders) >= 0


def _order(statistic: Statistic, low: Condition, high: Condition) -> int:
    """1 where ``high`` is harder to reach than ``low``, 0 where equal or unknown, -1 easier."""
    more, tighter = _more(low, high), 0
    if low.window and high.window and low.window != high.window:
        # a longer window makes a sum or a maximum easier to reach, a minimum harder
        shorter = high.window < low.window
        tighter = 1 if shorter != ((statistic is Statistic.min) == high.upward) else -1
    if low.lasting and high.lasting and low.lasting != high.lasting:
        tighter = max(tighter, 1 if high.lasting > low.lasting else -1)
    # one of the two is enough: 50 mm in 3 h is harder than 50 mm in 6 h
    if more > 0 or tighter > 0:
        return 1
    if more < 0 or tighter < 0:
        return -1
    return low.comparison.startswith("at_") - high.comparison.startswith("at_")


def _more(low: Condition, high: Condition) -> float:
    """By how much the limit of ``high`` is graver; 1 or -1 where only the order is known."""
    first, second = low.limit, high.limit
    if isinstance(first, str) or isinstance(second, str):
        years, later = years_of(first), years_of(second)
        if years and later:
            return later - years
        if first == second:
            return high.offset - low.offset if high.upward else low.offset - high.offset
        if first in _ASCENDING and second in _ASCENDING:
            return 1 if _ASCENDING.index(str(second)) > _ASCENDING.index(str(first)) else -1
        return 1  # columns of the city's own: their numbers are held in order file by file
    return second - first if high.upward else first - second
