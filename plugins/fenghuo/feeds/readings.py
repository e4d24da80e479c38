"""Numbers of an office's stations, gathered one by one or by the column, handed over as a frame.

For formats whose entry maps ``stations`` (their name: ours). Refused per number: not finite, not
plausible for its metric (``catalogue``), in the future, before 1970, two different ones for one
station and instant.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.feeds.columns import decimals, instants
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.parsed import FUTURE, NO_FUTURE, Parsed
from fenghuo.observations import excluding
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

_EARLIEST = np.datetime64(0, "us")


class Readings:
    """What one payload says of our stations: each number of an instant, or of the ``span`` that
    ends there. ``zone``: of times without an offset, which are refused where it is None;
    ``gap``: what stands where there is no number."""

    def __init__(self, config: FeedConfig, received: datetime,
                 span: timedelta = timedelta(0), zone: tzinfo | None = None,
                 gap: str | None = None) -> None:
        self._config, self._span, self._zone, self._gap = config, span, zone, gap
        self._latest = _utc(received + FUTURE)
        self._series: dict[tuple[str, Metric], int] = {}
        self._times: list[Any] = []
        self._values: list[Any] = []
        self._starts: list[int] = []        # of each block, which is of one series and factor
        self._blocks: list[tuple[str, Sequence[int] | None]] = []
        self._of: list[int] = []
        self._factors: list[float] = []
        self.refusals: list[Refusal] = []

    def refuse(self, place: str, found: Any, expected: str,
               reading: dict[str, Any] | None = None) -> None:
        """A fault; its neighbours stay."""
        said = found if isinstance(found, str) else repr(found)
        self.refusals.append(Refusal(self._config.name, place, said[:80] or "nothing", expected,
                                     reading))

    def add(self, place: str, subject: str, metric: Metric, time: Any, value: Any,
            factor: float = 1.0) -> None:
        """One reading: ``time`` ISO 8601, ``value`` a number or its digits, ``value × factor`` in
        the metric's unit."""
        self.column(place, None, subject, metric, [time], [value], factor)

    def column(self, place: str, rows: Sequence[int] | None, subject: str, metric: Metric,
               times: Sequence[Any], values: Sequence[Any], factor: float = 1.0) -> None:
        """Readings of one series; each stands in its row of ``place``, or a single one in it."""
        self._starts.append(len(self._times))
        self._blocks.append((place, rows))
        self._of.append(self._series.setdefault((subject, metric), len(self._series)))
        self._factors.append(factor)
        self._times += times
        self._values += values

    def parsed(self, made: datetime | None = None) -> Parsed:
        """All of it. Raises Refused when nothing could be used and something was faulty."""
        times = instants(self._times, self._zone)
        sizes = [end - start for start, end in pairwise([*self._starts, len(self._times)])]
        of = np.repeat(np.array(self._of, np.intp), sizes)
        values = decimals(self._values) * np.repeat(np.array(self._factors, np.float64), sizes)
        kept = self._kept(times, of, values)
        if self.refusals and not len(kept):
            raise Refused(self.refusals[:50])
        if not len(kept):
            return Parsed(made=made, as_of=made)
        at, of = times[kept], of[kept]
        frame = self._frame(at, of, values[kept])
        newest = at.max().astype(datetime).replace(tzinfo=UTC)
        return Parsed(observations=frame, as_of=newest, refusals=self.refusals, made=made)

    def _kept(self, times: NDArray[np.datetime64], of: NDArray[np.intp],
              values: NDArray[np.float64]) -> NDArray[np.intp]:
        """The sound rows, in their order; the others are refused."""
        known = self._config.kind.metrics or {}
        metrics = [metric for _, metric in self._series]
        limits = np.array([known[metric] for metric in metrics]).reshape(-1, 2)
        least, most = limits[of].T
        unread = ~(times >= _EARLIEST)
        late = times > self._latest
        plausible = (values >= least) & (values <= most)
        for row in np.flatnonzero(unread | late | ~plausible).tolist():
            if self._gap is not None and self._values[row] == self._gap:
                continue
            place, metric = self._place(row), metrics[of[row]]
            if unread[row] or late[row]:
                self.refuse(f"{place}.time", self._times[row], NO_FUTURE if late[row] else
                            "an ISO 8601 time with its offset")
            elif np.isnan(values[row]):
                self.refuse(f"{place}.value", self._values[row], "a plain decimal number")
            else:
                self.refuse(f"{place}.value", self._values[row],
                            f"a {metric} from {least[row]:g} to {most[row]:g} {metric.unit}",
                            excluding.reading_of(
                                self._frame(times[[row]], of[[row]], values[[row]]),
                                self._config.slot))
        rows = np.flatnonzero(~unread & ~late & plausible)
        return self._once(rows, times, of, values)

    def _once(self, rows: NDArray[np.intp], times: NDArray[np.datetime64],
              of: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Equal rows count once; of two values of one series and instant neither is believed."""
        order = rows[np.lexsort((rows, times[rows], of[rows]))]
        again = (times[order[1:]] == times[order[:-1]]) & (of[order[1:]] == of[order[:-1]])
        if not again.any():
            return rows
        first = np.maximum.accumulate(np.where(np.r_[True, ~again], np.arange(len(order)), 0))
        other = values[order] != values[order[first]]
        names = list(self._series)
        for row in np.sort(order[other]).tolist():
            subject, metric = names[of[row]]
            self.refuse(f"{self._place(row)}.value", self._values[row],
                        f"one {metric} of {subject} at {times[row]}Z")
        sole = np.r_[True, ~again] & ~np.isin(first, first[other])
        return np.sort(order[sole])

    def _frame(self, at: NDArray[np.datetime64], of: NDArray[np.intp],
               values: NDArray[np.float64]) -> pd.DataFrame:
        end = pd.DatetimeIndex(at, tz=UTC)
        subjects, metrics = zip(*self._series, strict=True)
        return pd.DataFrame({
            "subject": pd.array(subjects, "str").take(of),
            "metric": pd.array([metric.value for metric in metrics], "str").take(of),
            "start": end - self._span if self._span else end, "end": end, "issued": end,
            "value": values, "basis": pd.array(["observed"], "str").take(np.zeros_like(of)),
        }, copy=False)

    def _place(self, row: int) -> str:
        block = bisect_right(self._starts, row) - 1
        place, rows = self._blocks[block]
        return place if rows is None else f"{place}[{rows[row - self._starts[block]]}]"


def _utc(at: datetime) -> np.datetime64:
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")
