"""Which way each difference in words leans: more sensitive, less, or not to be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from fenghuo.agreements.differences import Difference
from fenghuo.changes.sensitivity import sensitivity
from fenghuo.editions import Edition
from fenghuo.words import Level


class Leaning(StrEnum):
    """How a change bears on whom it wakes."""

    more = "more"
    less = "less"
    unclear = "unclear"  # cannot be compared, so it counts as less

    def said(self, language: str) -> str:
        """In a few words."""
        return _WORDS[language][self]


_WORDS = {
    "zh": {Leaning.more: "灵敏度提高", Leaning.less: "灵敏度降低",
           Leaning.unclear: "无法比较，按灵敏度降低对待"},
    "en": {Leaning.more: "more sensitive", Leaning.less: "less sensitive",
           Leaning.unclear: "cannot be compared, counts as less sensitive"},
}


def leanings(found: Sequence[Difference], old: Edition, new: Edition) -> Iterator[Leaning | None]:
    """For each difference of two editions its leaning; None where nobody is woken by it."""
    down = [one.place for one in sensitivity(old, new)]
    up = [one.place for one in sensitivity(new, old)]
    for each in found:
        place = _place(each)
        less, more = (any(_within(one, place) for one in places) for places in (down, up))
        yield (Leaning.unclear if less and more else Leaning.less if less
               else Leaning.more if more else None)


def _place(found: Difference) -> str:
    """Where ``sensitivity`` speaks of the same: ``flood rain-hour tiers.red``."""
    part, _, rest = found.part.partition(".")
    if part in tuple(Level):
        part = f"tiers.{part}"
    elif part in ("rule", "agreement"):
        part = ""
    elif part == "feedback":
        level, _, duty = rest.partition(".")
        duty = (f"measures.{duty}" if duty in ("started", "done", "progress")
                else duty.partition(".")[0])
        rest = f"{level}.{duty}"
    return f"{found.place.replace('/', ' ')} {part}{'.' if rest else ''}{rest}".rstrip()


def _within(one: str, place: str) -> bool:
    return one == place or one.startswith(f"{place}.")
