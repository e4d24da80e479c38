"""Whether a threshold is as easily reached as another: decided for all data at once, or not.

``implies(old, new)`` is true only where every course of numbers that reaches the old one reaches
the new one too. What cannot be decided that way is not implied, so it counts as less sensitive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from fenghuo.agreements.conditions import Condition, Statistic, TierSpec
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.values import years_of
from fenghuo.words.metrics import Metric

_LONGER = {(Statistic.max, True), (Statistic.min, False), (Statistic.duration, True),
           (Statistic.duration, False)}
"""(statistic, upward) that a longer window reaches at least as easily."""

_SHORTER = {(Statistic.min, True), (Statistic.max, False)}

_AMOUNTS = (Metric.rain,)
"""Metrics that are never negative: their sum grows with its window."""


def implies(old: tuple[Rule, TierSpec], new: tuple[Rule, TierSpec]) -> bool:
    """Whether whatever gave the old tier gives the new one."""
    (before, spec), (after, other) = old, new

    def one(o: Condition, n: Condition) -> bool:
        return _condition(before, o, after, n)

    if spec.all and other.all:
        return all(any(one(o, n) for o in spec.all) for n in other.all)
    if other.all:  # any one of the old ones must be enough for all of the new ones
        return all(one(o, n) for o in spec.conditions for n in other.all)
    if spec.all:
        return any(one(o, n) for o in spec.all for n in other.conditions)
    return all(any(one(o, n) for n in other.conditions) for o in spec.conditions)


def _condition(before: Rule, old: Condition, after: Rule, new: Condition) -> bool:
    metric, statistic = before.metric_of(old), before.statistic_of(old)
    if (metric, statistic, old.upward) != (after.metric_of(new), after.statistic_of(new),
                                           new.upward):
        return False
    return (_window(metric, statistic, old.upward, old.window, new.window)
            and _limit(old, new) and _lasting(old.lasting, new.lasting))


def _window(metric: Metric | None, statistic: Statistic, upward: bool, old: timedelta | None,
            new: timedelta | None) -> bool:
    if old == new:
        return True
    if old is None or new is None:
        return False
    grows = statistic is Statistic.sum and metric in _AMOUNTS
    if (statistic, upward) in _LONGER or (grows and upward):
        return new > old
    if (statistic, upward) in _SHORTER or (grows and not upward):
        return new < old
    return False


def _limit(old: Condition, new: Condition) -> bool:
    """Whether the new limit is met wherever the old one is."""
    if isinstance(old.limit, str) or isinstance(new.limit, str):
        if not (isinstance(old.limit, str) and isinstance(new.limit, str)):
            return False
        years = years_of(old.limit), years_of(new.limit)
        if years[0] is not None and years[1] is not None and years[0] != years[1]:
            # levels ascend with the years, and ``within`` moves both alike or not at all
            fewer = years[1] < years[0] if old.upward else years[1] > years[0]
            return fewer and old.offset == new.offset
        if old.limit != new.limit:
            return False
        lower, same = _easier(old.offset, new.offset, old.upward)
    else:
        lower, same = _easier(old.limit + old.offset, new.limit + new.offset, old.upward)
    inclusive = new.comparison in ("at_least", "at_most")
    return lower or (same and (inclusive or new.comparison == old.comparison))


def _easier(old: float, new: float, upward: bool) -> tuple[bool, bool]:
    return (new < old if upward else new > old), new == old


def _lasting(old: timedelta | None, new: timedelta | None) -> bool:
    return (new or timedelta(0)) <= (old or timedelta(0))


def limits(spec: TierSpec) -> str:
    """A tier's conditions in few signs, for the list of what became harder."""
    return " | ".join(_said(spec.any or spec.all or (spec,)))


def _said(conditions: Sequence[Condition]) -> list[str]:
    return [" ".join(filter(None, (
        str(one.window) if one.window else "", one.comparison, f"{one.limit:g}"
        if isinstance(one.limit, float) else str(one.limit),
        f"within {one.within[0]:g} {one.within[1]}" if one.within else "",
        f"lasting {one.lasting}" if one.lasting else ""))) for one in conditions]
