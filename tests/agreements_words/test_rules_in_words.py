"""Each rule is one Chinese or English sentence that names every number of it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from written_rules import rules, signed

from fenghuo import agreements
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.sentences import explain, parts
from fenghuo.agreements.spoken import LANGUAGES
from fenghuo.words import Level
from fenghuo.words.names import COLOUR

ROOT = Path(__file__).parents[2]
FILES = {f"rules/agreements/{path.name}": path.read_bytes()
         for path in (ROOT / "rules" / "agreements").glob("*.yaml")}
UNITS = {"秒": 1, "s": 1, "second": 1, "分钟": 60, "min": 60, "minute": 60, "小时": 3600, "h": 3600,
         "hour": 3600, "天": 86400, "days": 86400, "day": 86400}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
END = {"zh": "。", "en": "."}


def said(change: dict[str, Any], language: str = "en") -> str:
    raw = {"id": "r", "hazard": "rainstorm", "kind": "observed", "metric": "rain",
           "statistic": "sum", "reach": {"radius": "10 km"},
           "source": {"article": "Order 16", "confidence": "secondary"}}
    rule = Rule.model_validate(raw | change)
    return explain(signed(rule), rule, language)


def numbers(sentence: str) -> set[Decimal]:
    return {Decimal(found) for found in re.findall(r"(?<![\d.])-?\d+(?:\.\d+)?", sentence)}


def spans(sentence: str) -> set[int]:
    found = re.findall(rf"(\d+)[ -]?({'|'.join(sorted(UNITS, key=len, reverse=True))})", sentence)
    return {int(amount) * UNITS[unit] for amount, unit in found}


def shares(sentence: str) -> set[Decimal]:
    return {Decimal(found) / 100 for found in re.findall(r"(\d+(?:\.\d+)?)%", sentence)}


def unsaid(raw: Any, sentence: str, name: str = "") -> list[str]:
    """Every written number below ``raw`` that the sentence does not say."""
    if isinstance(raw, dict):
        return [lost for key, value in raw.items() if key not in ("id", "source", "event_code")
                for lost in unsaid(value, sentence, key)]
    if isinstance(raw, list):
        return [lost for value in raw for lost in unsaid(value, sentence, name)]
    span = re.fullmatch(r"(\d+)([smhd])", raw)
    if span:
        found = int(span[1]) * SECONDS[span[2]] in spans(sentence)
    elif name in ("ratio", "neighbour"):
        given = Decimal(raw)
        found = bool({given, 1 - given} & shares(sentence))
    elif re.fullmatch(r"\d\d:\d\d", raw):
        found = raw in sentence
    else:
        wanted = re.findall(r"\d+" if "-" in raw[1:] else r"-?\d+(?:\.\d+)?", raw)
        found = {Decimal(one) for one in wanted} <= numbers(sentence) or (
            name in ("starts", "ends") and _month_in_words(raw, sentence))
    return [] if found else [f"{name}: {raw}"]


def _month_in_words(day: str, sentence: str) -> bool:
    month = ("January", "February", "March", "April", "May", "June", "July", "August",
             "September", "October", "November", "December")[int(day[-5:-3]) - 1]
    year = day[:-6].lstrip("0")
    return re.search(rf"\b{int(day[-2:])} {month}{f' {year}' if year else ''}\b",
                     sentence) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_rule_is_one_sentence_that_names_its_source(language: str) -> None:
    for agreement in agreements.read(FILES):
        for rule in agreement.rules:
            sentence = explain(agreement, rule, language)
            bare = sentence.replace(rule.source.article, "")
            assert bare.count("。") + len(re.findall(r"\.(?=\s|$)", bare)) == 1, sentence
            assert sentence.endswith(END[language])
            assert rule.source.article in sentence
            assert "None" not in sentence and "  " not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@given(pair=rules())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_every_number_that_is_written_is_said(
        language: str, pair: tuple[dict[str, Any], Rule]) -> None:
    raw, rule = pair
    sentence = explain(signed(rule), rule, language)
    assert unsaid(raw, sentence) == [], sentence
    assert sentence.count(END[language] if language == "zh" else ". ") == (language == "zh")


@given(pair=rules())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_both_languages_say_the_same_parts(pair: tuple[dict[str, Any], Rule]) -> None:
    assert set(parts(pair[1], "zh")) == set(parts(pair[1], "en"))


@pytest.mark.parametrize(("comparison", "zh", "en"), [
    ("at_least", "3小时雨量达到50毫米以上（含）", "3-hour rain of 50 mm or more"),
    ("above", "3小时雨量超过50毫米", "3-hour rain of more than 50 mm"),
    ("at_most", "3小时雨量在50毫米以下（含）", "3-hour rain of 50 mm or less"),
    ("below", "3小时雨量低于50毫米", "3-hour rain below 50 mm")])
def test_the_four_comparisons_are_the_laws_own_words(comparison: str, zh: str, en: str) -> None:
    change = {"tiers": {"yellow": {"window": "3h", comparison: "50"}}}
    assert f"{zh}为黄色" in said(change, "zh")
    assert f"yellow at {en};" in said(change)


@pytest.mark.parametrize(("condition", "zh", "en"), [
    ({"statistic": "drop", "metric": "temperature", "window": "24h", "at_least": "8"},
     "24小时内气温下降达到8℃以上（含）", "24-hour drop of temperature by 8 °C or more"),
    ({"statistic": "rise", "metric": "stage", "window": "1h", "at_least": "0.5"},
     "1小时内水位上升达到0.5米以上（含）", "1-hour rise of stage by 0.5 m or more"),
    ({"statistic": "max", "metric": "gust", "window": "30m", "above": "17.2"},
     "30分钟内最大阵风超过17.2米/秒", "30-minute maximum gust of more than 17.2 m/s"),
    ({"statistic": "min", "metric": "temperature", "window": "48h", "at_most": "4"},
     "48小时内最低气温在4℃以下（含）", "48-hour minimum temperature of 4 °C or less"),
    ({"statistic": "mean", "metric": "flow", "window": "7d", "below": "12"},
     "7天内流量的平均值低于12立方米/秒", "7-day mean flow below 12 m³/s"),
    ({"statistic": "duration", "metric": "temperature", "window": "3d", "lasting": "9h",
      "at_least": "35"}, "3天内气温达到35℃以上（含）的时间累计达到9小时",
     "temperature of 35 °C or more for 9 h in all within 3 days"),
    ({"statistic": "last", "metric": "stage", "at_least": "station.warning", "within": "0.5 m"},
     "水位低于本站警戒水位不超过0.5米或更高",
     "stage at most 0.5 m below the station's warning mark, or higher"),
    ({"statistic": "last", "metric": "tide", "above": "station.guarantee"},
     "潮位超过本站保证潮位", "tide above the station's guarantee mark"),
    ({"window": "24h", "at_least": "20-year"}, "24小时雨量达到本站20年一遇值以上（含）",
     "24-hour rain at or above the station's 20-year level"),
    ({"statistic": "last", "metric": "visibility", "below": "500"}, "能见度低于500米",
     "visibility below 500 m")])
def test_each_statistic_and_each_kind_of_limit_has_its_words(
        condition: dict[str, str], zh: str, en: str) -> None:
    change = {"tiers": {"orange": condition}}
    assert f"{zh}为橙色" in said(change, "zh")
    assert f"orange at {en};" in said(change)


def test_any_and_all_are_told_apart() -> None:
    both = [{"window": "3h", "at_least": "50"}, {"window": "1h", "at_least": "20"}]
    either, together = {"tiers": {"red": {"any": both}}}, {"tiers": {"red": {"all": both}}}
    assert "达到50毫米以上（含）或1小时雨量达到20毫米以上（含）为红色；" in said(either, "zh")
    assert "达到50毫米以上（含）且1小时雨量达到20毫米以上（含）为红色；" in said(together, "zh")
    assert "red at 3-hour rain of 50 mm or more, or 1-hour rain of 20 mm or more;" in said(either)
    assert "red at 3-hour rain of 50 mm or more, and 1-hour rain of 20 mm" in said(together)


def test_limits_from_both_sides_are_left_when_they_no_longer_hold() -> None:
    cold = [{"metric": "temperature", "statistic": "drop", "window": "24h", "at_least": "10"},
            {"metric": "temperature", "statistic": "min", "window": "24h", "at_most": "4"}]
    change = {"tiers": {"red": {"all": cold}}, "clear": {"ratio": "0.9", "held": "3h"}}
    assert "；各条件按界限值放宽10%不再成立并持续3小时后才降级；" in said(change, "zh")
    assert "once its conditions, with limits eased by 10%, have not held for 3 h;" in said(change)


def test_a_year_and_a_night_that_run_over_their_end_say_so() -> None:
    change = {"tiers": {"red": {"window": "3h", "at_least": "50"}},
              "season": {"starts": "10-01", "ends": "04-30"},
              "hours": {"starts": "22:00", "ends": "06:00"},
              "effective": {"starts": "2019-01-01", "ends": "2026-12-31"}}
    zh = "自2019年1月1日起至2026年12月31日止，每年10月1日至次年4月30日，每天22:00至次日06:00"
    assert zh in said(change, "zh")
    assert ("from 1 January 2019 until 31 December 2026, each year from 1 October to 30 April, "
            "each day from 22:00 to 06:00 of the next day") in said(change)


@pytest.mark.parametrize(("comparison", "zh", "en"), [
    ("at_least", "低于界限值的80%后才降级", "once below 80% of its limit"),
    ("above", "不超过界限值的80%后才降级", "once at or below 80% of its limit"),
    ("at_most", "高于界限值加上其20%后才降级", "once above its limit and 20% of it"),
    ("below", "不低于界限值加上其20%后才降级", "once at or above its limit and 20% of it")])
def test_a_tier_is_left_on_the_other_side_of_its_limit(comparison: str, zh: str, en: str) -> None:
    change = {"tiers": {"red": {"window": "3h", comparison: "50"}}, "clear": {"ratio": "0.8"}}
    assert zh in said(change, "zh")
    assert en in said(change)


def test_rain_says_the_second_word_that_the_house_asks_even_where_none_is_written() -> None:
    change = {"tiers": {"orange": {"window": "3h", "at_least": "50"}}}
    assert "橙色及以上须连续2次读数成立，或10公里内另有一站达到界限值的70%" in said(change, "zh")
    low = {"tiers": {"yellow": {"window": "3h", "at_least": "50"}}}
    assert "连续" not in said(low, "zh")


def test_the_colours_of_a_sentence_are_those_of_its_rule() -> None:
    for agreement in agreements.read(FILES):
        for rule in agreement.rules:
            sentence = explain(agreement, rule, "zh").replace(rule.source.article, "")
            named = {level for level in Level if f"{COLOUR[level]}色" in sentence}
            assert set(rule.given) <= named, sentence
