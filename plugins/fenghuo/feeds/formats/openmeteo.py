"""What every answer of Open-Meteo has in common: numbers at even times, at each point asked for.

Source: https://open-meteo.com/en/docs (CC BY 4.0). One point is an object, several are an array
in the order of the request; ``location_id`` stands from the second on. A block (``hourly``,
``daily``) has ``time`` and a list a variable, in the units that ``<block>_units`` names. Times are
local without an offset, ``utc_offset_seconds`` gives it (or epoch seconds)::

    [{"latitude": 22.25, "longitude": 112.25, "utc_offset_seconds": 0,
      "hourly_units": {"time": "iso8601", "precipitation": "mm"},
      "hourly": {"time": ["2018-09-16T00:00", …], "precipitation": [0.0, null, …]}}, …]

No run is named: the hour of receipt counts as issued. Refused whole: no JSON, an error sent with
200, a number of points other than asked. Refused alone: a point elsewhere, times that are not
evenly spaced or all past, an unknown unit, a list of another length, an implausible number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point
from fenghuo.feeds.parsed import Parsed
from fenghuo.observations.records import ForecastSeries
from fenghuo.words import Refusal, Refused
from fenghuo.words.metrics import Metric

MOST_TIMES = 1000
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's metric, its units with their factors to ours, the least and most believed."""

    metric: Metric
    units: Mapping[str, float]
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Block:
    """The part of an answer that is read.

    ``steps``: the least and most time between two numbers. ``snap``: degrees by which the model's
    grid may move a point. ``begins``: a time says when the span of its number begins (a day), not
    when it ends (the hour before).
    """

    name: str
    variables: Mapping[str, Variable]
    steps: tuple[timedelta, timedelta]
    snap: float
    begins: bool = False


def asked(config: FeedConfig, block: Block, days: int) -> str:
    """Where all points of a feed are asked for at once, in UTC."""
    places = {axis: ",".join(f"{getattr(point, axis):g}" for point in config.points)
              for axis in ("latitude", "longitude")}
    return f"{config.url}?" + urlencode(places | {
        block.name: ",".join(block.variables), "forecast_days": days, "timezone": "UTC"}, safe=",")


def read(body: bytes, config: FeedConfig, received: datetime, block: Block) -> Parsed:
    """Read an answer. Raises Refused when no point of it can be used."""
    value, suspect = strict_json.read(body, config)
    if isinstance(value, dict) and value.get("error"):
        raise Refused([Refusal(config.name, "reason", str(value.get("reason"))[:120],
                               "a forecast")])
    places = value if isinstance(value, list) else [value]
    if len(places) != len(config.points):
        raise Refused([Refusal(config.name, "payload", f"{len(places)} points",
                               f"the {len(config.points)} points asked for")])
    found: list[ForecastSeries] = []
    refusals: list[Refusal] = []
    for index, (place, point) in enumerate(zip(places, config.points, strict=True)):
        name = f"points[{index}]"
        faults = list(strict_json.faults(config.name, place, name)) if suspect else []
        if faults:
            refusals += faults
            continue
        try:
            one = _Point(config.name, name, place, index, point, block)
            found += one.series(received, refusals)
        except Refused as error:
            refusals += error.refusals
    if not found:
        raise Refused(refusals[:50] or [Refusal(config.name, "payload", "no series",
                                                f"{' or '.join(block.variables)} of a point")])
    return Parsed(forecasts=tuple(found), as_of=_hour(received), refusals=refusals)


class _Point:
    """One point being read; ``refuse`` stops it with its place and what was expected."""

    def __init__(self, source: str, name: str, place: Any, index: int, point: Point,
                 block: Block) -> None:
        self.source, self.name, self.place = source, name, place
        self.index, self.point, self.block = index, point, block

    def refuse(self, field: str, found: object, expected: str) -> Refused:
        return Refused([Refusal(self.source, f"{self.name}.{field}", repr(found)[:80], expected)])

    def series(self, received: datetime, refusals: list[Refusal]) -> Iterator[ForecastSeries]:
        """Each variable's series; a faulty one goes to ``refusals``, its neighbours stay."""
        if not isinstance(self.place, dict):
            raise Refused([Refusal(self.source, self.name, type(self.place).__name__, "a point")])
        self._where()
        name = self.block.name
        numbers, units = self.place.get(name), self.place.get(f"{name}_units")
        if not isinstance(numbers, dict) or not isinstance(units, dict):
            raise self.refuse(name, numbers, f"{name} and {name}_units")
        t0, step, count = self._times(numbers.get("time"), received)
        for variable in (each for each in self.block.variables if each in numbers):
            try:
                values = self._values(variable, numbers[variable], units.get(variable), count)
            except Refused as error:
                refusals += error.refusals
                continue
            yield ForecastSeries(self.block.variables[variable].metric, self.point.point,
                                 _hour(received), t0, step, values)

    def _where(self) -> None:
        if self.place.get("location_id", self.index) != self.index:
            raise self.refuse("location_id", self.place["location_id"], str(self.index))
        for field in ("latitude", "longitude"):
            asked, said = getattr(self.point, field), self.place.get(field)
            if not _number(said) or abs(said - asked) > self.block.snap:
                raise self.refuse(field, said, f"within {self.block.snap} degrees of {asked}")

    def _times(self, times: Any, received: datetime) -> tuple[datetime, int, int]:
        """The first instant, the step in seconds, and how many there are."""
        field, (least, most) = f"{self.block.name}.time", self.block.steps
        if not isinstance(times, list) or not 2 <= len(times) <= MOST_TIMES:
            raise self.refuse(field, type(times).__name__, f"2 to {MOST_TIMES} times")
        offset = self.place.get("utc_offset_seconds")
        if not _number(offset) or abs(offset) > 86400:
            raise self.refuse("utc_offset_seconds", offset, "the offset of the local times")
        instants = [self._instant(time, offset) for time in times]
        steps = {later - before for before, later in pairwise(instants)}
        step = next(iter(steps))
        if len(steps) > 1 or not least <= step <= most:
            raise self.refuse(field, sorted(str(each) for each in steps)[:3],
                              f"times evenly spaced, {least} to {most} apart")
        later = step if self.block.begins else timedelta(0)
        if instants[-1] + later <= received:
            raise self.refuse(field, times[-1], "a forecast of what is to come")
        return instants[0] + later, int(step.total_seconds()), len(times)

    def _instant(self, time: Any, offset: float) -> datetime:
        try:
            if isinstance(time, str) and _TIME.fullmatch(time):
                return (datetime.fromisoformat(time).replace(tzinfo=UTC)
                        - timedelta(seconds=offset))
            if isinstance(time, int) and not isinstance(time, bool):
                return datetime.fromtimestamp(time, UTC)
        except (ValueError, OverflowError, OSError):
            pass
        raise self.refuse(f"{self.block.name}.time", time, "YYYY-MM-DDThh:mm or epoch seconds")

    def _values(self, variable: str, values: Any, unit: Any, count: int) -> NDArray[np.float32]:
        field, known = f"{self.block.name}.{variable}", self.block.variables[variable]
        if not isinstance(unit, str) or unit not in known.units:
            raise self.refuse(f"{self.block.name}_units.{variable}", unit, " or ".join(known.units))
        if not isinstance(values, list) or len(values) != count:
            raise self.refuse(field, f"{len(values) if isinstance(values, list) else values}",
                              f"{count} values, one a time")
        odd = next((value for value in values if value is not None and not _number(value)), None)
        if odd is not None:
            raise self.refuse(field, odd, "numbers or null")
        found = np.array([np.nan if value is None else float(value) for value in values])
        found *= known.units[unit]
        wrong = found[(found < known.least) | (found > known.most)]
        if len(wrong):
            raise self.refuse(field, float(wrong[0]),
                              f"{known.metric} from {known.least:g} to {known.most:g}")
        return found.astype(np.float32)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _hour(received: datetime) -> datetime:
    return received.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
