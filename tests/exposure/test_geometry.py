"""Sites in areas and radii against shapely's own covers, point by point."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fenghuo.agreements.intensity import distances_km
from fenghuo.exposure.geometry import SiteGrid, polygons

RANDOM = np.random.default_rng(11)


def star(centre: tuple[float, float], vertices: int, size: float) -> Any:
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radii = size * RANDOM.uniform(0.3, 1.0, vertices)
    return shapely.Polygon(np.column_stack(
        [centre[0] + radii * np.cos(angles), centre[1] + radii * np.sin(angles)]))


def by_hand(areas: Any, lon: Any, lat: Any) -> set[tuple[int, int]]:
    points = shapely.points(lon, lat)
    return {(area, int(site)) for area, shape in enumerate(areas)
            for site in np.flatnonzero(shapely.covers(shape, points))}


def pairs(grid: SiteGrid, areas: Any) -> list[tuple[int, int]]:
    which, sites = grid.inside(np.array(areas, dtype=object))
    return sorted(zip(which.tolist(), sites.tolist(), strict=True))


POINT = st.tuples(st.integers(0, 12), st.integers(0, 12))


@settings(max_examples=200, deadline=None)
@given(sites=st.lists(POINT, min_size=1, max_size=40),
       rings=st.lists(st.lists(POINT, min_size=3, max_size=8), min_size=1, max_size=4))
def test_lattice_points_on_corners_and_borders_agree_with_covers(
    sites: list[tuple[int, int]], rings: list[list[tuple[int, int]]],
) -> None:
    areas = polygons([{"type": "Polygon", "coordinates": [[*ring, ring[0]]]} for ring in rings])
    lon, lat = np.array(sites, dtype=float).T
    assert pairs(SiteGrid(lon, lat), areas) == sorted(by_hand(areas, lon, lat))


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 400), vertices=st.integers(3, 120), size=st.floats(0.001, 6),
       x=st.floats(109, 119), y=st.floats(19, 27))
def test_ragged_areas_of_any_size_agree_with_covers(
    count: int, vertices: int, size: float, x: float, y: float,
) -> None:
    lon, lat = RANDOM.uniform(110, 118, count), RANDOM.uniform(20, 26, count)
    areas = [star((x, y), vertices, size), star((y * 5, x / 5), vertices, size / 3)]
    assert pairs(SiteGrid(lon, lat), areas) == sorted(by_hand(areas, lon, lat))


def test_holes_and_separate_parts_are_respected() -> None:
    lon, lat = RANDOM.uniform(0, 10, 3000), RANDOM.uniform(0, 10, 3000)
    ring = shapely.Point(5, 5).buffer(4).difference(shapely.Point(5, 5).buffer(2))
    areas = [shapely.union_all([ring, shapely.box(9.2, 9.2, 9.9, 9.9)])]
    found = pairs(SiteGrid(lon, lat), areas)
    assert 500 < len(found) == len(by_hand(areas, lon, lat))
    assert found == sorted(by_hand(areas, lon, lat))


@settings(max_examples=100, deadline=None)
@given(count=st.integers(1, 300), km=st.floats(0, 900), lat=st.floats(-89.9, 89.9),
       lon=st.floats(-180, 180))
def test_a_radius_reaches_exactly_the_sites_within_it(
    count: int, km: float, lat: float, lon: float,
) -> None:
    x = (lon + RANDOM.uniform(-8, 8, count) + 180) % 360 - 180
    y = np.clip(lat + RANDOM.uniform(-8, 8, count), -90, 90)
    found = SiteGrid(x, y).within(lat, lon, km)
    assert sorted(found) == np.flatnonzero(distances_km(lat, lon, y, x) <= km).tolist()


def test_impossible_positions_are_listed_and_never_inside() -> None:
    lon = np.array([112.0, np.nan, 512.0, 112.0, np.inf])
    lat = np.array([22.0, 22.0, 22.0, -91.0, 22.0])
    grid = SiteGrid(lon, lat)
    assert grid.lost.tolist() == [1, 2, 3, 4]
    assert pairs(grid, [shapely.box(-180, -90, 180, 90)]) == [(0, 0)]
    assert grid.within(22.0, 112.0, 30000.0).tolist() == [0]
    assert grid.within(float("nan"), 112.0, 10.0).tolist() == []


def test_what_is_no_area_reaches_nobody_and_its_neighbours_are_unaffected() -> None:
    areas = polygons([
        {"type": "Point", "coordinates": [1, 1]},
        {"type": "LineString", "coordinates": [[0, 0], [2, 2]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Nonsense"},
        {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
    ])
    assert pairs(SiteGrid([1.0, 1.5], [1.0, 1.2]), areas) == [(4, 0), (4, 1)]


def test_an_empty_list_of_sites_or_areas_is_no_error() -> None:
    assert pairs(SiteGrid([], []), [shapely.box(0, 0, 1, 1)]) == []
    assert pairs(SiteGrid([0.5], [0.5]), []) == []
