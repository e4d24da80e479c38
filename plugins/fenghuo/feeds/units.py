"""Units as bureaus write them, and how many of ours one of them is.

Only multiples: a degree Fahrenheit is none of a degree Celsius, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fenghuo.words.metrics import Metric

KNOWN: Mapping[str, Mapping[str, float]] = {
    "mm": {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4},
    "m": {"m": 1.0, "mm": 0.001, "cm": 0.01, "dm": 0.1, "km": 1000.0, "ft": 0.3048},
    "m³/s": {"m³/s": 1.0, "m3/s": 1.0, "l/s": 0.001, "ft3/s": 0.028316846592},
    "m/s": {"m/s": 1.0, "km/h": 1 / 3.6, "kt": 1852 / 3600},
    "°C": {"°C": 1.0, "℃": 1.0},
}
"""By our unit. 1 ft = 0.3048 m, 1 kt = 1852 m/h (BIPM, The International System of Units)."""

_WRITTEN = re.compile(r"(?:(10|100|0\.1|0\.01|0\.001) )?(\S+)")


def factor(metric: Metric, unit: str) -> float:
    """How many of a metric's unit one of ``unit`` is, as ``cm`` or ``0.1 mm``; none written is
    the metric's own. Raises ValueError for what is none of it."""
    known = KNOWN.get(metric.unit, {})
    found = _WRITTEN.fullmatch(unit)
    if not unit:
        return 1.0
    if found is None or found[2] not in known:
        raise ValueError(f"a unit of {metric}: {', '.join(known) or 'none'}; or as 0.1 "
                         f"{metric.unit}" if known else f"no unit: {metric} has none")
    return float(found[1] or 1) * known[found[2]]
