"""The run as one HTML page: figures side by side, pictures, what appears, vanishes and moves.

Everything is in the file: plotly's script comes from its package, nothing is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fenghuo.backtest import pictures
from fenghuo.backtest.effect import Effect
from fenghuo.backtest.last import longest
from fenghuo.backtest.outcome import Outcome
from fenghuo.backtest.report_words import WORDS
from fenghuo.backtest.scoring import ALL, Score
from fenghuo.backtest.sweeping import Knob, Swept
from fenghuo.editions import Edition
from fenghuo.notices import wording
from fenghuo.settings import Settings
from fenghuo.words import Hazard, Level
from fenghuo.words.names import HAZARD
from fenghuo.words.spans import span as length

SHOWN = 200
"""Warnings listed at most; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a page is made of. ``outcomes`` by ``rules``, or by ``now`` and ``against``."""

    outcomes: Mapping[str, Outcome]
    effect: Effect | None
    scores: Mapping[str, Sequence[Score]]
    swept: Sequence[Swept]
    knob: Knob | None
    edition: Edition
    since: datetime
    until: datetime
    settings: Settings
    language: str = "zh"
    about: Mapping[str, str] | None = None

    @property
    def words(self) -> Mapping[str, str]:
        return WORDS[self.language]

    @property
    def named(self) -> dict[str, Outcome]:
        """The outcomes by what the page calls their editions."""
        return {self.words[name]: outcome for name, outcome in self.outcomes.items()}

    def hazard(self, hazard: str) -> str:
        return HAZARD[self.language][Hazard(hazard)]

    def handling(self, level: Level | None) -> str:
        return wording.HANDLING[self.language][level] if level else "–"

    def tier(self, rank: int) -> str:
        return self.handling(Level.of_rank(rank))

    def coloured(self, name: str) -> str:
        return self.handling(Level(name))

    def scope(self, scope: str) -> str:
        row = self.edition.contacts.district(scope) if scope.isdigit() else None
        if row is None:
            return scope
        return str(row["name_en"] if self.language == "en" else row["name"])

    def lane(self, hazard: str, scope: str) -> str:
        return f"{self.hazard(hazard)} · {self.scope(scope)}"

    def at(self, instant: datetime) -> str:
        return instant.astimezone(self.settings.zone).strftime("%Y-%m-%d %H:%M")

    def sentence(self) -> str:
        """The head in plain words: whom it would have woken, and what it would have missed."""
        main = list(self.outcomes.values())[-1]
        name = list(self.outcomes)[-1]
        text = self.effect.sentence(self.language) if self.effect else \
            self.words["sentence"].format(
                days=max((self.until - self.since).days, 1),
                **{key: getattr(main.figures, key) for key in main.figures.__slots__})
        whole = next((one for one in self.scores.get(name, ()) if one.rule == ALL), None)
        if whole is not None:
            text += " " + self.words["missed"].format(
                misses=whole.misses, events=whole.hits + whole.misses, false=whole.false)
        return text

    def last(self) -> str:
        """When the last one would have heard, empty where no gateway has a pace."""
        found = longest(list(self.outcomes.values())[-1].told, self.edition)
        if found is None:
            return ""
        text = self.words["last_one"].format(
            at=self.at(found.at), texts=found.texts, gateway=found.gateway,
            span=length(timedelta(seconds=found.seconds)))
        if found.lead is not None:
            text += self.words["last_lead"].format(span=length(timedelta(seconds=found.lead)))
        return text + (self.words["last_late"] if found.late else "")

    def span(self, moved: timedelta) -> str:
        """A shift in words: 3 h 10 min later."""
        if not moved:
            return "–"
        minutes = abs(int(moved.total_seconds())) // 60
        hours, rest = divmod(minutes, 60)
        word = self.words["later" if moved > timedelta(0) else "earlier"]
        return " ".join(filter(None, (f"{hours} h" if hours else "", f"{rest} min" if rest else "",
                                      word)))

    def pictures(self) -> dict[str, pictures.Figure]:
        """The plotly figures by the name of their place on the page."""
        found = {
            "timeline": pictures.timeline(self.named, self.until, self.handling, self.lane),
            "months": pictures.months(self.named, self.words["messages"]),
            "map": pictures.nights(list(self.outcomes.values())[-1], self.edition.contacts,
                                   self.language, self.words["nights"])}
        if self.knob is not None:
            found["sweep"] = pictures.swept(self.swept, self.knob.value(self.edition), self.words)
        return found


def page(report: Report) -> str:
    """The page as text. Everything in it is escaped."""
    drawn = json.dumps(report.pictures(), ensure_ascii=False, allow_nan=False)
    return _environment().get_template("report.html").render(
        report=report, words=report.words, shown=SHOWN, script=Markup(_plotly()),
        figures=Markup(drawn.replace("<", "\\u003c").replace("\u2028", "\\u2028")))


def _plotly() -> str:
    return (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"),
                       autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)
    made.filters["percent"] = _percent
    return made


def _percent(value: Any) -> str:
    return "–" if value is None or value != value else f"{value:.0%}"
