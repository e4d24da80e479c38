"""Chinese event names to national codes and our hazards.

Source: four independent clients of the signals agree; GB/T 35561's own table was not read. A name
the table does not know keeps an empty code and hazard ``other``: stored, never guessed.
"""

from __future__ import annotations

import re

from fenghuo.words import Hazard

EVENTS: dict[str, tuple[str, Hazard]] = {
    "洪水": ("11A01", Hazard.flood),
    "内涝": ("11A02", Hazard.waterlogging),
    "山洪": ("11A51", Hazard.flash_flood),
    "台风": ("11B01", Hazard.typhoon),
    "龙卷风": ("11B02", Hazard.tornado),
    "暴雨": ("11B03", Hazard.rainstorm),
    "暴雪": ("11B04", Hazard.snowstorm),
    "寒潮": ("11B05", Hazard.cold_wave),
    "大风": ("11B06", Hazard.gale),
    "沙尘暴": ("11B07", Hazard.sandstorm),
    "高温": ("11B09", Hazard.heat),
    "雷电": ("11B14", Hazard.lightning),
    "冰雹": ("11B15", Hazard.hail),
    "霜冻": ("11B16", Hazard.frost),
    "大雾": ("11B17", Hazard.fog),
    "霾": ("11B19", Hazard.haze),
    "雷雨大风": ("11B20", Hazard.thunder_gust),
    "道路结冰": ("11B21", Hazard.road_ice),
    "干旱": ("11B22", Hazard.drought),
    "森林火险": ("11B25", Hazard.forest_fire),
    "重污染": ("11B29", Hazard.other),
    "地质灾害": ("11B37", Hazard.geology),
    "地震": ("11C02", Hazard.earthquake),
    "滑坡": ("11D01", Hazard.geology),
    "泥石流": ("11D02", Hazard.geology),
    "风暴潮": ("11E02", Hazard.storm_surge),
    "海浪": ("11E06", Hazard.wave),
    "森林火灾": ("11G01", Hazard.forest_fire),
    "草原火灾": ("11G05", Hazard.other),
}

_SAME = {"龙卷": "龙卷风", "灰霾": "霾", "山洪灾害": "山洪", "地质灾害气象": "地质灾害",
         "雷暴大风": "雷雨大风", "森林(草原)火险": "森林火险", "森林草原火险": "森林火险"}

_TAIL = re.compile(r"(气象)?(风险)?([红橙黄蓝白]色?)?(气象)?(风险)?"
                   r"(预警|警报)?(信号|信息)?(事件)?$")


def event_of(name: str) -> tuple[str, Hazard]:
    """The code and hazard of a zh-CN event name (``暴雨``, ``暴雨橙色预警信号``)."""
    plain = name.replace(" ", "").replace("（", "(").replace("）", ")")
    for word in (plain, _TAIL.sub("", plain)):
        known = EVENTS.get(_SAME.get(word, word))
        if known is not None:
            return known
    return "", Hazard.other
