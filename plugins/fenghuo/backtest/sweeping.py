"""One number of the rules moved over a range: what each value would have cost and caught.

Every value is a whole run: the texts counted are texts that would have left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fenghuo.agreements.conditions import COMPARISONS
from fenghuo.agreements.rule import Rule
from fenghuo.backtest.outcome import Figures, Outcome
from fenghuo.editions import Edition
from fenghuo.words import Level, Refusal, Refused

OPTION = "--sweep"
MOST = 60
_PATH = re.compile(rf"([a-z0-9_-]+)\.({'|'.join(Level)})(?:\.([1-9][0-9]?))?"
                   rf"\.({'|'.join(COMPARISONS)})")
_RANGE = re.compile(r"(-?[0-9.]+):(-?[0-9.]+):([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Swept:
    """A value, what would have been said with it, and POD and FAR of the rule at its tier."""

    value: float
    figures: Figures
    pod: float | None
    far: float | None


@dataclass(frozen=True, slots=True)
class Knob:
    """The number that moves: ``rule.tier.at_least``, or ``rule.tier.2.at_least`` for the second
    of several conditions."""

    rule: str
    tier: Level
    number: int
    comparison: str

    @classmethod
    def of(cls, path: str, edition: Edition) -> Knob:
        """Read a path. Raises Refused where the edition has no such number."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise Refused([Refusal(OPTION, "1:1", path,
                                   "RULE.TIER.at_least, as rainstorm-gauge.orange.at_least")])
        knob = cls(found[1], Level(found[2]), int(found[3] or 1), found[4])
        if knob.value(edition) is None:
            raise Refused([Refusal(OPTION, "1:1", path, "a number that stands in the rules")])
        return knob

    def value(self, edition: Edition) -> float | None:
        """What stands in an edition, None when nothing or no plain number does."""
        for agreement in edition.agreements:
            for rule in agreement.rules:
                if rule.id == self.rule and self.tier in rule.tiers:
                    conditions = rule.tiers[self.tier].conditions
                    if self.number <= len(conditions):
                        limit = getattr(conditions[self.number - 1], self.comparison)
                        return float(limit) if isinstance(limit, float | int) else None
        return None

    def turned(self, edition: Edition, value: float) -> Edition:
        """The edition with this number instead."""
        agreements = tuple(agreement.model_copy(update={"rules": tuple(
            self._rule(rule, value) if rule.id == self.rule and self.tier in rule.tiers else rule
            for rule in agreement.rules)}) for agreement in edition.agreements)
        return replace(edition, agreements=agreements)

    def _rule(self, rule: Rule, value: float) -> Rule:
        spec = rule.tiers[self.tier]
        place = self.number - 1
        several = "any" if spec.any else "all" if spec.all else None
        changed: dict[str, Any] = {self.comparison: value}
        if several is not None:
            conditions = list(spec.conditions)
            conditions[place] = conditions[place].model_copy(update=changed)
            changed = {several: tuple(conditions)}
        return rule.model_copy(update={
            "tiers": rule.tiers | {self.tier: spec.model_copy(update=changed)}})


def values_of(text: str) -> list[float]:
    """``40:70:5`` as 40, 45 … 70. Raises Refused."""
    found = _RANGE.fullmatch(text)
    try:
        first, last, step = (float(part) for part in found.groups()) if found else (0, 0, 0)
    except ValueError:
        step = 0
    if step <= 0 or not 0 <= (last - first) / step < MOST:
        raise Refused([Refusal(OPTION, "1:1", text,
                               f"FROM:TO:STEP, as 40:70:5, at most {MOST} values")])
    return [round(float(value), 6) for value in np.arange(first, last + step / 2, step)]


def sweep(knob: Knob, values: Sequence[float], edition: Edition,
          play: Callable[[Edition], Outcome],
          score: Callable[[Outcome], tuple[float, float] | None]) -> list[Swept]:
    """Play every value; ``score`` gives POD and FAR where there is a truth to hold against."""
    found = []
    for value in values:
        outcome = play(knob.turned(edition, value))
        pod, far = score(outcome) or (None, None)
        found.append(Swept(value, outcome.figures, pod, far))
    return found
