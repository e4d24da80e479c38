"""Feeds whose data is always of the present instant: gauge tables and lists of earthquakes.

A table is made from a few points per station and column: a value holds until the next point, an
empty one says nothing more. Its last hours stand in it in 5-minute steps, as the shipped feed
``gauges`` reads them. A list names the earthquakes of the hour before, as USGS's hourly does.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from fenghuo.sandbox.instants import Duration, Instant, Strict, at
from fenghuo.sandbox.payloads import Payload

STEP = timedelta(minutes=5)
LISTED = timedelta(hours=1)


class Table(Strict):
    """A gauge table: ``stations`` maps station -> column -> instant -> value as written."""

    columns: tuple[str, ...] = ("stage_m", "rain_mm")
    span: Duration = timedelta(hours=6)
    stations: dict[str, dict[str, dict[Instant, str]]]


class Quake(Strict):
    """One solution of an earthquake, published at ``at``; a later one of its id replaces it."""

    at: Instant
    id: str
    magnitude: float
    latitude: float
    longitude: float
    depth: float = 10.0
    place: str = ""
    origin: Instant
    status: Literal["automatic", "reviewed", "deleted"] = "automatic"


Points = list[tuple[datetime, str]]


def gauges(table: Table, start: datetime) -> tuple[Payload, ...]:
    """The time line of a gauge table: a payload from each instant at which a value changes."""
    ordered = {(station, column): sorted((at(start, when), value) for when, value in line.items())
               for station, columns in table.stations.items() for column, line in columns.items()}
    stations = list(table.stations)

    def made(now: datetime) -> bytes:
        newest = _floor(now)
        rows = ["station,time," + ",".join(table.columns)]
        for slot in range(int(table.span / STEP) - 1, -1, -1):
            end = newest - slot * STEP
            written = end.astimezone(start.tzinfo)
            for station in stations:
                cells = [_value(ordered.get((station, column), []), end)
                         for column in table.columns]
                if any(cells):
                    rows.append(f"{station},{written:%Y-%m-%d %H:%M}," + ",".join(cells))
        return ("\n".join(rows) + "\n").encode()

    first = at(start, timedelta(0))
    instants = {max(first, instant) for line in ordered.values() for instant, _ in line} | {first}
    return tuple(Payload(instant, b"", "text/csv", alive=not _silent(ordered, instant), made=made)
                 for instant in sorted(instants))


def quakes(feed: str, listed: Sequence[Quake], start: datetime) -> tuple[Payload, ...]:
    """The time line of a list of earthquakes."""
    def made(now: datetime) -> bytes:
        newest = {one.id: one for one in listed if at(start, one.at) <= now}
        features = [_feature(feed, one, start) for one in newest.values()
                    if now - at(start, one.origin) <= LISTED]
        return json.dumps({
            "type": "FeatureCollection", "metadata": {
                "generated": _ms(now), "url": f"sandbox:{feed}",
                "title": "INVENTED earthquakes, past hour", "status": 200, "api": "1.10.3",
                "count": len(features)}, "features": features}, ensure_ascii=False).encode()

    instants = {at(start, one.at) for one in listed} | {at(start, timedelta(0))}
    return tuple(Payload(instant, b"", "application/json", alive=True, made=made)
                 for instant in sorted(instants))


def _feature(feed: str, one: Quake, start: datetime) -> dict[str, object]:
    return {
        "type": "Feature", "id": one.id,
        "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude, one.depth]},
        "properties": {
            "mag": one.magnitude, "place": one.place, "time": _ms(at(start, one.origin)),
            "updated": _ms(at(start, one.at)), "url": f"sandbox:{feed}/{one.id}", "detail": None,
            "status": one.status, "tsunami": 0, "net": "gd", "code": one.id,
            "ids": f",{one.id},", "sources": ",gd,", "types": ",origin,", "magType": "m",
            "type": "earthquake", "title": f"M {one.magnitude} - INVENTED"}}


def _value(line: Points, end: datetime) -> str:
    position = bisect_right(line, end, key=lambda point: point[0])
    return line[position - 1][1] if position else ""


def _silent(points: Mapping[tuple[str, str], Points], instant: datetime) -> bool:
    """Whether a station that spoke before says nothing now."""
    return any(line and line[0][0] <= instant and not _value(line, instant)
               for line in points.values())


def _floor(now: datetime) -> datetime:
    return now - timedelta(seconds=now.timestamp() % STEP.total_seconds())


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
