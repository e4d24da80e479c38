"""When a rule counts: the days of its edition, its season and its part of the day.

All three are the city's own calendar and clock. Of several editions of a rule only the one
effective now is asked. Outside these times a rule finds nothing, and what it had found lapses:
that a night is over says nothing of the river, so it is no all-clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.agreements.rule import Effective, Hours, Rule, Season
from fenghuo.agreements.schema import Agreement
from fenghuo.clock import CITY


def counts(rule: Rule, now: datetime) -> bool:
    """Whether a rule counts now (aware)."""
    if rule.effective is None and rule.season is None and rule.hours is None:
        return True
    return bool(counted(rule, np.array([int(now.timestamp())]))[0])


def counted(rule: Rule, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """At which instants (epoch seconds) a rule counts."""
    found = np.ones(len(at), dtype=bool)
    if rule.effective is None and rule.season is None and rule.hours is None:
        return found
    local = pd.DatetimeIndex(pd.to_datetime(at, unit="s", utc=True)).tz_convert(CITY)
    if rule.effective is not None:
        found &= _effective(rule.effective, local)
    if rule.season is not None:
        found &= _season(rule.season, local)
    if rule.hours is not None:
        found &= _hours(rule.hours, local)
    return found


def current(agreements: Sequence[Agreement], now: datetime) -> list[tuple[Agreement, Rule]]:
    """Every rule once: of several editions the one effective now, else the last before now,
    else the first; one that is not effective does not count."""
    today = now.astimezone(CITY).date()
    found: dict[tuple[str, str], tuple[Agreement, Rule]] = {}
    for agreement in agreements:
        editions = sorted(agreement.rules, key=lambda rule: (
            rule.effective.starts.isoformat() if rule.effective and rule.effective.starts else ""))
        for rule in editions:
            key = (agreement.agreement, rule.id)
            begun = not (rule.effective and rule.effective.starts
                         and rule.effective.starts > today)
            if key not in found or begun:
                found[key] = (agreement, rule)
    order = {(agreement.agreement, rule.id): None
             for agreement in agreements for rule in agreement.rules}
    return [found[key] for key in order]


def _effective(span: Effective, local: pd.DatetimeIndex) -> NDArray[np.bool_]:
    days = local.tz_localize(None).normalize()
    found = np.ones(len(days), dtype=bool)
    if span.starts:
        found &= np.asarray(days >= pd.Timestamp(span.starts))
    if span.ends:
        found &= np.asarray(days <= pd.Timestamp(span.ends))
    return found


def _season(season: Season, local: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Both days included; may run over New Year."""
    today = local.month.to_numpy() * 100 + local.day.to_numpy()
    first, last = (int(day.replace("-", "")) for day in (season.starts, season.ends))
    after, before = today >= first, today <= last
    return np.asarray(after & before if first <= last else after | before)


def _hours(hours: Hours, local: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """[starts, ends); may run over midnight."""
    minute = local.hour.to_numpy() * 60 + local.minute.to_numpy()
    first, last = (each.hour * 60 + each.minute for each in (hours.starts, hours.ends))
    after, before = minute >= first, minute < last
    return np.asarray(after & before if first < last else after | before)
