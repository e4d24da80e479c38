"""The past effect of a change in one sentence: what a second person reads before he approves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fenghuo.agreements.history import Series
from fenghuo.backtest.chapters import Word
from fenghuo.backtest.comparing import Difference, difference
from fenghuo.backtest.outcome import Outcome
from fenghuo.backtest.running import Progress, run, span
from fenghuo.editions import Edition
from fenghuo.settings import Settings

SHOWN = 12
"""People who are named; a second person reads no longer list."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Both editions over the same time, and what differs."""

    old: Outcome
    new: Outcome
    difference: Difference
    since: datetime
    until: datetime
    names: Mapping[str, str]

    @property
    def roused(self) -> list[str]:
        """Names of the people whom the new edition would have woken on more nights, the most
        nights first."""
        before, after = self.old.woken(), self.new.woken()
        more = (after - before.reindex(after.index, fill_value=0)).sort_values(
            ascending=False, kind="stable")
        return [self.names.get(person, person) for person in more[more > 0].index]

    def sentence(self, language: str = "zh") -> str:
        """Whom the new edition would have woken, against the old one; no number is left out."""
        old, new = self.old.figures, self.new.figures
        days = max((self.until - self.since).days, 1)
        appears, vanishes = len(self.difference.appears), len(self.difference.vanishes)
        moved = len(self.difference.moved)
        if language == "zh":
            return (f"回放{days}天：新规则会在{new.nights}个夜间叫醒{new.woken}人"
                    f"（现行{old.nights}个夜间{old.woken}人），共发{new.messages}条"
                    f"（现行{old.messages}条）；预警新增{appears}起、消失{vanishes}起、"
                    f"变动{moved}起。{self._roused('更常叫醒：', '、', '等{}人', '。')}")
        return (f"Over {_count(days, 'day')}: would have woken {_people(new.woken)} on "
                f"{_count(new.nights, 'night')} (now: {_people(old.woken)} on "
                f"{_count(old.nights, 'night')}) and sent {_count(new.messages, 'message')} "
                f"(now: {old.messages}); {_count(appears, 'warning')} would appear, {vanishes} "
                f"vanish, {moved} move."
                f"{self._roused(' Woken more often: ', ', ', ' and {} more', '.')}")

    def _roused(self, before: str, between: str, rest: str, end: str) -> str:
        names = self.roused
        if not names:
            return ""
        left = len(names) if between == "、" else len(names) - SHOWN
        return (before + between.join(names[:SHOWN])
                + (rest.format(left) if len(names) > SHOWN else "") + end)


def past_effect(old: Edition, new: Edition, settings: Settings, series: Sequence[Series],
                words: Sequence[Word] = (), *, since: datetime | None = None,
                until: datetime | None = None, jobs: int | None = None,
                progress: Progress = lambda done, total: None) -> Effect:
    """What ``new`` would have done where ``old`` is in force, over everything that is known.

    As ``running.run``; raises ValueError when nothing at all is known.
    """
    first, last = span(series, words)
    before, after = (run(edition, settings, series, words, since=since, until=until, jobs=jobs,
                         progress=progress) for edition in (old, new))
    people = new.contacts.people
    return Effect(before, after, difference(before, after), since or first, until or last,
                  dict(zip(people["person"], people["name"], strict=True)))


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
