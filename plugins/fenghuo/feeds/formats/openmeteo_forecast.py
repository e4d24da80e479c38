"""Open-Meteo's hourly forecast, several points in one answer.

Source: https://open-meteo.com/en/docs (CC BY 4.0). One point is an object, several are an array
in the order of the request; ``location_id`` stands from the second on. Read are
``hourly.precipitation`` (the sum of the hour before each time) and ``hourly.wind_gusts_10m`` (its
maximum), in the units that ``hourly_units`` names (mm or inch; km/h, m/s, mp/h or kn).
``hourly.time`` is local without an offset, ``utc_offset_seconds`` gives it (or epoch seconds)::

    [{"latitude": 22.25, "longitude": 112.25, "utc_offset_seconds": 0,
      "hourly_units": {"time": "iso8601", "precipitation": "mm", "wind_gusts_10m": "km/h"},
      "hourly": {"time": ["2018-09-16T00:00", …], "precipitation": [0.0, null, …],
                 "wind_gusts_10m": [72.4, …]}}, …]

No run is named: the hour of receipt counts as issued. Refused whole: no JSON, an error sent with
200, a number of points other than asked. Refused alone: a point elsewhere, times that are not
evenly spaced or all past, an unknown unit, a list of another length, an implausible number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from fenghuo.feeds import strict_json
from fenghuo.feeds.config import FeedConfig, Point
from fenghuo.feeds.decoding import text_of
from fenghuo.feeds.parsed import Parsed
from fenghuo.observations.records import ForecastSeries
from fenghuo.words import Refusal, Refused

VARIABLES = {
    "precipitation": ("rain", {"mm": 1.0, "inch": 25.4}, 500.0),
    "wind_gusts_10m": ("gust", {"km/h": 1 / 3.6, "m/s": 1.0, "mp/h": 0.44704, "kn": 1852 / 3600},
                       150.0),
}
"""By variable: our metric, its unit's factor, and the most of an hour that is believed."""

SNAP = 0.5
"""Degrees by which the model's grid may move a point: its cells are 1 to 25 km wide."""
MOST_HOURS = 1000
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def address(config: FeedConfig, now: datetime) -> str:
    """Where all points of a feed are asked for at once, in UTC."""
    places = {axis: ",".join(f"{getattr(point, axis):g}" for point in config.points)
              for axis in ("latitude", "longitude")}
    return f"{config.url}?" + urlencode(places | {
        "hourly": ",".join(VARIABLES), "forecast_days": 3, "timezone": "UTC"}, safe=",")


def parse(body: bytes, config: FeedConfig, received: datetime) -> Parsed:
    """Read an answer. Raises Refused when no point of it can be used."""
    value, suspect = strict_json.loads(config.name, text_of(config.name, body, config.encoding))
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
            found += _Point(config.name, name, place, index, point).series(received, refusals)
        except Refused as error:
            refusals += error.refusals
    if not found:
        raise Refused(refusals[:50] or [Refusal(config.name, "payload", "no series",
                                                "rain or gusts of at least one point")])
    return Parsed(forecasts=tuple(found), as_of=_hour(received), refusals=refusals)


class _Point:
    """One point being read; ``refuse`` stops it with its place and what was expected."""

    def __init__(self, source: str, name: str, place: Any, index: int, point: Point) -> None:
        self.source, self.name, self.place = source, name, place
        self.index, self.point = index, point

    def refuse(self, field: str, found: object, expected: str) -> Refused:
        return Refused([Refusal(self.source, f"{self.name}.{field}", repr(found)[:80], expected)])

    def series(self, received: datetime, refusals: list[Refusal]) -> Iterator[ForecastSeries]:
        """Each variable's series; a faulty one goes to ``refusals``, its neighbours stay."""
        if not isinstance(self.place, dict):
            raise Refused([Refusal(self.source, self.name, type(self.place).__name__, "a point")])
        self._where()
        hourly, units = self.place.get("hourly"), self.place.get("hourly_units")
        if not isinstance(hourly, dict) or not isinstance(units, dict):
            raise self.refuse("hourly", hourly, "hourly and hourly_units")
        t0, step, count = self._times(hourly.get("time"), received)
        for variable in (name for name in VARIABLES if name in hourly):
            try:
                values = self._values(variable, hourly[variable], units.get(variable), count)
            except Refused as error:
                refusals += error.refusals
                continue
            yield ForecastSeries(VARIABLES[variable][0], self.point.point, _hour(received), t0,
                                 step, values)

    def _where(self) -> None:
        if self.place.get("location_id", self.index) != self.index:
            raise self.refuse("location_id", self.place["location_id"], str(self.index))
        for field in ("latitude", "longitude"):
            asked, said = getattr(self.point, field), self.place.get(field)
            if not _number(said) or abs(said - asked) > SNAP:
                raise self.refuse(field, said, f"within {SNAP} degrees of {asked}")

    def _times(self, times: Any, received: datetime) -> tuple[datetime, int, int]:
        """The first instant, the step in seconds, and how many there are."""
        if not isinstance(times, list) or not 2 <= len(times) <= MOST_HOURS:
            raise self.refuse("hourly.time", type(times).__name__, f"2 to {MOST_HOURS} times")
        offset = self.place.get("utc_offset_seconds")
        if not _number(offset) or abs(offset) > 86400:
            raise self.refuse("utc_offset_seconds", offset, "the offset of the local times")
        instants = [self._instant(time, offset) for time in times]
        steps = {later - before for before, later in pairwise(instants)}
        step = next(iter(steps))
        if len(steps) > 1 or not timedelta(minutes=15) <= step <= timedelta(hours=6):
            raise self.refuse("hourly.time", sorted(str(each) for each in steps)[:3],
                              "times evenly spaced, 15 minutes to 6 hours apart")
        if instants[-1] <= received:
            raise self.refuse("hourly.time", times[-1], "a forecast of what is to come")
        return instants[0], int(step.total_seconds()), len(times)

    def _instant(self, time: Any, offset: float) -> datetime:
        try:
            if isinstance(time, str) and _TIME.fullmatch(time):
                return (datetime.fromisoformat(time).replace(tzinfo=UTC)
                        - timedelta(seconds=offset))
            if isinstance(time, int) and not isinstance(time, bool):
                return datetime.fromtimestamp(time, UTC)
        except (ValueError, OverflowError, OSError):
            pass
        raise self.refuse("hourly.time", time, "YYYY-MM-DDThh:mm or epoch seconds")

    def _values(self, variable: str, values: Any, unit: Any, count: int) -> NDArray[np.float32]:
        field, (metric, units, most) = f"hourly.{variable}", VARIABLES[variable]
        if not isinstance(unit, str) or unit not in units:
            raise self.refuse(f"hourly_units.{variable}", unit, " or ".join(units))
        if not isinstance(values, list) or len(values) != count:
            raise self.refuse(field, f"{len(values) if isinstance(values, list) else values}",
                              f"{count} values, one a time")
        odd = next((value for value in values if value is not None and not _number(value)), None)
        if odd is not None:
            raise self.refuse(field, odd, "numbers or null")
        found = np.array([np.nan if value is None else float(value) for value in values])
        found *= units[unit]
        wrong = found[(found < 0) | (found > most)]
        if len(wrong):
            raise self.refuse(field, float(wrong[0]), f"{metric} from 0 to {most:g}")
        return found.astype(np.float32)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _hour(received: datetime) -> datetime:
    return received.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
