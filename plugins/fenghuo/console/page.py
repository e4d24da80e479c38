"""Pages as HTML: everything escaped, in the reader's language and the city's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fenghuo.channels.registry import in_scenario
from fenghuo.console.names import Names
from fenghuo.console.tally import STATUSES
from fenghuo.console.terms import term
from fenghuo.console.who import Who
from fenghuo.console.words import LANGUAGES, WORDS
from fenghuo.notices import wording
from fenghuo.settings import Settings
from fenghuo.words import Hazard, Level, mask
from fenghuo.words.spans import span

_ENVIRONMENT = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"),
                           autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                           lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class View:
    """How a page is to be shown: ``base`` is the path the console is mounted under, ``path``
    the page's own below it, ``now`` the city instant."""

    settings: Settings
    named: Names
    who: Who
    language: str
    base: str
    path: str
    now: datetime

    def place(self, place: str | None) -> str:
        return self.named.place(place, self.language)

    def scope(self, scope: str) -> str:
        """A warning's scope: a county's name, an incident or a drill."""
        kind = scope.partition(":")[0]
        if kind in ("incident", "drill"):
            return self.named.quakes.get(scope, self.word(kind))
        return self.named.district(scope, self.language)

    def word(self, key: str) -> str:
        return WORDS[self.language][key]

    def hazard(self, hazard: str) -> str:
        return wording.HAZARD[self.language][Hazard(hazard)]

    def handling(self, tier: str | None) -> str:
        """Our handling in words, never a colour."""
        return wording.HANDLING[self.language][Level(tier)] if tier else self.word("none")

    def heading(self, row: Any) -> str:
        """A warning's name: its hazard and where."""
        return f"{self.hazard(row.hazard)} · {self.scope(row.scope)}"

    def link(self, path: str, **query: object) -> str:
        """An address of the console in the reader's language; None values are left out."""
        wanted = {name: value for name, value in query.items() if value is not None}
        if self.language != LANGUAGES[0]:
            wanted.setdefault("lang", self.language)
        return f"{self.base}{path}" + (f"?{urlencode(wanted)}" if wanted else "")


def render(template: str, view: View, **found: Any) -> str:
    """A page; ``found`` is what its template shows."""
    zone, language = view.settings.zone, view.language

    def at(instant: datetime | None) -> str:
        return instant.astimezone(zone).strftime("%m-%d %H:%M:%S") if instant else "–"

    def day(instant: datetime | None) -> str:
        return instant.astimezone(zone).strftime("%Y-%m-%d") if instant else "–"

    def minutes(instant: datetime | None) -> str:
        return "–" if instant is None else str(int((view.now - instant).total_seconds() // 60))

    def colour(level: str | None) -> str:
        return wording.colour(Level(level), language) if level else WORDS[language]["none"]

    return _ENVIRONMENT.get_template(template).render(
        view=view, w=WORDS[language], at=at, day=day, span=span, minutes=minutes, colour=colour,
        handling=view.handling, statuses=STATUSES,
        status_words=[WORDS[language][status] for status in STATUSES],
        now=view.now, link=view.link, place=view.place, person=view.named.person,
        mask=mask, scenario=in_scenario(view.settings),
        number=lambda value: "–" if value is None else wording.number(value),
        phone=lambda person: view.named.phone(person, view.who.acts),
        post=lambda post: wording.POST[language].get(post, post.replace("_", " ")),
        term=lambda family, word: term(family, word, language),
        other=next(one for one in LANGUAGES if one != language), **found)
