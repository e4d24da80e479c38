"""What the columns of a city's own lists are called, in Chinese and English, and which list it is.

A list is known by its headings: people at posts, sites, districts, or shifts. Of each field any one
name counts, whatever stands in brackets after it (``手机号码（必填）``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fenghuo.documents.nearest import guided
from fenghuo.documents.text import shown


class Listing(StrEnum):
    """What a list is of."""

    people = "people"        # who fills which post, and how to reach them
    sites = "sites"
    districts = "districts"
    roster = "roster"        # who has a post from when to when


_NAMES = """
people site 单位编号|企业编号|统一社会信用代码|site|site id|id
people place 单位|单位名称|企业|企业名称|单位或值班机构|place|enterprise|company|site name
people post 岗位|职务|职责|post|role|position
people person 人员编号|person|person id
people name 姓名|联系人|联系人姓名|name|contact|contact person
people phone 手机|手机号|手机号码|电话|电话号码|联系电话|移动电话
people phone phone|mobile|mobile phone|telephone|tel
people email 邮箱|电子邮箱|电子邮件|邮件|email|e-mail|mail
people language 语言|language
people hours 值班时段|在岗时段|工作时段|hours
people valid_from 生效日期|起始日期|开始日期|任职日期|有效期起|valid from|from
people valid_to 失效日期|截止日期|结束日期|离任日期|有效期止|valid to|to|until
sites site 单位编号|企业编号|统一社会信用代码|site|site id|id
sites name 单位|单位名称|企业|企业名称|名称|name|enterprise|company|site name
sites name_en 英文名|英文名称|name en|english name
sites industry 行业|行业类别|industry
sites tags 标签|tags
sites district 乡镇|镇街|乡镇街道|区划|区划代码|行政区划|district|town
sites latitude 纬度|latitude|lat
sites longitude 经度|longitude|lon|lng
sites station 控制站|水文站|station
sites stage 行动水位|stage
sites people 人数|在场人数|从业人数|people
districts code 代码|区划代码|code
districts name 名称|区划名称|name
districts name_en 英文名|英文名称|name en|english name
districts kind 类别|级别|kind
districts parent 上级|上级代码|parent
districts status 核实|status
roster site 单位编号|企业编号|site|site id|id
roster place 单位|单位名称|值班机构|机构|单位或值班机构|place
roster post 岗位|职务|值班岗位|post|role|position
roster person 人员编号|person|person id
roster name 姓名|值班人员|值班人|name|contact
roster phone 手机|手机号|手机号码|电话|联系电话|phone|mobile|telephone|tel
roster email 邮箱|电子邮箱|email|e-mail|mail
roster language 语言|language
roster starts 值班开始|开始时间|上班时间|接班时间|起|starts|start
roster ends 值班结束|结束时间|下班时间|交班时间|止|ends|end
"""
_NEEDED: Mapping[Listing, tuple[tuple[str, ...], ...]] = {
    Listing.people: (("site", "place"), ("post",), ("name",), ("phone", "email")),
    Listing.sites: (("site", "name"), ("district",), ("latitude",), ("longitude",)),
    Listing.districts: (("code",), ("name",)),
    Listing.roster: (("site", "place"), ("post",), ("person", "name", "phone"), ("starts",),
                     ("ends",))}
"""Of each group one column at least."""
_PASSED = frozenset("序号 备注 no no. number remark remarks note notes".split())
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")


def plain(heading: str) -> str:
    """A heading as it is compared: one width, small letters, no brackets and marks."""
    text = unicodedata.normalize("NFKC", _BRACKETS.sub("", heading)).casefold()
    return " ".join(text.replace("_", " ").strip(" *:：").split())


def _known() -> dict[Listing, dict[str, str]]:
    found: dict[Listing, dict[str, str]] = {one: {} for one in Listing}
    for line in _NAMES.strip().split("\n"):
        listing, field, names = line.split(" ", 2)
        found[Listing(listing)] |= {plain(name): field for name in names.split("|")}
    return found


KNOWN: Mapping[Listing, Mapping[str, str]] = _known()
"""For each list: heading -> field."""


@dataclass(frozen=True, slots=True)
class Head:
    """A list's heading line: which list it is, and the field of each column (None: passed over).

    ``faults`` are (column from 0, found, expected), column None for the line as a whole.
    """

    listing: Listing
    fields: tuple[str | None, ...]
    faults: tuple[tuple[int | None, str, str], ...] = ()


def recognised(headings: Sequence[str]) -> int:
    """How many headings are known, of whichever list knows most."""
    return max(sum(plain(one) in known for one in headings) for known in KNOWN.values())


def read(headings: Sequence[str], passed: Collection[str] = ()) -> Head:
    """Understand a heading line; ``passed`` are headings to pass over."""
    names = [plain(one) for one in headings]
    listing = max(Listing, key=lambda one: (not _missing(one, names),
                                            sum(name in KNOWN[one] for name in names)))
    known, skip = KNOWN[listing], {*_PASSED, *map(plain, passed), ""}
    fields = tuple(None if name in skip else known.get(name) for name in names)
    faults: list[tuple[int | None, str, str]] = []
    for column, (name, field) in enumerate(zip(names, fields, strict=True)):
        if field is None and name not in skip:
            faults.append((column, shown(headings[column]),
                           guided(f"a heading of a list of {listing}, or --leave-out", name,
                                  known)))
        elif field is not None and field in fields[:column]:
            faults.append((column, shown(headings[column]), f"the column {field} once"))
    faults += [(None, "no such column", " or ".join(
        f"{field} ({next(name for name, of in known.items() if of == field)})"
        for field in group)) for group in _missing(listing, names)]
    return Head(listing, fields, tuple(faults))


def _missing(listing: Listing, names: Collection[str]) -> list[tuple[str, ...]]:
    fields = {KNOWN[listing].get(name) for name in names}
    return [group for group in _NEEDED[listing] if not fields & set(group)]
