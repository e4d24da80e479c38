"""Numbers of an office's stations, gathered one by one and handed over as a frame.

For formats whose entry maps ``stations`` (their name: ours). Refused per number: not finite, not
plausible for its metric (``catalogue``), in the future, before 1970, two different ones for one
station and instant.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations.records import OBSERVATION_COLUMNS
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,12})?")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000


class Readings:
    """What one payload says of our stations: each number of an instant, or of the ``span`` that
    ends there."""

    def __init__(self, config: FeedConfig, received: datetime,
                 span: timedelta = timedelta(0)) -> None:
        self._config, self._latest, self._span = config, received + FUTURE, span
        self._plausible = config.kind.metrics or {}
        self._found: dict[tuple[str, Metric, datetime], tuple[float, str]] = {}
        self._twice: set[tuple[str, Metric, datetime]] = set()
        self.refusals: list[Refusal] = []

    def refuse(self, place: str, found: Any, expected: str) -> None:
        """A fault; its neighbours stay."""
        said = found if isinstance(found, str) else repr(found)
        self.refusals.append(Refusal(self._config.name, place, said[:80] or "nothing", expected))

    def add(self, place: str, subject: str, metric: Metric, time: Any, value: Any,
            factor: float = 1.0) -> None:
        """One reading: ``time`` ISO 8601 with its offset, ``value`` a number or its digits,
        ``value × factor`` in the metric's unit."""
        at = instant(time)
        if at is None or at < _EARLIEST:
            return self.refuse(f"{place}.time", time, "an ISO 8601 time with its offset")
        if at > self._latest:
            return self.refuse(f"{place}.time", time, NO_FUTURE)
        number = decimal(value)
        if number is None:
            return self.refuse(f"{place}.value", value, "a plain decimal number")
        number *= factor
        least, most = self._plausible[metric]
        if not least <= number <= most:
            return self.refuse(f"{place}.value", value,
                               f"a {metric} from {least:g} to {most:g} {metric.unit}")
        key = (subject, metric, at)
        before = self._found.setdefault(key, (number, place))
        if before[0] != number:
            self._twice.add(key)
            self.refuse(f"{place}.value", value, f"one {metric} of {subject} at {at.isoformat()}")

    def parsed(self, made: datetime | None = None) -> Parsed:
        """All of it. Raises Refused when nothing could be used and something was faulty."""
        for key in self._twice:     # neither is believed
            del self._found[key]
        if self.refusals and not self._found:
            raise Refused(self.refusals[:50])
        if not self._found:
            return Parsed(refusals=self.refusals, made=made, as_of=made)
        subjects, metrics, instants = zip(*self._found, strict=True)
        at = pd.to_datetime(np.array([int((one - _EARLIEST).total_seconds() * _SECOND)
                                      for one in instants], "datetime64[us]"), utc=True)
        frame = pd.DataFrame({
            "subject": subjects, "metric": [metric.value for metric in metrics],
            "start": at - self._span, "end": at, "issued": at,
            "value": [value for value, _ in self._found.values()], "basis": "observed",
        }, columns=list(OBSERVATION_COLUMNS))
        return Parsed(observations=frame, as_of=max(instants), refusals=self.refusals, made=made)


def instant(time: Any) -> datetime | None:
    """An ISO 8601 text with its offset as aware UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(time)
        return found.astimezone(UTC) if found.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def decimal(value: Any) -> float | None:
    """A number, or its digits as a text; None for anything else."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
