"""Shifts of a city's list into the roster: each post's own, from the list's first to its last.

What the roster says before and after stays; a shift that reaches in is cut where the list begins or
ends, so that a week's list leaves the rest of the year as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from fenghuo.contacts.list_tables import Row

Post = tuple[str, str]
Span = tuple[datetime, datetime]


def spliced(known: Iterable[Row], new: Sequence[Mapping[str, str]]) -> list[Row]:
    """The shifts of a roster that a list leaves: rows of place, post, person, starts, ends."""
    spans: dict[Post, Span] = {}
    for row in new:
        post, (starts, ends) = (row["place"], row["post"]), _span(row)
        first, last = spans.get(post, (starts, ends))
        spans[post] = min(first, starts), max(last, ends)
    return [left for row in known for left in _left(row, spans.get((row["place"], row["post"])))]


def _left(row: Row, listed: Span | None) -> Iterator[Row]:
    try:
        starts, ends = _span(row)
    except ValueError:  # refused as it stands, when the roster is read
        listed = None
    if listed is None or ends <= listed[0] or starts >= listed[1]:
        yield row
        return
    if starts < listed[0]:
        yield Row(row | {"ends": listed[0].isoformat(timespec="minutes")})
    if ends > listed[1]:
        yield Row(row | {"starts": listed[1].isoformat(timespec="minutes")})


def _span(row: Mapping[str, str]) -> Span:
    return datetime.fromisoformat(row["starts"]), datetime.fromisoformat(row["ends"])
