"""Thresholds in English: "3-hour rain of 50 mm or more"."""

from __future__ import annotations

from datetime import timedelta

from fenghuo.agreements.conditions import Condition, Statistic, TierSpec
from fenghuo.agreements.plain import hours_of, number
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.values import mark_of, years_of
from fenghuo.words.metrics import Metric

_METRIC = {
    Metric.rain: "rain", Metric.snow: "snowfall", Metric.stage: "stage", Metric.flow: "flow",
    Metric.tide: "tide", Metric.surge: "surge", Metric.wave_height: "significant wave height",
    Metric.gust: "gust", Metric.wind_mean: "mean wind", Metric.temperature: "temperature",
    Metric.visibility: "visibility", Metric.fire_index: "fire danger index", Metric.wind: "wind",
    Metric.intensity: "computed intensity at the site",
    Metric.fire_distance: "distance of a site from a satellite's fire pixel",
}
_UNIT = {"度": "", "": ""}
_MARK = {"warning": "warning mark", "guarantee": "guarantee mark", "record": "record"}


def threshold(rule: Rule, spec: TierSpec) -> str:
    """A tier's conditions: 3-hour rain of 50 mm or more."""
    mark = ", or " if spec.any else ", and "
    return mark.join(_condition(rule, each) for each in spec.conditions)


def _condition(rule: Rule, condition: Condition) -> str:
    metric, statistic = rule.metric_of(condition), rule.statistic_of(condition)
    if metric is None:
        return "no metric"
    name, limit = _METRIC[metric], _limit(metric, condition)
    if metric is Metric.wind:
        return f"the arrival at a site of the area of wind {limit}"
    if metric.summed and statistic is not Statistic.sum:
        name = f"{name} of one reading"
    if condition.window is None or not statistic.windowed:
        return f"{name} {limit}"
    amount, unit = hours_of(condition.window)
    window = f"{amount}-{ {'s': 'second', 'm': 'minute', 'h': 'hour', 'd': 'day'}[unit]}"
    if statistic is Statistic.duration:
        lasting = span(condition.lasting) if condition.lasting else ""
        return f"{name} {limit} for {lasting} in all within {span(condition.window)}"
    if statistic is Statistic.sum:
        return f"{window} {name} {limit}"
    if statistic in (Statistic.rise, Statistic.drop):
        return f"{window} {statistic} of {name} {_over(metric, limit)}"
    grade = {Statistic.max: "maximum", Statistic.min: "minimum"}.get(statistic, "mean")
    return f"{window} {grade} {name} {limit}"


def _over(metric: Metric, limit: str) -> str:
    """The limit after a rise or drop, which already has an ``of``."""
    return limit if not limit.startswith("of ") else f"by {limit.removeprefix('of ')}"


def _limit(metric: Metric, condition: Condition) -> str:
    limit, comparison = condition.limit, condition.comparison
    if not isinstance(limit, str):
        unit = _UNIT.get(metric.unit, metric.unit)
        said = f"{number(limit)} {unit}".rstrip()
        return {"at_least": f"of {said} or more", "above": f"of more than {said}",
                "at_most": f"of {said} or less", "below": f"below {said}"}[comparison]
    said = f"the station's {years_of(limit)}-year level" if years_of(limit) else _marked(limit)
    if condition.within is not None:
        off = f"{number(condition.within[0])} {condition.within[1]}"
        near = f"at most {off}" if comparison.startswith("at_") else f"less than {off}"
        side, on = ("below", "higher") if condition.upward else ("above", "lower")
        return f"{near} {side} {said}, or {on}"
    return {"at_least": f"at or above {said}", "above": f"above {said}",
            "at_most": f"at or below {said}", "below": f"below {said}"}[comparison]


def _marked(limit: str) -> str:
    table, column = mark_of(limit) or ("", limit)
    if limit == "site.stage":
        return "the site's own action stage"
    known = _MARK.get(column) if table == "station" else None
    return f"the {table}'s {known or f'“{column}”'}"


def span(length: timedelta) -> str:
    """30 min, 6 h, 7 days."""
    amount, unit = hours_of(length)
    return f"{amount} { {'s': 's', 'm': 'min', 'h': 'h', 'd': 'days'}[unit]}"
