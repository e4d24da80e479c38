"""Whether a higher tier can only hold where the lower one does: then tiers never overtake."""

from __future__ import annotations

from fenghuo.agreements.conditions import Condition, Statistic, TierSpec
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.values import years_of

_STATION_MARKS = ("station.warning", "station.guarantee", "station.record")


def implies(rule: Rule, greater: TierSpec, lesser: TierSpec) -> bool:
    """Whether ``lesser`` holds wherever ``greater`` does, as far as can be told.

    Each of several (``any``) must be enough by itself; of all that must hold (``all``) one is.
    """
    def met(condition: Condition) -> bool:
        return any(_stronger(rule, each, condition) for each in greater.conditions)

    if greater.any:
        return all(implies(rule, _alone(each), lesser) for each in greater.any)
    return (any if lesser.any else all)(met(each) for each in lesser.conditions)


def _alone(condition: Condition) -> TierSpec:
    return TierSpec.model_construct(**{name: getattr(condition, name)
                                       for name in Condition.model_fields})


def _stronger(rule: Rule, one: Condition, other: Condition) -> bool:
    """Whether ``other`` holds wherever ``one`` does."""
    if rule.metric_of(one) != rule.metric_of(other) or one.upward != other.upward:
        return False
    mine, theirs = rule.statistic_of(one), rule.statistic_of(other)
    newest = mine is Statistic.last and theirs is (Statistic.max if one.upward else Statistic.min)
    if mine is not theirs and not newest:
        return False
    return _limit(one, other) and (newest or _window(mine, one, other))


def _limit(one: Condition, other: Condition) -> bool:
    first, second, up = one.limit, other.limit, one.upward
    same = first == second
    if same or (isinstance(first, float) and isinstance(second, float)):
        more = one.offset - other.offset if same else float(first) - float(second)
        as_strict = other.comparison.startswith("at_") or not one.comparison.startswith("at_")
        return (more > 0) == up if more else as_strict
    years, fewer = years_of(first), years_of(second)
    if years and fewer:
        return years > fewer and one.window == other.window
    if first in _STATION_MARKS and second in _STATION_MARKS:
        return (_STATION_MARKS.index(str(first)) > _STATION_MARKS.index(str(second))) == up
    # marks of a city's own columns are held in order place by place
    return not (isinstance(first, float) or isinstance(second, float) or years or fewer)


def _window(statistic: Statistic, one: Condition, other: Condition) -> bool:
    """Whether what ``one`` says of its window holds for the window of ``other`` too."""
    if not one.window or not other.window:
        return one.window == other.window
    if one.lasting and other.lasting and one.lasting < other.lasting:
        return False
    if one.window == other.window:
        return True
    shorter = one.window < other.window
    if statistic is Statistic.duration:
        return shorter
    # 50 mm in 3 h are 50 mm in 6 h; never under 5 m in 6 h is never under it in 3 h
    grows = statistic in (Statistic.sum, Statistic.max)
    return shorter == (grows == one.upward) if grows or statistic is Statistic.min else False
