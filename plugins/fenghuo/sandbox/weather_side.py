"""Forecasts and cyclone tracks of the present instant, from a few lines of a scenario.

A forecast is Open-Meteo's hourly answer from the present hour on: dry and calm but for spells. A
track is a storm of RSMC Tokyo's file, fix by fix as it would have been published: the fixes later
than the newest one stand after it marked ``00F``, as if they had been forecast.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fenghuo.sandbox.instants import Duration, Instant, Strict, at
from fenghuo.sandbox.payloads import Payload

HOUR = timedelta(hours=1)


class Spell(Strict):
    """Rain (mm an hour) and gusts (km/h) from ``since`` until ``until`` at some points, as the
    forecast has it from ``at`` until ``withdrawn``."""

    at: Instant
    withdrawn: Instant | None = None
    points: tuple[int, ...]
    since: Instant
    until: Instant
    rain: float = 0.0
    gusts: float = 0.0


class Forecast(Strict):
    """An hourly forecast for points (latitude, longitude), in the order the house asks for."""

    points: tuple[tuple[float, float], ...]
    hours: int = 72
    spells: tuple[Spell, ...] = ()


class Track(Strict):
    """A storm: its number, its name, its fixes as the file writes them, oldest first.

    A fix is published ``lag`` after its time; ``ahead`` of it later ones count as forecast.
    """

    number: str
    name: str
    fixes: tuple[str, ...]
    lag: Duration = HOUR
    ahead: Duration = timedelta(hours=24)


def forecast(written: Forecast, start: datetime) -> tuple[Payload, ...]:
    """The time line of a forecast: a payload from each instant at which it says something new."""
    def value(point: int, hour: datetime, now: datetime, field: str) -> float:
        return max((getattr(spell, field) for spell in written.spells
                    if point in spell.points and at(start, spell.at) <= now
                    and (spell.withdrawn is None or now < at(start, spell.withdrawn))
                    and at(start, spell.since) < hour <= at(start, spell.until)), default=0.0)

    def made(now: datetime) -> bytes:
        first = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        hours = [first + step * HOUR for step in range(written.hours)]
        return json.dumps([{
            "latitude": latitude, "longitude": longitude, "utc_offset_seconds": 0,
            "hourly_units": {"time": "iso8601", "precipitation": "mm", "wind_gusts_10m": "km/h"},
            "hourly": {"time": [f"{hour:%Y-%m-%dT%H:%M}" for hour in hours],
                       "precipitation": [value(point, hour, now, "rain") for hour in hours],
                       "wind_gusts_10m": [value(point, hour, now, "gusts") for hour in hours]},
        } for point, (latitude, longitude) in enumerate(written.points)]).encode()

    said = [when for spell in written.spells for when in (spell.at, spell.withdrawn)
            if when is not None]
    instants = {at(start, when) for when in said} | {at(start, timedelta(0))}
    return tuple(Payload(instant, b"", "application/json", alive=True, made=made)
                 for instant in sorted(instants))


def track(storms: Sequence[Track], start: datetime) -> tuple[Payload, ...]:
    """The time line of a file of tracks: a payload from each fix's publication on."""
    def made(now: datetime) -> bytes:
        lines = []
        for storm in storms:
            known = [line for line in storm.fixes if _time(line) + storm.lag <= now]
            newest = _time(known[-1]) if known else now
            ahead = [f"{line[:9]}00F{line[12:]}" for line in storm.fixes[len(known):]
                     if known and _time(line) <= newest + storm.ahead]
            if known:
                lines.append(f"66666 {storm.number}  {len(known + ahead):03d} 0001 {storm.number}"
                             f" 0 6             {storm.name}")
                lines += known + ahead
        return ("\n".join(lines) + "\n").encode()

    first = at(start, timedelta(0))
    published = [_time(line) + storm.lag for storm in storms for line in storm.fixes]
    instants = {first} | {instant for instant in published if instant > first}
    return tuple(Payload(instant, b"", "text/plain", alive=True, made=made)
                 for instant in sorted(instants))


def _time(line: str) -> datetime:
    return datetime.strptime(f"20{line[:8]}", "%Y%m%d%H").replace(tzinfo=UTC)
