"""Areas of an alert as one GeoJSON geometry, lon lat, from CAP's lat,lon pairs.

CAP 1.2 section 3.2.4: a polygon is blank-separated ``lat,lon`` pairs, a circle ``lat,lon km``.
Refused: plain decimals missing (NaN, 3e1), points off the globe or outside the service area, a
ring of fewer than three places, a bow tie, a circle of no or implausible radius.
A ring left open is closed; one over the antimeridian is cut at ±180. GDACS leaves the brackets of
WKT in the text of an area with holes (``8.7),-68.1 8.8,(-68.2 …``): what stands behind the first
ring are its holes, which are filled, so that nobody is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Annotated, Any, NamedTuple

import numpy as np
import shapely
from msgspec import Meta, ValidationError, convert
from pyproj import Geod
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from fenghuo.feeds.entry_parts import Box
from fenghuo.feeds.shapes import Latitude, Longitude
from fenghuo.words import Refusal, Refused

MOST_VERTICES = 200_000
MOST_KM = 1000.0
"""A circle beyond this was meant in metres."""

_PAIR = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?,[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_PAIRS = re.compile(f"{_PAIR.pattern}(?: {_PAIR.pattern})*+")
_RADIUS = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,20})?")
_GEOD = Geod(ellps="WGS84")
_SIDES = 72
_SOUND = 0.99


Drawn = str | list[Any]
"""A ring as CAP writes it, or a list of [lat, lon] as JSON says them."""


class Part(NamedTuple):
    """One ``<area>``: its polygons, circles and the polygons left out of it (DWD)."""

    polygons: Sequence[Drawn]
    circles: Sequence[str]
    holes: Sequence[Drawn]


_Pairs = Annotated[list[tuple[Latitude, Longitude]], Meta(min_length=1)]


def area_of(source: str, name: str, parts: list[Part],
            service: Box | None) -> dict[str, Any] | None:
    """The union of an alert's areas, None where it has no shape. Raises Refused.

    ``name`` is the alert's identifier: where a refusal says it stands. A hole is cut out of its
    own area, which another may fill; not where it would leave nothing.
    """
    shapes: list[BaseGeometry] = []
    for number, part in enumerate(parts):
        place = f"{name}.area" if len(parts) == 1 else f"{name}.area[{number}]"
        mine = [_polygon(source, f"{place}.polygon[{index}]", text, service)
                for index, text in enumerate(part.polygons)]
        mine += [_circle(source, f"{place}.circle[{index}]", text, service)
                 for index, text in enumerate(part.circles)]
        if mine and part.holes:
            whole = shapely.union_all(mine)
            left = whole.difference(shapely.union_all([
                _polygon(source, f"{place}.EXCLUDE_POLYGON[{index}]", text, service)
                for index, text in enumerate(part.holes)]))
            mine = [left if left.area > 0 else whole]
        shapes += mine
    if not shapes:
        return None
    return mapping(shapes[0] if len(shapes) == 1 else shapely.union_all(shapes))


def union(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    """Two geometries as one; one that is None adds nothing."""
    if one is None or other is None or one == other:
        return one or other
    return mapping(shapely.union_all([shapely.geometry.shape(one), shapely.geometry.shape(other)]))


def mapping(whole: BaseGeometry) -> dict[str, Any]:
    """A Polygon or MultiPolygon as GeoJSON."""
    kind = whole.geom_type
    alone: list[Any] = [whole] if kind == "Polygon" else list(shapely.get_parts(whole))
    parts = [[shapely.get_coordinates(ring).tolist() for ring in (part.exterior, *part.interiors)]
             for part in alone]
    return {"type": kind, "coordinates": parts[0] if kind == "Polygon" else parts}


def _polygon(source: str, place: str, said: Drawn, service: Box | None) -> BaseGeometry:
    pairs = said.split() if isinstance(said, str) else said
    if len(pairs) > MOST_VERTICES:
        raise Refused([Refusal(source, place, f"{len(pairs)} points",
                               f"at most {MOST_VERTICES}")])
    points = _points(source, place, _outer(pairs)) if isinstance(said, str) else \
        _listed(source, place, said)
    return ring(source, place, inside(source, place, points, service))


def _outer(words: list[str]) -> list[str]:
    """The first ring of an area with holes as GDACS writes it, any other as it is."""
    end = next((index for index, word in enumerate(words) if ")" in word), None)
    if end is not None and words[end].replace("),", ",") == words[0]:
        return [*words[:end], words[0]]
    return words


def ring(source: str, place: str, points: np.ndarray) -> BaseGeometry:
    """The area within (n, 2) of lon, lat in degrees, cut at ±180. Raises Refused."""
    if (points[0] != points[-1]).any():
        points = np.vstack([points, points[:1]])
    if len(points) < 4:
        raise Refused([Refusal(source, place, f"{len(points)} points with the closing one",
                               "at least 4 lat,lon pairs, the last as the first")])
    ring = shapely.Polygon(_unwrapped(points))
    whole = _repaired(ring)
    if whole is None:
        raise Refused([Refusal(source, place, shapely.is_valid_reason(ring)[:120],
                               "a ring that does not cross itself")])
    return _cut(whole)


def _repaired(ring: shapely.Polygon) -> BaseGeometry | None:
    """The ring as a valid area, None where it is none.

    Bureaus publish borders with knots of a few metres; those are undone outwards. A bow tie
    loses much of its area by crossing itself (``ring.area`` is signed) and is not repaired.
    """
    if ring.is_valid:
        return ring if ring.area > 0 else None
    whole = shapely.make_valid(ring, method="structure", keep_collapsed=False)
    sound = whole.area > 0 and abs(ring.area) >= _SOUND * whole.area
    return whole if sound else None


def _circle(source: str, place: str, text: str, service: Box | None) -> BaseGeometry:
    words = text.split()
    if len(words) != 2 or not _RADIUS.fullmatch(words[1]):
        raise Refused([Refusal(source, place, repr(text[:80]), "lat,lon radius in km")])
    (longitude, latitude), = inside(source, place, _points(source, place, words[:1]), service)
    radius = float(words[1])
    if not 0 < radius <= MOST_KM:
        raise Refused([Refusal(source, place, f"a radius of {words[1]}",
                               f"kilometres above 0, at most {MOST_KM:.0f}")])
    # drawn outside the circle, so that nobody within the radius is left out
    around = np.full(_SIDES, radius * 1000 / np.cos(np.pi / _SIDES))
    angles = np.linspace(0, 360, _SIDES, endpoint=False)
    lon, lat, _ = _GEOD.fwd(np.full(_SIDES, longitude), np.full(_SIDES, latitude), angles, around)
    ring = np.column_stack([lon, lat])
    return _cut(shapely.Polygon(_unwrapped(np.vstack([ring, ring[:1]]))))


def _points(source: str, place: str, words: list[str]) -> np.ndarray:
    """(n, 2) of lon, lat in degrees."""
    text = " ".join(words)
    if not _PAIRS.fullmatch(text):
        odd = next((word for word in words if not _PAIR.fullmatch(word)), "")
        raise Refused([Refusal(source, place, repr(odd[:80]) if odd else "nothing",
                               "lat,lon pairs in plain decimals")])
    return np.fromstring(text.replace(" ", ","), sep=",").reshape(-1, 2)[:, ::-1]


def _listed(source: str, place: str, pairs: list[Any]) -> np.ndarray:
    """(n, 2) of lon, lat in degrees, from [lat, lon] of numbers or texts."""
    try:
        read = convert(pairs, _Pairs, strict=False)
    except ValidationError as error:
        raise Refused([Refusal(source, place, str(error)[:120],
                               "[latitude, longitude] in plain decimals")]) from None
    flat = np.fromiter(chain.from_iterable(read), np.float64, 2 * len(read))
    return flat.reshape(-1, 2)[:, ::-1]


def inside(source: str, place: str, points: np.ndarray, service: Box | None) -> np.ndarray:
    """The points, (n, 2) of lon, lat. Raises Refused for one off the globe or the service area."""
    outside = (np.abs(points[:, 0]) > 180) | (np.abs(points[:, 1]) > 90)
    expected = "latitude within 90, longitude within 180 (lat first)"
    if not outside.any() and service is not None:
        outside = ((points[:, 0] < service.west) | (points[:, 0] > service.east)
                   | (points[:, 1] < service.south) | (points[:, 1] > service.north))
        expected = "a point in the service area (lat first)"
    if outside.any():
        longitude, latitude = points[int(outside.argmax())]
        raise Refused([Refusal(source, place, f"{latitude:g},{longitude:g}", expected)])
    return points


def _unwrapped(points: np.ndarray) -> np.ndarray:
    """Longitudes made continuous, so that a step over ±180 is short and not round the world."""
    if np.ptp(points[:, 0]) <= 180:
        return points
    return np.column_stack([np.unwrap(points[:, 0], period=360), points[:, 1]])


def _cut(ring: BaseGeometry) -> BaseGeometry:
    west, _, east, _ = ring.bounds
    if -180 <= west and east <= 180:
        return ring
    parts = []
    for turn in (-360, 0, 360):
        half = ring.intersection(shapely.box(-180 + turn, -90, 180 + turn, 90))
        # one that only touches ±180 leaves a point or a line there
        parts += [affinity.translate(part, xoff=-turn) for part in shapely.get_parts(half)
                  if part.geom_type == "Polygon"]
    return shapely.union_all(parts)
