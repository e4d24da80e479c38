"""Every number of a rule, changed by one unit: what a good rule test must notice.

A number's unit is its last written digit: 50 becomes 49 and 51, 4.0 becomes 3.9 and 4.1, ``6h``
``5h`` and ``7h``, ``22:00`` a minute, ``04-15`` a day, ``20-year`` a year. So are levels (dropped,
added, the next one), event codes (another code of the table) and comparisons (``at_least`` and
``above``). No mutants: what ``check`` would refuse, what only says where a rule comes from, and
the window of a forecast maximum, since the maximum within the lead is the same by any window.
A foreign source's bar moves by a whole degree, as far as tiers of intensity stand apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from pydantic import ValidationError

from fenghuo.agreements.checks import faults
from fenghuo.agreements.conditions import COMPARISONS, Statistic
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.documents.yaml import Document, Path
from fenghuo.editions import Edition, rules_crossing
from fenghuo.feeds.event_codes import CODES
from fenghuo.words import LEVELS, RuleKind

_NAMES = ("id", "hazard", "kind", "metric", "statistic", "source", "scheme", "by", "after")
"""Fields that are no numbers of a threshold."""
_SHARES = ("ratio", "neighbour")
"""Fields between 0 and 1: their unit is a tenth where they are written whole."""
_OPPOSITE = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}

_NUMBER = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)( ?(?:s|m|h|d|km|mm|m³/s)|-year)?")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one number changed: which, where it stands, what it was and what it is now."""

    rule: str                # agreement/id
    line: str                # file:line:column
    field: str               # tiers.yellow.at_least
    was: str
    becomes: str
    agreement: Agreement     # with the rule of this id alone, in all its editions

    def __str__(self) -> str:
        return f"{self.line}  {self.rule}  {self.field}: {self.was} -> {self.becomes}"


def mutants(document: Document, agreement: Agreement, edition: Edition) -> Iterator[Mutant]:
    """Every mutant of every rule of an agreement file of an edition."""
    for index, rule in enumerate(agreement.rules):
        written = document.value["rules"][index]
        for path, was, becomes, value in _changes(written, (), rule):
            changed = _typed(agreement, index, value, edition)
            if changed is not None:
                field = ".".join(str(part) for part in path)
                place = document.place(("rules", index, *path)).partition(" ")[0]
                yield Mutant(f"{agreement.agreement}/{rule.id}", f"{document.source}:{place}",
                             field, was, becomes, changed)


def _typed(agreement: Agreement, index: int, value: dict[str, Any],
           edition: Edition) -> Agreement | None:
    """The agreement with one rule read anew, None where ``check`` refuses it."""
    try:
        rule = Rule.model_validate(value)
    except ValidationError:
        return None
    rules = [*agreement.rules[:index], rule, *agreement.rules[index + 1:]]
    alone = agreement.model_copy(update={"rules": tuple(one for one in rules if one.id == rule.id)})
    refused = chain(faults(alone), rules_crossing.faults(
        (alone,), edition.stations, edition.contacts, edition.measures, edition.feeds))
    return alone if next(refused, None) is None else None


def _changes(rule: dict[str, Any], at: Path,
             typed: Rule) -> Iterator[tuple[Path, str, str, dict[str, Any]]]:
    """Path, what stood there, what stands there now, and the whole rule so changed."""
    part: Any = rule
    for step in at:
        part = part[step]
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        path = (*at, key)
        if (key in _NAMES and not at) or key == "scheme" or _idle(str(key), part, typed):
            continue
        if key in COMPARISONS and typed.kind is not RuleKind.event:
            yield path, str(key), _OPPOSITE[str(key)], _renamed(rule, at, str(key))
        if key == "levels":
            yield from _levels(rule, path, value)
        elif isinstance(value, dict | list):
            yield from _changes(rule, path, typed)
        else:
            for other in _others(str(key), value, typed, at):
                yield path, value, other, _set(rule, path, other)


def _others(key: str, value: str, typed: Rule, at: Path) -> Iterator[str]:
    """What may stand in place of a value."""
    found = _NUMBER.fullmatch(value)
    if key == "event_code":
        yield from [code for scheme, code in CODES if typed.match and scheme == typed.match.scheme
                    and code != value and CODES[scheme, code].hazard is typed.hazard][:1]
    elif found:
        number = Decimal(found[1])
        unit = Decimal(1).scaleb(-len(found[1].partition(".")[2]))
        if key in _SHARES and unit == 1:
            unit = Decimal("0.1")
        if at[:1] == ("foreign",):
            unit = Decimal(1)
        yield from (f"{other}{found[2] or ''}" for other in (number + unit, number - unit))
    elif _CLOCK.fullmatch(value):
        hour = datetime.fromisoformat(f"2024-01-02T{value}")
        yield from (f"{hour + by:%H:%M}" for by in (timedelta(minutes=1), timedelta(minutes=-1)))
    elif _MONTH_DAY.fullmatch(value) or _DAY.fullmatch(value):
        day = date.fromisoformat(value if len(value) > 5 else f"2025-{value}")
        yield from ((day + by).isoformat()[-len(value):]
                    for by in (timedelta(days=1), timedelta(days=-1)))
    elif value in LEVELS:
        place = [level.value for level in LEVELS].index(value)
        yield from (level.value for level in (*LEVELS[max(place - 1, 0):place],
                                              *LEVELS[place + 1:place + 2]))


def _idle(key: str, part: Any, rule: Rule) -> bool:
    """Whether a number says nothing: the window of a forecast maximum or minimum."""
    if key != "window" or rule.kind is not RuleKind.forecast:
        return False
    idle = Statistic.max if {"at_least", "above"} & part.keys() else Statistic.min
    return bool(part.get("statistic", rule.statistic) == idle)


def _levels(rule: dict[str, Any], path: Path,
            written: list[str]) -> Iterator[tuple[Path, str, str, dict[str, Any]]]:
    for level in LEVELS:
        without = [one for one in written if one != level]
        if level in written:
            yield path, level, "dropped", _set(rule, path, without)
        else:
            yield path, "no " + level, "added", _set(rule, path, [*written, level.value])


def _set(rule: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = deepcopy(rule)
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return changed


def _renamed(rule: dict[str, Any], at: Path, key: str) -> dict[str, Any]:
    changed = deepcopy(rule)
    part: Any = changed
    for step in at:
        part = part[step]
    part[_OPPOSITE[key]] = part.pop(key)
    return changed
