"""Which sites lie in an area or a radius: vectorised over sites, exact at the border.

Sites are sorted once into a grid (kept for as long as an edition's contacts are); an area's
bounding box then is a few contiguous slices, and only points in grid cells that the area's
border crosses are tested one by one. A point on the border is inside. Refused: nothing; sites
without a possible position are never inside anything and are listed in ``lost``.
Areas are GeoJSON geometries in degrees, longitude first; an area that is no polygon reaches nobody.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from fenghuo.agreements.intensity import EARTH_KM, distances_km

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Geometries = NDArray[np.object_]

PER_CELL = 1.0
"""Sites in a cell on average: small cells leave few points to test at a border."""
MOST = 362
"""Cells along each side of the grid at most."""
PORTION = 4_000_000
"""Cells looked at together."""
MARGIN = 1e-6
"""Of a cell: how far from a border a cell counts as crossed."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Blocks of cells: first column and row, how many of each."""

    column: Ints
    row: Ints
    columns: Ints
    rows: Ints

    def of(self, part: Ints) -> Boxes:
        """Some of them."""
        return Boxes(self.column[part], self.row[part], self.columns[part], self.rows[part])


class SiteGrid:
    """Sites' positions (degrees WGS84) sorted by grid cell."""

    def __init__(self, longitude: ArrayLike, latitude: ArrayLike) -> None:
        lon = np.asarray(longitude, dtype=np.float64)
        lat = np.asarray(latitude, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            sound = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
        self.lost: Ints = np.flatnonzero(~sound)
        kept = np.flatnonzero(sound)
        x, y = lon[kept], lat[kept]
        self._west, self._south = (float(x.min()), float(y.min())) if len(kept) else (0.0, 0.0)
        width = (float(x.max()) - self._west) if len(kept) else 0.0
        height = (float(y.max()) - self._south) if len(kept) else 0.0
        self._side = int(np.clip(np.sqrt(len(kept) / PER_CELL), 1, MOST))
        self._dx = max(width / self._side, 1e-9)
        self._dy = max(height / self._side, 1e-9)
        cell = self._row(y) * self._side + self._column(x)
        order = np.argsort(cell, kind="stable")
        self.sites: Ints = kept[order]
        self.x, self.y = x[order], y[order]
        self._starts = np.searchsorted(cell[order], np.arange(self._side ** 2 + 1))

    def inside(self, areas: Geometries) -> tuple[Ints, Ints]:
        """Pairs (area, site), as positions, of every site in every area, borders included."""
        shapely.prepare(areas)
        boxes = self._boxes(areas)
        found = [self._inside(areas, boxes, part) for part in _portions(boxes)]
        empty = np.empty(0, dtype=np.int64)
        return (np.concatenate([empty, *(which for which, _ in found)]),
                np.concatenate([empty, *(sites for _, sites in found)]))

    def _boxes(self, areas: Geometries) -> Boxes:
        """The cells each area's bounding box covers; none for an area beside the grid."""
        west, south, east, north = np.nan_to_num(
            shapely.bounds(areas), nan=np.inf, posinf=np.inf, neginf=-np.inf).T
        apart = ((west > self._west + self._side * self._dx * (1 + 1e-9)) | (east < self._west)
                 | (south > self._south + self._side * self._dy * (1 + 1e-9))
                 | (north < self._south) | ~np.isfinite(west))
        column, row = self._column(west), self._row(south)
        columns, rows = self._column(east) - column + 1, self._row(north) - row + 1
        return Boxes(column, row, np.where(apart, 0, columns), np.where(apart, 0, rows))

    def _inside(self, areas: Geometries, boxes: Boxes, part: Ints) -> tuple[Ints, Ints]:
        """One portion of areas: whole cells where no border runs, single points where one does."""
        box = boxes.of(part)
        # each row of cells ends with one more that is no cell: where the border's marks end
        width = box.columns + 1
        size = width * box.rows
        offset = np.cumsum(size) - size
        crossed = self._crossed(areas[part], box, offset, width)
        which = np.repeat(np.arange(len(part)), size)
        place = np.arange(len(which)) - offset[which]
        row, column = np.divmod(place, width[which])
        real = column < box.columns[which]
        row += box.row[which]
        column += box.column[which]
        cell = np.where(real, row * self._side + column, 0)
        count = np.where(real, self._starts[cell + 1] - self._starts[cell], 0)
        # cells between two crossings lie on one side of the border: ask for the first of each run
        clear = real & ~crossed
        begins = clear & ~np.concatenate([[False], clear[:-1]])
        run = np.cumsum(begins) - 1
        first = np.flatnonzero(begins)
        within = shapely.intersects_xy(
            areas[part][which[first]], self._west + (column[first] + 0.5) * self._dx,
            self._south + (row[first] + 0.5) * self._dy)
        whole = np.flatnonzero(clear & (count > 0))
        whole = whole[within[run[whole]]] if len(first) else whole
        border = np.flatnonzero(crossed & (count > 0))
        sure, maybe = self._members(cell[whole]), self._members(cell[border])
        asked = np.repeat(which[border], count[border])
        hit = shapely.intersects_xy(areas[part][asked], self.x[maybe], self.y[maybe])
        return (part[np.concatenate([np.repeat(which[whole], count[whole]), asked[hit]])],
                self.sites[np.concatenate([sure, maybe[hit]])])

    def _crossed(self, areas: Geometries, box: Boxes, offset: Ints, width: Ints) -> Bools:
        """Which of the boxes' cells a border touches, with a margin against rounding."""
        which, x1, y1, x2, y2 = _edges(areas)
        u1, u2 = (x1 - self._west) / self._dx, (x2 - self._west) / self._dx
        v1, v2 = (y1 - self._south) / self._dy, (y2 - self._south) / self._dy
        low = np.maximum(_cell(np.minimum(v1, v2) - MARGIN), box.row[which])
        high = np.minimum(_cell(np.maximum(v1, v2) + MARGIN),
                          box.row[which] + box.rows[which] - 1)
        # an edge on the grid's far side belongs to its last cells, as the sites there do
        low = np.where(low == self._side, self._side - 1, low)
        spans = np.maximum(high - low + 1, 0)
        edge = np.repeat(np.arange(len(which)), spans)
        row = ranges(low, low + spans)
        area = which[edge]
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = (u2 - u1) / (v2 - v1)
        slope = np.where(np.isfinite(slope), slope, 0.0)[edge]
        flat = np.abs(v2 - v1)[edge] < MARGIN
        left, right = np.minimum(u1, u2)[edge], np.maximum(u1, u2)[edge]
        one = u1[edge] + (row - MARGIN - v1[edge]) * slope
        other = u1[edge] + (row + 1 + MARGIN - v1[edge]) * slope
        begin = np.where(flat, left, np.clip(np.minimum(one, other), left, right))
        end = np.where(flat, right, np.clip(np.maximum(one, other), left, right))
        last = box.column[area] + box.columns[area] - 1
        begin = np.maximum(_cell(begin - MARGIN), box.column[area])
        begin = np.where(begin == self._side, self._side - 1, begin)
        end = np.minimum(_cell(end + MARGIN), last)
        seen = begin <= end
        base = (offset[area] + (row - box.row[area]) * width[area] - box.column[area])[seen]
        total = int((width * box.rows).sum())
        marks = (np.bincount(base + begin[seen], minlength=total + 1)
                 - np.bincount(base + end[seen] + 1, minlength=total + 1))
        return np.asarray(np.cumsum(marks)[:total] > 0)

    def _members(self, cells: Ints) -> Ints:
        """Positions of the sites in these cells."""
        return ranges(self._starts[cells], self._starts[cells + 1])

    def within(self, latitude: float, longitude: float, km: float) -> Ints:
        """Sites at most ``km`` from a point, great circle."""
        if not (np.isfinite(latitude) and np.isfinite(longitude) and km >= 0):
            return np.empty(0, dtype=np.int64)
        reach = np.degrees(km / EARTH_KM) * 1.000001 + 1e-9
        far = abs(latitude) + reach
        # near a pole or the date line a box in degrees is no help
        wide = (np.degrees(np.arcsin(min(1.0, np.sin(np.radians(reach))
                                         / np.cos(np.radians(latitude)))))
                if far < 89 and reach < 89 else 360.0)
        if abs(longitude) + wide > 180:
            near = np.arange(len(self.sites))
        else:
            near = self._slices(longitude - wide, latitude - reach,
                                longitude + wide, latitude + reach)
        away = distances_km(latitude, longitude, self.y[near], self.x[near])
        return np.asarray(self.sites[near[away <= km]])

    def _slices(self, west: float, south: float, east: float, north: float) -> Ints:
        """Positions of the sites in the cells a box touches."""
        columns = self._column(np.array([west, east]))
        low, high = self._row(np.array([south, north]))
        rows = np.arange(low, high + 1) * self._side
        return ranges(self._starts[rows + columns[0]], self._starts[rows + columns[1] + 1])

    def _column(self, x: Floats) -> Ints:
        return np.clip((x - self._west) / self._dx, 0, self._side - 1).astype(np.int64)

    def _row(self, y: Floats) -> Ints:
        return np.clip((y - self._south) / self._dy, 0, self._side - 1).astype(np.int64)


def _portions(boxes: Boxes) -> list[Ints]:
    """Areas in portions of a bounded number of cells, so that memory stays bounded too."""
    some = np.flatnonzero(boxes.rows)
    total = np.cumsum(boxes.rows[some] * (boxes.columns[some] + 1)) // PORTION
    return np.split(some, np.flatnonzero(np.diff(total)) + 1) if len(some) else []


def _edges(areas: Geometries) -> tuple[Ints, Floats, Floats, Floats, Floats]:
    """Every border edge of every area: area, x1, y1, x2, y2; holes and parts included."""
    parts, area = shapely.get_parts(areas, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring[1:] == ring[:-1])
    (x1, y1), (x2, y2) = points[first].T, points[first + 1].T
    return area[part[ring[first]]], x1, y1, x2, y2


def _cell(place: Floats) -> Ints:
    """The cell number of a place in units of cells, kept in the range of integers."""
    return np.floor(np.clip(place, -1e9, 1e9)).astype(np.int64)


def ranges(first: Ints, after: Ints) -> Ints:
    """first[0]..after[0]-1, first[1]..after[1]-1 … as one array."""
    lengths = after - first
    if len(lengths) == 1:
        return np.arange(first[0], after[0])
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(ends[-1] if len(ends) else 0)
                      + np.repeat(first - ends + lengths, lengths))


def polygons(areas: Sequence[dict[str, Any]]) -> Geometries:
    """GeoJSON geometries as sound polygons; what is no area becomes an empty one."""
    read = shapely.from_geojson([json.dumps(area) for area in areas], on_invalid="ignore")
    shapes = np.empty(len(areas), dtype=object)
    shapes[:] = [shapely.Polygon() if shape is None else shape for shape in read]
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad])
    parts, which = shapely.get_parts(shapes, return_index=True)
    solid = np.isin(shapely.get_type_id(parts), (3, 6))
    shapes[np.setdiff1d(np.arange(len(shapes)), which[solid])] = shapely.Polygon()
    mixed = np.unique(which[~solid & np.isin(which, which[solid])])
    for index in mixed:  # a polygon that touched itself: its bare lines are no area
        shapes[index] = shapely.union_all(parts[(which == index) & solid])
    return shapes
