"""The words of texts in both languages: hazards, levels, posts, instants, telephone numbers.

A colour is printed only where it is an issuer's own (practice.md 2); our own findings have
handling words instead. Which hazards are 预警信号, 预警 or 警报 follows their issuers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers

from fenghuo.words import Hazard, Level

HAZARD: Mapping[str, Mapping[Hazard, str]] = {
    "zh": {
        Hazard.earthquake: "地震", Hazard.typhoon: "台风", Hazard.rainstorm: "暴雨",
        Hazard.flood: "洪水", Hazard.waterlogging: "内涝", Hazard.flash_flood: "山洪",
        Hazard.tornado: "龙卷风", Hazard.snowstorm: "暴雪", Hazard.cold_wave: "寒潮",
        Hazard.gale: "大风", Hazard.sandstorm: "沙尘暴", Hazard.heat: "高温",
        Hazard.lightning: "雷电", Hazard.hail: "冰雹", Hazard.frost: "霜冻", Hazard.fog: "大雾",
        Hazard.haze: "灰霾", Hazard.thunder_gust: "雷雨大风", Hazard.road_ice: "道路结冰",
        Hazard.drought: "干旱", Hazard.forest_fire: "森林火险", Hazard.geology: "地质灾害气象风险",
        Hazard.storm_surge: "风暴潮", Hazard.wave: "海浪", Hazard.other: "灾害",
    },
    "en": {hazard: hazard.value.replace("_", " ") for hazard in Hazard},
}

_SUFFIX = {Hazard.flood: "预警", Hazard.geology: "预警", Hazard.flash_flood: "预警",
           Hazard.drought: "预警", Hazard.storm_surge: "警报", Hazard.wave: "警报"}

COLOUR = {Level.white: "白", Level.blue: "蓝", Level.yellow: "黄", Level.orange: "橙",
          Level.red: "红"}

HANDLING = {
    "zh": {Level.white: "关注", Level.blue: "一般", Level.yellow: "较高", Level.orange: "高",
           Level.red: "极高"},
    "en": {Level.white: "watch", Level.blue: "moderate", Level.yellow: "elevated",
           Level.orange: "high", Level.red: "very high"},
}

POST = {
    "zh": {"safety_officer": "安全员", "head": "负责人", "deputy": "副职", "control_room": "值班室",
           "duty": "值班"},
    "en": {"safety_officer": "safety officer", "head": "head", "deputy": "deputy",
           "control_room": "control room", "duty": "duty desk"},
}

_INSTITUTION = (("气象台", "Met Observatory"), ("气象局", "Met Bureau"),
                ("水文分局", "Hydrology Branch"), ("水文局", "Hydrology Bureau"),
                ("地震局", "Seismological Bureau"),
                ("海洋预报台", "Marine Forecasting Station"),
                ("自然资源局", "Natural Resources Bureau"),
                ("水库管理处", "Reservoir Office"))


def signal(hazard: Hazard, level: Level | None, language: str = "zh") -> str:
    """A bureau's warning by its own name and level: 暴雨红色预警信号, red rainstorm warning."""
    name = HAZARD[language][hazard]
    if language == "en":
        return f"{level.value} {name} warning" if level else f"{name} warning"
    return f"{name}{COLOUR[level] + '色' if level else ''}{_SUFFIX.get(hazard, '预警信号')}"


def colour(level: Level, language: str = "zh") -> str:
    """An issuer's level in one word: 红, red."""
    return COLOUR[level] if language == "zh" else level.value


def stamp(instant: datetime, zone: ZoneInfo, language: str = "zh") -> str:
    """City date and time: 06月08日14:52, 8 Jun 14:52."""
    local = instant.astimezone(zone)
    if language == "zh":
        return f"{local:%m月%d日%H:%M}"
    return f"{local.day} {_MONTH[local.month - 1]} {local:%H:%M}"


def clock(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A deadline: 07:15, or with its date when it is not today."""
    local = instant.astimezone(zone)
    same = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if same else f"{local:%m-%d %H:%M}"


def number(value: float) -> str:
    """A number as people write it: at most two decimals, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


@lru_cache(maxsize=1024)
def telephone(e164: str) -> str:
    """A number to be dialled: 0750-3511110 and 13800138000 within the country, else E.164."""
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    if parsed.country_code != 86:
        return e164
    national = phonenumbers.national_significant_number(parsed)
    area = phonenumbers.length_of_geographical_area_code(parsed)
    return f"0{national[:area]}-{national[area:]}" if area else national


def issuer_en(issuer: str, districts: Mapping[str, str]) -> str:
    """An issuer in English (台山市气象台 -> Taishan Met Observatory), one by one where several.

    ``districts`` maps Chinese names to English. Of a name not understood the institution alone
    is said: one Chinese letter would more than double an English text.
    """
    return ", ".join(dict.fromkeys(_one_en(one, districts) for one in issuer.split("、")))


def _one_en(issuer: str, districts: Mapping[str, str]) -> str:
    if issuer.isascii():
        return issuer
    for tail, institution in _INSTITUTION:
        if issuer.endswith(tail):
            name = issuer.removesuffix(tail)
            place = next((districts[full] for full in (name, f"{name}市", f"{name}省")
                          if full in districts), None)
            return f"{place} {institution}" if place else institution
    return "competent bureau"


_MONTH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


HEADING = {
    "zh": {"lower": "降级：", "lapse": "时效已过：", "retract": "更正：", "cancel": "解除",
           "left": "不再受影响：", "rung": "催办：", "calls": "叫应清单："},
    "en": {"lower": "Lowered: ", "lapse": "Out of time, no all-clear: ", "retract": "Correction: ",
           "cancel": "Ended: ", "left": "No longer affected: ", "rung": "No answer yet: ",
           "calls": "Call list: "}}
"""What a subject begins with, by the kind of letter: an all-clear must not look like an alarm."""
