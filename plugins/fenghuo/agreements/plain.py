"""Numbers as sentences print them: every digit that was written, and no other."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

_DAY, _HOUR, _MINUTE = 86400, 3600, 60
_LONG_DAYS = 3
"""From so many whole days on, days are said; below, weather is told in hours."""


def number(value: float) -> str:
    """A plain decimal, no exponent and no trailing zeros: 50, 0.5, -3."""
    return f"{_decimal(value):f}"


def percent(share: float) -> str:
    """A share of one: 80%."""
    return f"{_decimal(float(round(Decimal(repr(share)) * 100, 9))):f}%"


def hours_of(length: timedelta) -> tuple[int, str]:
    """A span as its number and unit (``s``, ``m``, ``h``, ``d``), the largest that is whole."""
    seconds = int(length.total_seconds())
    if seconds % _DAY == 0 and seconds >= _LONG_DAYS * _DAY:
        return seconds // _DAY, "d"
    for size, unit in ((_HOUR, "h"), (_MINUTE, "m")):
        if seconds % size == 0 and seconds:
            return seconds // size, unit
    return seconds, "s"


def _decimal(value: float) -> Decimal:
    plain = Decimal(repr(float(value)))
    return plain.to_integral_value() if plain == plain.to_integral_value() else plain.normalize()
