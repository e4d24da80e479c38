"""What people call the closed vocabularies: hazards, signals, colours, posts, industries.

Which hazards are 预警信号, 预警 or 警报 follows their issuers.
"""

from __future__ import annotations

from collections.abc import Mapping

from fenghuo.words import Hazard, Level

HAZARD: Mapping[str, Mapping[Hazard, str]] = {
    "zh": {
        Hazard.earthquake: "地震", Hazard.typhoon: "台风", Hazard.rainstorm: "暴雨",
        Hazard.flood: "洪水", Hazard.waterlogging: "内涝", Hazard.flash_flood: "山洪",
        Hazard.tornado: "龙卷风", Hazard.snowstorm: "暴雪", Hazard.cold_wave: "寒潮",
        Hazard.cold: "寒冷", Hazard.tsunami: "海啸",
        Hazard.gale: "大风", Hazard.sandstorm: "沙尘暴", Hazard.heat: "高温",
        Hazard.lightning: "雷电", Hazard.hail: "冰雹", Hazard.frost: "霜冻", Hazard.fog: "大雾",
        Hazard.haze: "灰霾", Hazard.thunder_gust: "雷雨大风", Hazard.road_ice: "道路结冰",
        Hazard.drought: "干旱", Hazard.forest_fire: "森林火险", Hazard.wildfire: "森林火灾",
        Hazard.geology: "地质灾害气象风险", Hazard.storm_surge: "风暴潮", Hazard.wave: "海浪",
        Hazard.other: "灾害",
    },
    "en": {hazard: hazard.value.replace("_", " ") for hazard in Hazard},
}

_SUFFIX = {Hazard.flood: "预警", Hazard.geology: "预警", Hazard.flash_flood: "预警",
           Hazard.drought: "预警", Hazard.storm_surge: "警报", Hazard.wave: "警报",
           Hazard.tsunami: "警报"}

COLOUR = {Level.white: "白", Level.blue: "蓝", Level.yellow: "黄", Level.orange: "橙",
          Level.red: "红"}

POST = {
    "zh": {"safety_officer": "安全员", "head": "负责人", "deputy": "副职", "control_room": "值班室",
           "duty": "值班"},
    "en": {"safety_officer": "safety officer", "head": "head", "deputy": "deputy",
           "control_room": "control room", "duty": "duty desk"},
}

INDUSTRY: Mapping[str, str] = {
    "office": "办公室",
    "chemicals": "危险化学品",
    "construction": "建筑施工",
    "fireworks": "烟花爆竹",
    "fishing": "渔业",
    "industry": "工贸",
    "metal": "冶金",
    "port": "港口",
    "quarry": "露天矿山",
    "tailings-pond": "尾矿库",
    "underground-mine": "地下矿山",
}
"""Industries of ``sites.csv`` in Chinese; English is the word itself."""


def signal(hazard: Hazard, level: Level | None, language: str = "zh") -> str:
    """A bureau's warning by its own name and level: 暴雨红色预警信号, red rainstorm warning."""
    name = HAZARD[language][hazard]
    if language == "en":
        return f"{level.value} {name} warning" if level else f"{name} warning"
    return f"{name}{COLOUR[level] + '色' if level else ''}{_SUFFIX.get(hazard, '预警信号')}"


def colour(level: Level, language: str = "zh") -> str:
    """An issuer's level in one word: 红, red."""
    return COLOUR[level] if language == "zh" else level.value
