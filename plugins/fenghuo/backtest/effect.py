"""The past effect of a change in one sentence: what a second person reads before he approves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fenghuo.agreements.history import Series
from fenghuo.backtest.chapters import Word
from fenghuo.backtest.comparing import Difference, difference
from fenghuo.backtest.outcome import Outcome
from fenghuo.backtest.running import Progress, run, span
from fenghuo.contacts import Contacts
from fenghuo.editions import Edition
from fenghuo.settings import Settings
from fenghuo.words import Level
from fenghuo.words.names import colour

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
    contacts: Contacts

    def roused(self, language: str) -> list[str]:
        """The people whom the new edition would have woken on more nights, the most nights first,
        each with the gravest tier by which he is handled and up to two of his sites."""
        before, after = self.old.woken(), self.new.woken()
        more = after["nights"] - before["nights"].reindex(after.index, fill_value=0)
        more = more[more > 0].sort_values(ascending=False, kind="stable")
        people = self.contacts.people.set_index("person")["name"].to_dict()
        column = "name" if language == "zh" else "name_en"
        names = self.contacts.sites.set_index("site")[column].to_dict()
        areas = self.contacts.districts.set_index("code")[column].to_dict()
        found = after.loc[more.index]
        return [_said(str(people.get(person, person)), Level.of_rank(int(tier)),
                      [str(names.get(site) or areas.get(
                          site.partition(":")[2].ljust(12, "0"), site)) for site in sites],
                      language)
                for person, tier, sites in zip(found.index, found["tier"], found["sites"],
                                               strict=True)]

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
                    f"变动{moved}起。{self._woken_more(language)}")
        return (f"Over {_count(days, 'day')}: would have woken {_people(new.woken)} on "
                f"{_count(new.nights, 'night')} (now: {_people(old.woken)} on "
                f"{_count(old.nights, 'night')}) and sent {_count(new.messages, 'message')} "
                f"(now: {old.messages}); {_count(appears, 'warning')} would appear, {vanishes} "
                f"vanish, {moved} move. {self._woken_more(language)}".rstrip())

    def _woken_more(self, language: str) -> str:
        said = self.roused(language)
        if not said:
            return ""
        more = len(said) > SHOWN
        if language == "zh":
            return f"更常叫醒：{'、'.join(said[:SHOWN])}{f'等{len(said)}人' if more else ''}。"
        return (f"Woken more often: {', '.join(said[:SHOWN])}"
                f"{f' and {len(said) - SHOWN} more' if more else ''}.")


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
    return Effect(before, after, difference(before, after), since or first, until or last,
                  new.contacts)


def _said(name: str, tier: Level | None, places: list[str], language: str) -> str:
    """``莫工（橙色，烽田尾矿库等）``; ``莫工 (orange: Fengtian tailings pond …)``."""
    word = colour(tier, language) if tier else "–"
    some, rest = places[:2], len(places) > 2
    if language == "zh":
        return f"{name}（{word}色，{'、'.join(some)}{'等' if rest else ''}）"
    return f"{name} ({word}: {', '.join(some)}{' …' if rest else ''})"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
