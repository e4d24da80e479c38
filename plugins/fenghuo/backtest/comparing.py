"""Two editions over the same years: which warnings appear, vanish or move.

Two warnings are the same when they are of one hazard and place and were in force at one time. Of
several that overlap, the pair that lay over each other longest is taken first; a warning is paired
once, so that one long warning cut into two shows as one moved and one new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from fenghuo.backtest.outcome import Outcome
from fenghuo.words import Level

FAR = pd.Timestamp("2200-01-01", tz="UTC")


@dataclass(frozen=True, slots=True)
class Moved:
    """A warning of both editions: how much later it is opened and how many tiers higher it goes
    (negative: earlier, lower), and the sites that only one of them reaches."""

    hazard: str
    scope: str
    opened: datetime
    later: timedelta
    higher: int
    before: Level | None
    after: Level | None
    entered: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """``appears`` and ``vanishes`` are rows of Outcome.warnings; ``same`` counts the unmoved."""

    appears: pd.DataFrame
    vanishes: pd.DataFrame
    moved: tuple[Moved, ...]
    same: int


def difference(old: Outcome, new: Outcome) -> Difference:
    """What changes from the warnings of one outcome to those of another."""
    pairs = _pairs(old.warnings, new.warnings)
    before = old.warnings.set_index("warning")
    after = new.warnings.set_index("warning")
    moved = [_moved(before.loc[one], after.loc[other]) for one, other in pairs]
    told = [one for one in moved if one is not None]
    return Difference(
        after.drop([other for _, other in pairs]).reset_index(),
        before.drop([one for one, _ in pairs]).reset_index(),
        tuple(sorted(told, key=lambda one: one.opened)), len(moved) - len(told))


def _pairs(old: pd.DataFrame, new: pd.DataFrame) -> list[tuple[int, int]]:
    both = old.merge(new, on=["hazard", "scope"], suffixes=("_old", ""))
    if both.empty:
        return []
    begins = both[["opened_old", "opened"]].max(axis=1)
    ends = pd.concat([_ends(both["closed_old"]), _ends(both["closed"])], axis=1).min(axis=1)
    both = both.assign(over=ends - begins)
    both = both[both["over"] >= timedelta(0)].sort_values(
        ["over", "warning_old", "warning"], ascending=[False, True, True], kind="stable")
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    pairs = []
    for one, other in zip(both["warning_old"].tolist(), both["warning"].tolist(), strict=True):
        if one not in taken_old and other not in taken_new:
            taken_old.add(one)
            taken_new.add(other)
            pairs.append((one, other))
    return pairs


def _ends(closed: pd.Series) -> pd.Series:
    return pd.to_datetime(closed, utc=True).fillna(FAR)


def _moved(before: Any, after: Any) -> Moved | None:
    """How a warning moved, None when nobody would notice."""
    entered = tuple(sorted(set(after["sites"]) - set(before["sites"])))
    left = tuple(sorted(set(before["sites"]) - set(after["sites"])))
    later, higher = after["opened"] - before["opened"], int(after["tier"] - before["tier"])
    if not later and not higher and not entered and not left:
        return None
    return Moved(str(after["hazard"]), str(after["scope"]), after["opened"], later, higher,
                 Level.of_rank(int(before["tier"])), Level.of_rank(int(after["tier"])),
                 entered, left)
