"""Where a cyclone's wind blows, now and as forecast: circles on the sphere, hour by hour.

An advisory gives the longest radius of an area with its direction, and the shortest, which points
away from it. JMA draws such an area as a circle that is not centred on the eye, and so do we: its
radius is (longest + shortest) / 2, its centre lies (longest - shortest) / 2 from the eye towards
the longest. It reaches exactly ``longest`` one way and ``shortest`` the other.

Between two fixes the eye, the offset and the radius change evenly; an area that only one of two
fixes has counts at that fix alone. Nothing is drawn beyond the last fix.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fenghuo.agreements.findings import WindCircle
from fenghuo.agreements.intensity import EARTH_KM, distances_km
from fenghuo.observations.records import CycloneAttributes, CycloneFix, WindArea

Floats = NDArray[np.float64]

NAUTICAL_KM = 1.852
EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One area at one instant."""

    at: datetime
    circle: WindCircle


def moments(track: CycloneAttributes, until: datetime) -> Iterator[Moment]:
    """The areas from the newest analysed fix on, hour by hour, in their order."""
    here = track.current
    ahead = [fix for fix in track.fixes if fix.forecast]
    yield from _at(here.at, until, here, here, 0.0)
    for before, after in pairwise([here, *ahead]):
        whole = after.at - before.at
        count = max(1, -(-whole // EVERY))
        for step in range(1, count + 1):
            yield from _at(before.at + whole * step / count, until, before, after, step / count)


def arrivals(track: CycloneAttributes, wind_kt: float, latitude: Floats, longitude: Floats,
             until: datetime) -> Floats:
    """When an area of at least ``wind_kt`` first reaches each site by ``until``: epoch seconds,
    infinite where it does not."""
    first = np.full(len(latitude), np.inf)
    for moment in moments(track, until):
        circle = moment.circle
        if circle.wind_kt < wind_kt:
            continue
        waiting = np.flatnonzero(np.isinf(first))
        away = distances_km(circle.latitude, circle.longitude, latitude[waiting],
                            longitude[waiting])
        first[waiting[away <= circle.radius_km]] = moment.at.timestamp()
    return first


def _at(at: datetime, until: datetime, before: CycloneFix, after: CycloneFix,
        part: float) -> Iterator[Moment]:
    if at > until:
        return
    latitude = before.latitude + part * (after.latitude - before.latitude)
    longitude = before.longitude + part * _turn(after.longitude - before.longitude)
    ends = {area.wind_kt: area for area in after.areas}
    starts = {area.wind_kt: area for area in before.areas}
    for wind in sorted(starts.keys() | ends.keys()):
        one, other = starts.get(wind), ends.get(wind)
        if part in (0.0, 1.0):
            area = one if part == 0.0 else other
            one = other = area
        if one is None or other is None:
            continue
        shape = _shape(one) * (1 - part) + _shape(other) * part
        yield Moment(at, _circle(wind, latitude, longitude, *shape.tolist()))


def _shape(area: WindArea) -> Floats:
    """An area's offset east and north of the eye, and its radius: km."""
    off = (area.longest_nm - area.shortest_nm) / 2 if area.direction is not None else 0.0
    way = np.radians(area.direction or 0.0)
    return np.array([off * np.sin(way), off * np.cos(way),
                     (area.longest_nm + area.shortest_nm) / 2]) * NAUTICAL_KM


def _circle(wind: float, latitude: float, longitude: float, east: float, north: float,
            radius: float) -> WindCircle:
    """The circle whose centre lies so far from the eye, along a great circle."""
    way, far = np.arctan2(east, north), np.hypot(east, north) / EARTH_KM
    lat = np.radians(latitude)
    to = np.arcsin(np.sin(lat) * np.cos(far) + np.cos(lat) * np.sin(far) * np.cos(way))
    turn = np.arctan2(np.sin(way) * np.sin(far) * np.cos(lat),
                      np.cos(far) - np.sin(lat) * np.sin(to))
    return WindCircle(wind, float(np.degrees(to)), _turn(longitude + float(np.degrees(turn))),
                      radius)


def _turn(degrees: float) -> float:
    """Degrees of longitude from -180 to 180."""
    return (degrees + 180) % 360 - 180
