"""Series in few characters: ``0x12 10 20+5x3 _ 0x6``.

``v`` one number, ``vxN`` N times the same, ``a+bxN`` and ``a-bxN`` N numbers from ``a`` on in steps
of ``b``, ``_`` a gap, ``_xN`` N gaps, ``( … )xN`` the group N times. Numbers are plain decimals and
are counted as such: ``10+0.1x3`` is 10, 10.1, 10.2.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 200_000
"""Numbers of one series: more than twenty years of hours."""
MOST_IN_FILE = 2_000_000
DEEPEST = 4
"""Groups within groups."""

SERIES: dict[str, Any] = {"type": "string", "minLength": 1, "examples": ["0x6 10 20+5x3 _ 0x6"]}

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_ONE = re.compile(rf"(?:(_)|(-?{_NUMBER})(?:([+-]{_NUMBER})(?=x))?)(?:x([0-9]{{1,6}}))?")
_TOKEN = re.compile(r"\(|\)(?:x[0-9]{1,6})?|[^\s()]+")
_EXPECTED = "numbers such as 10, 0x6, 10+5x4, _x3 or (0x23 8)x31"


def series_of(value: Any) -> Any:
    """The numbers of a series, float32 with NaN for gaps. Raises ValueError with what is wrong."""
    if not isinstance(value, str):
        return value
    groups: list[list[float]] = [[]]
    for token in _TOKEN.findall(value):
        if token == "(":
            groups.append([])
            if len(groups) > DEEPEST + 1:
                raise ValueError(f"at most {DEEPEST} groups within one another")
        elif token.startswith(")"):
            if len(groups) == 1:
                raise ValueError(f"{_EXPECTED}; a bracket closes that was not opened")
            inner = groups.pop()
            _extend(groups[-1], inner, int(token[2:] or 1))
        else:
            _extend(groups[-1], _numbers(token), 1)
    if len(groups) > 1:
        raise ValueError(f"{_EXPECTED}; a bracket was not closed")
    if not groups[0]:
        raise ValueError(_EXPECTED)
    return np.array(groups[0], dtype=np.float32)


def length_of(value: str) -> int:
    """How many numbers a series has, without making them; 0 for one that cannot be read."""
    counts = [0]
    for token in _TOKEN.findall(value):
        found = _ONE.fullmatch(token)
        if token == "(":
            counts.append(0)
        elif token.startswith(")") and len(counts) > 1:
            inner = counts.pop()
            counts[-1] += inner * int(token[2:] or 1)
        elif found is not None:
            counts[-1] += int(found[4] or 1)
        else:
            return 0
    return counts[0]


def written(values: NDArray[np.float32]) -> str:
    """A series as it may be written: each number by itself, runs of the same as ``vxN``."""
    words: list[tuple[str, int]] = []
    for value in values.tolist():
        word = "_" if value != value else np.format_float_positional(np.float32(value), trim="-")
        if words and words[-1][0] == word:
            words[-1] = word, words[-1][1] + 1
        else:
            words.append((word, 1))
    return " ".join(word if times == 1 else f"{word}x{times}" for word, times in words)


def _numbers(token: str) -> list[float]:
    found = _ONE.fullmatch(token)
    if found is None:
        raise ValueError(f"{_EXPECTED}; {token!r} is none")
    gap, first, step, times = found.groups()
    count = int(times) if times else 1
    if count > MOST:
        raise ValueError(f"at most {MOST} numbers in a series")
    if gap:
        return [float("nan")] * count
    if step is None:
        return [float(first)] * count
    return [float(Decimal(first) + place * Decimal(step)) for place in range(count)]


def _extend(group: list[float], more: list[float], times: int) -> None:
    if len(group) + len(more) * times > MOST:
        raise ValueError(f"at most {MOST} numbers in a series")
    group.extend(more * times)
