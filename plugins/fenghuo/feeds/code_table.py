"""The event codes of all issuers, row by row: the Chinese here, the others in ``code_rows``.

A row is what one issuer's code means: its hazard, its level where the code itself carries one,
its names, and the national code (GB/T 35561) that means the same, empty where none does. V: the
row stands in several independent clients; S: in one, or in copies of one; M: from memory.
GB/T 35561-2017's own table was not read. Codes 11B73 to 11B99 and 11E99 that circulate in open
code are one plug-in's own and stand nowhere here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fenghuo.words import Hazard, Level


class Code(NamedTuple):
    """One issuer's code. ``confidence`` as in a rule's source."""

    scheme: str
    code: str
    zh: str
    en: str
    hazard: Hazard
    gb: str
    level: Level | None
    confidence: str
    source: str


Row = tuple[str, str, str, Hazard, str, str]
"""code, zh, en, hazard, the same in GB/T 35561, V S or M."""

_SURE = {"V": "verified", "S": "secondary", "M": "unverified"}


def rows(scheme: str, source: str, table: Iterable[Row],
         levels: dict[str, Level] | None = None) -> tuple[Code, ...]:
    """The rows of one issuer; ``levels`` of the codes that carry one."""
    return tuple(Code(scheme, code, zh, en, hazard, gb, (levels or {}).get(code), _SURE[sure],
                      source) for code, zh, en, hazard, gb, sure in table)


_H = Hazard

GB = rows("gb", "GB/T 35561-2017, as clients of the signals give it", (
    (code, zh, en, hazard, code, sure) for code, zh, en, hazard, sure in (
        ("11A01", "洪水", "flood", _H.flood, "S"),
        ("11A02", "内涝", "waterlogging", _H.waterlogging, "S"),
        ("11A51", "山洪", "flash flood", _H.flash_flood, "S"),
        ("11B01", "台风", "typhoon", _H.typhoon, "V"),
        ("11B02", "龙卷风", "tornado", _H.tornado, "M"),
        ("11B03", "暴雨", "rainstorm", _H.rainstorm, "V"),
        ("11B04", "暴雪", "snowstorm", _H.snowstorm, "V"),
        ("11B05", "寒潮", "cold wave", _H.cold_wave, "V"),
        ("11B06", "大风", "gale", _H.gale, "V"),
        ("11B07", "沙尘暴", "sandstorm", _H.sandstorm, "V"),
        ("11B09", "高温", "heat", _H.heat, "V"),
        ("11B14", "雷电", "lightning", _H.lightning, "V"),
        ("11B15", "冰雹", "hail", _H.hail, "V"),
        ("11B16", "霜冻", "frost", _H.frost, "V"),
        ("11B17", "大雾", "fog", _H.fog, "V"),
        ("11B19", "霾", "haze", _H.haze, "V"),
        ("11B20", "雷雨大风", "thunderstorm gusts", _H.thunder_gust, "V"),
        ("11B21", "道路结冰", "road ice", _H.road_ice, "V"),
        ("11B22", "干旱", "drought", _H.drought, "V"),
        ("11B25", "森林火险", "forest fire danger", _H.forest_fire, "S"),
        ("11B29", "重污染", "heavy pollution", _H.other, "S"),
        ("11B37", "地质灾害", "geological risk", _H.geology, "S"),
        ("11C02", "地震", "earthquake", _H.earthquake, "S"),
        ("11D01", "滑坡", "landslide", _H.geology, "S"),
        ("11D02", "泥石流", "debris flow", _H.geology, "S"),
        ("11E02", "风暴潮", "storm surge", _H.storm_surge, "V"),
        ("11E06", "海浪", "sea waves", _H.wave, "V"),
        ("11G01", "森林火灾", "forest fire", _H.wildfire, "S"),
        ("11G05", "草原火灾", "grassland fire", _H.other, "S"),
    )))

# weather.com.cn: two digits of type, two of level (0502: gale, yellow). 01 is blue there, while
# the image codes of weather.cma.cn end in 1 for red: never read the one as the other.
WEATHERCN = rows("weathercn", "short codes of weather.com.cn", (
    ("01", "台风", "typhoon", _H.typhoon, "11B01", "S"),
    ("02", "暴雨", "rainstorm", _H.rainstorm, "11B03", "S"),
    ("03", "暴雪", "snowstorm", _H.snowstorm, "11B04", "S"),
    ("04", "寒潮", "cold wave", _H.cold_wave, "11B05", "S"),
    ("05", "大风", "gale", _H.gale, "11B06", "S"),
    ("06", "沙尘暴", "sandstorm", _H.sandstorm, "11B07", "S"),
    ("07", "高温", "heat", _H.heat, "11B09", "S"),
    ("08", "干旱", "drought", _H.drought, "11B22", "S"),
    ("09", "雷电", "lightning", _H.lightning, "11B14", "V"),
    ("10", "冰雹", "hail", _H.hail, "11B15", "S"),
    ("11", "霜冻", "frost", _H.frost, "11B16", "S"),
    ("12", "大雾", "fog", _H.fog, "11B17", "S"),
    ("13", "霾", "haze", _H.haze, "11B19", "S"),
    ("14", "道路结冰", "road ice", _H.road_ice, "11B21", "S"),
    ("91", "寒冷", "cold", _H.cold, "", "S"),
    ("92", "灰霾", "haze", _H.haze, "11B19", "S"),
    ("93", "雷雨大风", "thunderstorm gusts", _H.thunder_gust, "11B20", "S"),
    ("94", "森林火险", "forest fire danger", _H.forest_fire, "11B25", "S"),
    ("95", "降温", "drop of temperature", _H.cold, "", "S"),
    ("96", "道路冰雪", "snow and ice on roads", _H.road_ice, "", "S"),
))

# The vendor adds codes and advises not to enumerate them: one that is not here is kept as it came.
QWEATHER = rows("qweather", "QWeather's documentation; not official", (
    ("1001", "台风", "typhoon", _H.typhoon, "11B01", "S"),
    ("1003", "暴雨", "rainstorm", _H.rainstorm, "11B03", "S"),
    ("1006", "大风", "gale", _H.gale, "11B06", "V"),
    ("1009", "高温", "heat", _H.heat, "11B09", "S"),
    ("1014", "雷电", "lightning", _H.lightning, "11B14", "S"),
    ("1020", "雷雨大风", "thunderstorm gusts", _H.thunder_gust, "11B20", "S"),
    ("1025", "森林火险", "forest fire danger", _H.forest_fire, "11B25", "S"),
    ("1034", "寒冷", "cold", _H.cold, "", "S"),
    ("1037", "地质灾害", "geological risk", _H.geology, "11B37", "S"),
    ("1044", "停课", "schools closed", _H.other, "", "S"),
    ("1045", "停工", "work stopped", _H.other, "", "S"),
    ("1073", "洪涝气象风险", "flood risk by weather", _H.flood, "", "S"),
))
