"""The duty roster: who fills a post from when to when, and where it leaves nobody.

A post that stands in ``contacts/roster.csv`` is covered without gap or overlap from its first
shift to its last; duties belong to the post, so an obligation outlives a change of shift.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

WARNS = timedelta(hours=24)
"""How long before a roster runs out somebody is told."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One person at one post in [starts, ends), aware instants; ``line`` is that of the file."""

    place: str
    post: str
    person: str
    starts: datetime
    ends: datetime
    line: int = 0


def by_post(shifts: Iterable[Shift]) -> dict[tuple[str, str], list[Shift]]:
    """The shifts of each post, the earliest first."""
    ordered = sorted(shifts, key=lambda shift: (shift.place, shift.post, shift.starts, shift.ends))
    return {post: list(mine) for post, mine
            in groupby(ordered, key=lambda shift: (shift.place, shift.post))}


def breaks(shifts: Iterable[Shift]) -> list[tuple[Shift, Shift]]:
    """Neighbours that do not meet: a gap or an overlap lies between the two."""
    return [(one, other) for mine in by_post(shifts).values()
            for one, other in pairwise(mine) if one.ends != other.starts]


def running_out(shifts: Iterable[Shift], now: datetime) -> dict[str, datetime]:
    """Posts (``city:440700.duty``) whose last shift ends within a day or has ended, and when.

    A roster that has not begun is none of today's business.
    """
    return {".".join(post): mine[-1].ends for post, mine in by_post(shifts).items()
            if mine[0].starts <= now and mine[-1].ends <= now + WARNS}
