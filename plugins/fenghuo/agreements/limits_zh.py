"""Thresholds in Chinese, in the law's words: 以上（含）、超过、以下（含）、低于."""

from __future__ import annotations

from datetime import timedelta

from fenghuo.agreements.conditions import Condition, Statistic, TierSpec
from fenghuo.agreements.plain import hours_of, number
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.values import mark_of, years_of
from fenghuo.words.metrics import Metric

_METRIC = {
    Metric.rain: "雨量", Metric.snow: "降雪量", Metric.stage: "水位", Metric.flow: "流量",
    Metric.tide: "潮位", Metric.surge: "增水", Metric.wave_height: "有效波高", Metric.gust: "阵风",
    Metric.wind_mean: "平均风速", Metric.temperature: "气温", Metric.visibility: "能见度",
    Metric.fire_index: "森林火险指数", Metric.wind: "风圈", Metric.intensity: "场所推算烈度",
    Metric.fire_distance: "卫星热点到场所的距离",
}
_UNIT = {"mm": "毫米", "m": "米", "m³/s": "立方米/秒", "m/s": "米/秒", "°C": "℃", "kt": "节",
         "度": "度", "km": "公里", "": ""}
_HIGH = (Metric.temperature, Metric.stage, Metric.tide, Metric.fire_index)
_MARK = {"warning": "警戒", "guarantee": "保证", "record": "历史最高"}


def threshold(rule: Rule, spec: TierSpec) -> str:
    """A tier's conditions: 3小时雨量达到50毫米以上（含）."""
    mark = "或" if spec.any else "且"
    return mark.join(_condition(rule, each) for each in spec.conditions)


def _condition(rule: Rule, condition: Condition) -> str:
    metric, statistic = rule.metric_of(condition), rule.statistic_of(condition)
    if metric is None:
        return "未写指标"
    limit = _limit(metric, condition)
    if metric is Metric.wind:
        return f"{limit.removeprefix('达到')}风圈到达场所"
    name = f"时段{_METRIC[metric]}" if metric.summed else _METRIC[metric]
    if condition.window is None or not statistic.windowed:
        return f"{'最新' if metric.summed else ''}{name}{limit}"
    window = span(condition.window)
    if statistic is Statistic.duration:
        lasting = span(condition.lasting) if condition.lasting else ""
        return f"{window}内{name}{limit}的时间累计达到{lasting}"
    if statistic is Statistic.sum:
        return f"{window}{_METRIC[metric]}{limit}"
    if statistic in (Statistic.rise, Statistic.drop):
        return f"{window}内{name}{'上升' if statistic is Statistic.rise else '下降'}{limit}"
    if statistic is Statistic.mean:
        return f"{window}内{name}的平均值{limit}"
    most = ("最高", "最低") if metric in _HIGH else ("最大", "最小")
    return f"{window}内{most[statistic is Statistic.min]}{name}{limit}"


def _limit(metric: Metric, condition: Condition) -> str:
    limit, comparison = condition.limit, condition.comparison
    if not isinstance(limit, str):
        said = f"{number(limit)}{_UNIT[metric.unit]}"
    elif years_of(limit):
        said = f"本站{years_of(limit)}年一遇值"
    else:
        said = _marked(metric, limit)
    if condition.within is not None:
        off = f"{number(condition.within[0])}{_UNIT[condition.within[1]]}"
        near = f"不超过{off}" if comparison.startswith("at_") else f"不足{off}"
        return f"低于{said}{near}或更高" if condition.upward else f"高于{said}{near}或更低"
    return {"at_least": f"达到{said}以上（含）", "above": f"超过{said}",
            "at_most": f"在{said}以下（含）", "below": f"低于{said}"}[comparison]


def _marked(metric: Metric, limit: str) -> str:
    table, column = mark_of(limit) or ("", limit)
    if limit == "site.stage":
        return "场所自定的行动水位"
    if table == "station" and column in _MARK:
        return f"本站{_MARK[column]}{_METRIC[metric]}"
    return f"{'本站' if table == 'station' else '场所'}的“{column}”值"


def span(length: timedelta) -> str:
    """30分钟, 6小时, 7天."""
    amount, unit = hours_of(length)
    return f"{amount}{ {'s': '秒', 'm': '分钟', 'h': '小时', 'd': '天'}[unit]}"
