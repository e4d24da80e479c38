"""Where a cyclone's wind blows, now and as forecast: circles on the sphere, hour by hour.

JMA gives the longest radius of an area with its direction, and the shortest, which points away
from it. It draws such an area as a circle that is not centred on the eye, and so do we: its radius
is (longest + shortest) / 2, its centre lies (longest - shortest) / 2 from the eye towards the
longest. It reaches exactly ``longest`` one way and ``shortest`` the other. CMA gives a radius for
each quarter of the compass: four quarters of circles around the eye.

Between two fixes the eye, the offset and the radii change evenly; an area that only one of two
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
from fenghuo.observations.records import (
    CycloneAttributes,
    CycloneFix,
    Lopsided,
    Quadrants,
    WindArea,
)

Floats = NDArray[np.float64]

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
        near = waiting[away <= circle.radius_km]
        near = near[facing(circle, latitude[near], longitude[near])]
        first[near] = moment.at.timestamp()
    return first


def facing(circle: WindCircle, latitude: Floats, longitude: Floats) -> NDArray[np.bool_]:
    """Which places lie in the circle's part, by their bearing from its centre."""
    if circle.between is None:
        return np.ones(len(latitude), dtype=np.bool_)
    lat, lats = np.radians(circle.latitude), np.radians(latitude)
    turn = np.radians(longitude - circle.longitude)
    way = np.degrees(np.arctan2(
        np.sin(turn) * np.cos(lats),
        np.cos(lat) * np.sin(lats) - np.sin(lat) * np.cos(lats) * np.cos(turn))) % 360
    return np.asarray((circle.between[0] <= way) & (way < circle.between[1]))


def _at(at: datetime, until: datetime, before: CycloneFix, after: CycloneFix,
        part: float) -> Iterator[Moment]:
    if at > until:
        return
    latitude = before.latitude + part * (after.latitude - before.latitude)
    longitude = before.longitude + part * _turn(after.longitude - before.longitude)
    ends = {area.wind.kt: area for area in after.areas}
    starts = {area.wind.kt: area for area in before.areas}
    for wind in sorted(starts.keys() | ends.keys()):
        one, other = starts.get(wind), ends.get(wind)
        if part in (0.0, 1.0):
            one = other = one if part == 0.0 else other
        if one is None or other is None or type(one.reach) is not type(other.reach):
            continue
        shape = (_shape(one) * (1 - part) + _shape(other) * part).tolist()
        if isinstance(one.reach, Lopsided):
            yield Moment(at, _circle(wind, latitude, longitude, *shape))
            continue
        for quarter, radius in enumerate(shape):
            yield Moment(at, WindCircle(wind, latitude, _turn(longitude), radius,
                                        (quarter * 90.0, quarter * 90.0 + 90.0)))


def _shape(area: WindArea) -> Floats:
    """What changes evenly, km: the offset east and north of the eye and the radius, or the
    quarters' radii clockwise from the north-east."""
    reach = area.reach
    if isinstance(reach, Quadrants):
        return np.array([reach.ne_km, reach.se_km, reach.sw_km, reach.nw_km])
    off = (reach.longest_km - reach.shortest_km) / 2 if reach.direction is not None else 0.0
    way = np.radians(reach.direction or 0.0)
    return np.array([off * np.sin(way), off * np.cos(way),
                     (reach.longest_km + reach.shortest_km) / 2])


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
