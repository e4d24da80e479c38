"""Areas of GeoJSON (RFC 7946: lon, lat in degrees WGS84), made sound.

Most are sound as they stand. Those of a payload are looked at together, which takes a twentieth of
the time; one that is not sound (all, where one has another form) is then read by itself, and mended
or refused there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import shapely
from msgspec import Struct, ValidationError, convert

from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Box
from fenghuo.feeds.formats.cap_area import MOST_VERTICES, inside, mapping, ring
from fenghuo.feeds.shapes import Latitude, Longitude
from fenghuo.words import Refusal, Refused

_Rings = list[list[tuple[Longitude, Latitude]]]


class _Polygon(Struct, tag_field="type", tag="Polygon"):
    coordinates: _Rings

    @property
    def parts(self) -> list[_Rings]:
        return [self.coordinates]


class _MultiPolygon(Struct, tag_field="type", tag="MultiPolygon"):
    coordinates: list[_Rings]

    @property
    def parts(self) -> list[_Rings]:
        return self.coordinates


class _Areas(Struct):
    areas: list[_Polygon | _MultiPolygon | None]


class Areas:
    """The areas of one payload's geometries."""

    def __init__(self, config: FeedConfig, geometries: Iterable[Any]) -> None:
        self._config, self._all = config, list(geometries)
        # by identity: they live as long as this list does
        self._sound = {id(self._all[index]): area
                       for index, area in _sound(self._all, config.area)}

    def of(self, geometry: Any) -> dict[str, Any] | None:
        """A Polygon or MultiPolygon made sound, None for null. Raises Refused."""
        if geometry is None:
            return None
        return self._sound.get(id(geometry)) or _mended(self._config, geometry)


def _sound(geometries: list[Any], service: Box | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Those that need no mending, by where they stand: without holes, in two dimensions, closed,
    not crossing themselves, not over ±180, in the service area."""
    try:
        areas = convert({"areas": geometries}, _Areas).areas
    except ValidationError:
        return
    drawn = [(index, rings[0]) for index, area in enumerate(areas) if area is not None
             for parts in (area.parts,)
             if all([len(rings) == 1 and len(rings[0]) >= 4 for rings in parts])
             for rings in parts]
    sizes = np.array([len(ring) for _, ring in drawn], np.intp)
    if not 0 < sizes.sum() <= MOST_VERTICES:
        return
    points = np.fromiter(chain.from_iterable(chain.from_iterable(
        ring for _, ring in drawn)), np.float64, 2 * int(sizes.sum())).reshape(-1, 2)
    first = np.cumsum(sizes) - sizes
    least, most = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    good = (points[first] == points[first + sizes - 1]).all(axis=1) & (
        most[:, 0] - least[:, 0] <= 180)
    if service is not None:
        good &= (least >= (service.west, service.south)).all(axis=1)
        good &= (most <= (service.east, service.north)).all(axis=1)
    shapes = np.asarray(shapely.polygons(shapely.linearrings(
        points, indices=np.repeat(np.arange(len(sizes)), sizes))))
    good &= shapely.is_valid(shapes) & (shapely.area(shapes) > 0)
    owners = [index for index, _ in drawn]
    unsound = {owners[at] for at in np.flatnonzero(~good)}
    for index, count in Counter(owners).items():
        if index in unsound:
            continue
        if count == 1:
            yield index, {key: geometries[index][key] for key in ("type", "coordinates")}
        else:
            at = bisect_left(owners, index)
            yield index, mapping(shapely.union_all(shapes[at:at + count]))


def _mended(config: FeedConfig, geometry: Any) -> dict[str, Any]:
    source = config.name
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise Refused([Refusal(source, "geometry.type", repr(kind)[:80],
                               "a Polygon, a MultiPolygon or null")])
    parts = geometry.get("coordinates")
    parts = [parts] if kind == "Polygon" else parts
    if not isinstance(parts, list) or not parts:
        raise Refused([Refusal(source, "geometry.coordinates", repr(parts)[:80], "rings")])
    shapes = []
    for index, rings in enumerate(parts):
        where = f"geometry.coordinates[{index}]"
        if not isinstance(rings, list) or not rings:
            raise Refused([Refusal(source, where, repr(rings)[:80], "rings")])
        outer, *holes = [ring(source, where, inside(
            source, where, _numbers(source, where, each), config.area)) for each in rings]
        left = outer.difference(shapely.union_all(holes)) if holes else outer
        shapes.append(left if left.area > 0 else outer)
    return mapping(shapes[0] if len(shapes) == 1 else shapely.union_all(shapes))


def _numbers(source: str, place: str, ring: Any) -> np.ndarray:
    """(n, 2) of lon, lat in degrees, from a ring."""
    try:
        points = np.array([[float(lon), float(lat)] for lon, lat, *_ in ring])
    except (TypeError, ValueError):
        points = np.empty((0, 2))
    if not 0 < len(points) <= MOST_VERTICES or not np.isfinite(points).all():
        raise Refused([Refusal(source, place, repr(ring)[:80], "a ring of [longitude, latitude]")])
    return points
