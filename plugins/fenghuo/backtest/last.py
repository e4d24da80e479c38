"""When the last one would have heard: what each minute of the past told, at the gateways' pace."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from fenghuo.editions import Edition
from fenghuo.editions.advising_pace import line_of
from fenghuo.words import Channel, Level


@dataclass(frozen=True, slots=True)
class Longest:
    """At an instant so many ``texts`` went at once, and the last left ``gateway`` after
    ``seconds``; ``lead`` are those in which its tier's answer is owed, None where none is."""

    at: datetime
    texts: int
    gateway: str
    seconds: float
    lead: float | None

    @property
    def late(self) -> bool:
        """Whether the last one heard when his answer was overdue."""
        return self.lead is not None and self.seconds > self.lead


def longest(told: pd.DataFrame, edition: Edition) -> Longest | None:
    """The longest of the lines that the texts of a run (``Outcome.told``) stood in, by how much of
    the time to answer it took; None where no gateway has a pace."""
    made = [one for one in edition.gateways.values() if one.channel is Channel.sms]
    if not any(one.limits.per_second for one in made):
        return None
    phones = dict(zip(edition.contacts.people["person"], edition.contacts.people["phone"],
                      strict=True))
    found = [one for at, rows in told[told["channel"] == Channel.sms].groupby("at")
             for one in _at(at, rows, phones, edition, made)]
    return max(found, key=lambda one: (one.seconds / one.lead if one.lead else 0.0, one.seconds),
               default=None)


def _at(at: Any, rows: pd.DataFrame, phones: dict[str, str], edition: Edition,
        made: list[Any]) -> list[Longest]:
    parts, texts = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for person, count in zip(rows["person"], rows["parts"], strict=True):
        line = line_of(made, phones.get(person, ""))
        parts[line] += int(count)
        texts[line] += 1
    lead = _lead(edition, int(rows["tier"].max()))
    lines = {line: [edition.gateways[name].limits.per_second for name in line] for line in parts}
    return [Longest(at, texts[line], line[0], parts[line] / sum(rate or 0.0 for rate in rates),
                    lead) for line, rates in lines.items() if line and all(rates)]


def _lead(edition: Edition, tier: int) -> float | None:
    """The shortest time to answer at a tier (rank), in seconds."""
    level = Level.of_rank(tier)
    spans = [one.feedback[level].answer for one in edition.agreements
             if level is not None and level in one.feedback]
    return min(spans).total_seconds() if spans else None
