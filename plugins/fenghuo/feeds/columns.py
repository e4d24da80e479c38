"""Columns of numbers and times, each as ``fields`` reads one of them, but all at once.

What is alike (texts of one form) is read by numpy; whatever else, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timezone, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fenghuo.feeds.fields import decimal, instant

_DIGITS = b"0123456789"
_SHORT = 20
"""No text as short as this has too many digits for ``decimal``."""
_MINUTE = 16
"""``2026-06-08T12:00``: what follows of a time is alike in most of a column."""
_FORM = np.frombuffer(b"0000-00-00T00:00", np.uint8)
_NEW_YEAR = datetime(2000, 1, 1, tzinfo=UTC)


def decimals(values: Sequence[Any]) -> NDArray[np.float64]:
    """Numbers, NaN for what is none."""
    try:
        if max(map(len, values), default=0) <= _SHORT and not "".join(values).encode().translate(
                None, _DIGITS + b"+-."):
            return np.array(values, np.float64)
    except (TypeError, ValueError):   # among them one that is no text, or none
        pass
    return np.array([decimal(value) for value in values], np.float64)


def instants(values: Sequence[Any], zone: tzinfo | None = None) -> NDArray[np.datetime64]:
    """Instants in UTC, µs; NaT for what is no time."""
    try:
        return _alike(values, zone)
    except (TypeError, ValueError):
        found = (instant(value, zone) for value in values)
        return np.array([at and at.replace(tzinfo=None) for at in found], "datetime64[us]")


def _alike(values: Sequence[Any], zone: tzinfo | None) -> NDArray[np.datetime64]:
    """Times as ``2026-06-08T12:00`` of the years 1970 to 2999, with whatever follows of seconds
    and offset. Raises TypeError or ValueError for any other."""
    bare = set(map(len, values)) == {_MINUTE}
    heads = values if bare else [value[:_MINUTE] for value in values]
    tails = {""} if bare else [value[_MINUTE:] for value in values]
    marks = np.frombuffer("".join(heads).encode(), np.uint8).reshape(len(heads), _MINUTE)
    form = np.where((marks >= 48) & (marks <= 57), 48, np.where(marks == 32, 84, marks))
    if (form != _FORM).any() or (marks[:, 0] > 50).any():
        raise ValueError
    local = np.array(heads, "datetime64[m]").astype("datetime64[us]")
    if (local < np.datetime64("1970-01-02")).any():
        raise ValueError
    later = {tail: _after(tail, zone) for tail in set(tails)}
    after = np.array([later[tail] for tail in tails], "timedelta64[us]")
    return np.asarray(local + after)


def _after(tail: str, zone: tzinfo | None) -> np.timedelta64:
    """What the end of a time adds to its minute in UTC. Raises ValueError for no such end, and
    where that hangs on the date."""
    if zone is not None and not isinstance(zone, timezone):
        raise ValueError
    at = instant(f"2000-01-01T00:00{tail}", zone)
    if at is None:
        raise ValueError
    return np.timedelta64(at - _NEW_YEAR)
