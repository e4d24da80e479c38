"""Numbers as people write them: Chinese numerals, counts of people, hours and dates.

Only what is unambiguous becomes a digit: a numeral that stands alone (``一``, ``三 26``), or one
that counts people (``二十六人``). ``一切正常`` stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGIT = {"零": 0, "〇": 0, "一": 1, "壹": 1, "二": 2, "贰": 2, "貳": 2, "两": 2, "三": 3, "叁": 3,
          "參": 3, "四": 4, "肆": 4, "五": 5, "伍": 5, "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8,
          "捌": 8, "九": 9, "玖": 9}
_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000}
_NUMERAL = "[" + "".join(_DIGIT) + "".join(_UNIT) + "]{1,9}"
_LEADS = r"(?:回复?|选择?|答复?|按|报|发|输入)"
_PEOPLE = r"(?:个?人(?!员|数)|名(?!单)|位(?!置)|口人|people|persons?|pax|workers?|men)"
_COUNTED = re.compile(rf"({_NUMERAL})(?=\s*{_PEOPLE})")
_ALONE = re.compile(
    rf"(?<![\w\u3400-\u9fff])({_LEADS}?\s*)({_NUMERAL})(?![\w\u3400-\u9fff])"
    rf"|(?<=\d\s)({_NUMERAL})(?![\w\u3400-\u9fff])")
_ENGLISH = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "nine": "9"}
_ENGLISH_ALONE = re.compile(r"^\W*(one|two|three|four|five|nine)\W*$")
_WHEN = re.compile(
    r"\d{4}[-/年]\d{1,2}([-/月]\d{1,2}日?)?|\d{1,2}\s*[点时]\s*(\d{1,2}\s*分?|半|整)?|\d{1,2}:\d{2}(:\d{2})?"
    r"|\d{1,2}月(\d{1,2}[日号]?)?|\d{1,2}[日号](楼|线|机|门|库|罐|坑)?|\d{1,3}\s*(分钟|小时|天|min|minutes?|hours?|h)(?![a-z])")
_TOKEN = re.compile(r"\d+(?:[./:]\d+)*%?")
_BEFORE = re.compile(r"(人数|共计?|共有|合计|总共)\s*[:：]?\s*$")
_AFTER = re.compile(rf"\s*{_PEOPLE}")
_OTHER_UNIT = re.compile(
    r"\s*(级|米|楼|层|台|辆|毫米|mm|%|度|处|个(?!人)|条|车|次|吨|公里|km|元|岁)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: ``count`` counts people, ``other`` measures something else."""

    digits: str
    start: int
    count: bool
    other: bool


def digits(text: str) -> str:
    """The text with unambiguous numerals as digits, and without hours and dates."""
    english = _ENGLISH_ALONE.match(text)
    if english:
        return _ENGLISH[english[1]]
    text = _COUNTED.sub(lambda match: f" {_value(match[1])} ", text)
    for _ in range(2):  # the second numeral of 三 二十六 is alone once the first is a digit
        text = _ALONE.sub(_as_digits, text)
    return _WHEN.sub("", text)


def numbers(text: str) -> list[Number]:
    """The numbers of a text in order."""
    found = []
    for match in _TOKEN.finditer(text):
        before, after = text[:match.start()], text[match.end():]
        count = bool(_AFTER.match(after) or _BEFORE.search(before))
        other = not match[0].isdigit() or bool(_OTHER_UNIT.match(after)) or before.endswith("第")
        found.append(Number(match[0], match.start(), count, other and not count))
    return found


def _as_digits(match: re.Match[str]) -> str:
    numeral = match[2] or match[3]
    value = _value(numeral)
    return (match[1] or "") + (str(value) if value is not None else numeral)


def _value(numeral: str) -> int | None:
    """``二十六`` is 26; a run of digits is read digit by digit (``二六`` is 26)."""
    if not any(letter in _UNIT for letter in numeral):
        return int("".join(str(_DIGIT[letter]) for letter in numeral))
    total = part = 0
    digit: int | None = None
    for letter in numeral:
        if letter in _DIGIT:
            digit = _DIGIT[letter]
        elif letter == "万":
            total, part, digit = (part + (digit or 0) or 1) * 10_000, 0, None
        else:
            part, digit = part + (1 if digit is None else digit) * _UNIT[letter], None
    return total + part + (digit or 0)
