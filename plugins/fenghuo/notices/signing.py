"""The signature a text begins with: a bureau's full name now, as the platform has it filed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the servers' doors come by here, and agreements load tables
    from fenghuo.agreements.schema import Party

_BUREAU = "应急管理局"

DRILL_MARK = {"zh": "（演练）", "en": "(DRILL)"}
"""Stands right after the signature and at the end; first in a subject and in a mail's body."""


def signature(bureau: Party | None, city: Mapping[str, Any] | None, language: str,
              drill: bool = False) -> str:
    """The bureau in 【】, with the mark of a drill behind it; in [] for English.

    An agreement of several cities says 市…局: each ``city`` (a row of the districts) signs with
    its own full name. A bureau without an English name is called after its city.
    """
    now, city = (bureau.now if bureau else f"市{_BUREAU}"), city or {}
    mark = DRILL_MARK[language] if drill else ""
    if language == "en":
        generic = now.endswith(_BUREAU) and city.get("name_en")
        named = bureau.en if bureau else None
        full = named or (f"{generic} Emergency Management Bureau" if generic else now)
        return f"[{full}] {mark}{' ' if drill else ''}"
    if now.startswith("市"):
        now = city.get("name", "市") + now.removeprefix("市")
    return f"【{now}】{mark}"
