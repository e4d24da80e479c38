"""How long it takes to say who is reached: intensity, small polygons, counties.

The joins are measured against ``geopandas.sjoin`` on the same points and polygons, alternately;
both have their sites ready (a GeoDataFrame there, the grid here, which an edition's contacts keep).
What making the grid costs is told beside it, and the ratio with it included.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from bench.figures import Figure, in_turn, timed
from fenghuo.agreements.findings import Epicentre, Finding, Reach, Step
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.exposure.geometry import SiteGrid, polygons
from fenghuo.words import Hazard, Holds, Level, RuleKind

COUNTIES = Path("admin/guangdong-counties.geojson")
WEST, EAST, SOUTH, NORTH = 109.6, 117.4, 20.2, 25.5


def figures() -> Iterator[Figure]:
    """The figures of this page."""
    yield quake(10_000)
    yield from joined("1,000,000 sites x 1,000 warning polygons", 1_000_000, stars(1_000), 5.0)
    yield from joined("100,000 sites x 200 warning polygons", 100_000, stars(200), 3.0)
    areas, whose = counties()
    yield from joined(f"1,000,000 sites x {len(areas)} {whose}", 1_000_000, areas, 2.0)


def quake(count: int) -> Figure:
    """Exposure and tiers of one earthquake over every site."""
    contacts = contacts_of(count)
    at = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    finding = Finding(
        "seismic", "seismic/quake", RuleKind.event, Hazard.earthquake, "incident:1", Holds.true,
        at, at, "intensity", "度", Reach(epicentre=Epicentre(6.8, 22.2, 112.3, 10.0)),
        steps=(Step(Level.yellow, 5.0), Step(Level.orange, 6.0), Step(Level.red, 7.0)),
        stricter={"tailings-pond": 1, "mine": 1})
    found = expose([finding], contacts)
    return Figure(f"{count:,} sites x 1 quake, exposure and tiers",
                  timed(lambda: expose([finding], contacts), 9), "s", 0.2,
                  f"{len(found):,} sites reached")


def contacts_of(count: int) -> Contacts:
    """Sites spread over the province."""
    random = np.random.default_rng(3)
    lon, lat = points(count)
    sites = pd.DataFrame({
        "site": [f"S{row}" for row in range(count)], "longitude": lon, "latitude": lat,
        "industry": random.choice(["mine", "chemical", "construction"], count),
        "tags": random.choice(["", "tailings-pond", "underground"], count), "station": "",
        "district": "440785001000", "county": "440785000000", "stage": np.nan})
    return Contacts(sites, pd.DataFrame(), pd.DataFrame(), {})


def joined(name: str, count: int, areas: Any, limit: float) -> Iterator[Figure]:
    """Sites in areas: ours against sjoin, with equal answers."""
    lon, lat = points(count)
    grid = SiteGrid(lon, lat)
    sites = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat), crs=4326)
    shapes = geopandas.GeoDataFrame(geometry=list(areas), crs=4326)
    _, mine = grid.inside(areas)
    theirs = geopandas.sjoin(sites, shapes, predicate="intersects")
    if len(mine) != len(theirs):
        raise AssertionError(f"{name}: {len(mine)} pairs here, {len(theirs)} by sjoin")
    times = 3 if count > 500_000 else 7
    # areas are new each time: nothing prepared by an earlier run may help
    raw = shapely.to_wkb(areas)
    fast, slow = in_turn(
        lambda: grid.inside(shapely.from_wkb(raw)),
        lambda: geopandas.sjoin(sites, shapes.set_geometry(shapely.from_wkb(raw), crs=4326),
                                predicate="intersects"), times)
    made = timed(lambda: SiteGrid(lon, lat), 3)
    yield Figure(name, slow / fast, "x", limit,
                 f"{fast:.3f} s, sjoin {slow:.3f} s, {len(mine):,} pairs")
    yield Figure("  … with the grid made anew", slow / (fast + made), "x", None,
                 f"grid {made:.3f} s, once an edition")


def points(count: int) -> tuple[Any, Any]:
    """Sites' longitudes and latitudes over the province."""
    random = np.random.default_rng(1)
    return random.uniform(WEST, EAST, count), random.uniform(SOUTH, NORTH, count)


def stars(count: int, vertices: int = 60) -> Any:
    """Ragged polygons of a storm's size: radii of 2 to 17 km."""
    return _ragged(count, vertices, 0.02, 0.15)


def counties() -> tuple[Any, str]:
    """The province's counties where the recorded ones are there, else ragged ones like them."""
    folder = Path(os.environ.get("FENGHUO_RECORDED", Path(__file__).parents[2] / "shared/feeds"))
    if (folder / COUNTIES).exists():
        read = json.loads((folder / COUNTIES).read_bytes())
        return polygons([each["geometry"] for each in read["features"]]), "counties"
    return _ragged(123, 2000, 0.2, 0.35), "invented counties"


def _ragged(count: int, vertices: int, least: float, most: float) -> Any:
    random = np.random.default_rng(2)
    x, y = random.uniform(WEST, EAST, (count, 1)), random.uniform(SOUTH, NORTH, (count, 1))
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = random.uniform(least, most, (count, 1)) * random.uniform(0.7, 1.0, (count, vertices))
    return np.asarray(shapely.polygons(np.stack(
        [x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=-1)), dtype=object)
