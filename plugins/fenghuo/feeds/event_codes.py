"""The one table of event codes, and what it says: the hazard, level and national code of any
issuer's code, and the code of a Chinese event name.

What the table does not know is stored as it came, with hazard ``other``: never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from fenghuo.feeds.code_rows import CAP, DWD, GDACS, HKO, NWS
from fenghuo.feeds.code_table import GB, QWEATHER, WEATHERCN, Code
from fenghuo.words import Hazard, Level

CODES: Mapping[tuple[str, str], Code] = {
    (row.scheme, row.code): row for row in (*GB, *WEATHERCN, *QWEATHER, *HKO, *CAP, *NWS, *DWD,
                                    *GDACS)}
_NAMED = {(scheme, row.en): row for (scheme, _), row in reversed(list(CODES.items()))}
"""By English name, the first of each."""
NATIONAL = "gb"
SCHEMES = tuple(dict.fromkeys(scheme for scheme, _ in CODES))

_LEVELS: Mapping[str, Mapping[str, Level]] = {
    "weathercn": {"01": Level.blue, "02": Level.yellow, "03": Level.orange, "04": Level.red,
                  "91": Level.white},
    "cap": {"2": Level.yellow, "3": Level.orange, "4": Level.red}}
"""What the second half of a code of two halves says: 0502, "1; 3"."""
_HALVES = {"weathercn": re.compile(r"([0-9]{2})([0-9]{2})"),
           "cap": re.compile(r"([0-9]{1,2}) ?; ?([0-9])")}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_PRIVATE = re.compile(r"11B(7[3-9]|[89][0-9])|11E99")

_OWN = {"NationalWeatherService": "nws", "SAME": "nws", "awareness_type": "cap",
        "II": "dwd", "eventtype": "gdacs"}
"""Whose codes a CAP document's event codes and parameters are, by their names, the best first."""

_NAMES = {row.zh: (row.code, row.hazard) for row in GB} | {
    "寒冷": ("", Hazard.cold), "海啸": ("", Hazard.tsunami)}
UNCODED = frozenset(hazard for code, hazard in _NAMES.values() if not code)
"""Hazards that a Chinese document names without a national code: heard by the name alone."""
_SAME = {"龙卷": "龙卷风", "灰霾": "霾", "山洪灾害": "山洪", "地质灾害气象": "地质灾害",
         "雷暴大风": "雷雨大风", "热带气旋": "台风", "雷暴": "雷电", "强烈季候风": "大风",
         "森林(草原)火险": "森林火险", "森林草原火险": "森林火险"}
_PLAIN = str.maketrans("颱颶風熱帶氣號強電預報訊黃藍紅霧災嘯溫凍質",
                       "台飓风热带气号强电预报讯黄蓝红雾灾啸温冻质")
"""Macao's characters as the table writes them."""
_TAIL = re.compile(r"(气象)?(风险)?([红橙黄蓝白]色?)?(气象)?(风险)?"
                   r"(预警|警报|警告)?(信号|信息)?(事件)?$")


def event_of(name: str) -> tuple[str, Hazard]:
    """The national code and hazard of a zh-CN event name (``暴雨``, ``暴雨橙色预警信号``)."""
    plain = name.replace(" ", "").replace("（", "(").replace("）", ")").translate(_PLAIN)
    for word in (plain, _TAIL.sub("", plain)):
        known_as = _NAMES.get(_SAME.get(word, word))
        if known_as is not None:
            return known_as
    return "", Hazard.other


def event_word(word: str) -> tuple[str, Hazard, str] | None:
    """The national code, hazard and Chinese name of a code (``11B03``), a hazard of ours
    (``rainstorm``) or a Chinese event name; None for what is none of them."""
    row = CODES.get((NATIONAL, word)) or next((one for one in GB if one.hazard.value == word), None)
    if row is not None:
        return row.code, row.hazard, row.zh
    code, hazard = event_of(word)
    return None if hazard is Hazard.other else (code, hazard, word)


def issuers_code(named: Mapping[str, str]) -> tuple[str, str, Hazard]:
    """Scheme, code and hazard of a document's own code: of its eventCode and parameter values by
    their names (``SAME``, ``awareness_type``). A code that the table does not know is kept, what
    has not the form of a code is none."""
    for name, scheme in _OWN.items():
        code = named[name].partition(";")[0].strip() if name in named else ""
        if _CODE.fullmatch(code):
            row = find(scheme, code)
            return scheme, code, row.hazard if row else Hazard.other
    return NATIONAL, "", Hazard.other


def find(scheme: str, code: str) -> Code | None:
    """The row of a code, with the level its second half says (``0502``, ``1; 3``); None where
    the table has none."""
    row = CODES.get((scheme, code))
    halves = _HALVES[scheme].fullmatch(code) if scheme in _HALVES and row is None else None
    if halves is None:
        return row
    kind, level = CODES.get((scheme, halves[1])), _LEVELS[scheme].get(halves[2])
    return kind._replace(code=code, level=level) if kind and level else None


def named(scheme: str, name: str) -> Code | None:
    """The first row of a scheme by its English name, in whatever letters."""
    return _NAMED.get((scheme, name.lower()))


def known(scheme: str, code: str) -> bool:
    """Whether the table has a code."""
    return find(scheme, code) is not None


def gb_of(scheme: str, code: str) -> str:
    """The national code that means the same; empty where there is none or the code is unknown."""
    row = find(scheme, code)
    return row.gb if row else ""


def nearest(scheme: str, code: str) -> str:
    """What somebody may have meant who wrote an unknown code, in words for a fault."""
    if scheme not in SCHEMES:
        return f"a scheme of the table of event codes: {', '.join(SCHEMES)}"
    if scheme == NATIONAL and _PRIVATE.fullmatch(code):
        return "a code of the standard: this one is a plug-in's own and maps to nothing"
    mine = {row.code: row for (one, _), row in CODES.items() if one == scheme}
    close = get_close_matches(code.upper(), mine, 3, 0.5) or list(mine)[:3]
    return f"a code of {scheme} such as " + ", ".join(
        f"{each} ({mine[each].zh}, {mine[each].en})" for each in close)
