"""A measured or forecast number in words: what it is of, and against what it counts.

Facts read of a finding: metric, statistic, comparison (``at_least`` ...), mark (a column of the
stations, or a return period such as ``20-year``), lasting (seconds), lowered (ratio).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fenghuo.notices import wording

_NAME: Mapping[str, Mapping[str, str]] = {
    "zh": {"rain": "雨量", "snow": "降雪量", "stage": "水位", "flow": "流量", "tide": "潮位",
           "surge": "增水", "wave_height": "浪高", "gust": "阵风", "wind_mean": "平均风速",
           "temperature": "气温", "visibility": "能见度", "fire_index": "火险指数"},
    "en": {"wave_height": "wave height", "wind_mean": "mean wind", "fire_index": "fire index"}}
_PLAIN = ("rain", "snow", "gust")
"""What has no least or greatest: an amount, and a wind that is the strongest by its name."""
_HIGH = ("temperature", "stage", "tide", "fire_index")
_UNIT = {"zh": {"mm": "毫米", "m": "米", "m/s": "米/秒", "m³/s": "立方米/秒", "°C": "℃"},
         "en": {"m³/s": "m3/s", "°C": "C"}}
"""In English in the letters of GSM 7 bit: one other letter halves what fits into a part."""
_REACHED = {
    "zh": {"at_least": "达", "above": "超过", "at_most": "不高于", "below": "低于"},
    "en": {"at_least": "", "above": "over ", "at_most": "at or below ", "below": "below "}}


def what(facts: Mapping[str, Any], metric: str, language: str) -> str:
    """What a number is of: 雨量, 最低能见度, 气温下降; mean temperature, temperature drop."""
    zh, statistic = language == "zh", str(facts.get("statistic") or "last")
    upward = facts.get("comparison") not in ("at_most", "below")
    name = _NAME[language].get(metric, metric)
    if statistic == "duration":
        statistic = "max" if upward else "min"
    if statistic in ("drop", "rise"):
        word = {"drop": "下降", "rise": "上升"}[statistic] if zh else f" {statistic}"
        return f"{name}{word}"
    if (metric in _PLAIN and upward) or statistic in ("last", "sum"):
        return name
    most = ("最高", "最低") if metric in _HIGH else ("最大", "最小")
    words = ({"max": most[0], "min": most[1], "mean": "平均"} if zh
             else {"max": "highest ", "min": "lowest ", "mean": "mean "})
    word = words[statistic]
    return f"{word}{name.removeprefix(word)}"


def amount(value: float, unit: str, language: str) -> str:
    """A number with its unit: 52毫米, 52 mm."""
    gap = "" if language == "zh" else " "
    return f"{wording.number(value)}{gap}{_UNIT[language].get(unit, unit)}".rstrip()


def agreed(facts: Mapping[str, Any], threshold: float | None, unit: str, language: str) -> str:
    """Against what a number counts: 达协议提示值50毫米; below agreed value 500 m. Empty without
    a threshold."""
    if threshold is None:
        return ""
    zh, lowered = language == "zh", facts.get("lowered")
    reached = _REACHED[language].get(str(facts.get("comparison")), _REACHED[language]["at_least"])
    limit, name = amount(threshold, unit, language), _limit(str(facts.get("mark") or ""), zh)
    minutes = int(facts.get("lasting") or 0) // 60
    if zh:
        lasting = f"累计{minutes}分钟" if minutes else ""
        after = f"（震后降为{round(100 * float(lowered['ratio']))}%）" if lowered else ""
        return f"{lasting}{reached}{name}{limit}{after}"
    lasting = f"{minutes} min in all " if minutes else ""
    after = (f" ({round(100 * float(lowered['ratio']))}% after the quake)" if lowered else "")
    return f"{lasting}{reached}{name} {limit}{after}"


def over(facts: Mapping[str, Any], language: str) -> str:
    """Where a number that no longer counts stands: 现低于提示值, now below the agreed value."""
    down = facts.get("comparison") in ("at_most", "below")
    if language == "zh":
        return f"现{'高' if down else '低'}于提示值"
    return f"now {'above' if down else 'below'} the agreed value"


def _limit(mark: str, zh: bool) -> str:
    """Whose limit it is: the agreement's, the station's own, or a return period's."""
    if mark.endswith("-year"):
        years = mark.removesuffix("-year")
        return f"{years}年一遇值" if zh else f"{years}-year value"
    if mark.startswith("station."):
        return "该站提示值" if zh else "its agreed value"
    return "协议提示值" if zh else "agreed value"
