"""The words of one line of a chat group: when, who, where, of what danger, and what is left.

A name counts as a word of its own or right before an answer (``李安收到``), so that the beginning
of a longer name that nobody knows (``李安民``) is nobody's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from fenghuo.acts.papers import LATE
from fenghuo.contacts import Contacts
from fenghuo.notices import wording
from fenghuo.receipts import spellings
from fenghuo.words import Hazard

_TIME = re.compile(r"(?<![\d-])(?:(\d{4})-(\d{1,2})-(\d{1,2})\s+)?"
                   r"(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)")
_GAPS = re.compile(r"[\s,，。.;；:：、!！~～|/()\[\]{}<>《》「」【】·—–-]+")
_NUMBER = re.compile(r"\d{1,5}人?")
_CODE = re.compile(r"[a-z]\d{2,4}")
_MANNERS = frozenset(("谢谢", "辛苦了", "领导", "各位", "我", "我们", "已", "了", "回复", "答复"))
_LONG = 5
"""Letters from which a name (a desk's, a foreigner's) is found anywhere in a line."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in a line. ``people``: who is named, several where a name is shared;
    ``rest``: the words that may be an answer, ``strange`` if one of them is no part of any."""

    at: datetime | None
    people: frozenset[str]
    sites: frozenset[str]
    hazards: frozenset[Hazard]
    rest: tuple[str, ...]
    strange: bool


@dataclass(frozen=True)
class Reader:
    """Reads lines by one list of people and sites, at one instant of the city."""

    contacts: Contacts
    zone: ZoneInfo
    now: datetime

    def words(self, line: str) -> Words:
        """A line taken apart."""
        at, text = self._time(spellings.plain(line))
        people: set[str] = set()
        for name in self._names:
            if len(name) >= _LONG and name in text:
                people, text = people | self._names[name], text.replace(name, " ")
        sites = [site for site, name in self._sites.items() if name in text]
        hazards = [hazard for hazard, name in wording.HAZARD["zh"].items() if name in text]
        for name in sorted([*(self._sites[site] for site in sites),
                            *(wording.HAZARD["zh"][hazard] for hazard in hazards),
                            *wording.POST["zh"].values()], key=len, reverse=True):
            text = text.replace(name, " ")
        rest: list[str] = []
        for word in filter(None, _GAPS.split(text)):
            known = next((name for name in self._names if word == name or (
                word.startswith(name) and _begins(word.removeprefix(name)))), "")
            people |= self._names.get(known, set())
            rest.append(word.removeprefix(known))
        rest = [word for word in rest if word]
        return Words(at, frozenset(people), frozenset(sites), frozenset(hazards), tuple(rest),
                     not all(map(_plain, rest)))

    def _time(self, text: str) -> tuple[datetime | None, str]:
        """When it was said: today, or yesterday for an hour that has not come yet."""
        found = _TIME.search(text)
        if found is None:
            return None, text
        local = self.now.astimezone(self.zone)
        year, month, day, hour, minute = (int(part) if part else 0 for part in found.groups())
        try:
            at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
            if year:
                at = at.replace(year=year, month=month, day=day)
            elif at > local + LATE:
                at -= timedelta(days=1)
        except ValueError:
            return None, text  # 25:70 is no time, and stays numbers that no answer has
        return at, text[:found.start()] + " " + text[found.end():]

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        """Everybody by name, the longest first."""
        named: dict[str, set[str]] = {}
        for person, name in zip(self.contacts.people["person"], self.contacts.people["name"],
                                strict=True):
            if person not in self.contacts.gone and len(name) > 1:
                named.setdefault(spellings.plain(str(name)), set()).add(str(person))
        return dict(sorted(named.items(), key=lambda one: -len(one[0])))

    @cached_property
    def _sites(self) -> dict[str, str]:
        return {str(site): spellings.plain(str(name)) for site, name in zip(
            self.contacts.sites["site"], self.contacts.sites["name"], strict=True)}


def _begins(rest: str) -> bool:
    """Whether an answer stands right behind a name."""
    return bool(_NUMBER.match(rest) or any(pattern.match(rest.removeprefix("已"))
                                           for pattern in spellings.WORDS.values()))


def _plain(word: str) -> bool:
    """Whether a word is part of an answer, or of its politeness."""
    return bool(word in _MANNERS or not re.search(r"\w", word) or _NUMBER.fullmatch(word)
                or _CODE.fullmatch(word)
                or any(pattern.search(word) for pattern in spellings.WORDS.values()))
