"""What a Chinese headline says: the colour, the issuer, an end, a drill.

CMA documents: the colour stands only in the headline and in ``severity``; the issuer only in the
headline (``senderName`` is a forecaster's own name and is never used). Title form: as issued.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from fenghuo.words import EventStatus, Level

SEVERITY: dict[Level, frozenset[str]] = {
    Level.red: frozenset({"Extreme"}),
    Level.orange: frozenset({"Severe"}),
    Level.yellow: frozenset({"Moderate"}),
    Level.blue: frozenset({"Minor"}),
    Level.white: frozenset({"Minor", "Unknown"}),
}
"""The severities that go with a colour; ``Unknown`` says nothing and contradicts none."""

OF_SEVERITY = {"Extreme": Level.red, "Severe": Level.orange, "Moderate": Level.yellow,
               "Minor": Level.blue}
"""The level of a document that has no Chinese colour."""

MESSAGES = ("Alert", "Update", "Cancel")
"""The ``msgType`` of a document that says something of a danger (OASIS CAP 1.2, 3.2.1)."""
STATUSES = {"Actual": EventStatus.actual, "Exercise": EventStatus.exercise,
            "Test": EventStatus.exercise}
"""Its ``status``; a System or a Draft is for nobody."""

NO_WARNING = "a warning: green alone is none"
"""What a refusal expects of a document that says there is nothing to warn of: passed over."""

_COLOUR = {"红": Level.red, "紅": Level.red, "橙": Level.orange, "黄": Level.yellow,
           "黃": Level.yellow, "蓝": Level.blue, "藍": Level.blue, "白": Level.white}
_COLOURS = re.compile(r"([红紅橙黄黃蓝藍白])色")
_CHANGED = re.compile(r"(?:升级|降级|升級|降級|变更|變更|调整|更新|改)[^，。；]{0,20}?(?:为|為|至)"
                      r"[^，。；]{0,12}?([红紅橙黄黃蓝藍白])色")
_ENDS = re.compile(r"解除|撤销|撤銷|取消")
_BEGINS = re.compile(r"发布|發佈|發布|升级|升級|降级|降級|变更|變更|继续|繼續|更新")
_VERB = re.compile(r"(?:联合|共同)?(?:变更|继续|更新|升级|降级|调整|确认|解除|撤销|取消|发布|将)")
_WHEN = re.compile(r"[0-9]{2,4}年.*$|[0-9]{1,2}月[0-9].*$|[0-9]{1,2}日[0-9].*$|[0-9]{1,2}时.*$")
_ISSUER = re.compile(r"[\u4e00-\u9fff()（）、和]{1,60}"
                     r"(?:气象台|气象局|气象站|气象中心|台|局|站|中心|厅|委员会|指挥部|办公室|委|办)")
_DRILL = re.compile(r"[【（(\[]\s*(?:演练|演習|测试|測試)\s*[】）)\]]"
                    r"|FOR[ _]TEST[ _]PURPOSES[ _]ONLY|THIS[ _]IS[ _](?:ONLY[ _])?A[ _]TEST")
_OF_DRILLS = ("TEST", "演", "测", "測")
"""Looked for first: a pattern takes ten times as long."""


def colour_of(headline: str) -> Level | None:
    """The one colour a headline names, None where it names none.

    ``由黄色升级为橙色`` names the new one. Raises ValueError when several colours stand side by
    side and none is marked as the new one.
    """
    if "色" not in headline:
        return None
    changed = _CHANGED.search(headline)
    if changed:
        return _COLOUR[changed[1]]
    named = {_COLOUR[word] for word in _COLOURS.findall(headline)}
    if len(named) > 1:
        raise ValueError("several colours: " + ", ".join(sorted(named)))
    return named.pop() if named else None


def issuer_of(headline: str) -> str:
    """Who issued it, from the words before the verb (``台山市气象台``), empty if none is named."""
    before = () if headline.isascii() else _VERB.split(headline, maxsplit=1)
    if len(before) < 2:
        return ""
    name = _WHEN.sub("", before[0]).strip(" ：:，,")
    return name if _ISSUER.fullmatch(name) else ""


def ends(headline: str) -> bool:
    """Whether a headline ends a signal. Raises ValueError when it also begins one."""
    if not _ENDS.search(headline):
        return False
    if _BEGINS.search(headline):
        raise ValueError("an end and a beginning in one headline")
    return True


def is_drill(*texts: str) -> bool:
    """Whether a text is marked as an exercise or test whatever the status field says."""
    said = "\n".join(texts).upper()
    return any(word in said for word in _OF_DRILLS) and _DRILL.search(said) is not None


@lru_cache(256)
def of_awareness(value: str) -> Level | None:
    """The colour in MeteoAlarm's ``awareness_level`` (``2; yellow; Moderate``), None for another
    word or for green."""
    words = [word.strip().lower() for word in value.split(";")]
    return next((Level(word) for word in words if word in Level.__members__), None)


def read_best(languages: Sequence[str]) -> str:
    """Of some languages in small letters (RFC 3066) the one we read best: Chinese, English."""
    return min(languages, key=_reading)


@lru_cache(256)
def _reading(language: str) -> int:
    """How well we read it, the best 0."""
    wishes = ("zh-cn", "zh", "en", "")
    return next(rank for rank, wish in enumerate(wishes) if language.startswith(wish))
