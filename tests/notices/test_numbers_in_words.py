"""Every number that a rule may find, in words: what it is of, how it stands, and no colour."""

from __future__ import annotations

from typing import Any

import pytest
from warning_cast import CONTACTS, MIN, T0, Town, book, gauge, over, stage

from fenghuo.notices import numbers, sms
from fenghuo.words import Ended, Hazard, Level
from fenghuo.words.metrics import MEASURED, Metric

FOG = {"statistic": "duration", "comparison": "below", "lasting": 1800, "window": 3600,
       "metric": "visibility"}


@pytest.mark.parametrize(("metric", "facts", "zh", "en"), [
    ("rain", {"statistic": "sum"}, "雨量", "rain"),
    ("gust", {"statistic": "max"}, "阵风", "gust"),
    ("wind_mean", {"statistic": "max"}, "最大平均风速", "highest mean wind"),
    ("temperature", {"statistic": "max"}, "最高气温", "highest temperature"),
    ("temperature", {"statistic": "min", "comparison": "at_most"}, "最低气温",
     "lowest temperature"),
    ("temperature", {"statistic": "mean", "comparison": "at_most"}, "平均气温",
     "mean temperature"),
    ("temperature", {"statistic": "drop"}, "气温下降", "temperature drop"),
    ("stage", {"statistic": "rise"}, "水位上升", "stage rise"),
    ("visibility", FOG, "最小能见度", "lowest visibility"),
    ("wave_height", {"statistic": "last"}, "浪高", "wave height"),
    ("tide", {"statistic": "max"}, "最高潮位", "highest tide"),
    ("fire_index", {"statistic": "last"}, "火险指数", "fire index"),
    ("wind_mean", {"statistic": "mean"}, "平均风速", "mean wind"),
])
def test_a_number_says_what_it_is_of(metric: str, facts: dict[str, Any], zh: str,
                                     en: str) -> None:
    facts = {"comparison": "at_least", **facts}
    assert numbers.what(facts, metric, "zh") == zh
    assert numbers.what(facts, metric, "en") == en


def test_every_metric_has_a_chinese_name_and_unit() -> None:
    for metric in MEASURED:
        said = numbers.what({"statistic": "last"}, metric, "zh")
        said += numbers.amount(1.5, Metric(metric).unit, "zh")
        assert not any("a" <= letter <= "z" for letter in said), metric


@pytest.mark.parametrize(("facts", "limit", "unit", "zh", "en"), [
    ({"comparison": "at_least"}, 50, "mm", "达协议提示值50毫米", "agreed value 50 mm"),
    ({"comparison": "above"}, 35, "°C", "超过协议提示值35℃", "over agreed value 35 C"),
    ({"comparison": "at_most"}, 5, "°C", "不高于协议提示值5℃", "at or below agreed value 5 C"),
    (FOG, 500, "m", "累计30分钟低于协议提示值500米",
     "30 min in all below agreed value 500 m"),
    ({"comparison": "at_least", "mark": "20-year"}, 1300, "m³/s", "达20年一遇值1300m³/s",
     "20-year value 1300 m3/s"),
    ({"comparison": "at_least", "mark": "station.tide_red"}, 3.6, "m", "达该站提示值3.6米",
     "its agreed value 3.6 m"),
    ({"comparison": "at_least", "lowered": {"ratio": 0.7}}, 35, "mm",
     "达协议提示值35毫米（震后降为70%）",
     "agreed value 35 mm (70% after the quake)"),
    ({}, None, "mm", "", ""),
])
def test_a_number_says_how_it_stands_to_its_limit(
        facts: dict[str, Any], limit: float | None, unit: str, zh: str, en: str) -> None:
    assert numbers.agreed(facts, limit, unit, "zh") == zh.replace("m³/s", "立方米/秒")
    assert numbers.agreed(facts, limit, unit, "en") == en


CASES = {
    "fog": (Hazard.fog, "visibility", "m", 320, 500, FOG,
            "良西站11-12时最小能见度320米，累计30分钟低于协议提示值500米，",
            "Liangxi gauge 11-12h lowest visibility 320 m, 30 min in all below agreed value "
            "500 m,"),
    "cold": (Hazard.cold, "temperature", "°C", 10.5, 10,
             {"statistic": "drop", "comparison": "at_least", "window": 86400},
             "良西站截至12:00的24小时气温下降10.5℃，达协议提示值10℃，",
             "Liangxi gauge 24 h to 12:00 temperature drop 10.5 C, agreed value 10 C,"),
    "wave": (Hazard.wave, "wave_height", "m", 3.6, 3.5,
             {"statistic": "last", "comparison": "at_least", "window": 0},
             "良西站浪高3.6米，达协议提示值3.5米，",
             "Liangxi gauge wave height 3.6 m, agreed value 3.5 m,"),
    "fire": (Hazard.forest_fire, "fire_index", "", 74, 73,
             {"statistic": "last", "comparison": "at_least", "window": 0},
             "良西站火险指数74，达协议提示值73，", "Liangxi gauge fire index 74, agreed value 73,"),
    "slope": (Hazard.geology, "rain", "mm", 72, 70,
              {"statistic": "sum", "comparison": "at_least", "window": 86400,
               "mark": "station.slope_24h", "lowered": {"ratio": 0.7}},
              "良西站截至12:00的24小时雨量72毫米，达该站提示值70毫米（震后降为70%），",
              "Liangxi gauge 24 h to 12:00 rain 72 mm, its agreed value 70 mm "
              "(70% after the quake),"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", CASES)
def test_a_finding_is_told_in_two_parts_without_a_colour_or_a_signals_name(
        town: Town, case: str, language: str) -> None:
    hazard, metric, unit, value, limit, facts, zh, en = CASES[case]
    town.edition = book(people=CONTACTS["people"].replace(",zh\n", f",{language}\n"))
    town.assess(gauge(Level.orange, value, limit, hazard=hazard, metric=metric, unit=unit,
                      facts=facts))
    text = town.texts()["li"]
    assert (zh if language == "zh" else en) in text and sms.parts(text) <= 2
    assert "预警信号" not in text.replace("非预警信号", "")
    assert not any(colour in text for colour in (*"白蓝黄橙红", "yellow", "orange", "red "))


def test_a_number_that_had_to_be_low_ends_above_its_limit(town: Town) -> None:
    fog = gauge(Level.orange, 320, 500, hazard=Hazard.fog, metric="visibility", unit="m",
                facts=FOG)
    town.assess(fog)
    town.send(T0)
    town.assess(over(fog, Ended.cleared, T0 + 90 * MIN, value=1200.0), at=T0 + 90 * MIN)
    assert "能见度1200米，现高于提示值" in town.texts()["li"]


def test_a_stage_near_its_warning_mark_says_how_far_below_it_is(town: Town) -> None:
    near = {"mark": "station.stem", "warning": 9.0, "comparison": "at_least"}
    town.assess(stage(8.6, facts=near, tier=Level.yellow, threshold=8.5))
    assert "锦江站8.60米，低于警戒0.40米" in town.texts()["desk"]


@pytest.mark.parametrize(("mark", "said"), [
    ("flood_limit", "超汛限水位0.20米"), ("flood_high", "超防洪高水位0.20米"),
    ("design_flood", "超设计洪水位0.20米"), ("record", "超历史最高0.20米")])
def test_a_reservoir_says_which_of_its_levels_it_is_over(town: Town, mark: str,
                                                         said: str) -> None:
    town.assess(stage(9.2, facts={"mark": f"station.{mark}", "comparison": "at_least"}))
    assert f"锦江站9.20米，{said}，上涨" in town.texts()["desk"]
