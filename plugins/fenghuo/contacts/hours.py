"""Weekly hours of a post, and the days off that the city's calendar moves.

``hours`` of ``posts.csv``: nothing is always; ``workdays 08:30-17:30``, ``off days``, ``daily
20:00-08:00`` (工作日, 休息日 and 每天 in a list). A night, or a whole turn as ``off days
08:30-08:30``, belongs to the day on which it begins. Saturday and Sunday are off unless
``holidays.csv`` says otherwise: ``off`` (放假) and ``work`` (调休上班), as the State Council
announces them for each year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.clock import CITY
from fenghuo.documents.csv import refusal
from fenghuo.words import Refusal

EXPECTED = "workdays, off days or daily, then hours as 08:30-17:30 or nothing"
OFF, WORK = "off", "work"
_DAYS = {"workdays": "workdays", "工作日": "workdays", "off days": "off days", "休息日": "off days",
         "节假日": "off days", "daily": "daily", "每天": "daily", "每日": "daily"}
_ON = {"workdays": (False,), "off days": (True,), "daily": (False, True)}
"""Whether the day is off, for the days that each counts on."""
_CLOCK = r"((?:[01]\d|2[0-3]):[0-5]\d)"
_HOURS = re.compile(rf"({'|'.join(_DAYS)})(?: *{_CLOCK}-({_CLOCK[1:-1]}|24:00))?")
_DAY = 24 * 60
Week = NDArray[np.bool_]
"""When hours hold: shape (2, 2, 1440), [the day before is off, the day is off, city minute]."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days (ISO, city) that are off or worked against their weekday, ``work`` or ``off`` each."""

    days: Mapping[str, str] = field(default_factory=dict)

    def off(self, day: date) -> bool:
        """Whether nobody is expected at a desk on that day."""
        return self.days.get(day.isoformat(), OFF if day.weekday() > 4 else WORK) == OFF

    def knows(self, year: int) -> bool:
        """Whether a year's notice has been entered."""
        return any(day.startswith(f"{year:04}-") for day in self.days)


WEEKENDS = Calendar()
"""Nothing moves a day off."""


def spelled(text: str) -> str:
    """Hours as ``posts.csv`` has them. Raises ValueError with what was expected."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(EXPECTED)
    return _DAYS[found[1]] + (f" {found[2]}-{found[3]}" if found[2] else "")


@lru_cache(maxsize=1024)
def week(hours: str) -> Week:
    """When hours hold; nothing holds always. Raises ValueError for what are none."""
    made = np.ones((2, 2, _DAY), dtype=bool)
    if not hours:
        return made
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise ValueError(EXPECTED)
    on = _ON[_DAYS[found[1]]]
    starts, ends = (_minutes(found[2]), _minutes(found[3])) if found[2] else (0, _DAY)
    minute = np.arange(_DAY)
    for off in (False, True):
        made[:, int(off)] = (off in on) & (minute >= starts) & ((minute < ends) | (ends <= starts))
    if ends <= starts:  # what is left of the night that began the day before
        for off in on:
            made[int(off)] |= minute < ends
    return made


def holds(hours: str, at: datetime, calendar: Calendar) -> bool:
    """Whether hours hold at an instant."""
    here = at.astimezone(CITY)
    off = [calendar.off(day) for day in (here.date() - timedelta(days=1), here.date())]
    return bool(week(hours)[int(off[0]), int(off[1]), here.hour * 60 + here.minute])


def moved(hours: Iterable[str]) -> bool:
    """Whether any of these depends on which days are off."""
    return any(one and not one.startswith("daily") for one in hours)


def gap(hours: Iterable[str]) -> str | None:
    """The first time of a week at which none of these holds, in words."""
    free = ~np.logical_or.reduce([week(one) for one in hours])
    for off, days in ((0, "workdays"), (1, "days off")):
        minutes = np.flatnonzero(free[:, off].any(axis=0))
        if minutes.size:
            return f"on {days} at {minutes[0] // 60:02}:{minutes[0] % 60:02}"
    return None


@lru_cache(maxsize=1024)
def meet(one: str, other: str) -> bool:
    """Whether two rows' hours hold at once: those with hours go before one without."""
    return bool(one) == bool(other) and bool((week(one) & week(other)).any())


def faults(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Hours of ``posts.csv`` that are none."""
    bad = {text for text in table["hours"].unique() if text and not _good(text)}
    return [refusal(source, table, int(line), "hours", EXPECTED)
            for line in table.index[table["hours"].isin(bad)]]


def _good(text: str) -> bool:
    try:
        return spelled(text) == text
    except ValueError:
        return False


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
