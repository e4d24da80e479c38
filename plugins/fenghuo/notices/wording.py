"""The words of texts in both languages: handling, headings, instants, telephone numbers.

A colour is printed only where it is an issuer's own (practice.md 2); our own findings have
handling words instead. Hazards, levels and posts are named in ``words.names``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers

from fenghuo.words import Level
from fenghuo.words.names import COLOUR as COLOUR
from fenghuo.words.names import HAZARD as HAZARD
from fenghuo.words.names import POST as POST
from fenghuo.words.names import colour as colour
from fenghuo.words.names import signal as signal

HANDLING = {
    "zh": {Level.white: "关注", Level.blue: "一般", Level.yellow: "较高", Level.orange: "高",
           Level.red: "极高"},
    "en": {Level.white: "watch", Level.blue: "moderate", Level.yellow: "elevated",
           Level.orange: "high", Level.red: "very high"},
}

_INSTITUTION = (("气象台", "Met Observatory"), ("气象局", "Met Bureau"),
                ("水文分局", "Hydrology Branch"), ("水文局", "Hydrology Bureau"),
                ("地震局", "Seismological Bureau"),
                ("海洋预报台", "Marine Forecasting Station"),
                ("自然资源局", "Natural Resources Bureau"),
                ("水库管理处", "Reservoir Office"))


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
           "left": "不再受影响：", "rung": "催办：", "calls": "叫应清单：",
           "remind": "措施催报：", "overdue": "措施逾期：", "visit": "上门清单："},
    "en": {"lower": "Lowered: ", "lapse": "Out of time, no all-clear: ", "retract": "Correction: ",
           "cancel": "Ended: ", "left": "No longer affected: ", "rung": "No answer yet: ",
           "calls": "Call list: ", "remind": "Not reported: ", "overdue": "Overdue: ",
           "visit": "To visit: "}}
"""What a subject begins with, by the kind of letter: an all-clear must not look like an alarm."""
