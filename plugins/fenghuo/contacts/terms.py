"""Validity: the days on which a person, or one holder of a post, counts.

``valid_from`` and ``valid_to`` of ``people.csv`` and ``posts.csv`` are days of the city's calendar,
both included, either may be empty. Who is not valid is not told, and the post is vacant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from fenghuo.contacts import hours
from fenghuo.documents import csv
from fenghuo.documents.csv import refusal
from fenghuo.words import Refusal

DAY = csv.Kind("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day as 2026-06-30")
COLUMNS = {"valid_from": DAY.or_empty(), "valid_to": DAY.or_empty()}


@dataclass(frozen=True, slots=True)
class Term:
    """Days in ISO, both included; empty where it is open."""

    first: str = ""
    last: str = ""

    def holds(self, day: str) -> bool:
        """Whether it counts on a day in ISO."""
        return self.first <= day and (not self.last or day <= self.last)

    def meets(self, other: Term) -> bool:
        """Whether both count on some day."""
        return ((not self.last or other.first <= self.last)
                and (not other.last or self.first <= other.last))

    @property
    def turns(self) -> list[str]:
        """The days from which on something else is true."""
        after = [(date.fromisoformat(self.last) + timedelta(days=1)).isoformat()] \
            if self.last and self.last < date.max.isoformat() else []
        return [self.first, *after] if self.first else after


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who fills a post during a term, and at which hours of the week (``contacts.hours``)."""

    place: str
    post: str
    person: str
    term: Term
    hours: str = ""


def term(row: Mapping[Any, str]) -> Term:
    """The term of a row of people or posts."""
    return Term(row["valid_from"], row["valid_to"])


def turns(terms: Iterable[Term]) -> list[str]:
    """Every day on which one of them begins or is over, the first first."""
    return sorted({day for one in terms for day in one.turns})


def faults(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Days that do not exist, and terms that end before they begin."""
    found = [refusal(source, table, int(line), name, "a day that exists")
             for name in COLUMNS for line in table.index[~table[name].map(exists)]]
    over = (table["valid_to"] != "") & (table["valid_from"] > table["valid_to"])
    return found or [refusal(source, table, int(line), "valid_to", "no day before valid_from")
                     for line in table.index[over]]


def shared(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Rows of ``posts.csv`` that fill a post on a day and at an hour at which another does."""
    found: list[Refusal] = []
    again = table[table.duplicated(["place", "post"], keep=False)]
    before: defaultdict[tuple[str, str], list[tuple[Term, str]]] = defaultdict(list)
    cells = again[["place", "post", "valid_from", "valid_to", "hours"]].to_numpy().tolist()
    for line, (place, post, first, last, at) in zip(again.index, cells, strict=True):
        mine, others = Term(first, last), before[place, post]
        if any(mine.meets(one) and hours.meet(at, other) for one, other in others):
            found.append(refusal(source, table, int(line), "post",
                                 "each post of a place once at a time"))
        others.append((mine, at))
    return found


def exists(day: str) -> bool:
    """Whether a day in ISO is in the calendar; nothing is no fault."""
    try:
        return not day or bool(date.fromisoformat(day))
    except ValueError:
        return False
