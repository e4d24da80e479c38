"""Titles of CMA warnings as its lists print them: the only place with kind, level and issuer.

``广东省肇庆市四会市气象台发布森林火险橙色预警信号``. They come dirty: a province twice, a stray 县.
What does not read as one place is left out of the columns; the issuer is then the name as written.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from fenghuo.feeds.formats.cap_words import colour_of, ends, issuer_of
from fenghuo.words import Level

_OFFICE = re.compile(
    r"(?P<province>.{2,8}?(?:省|自治区)|(?:北京|上海|天津|重庆)市)?"
    r"(?P<city>.{1,14}?(?:自治州|地区|盟|市))?"
    r"(?P<again>(?P=province))?"
    r"(?P<county>[^县局、][^局、]{0,15}(?:县|区|市|旗))?"
    r"(?P<stray>.{0,20}?)"
    r"(?P<office>气象台|气象局|气象站)")
_MUNICIPALITY = re.compile(r"(?:北京|上海|天津|重庆)市")
_VERB = re.compile(r"发布|(?:升级|降级|变更|调整|更新)为?|解除|撤销|取消|确认")
_KIND = re.compile(r"(?P<before>[^红橙黄蓝白]{1,20}?)[红橙黄蓝白]色"
                   r"|[红橙黄蓝白]色(?P<after>.{1,20}?)(?:预警|警报)")


class Title(NamedTuple):
    """A title's words. Places are empty where it names none, or none that can be told apart;
    ``level`` is None only where it ends a warning. ``issuer``: 四会市气象台."""

    province: str
    city: str
    county: str
    kind: str
    level: Level | None
    issuer: str
    ended: bool


def read(title: str) -> Title:
    """A title. Raises ValueError with what is missing or said twice."""
    ended, level = ends(title), colour_of(title)
    if level is None and not ended:
        raise ValueError("a title that names the colour")
    kind = kind_of(title)
    name = issuer_of(title)
    if not name:
        raise ValueError("a title that names its issuer before the verb")
    province = city = county = ""
    issuer = name
    if (office := _OFFICE.fullmatch(name)) is not None:
        province, city, county = (office[part] or "" for part in ("province", "city", "county"))
        if _MUNICIPALITY.fullmatch(province):
            city = province
        if not office["stray"]:
            issuer = (county or city or province) + office["office"]
    return Title(province, city, county, kind, level, issuer, ended)


def kind_of(title: str) -> str:
    """The danger a title names (森林火险). Raises ValueError where it names none."""
    said = _KIND.search(_VERB.split(title)[-1])
    if said is None:
        raise ValueError("a title that names the danger and its colour")
    kind: str = said["before"] or said["after"]
    return kind
