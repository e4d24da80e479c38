"""Areas of GeoJSON: what is sound stays as it stands, what is not is mended or refused alone."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from fenghuo.feeds.formats.geojson_area import Areas
from fenghuo.words import Refused

from .samples.metno_alerts import CONFIG

SQUARE = [[5.0, 60.0], [6.0, 60.0], [6.0, 61.0], [5.0, 61.0], [5.0, 60.0]]
NEXT = [[lon + 0.5, lat] for lon, lat in SQUARE]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def several(*rings):
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


BAD = {
    "a bow tie": polygon([[5, 60], [6, 61], [6, 60], [5, 61], [5, 60]]),
    "another form": {"type": "Point", "coordinates": [5, 60]}, "no object": 7, "empty": polygon(),
    "off the globe": polygon([[5, 91], *SQUARE[1:4], [5, 91]]), "words": polygon("abc"),
    "a number that is a text": polygon([["x", 60.0], *SQUARE[1:]]), "a line": polygon(SQUARE[:2]),
    "of no width": polygon([[5, 60], [6, 61], [5, 60], [5, 60]])}
ODD = {
    "open": (polygon(SQUARE[:-1]), 1.0), "three numbers": (polygon(
        [[*point, 10.0] for point in SQUARE]), 1.0),
    "with a hole": (polygon(SQUARE, [[5.2, 60.2], [5.4, 60.2], [5.4, 60.4], [5.2, 60.4],
                                     [5.2, 60.2]]), 0.96),
    "with nothing but a hole": (polygon(SQUARE, SQUARE), 1.0),
    "up to the antimeridian": (polygon([[71.0, 1.0], [180.0, 0.0], [0.0, 0.0], [-110.0, 0.0],
                                        [71.0, 1.0]]), 325.0),
    "over the antimeridian": (polygon([[179.5, 60], [-179.5, 60], [-179.5, 61], [179.5, 61],
                                       [179.5, 60]]), 1.0),
    "overlapping": (several(SQUARE, NEXT), 1.5)}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_area_is_refused_and_its_neighbours_stay_as_they_are(configured, name):
    good, bad = polygon(SQUARE), BAD[name]
    areas = Areas(configured("usgs"), [good, bad, None])
    assert areas.of(good) == good and areas.of(None) is None
    with pytest.raises(Refused, match="geometry"):
        areas.of(bad)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_area_is_mended(configured, name):
    geometry, size = ODD[name]
    found = shapely.geometry.shape(Areas(configured("usgs"), [geometry]).of(geometry))
    assert found.is_valid and found.area == pytest.approx(size)
    assert {len(point) for point in shapely.get_coordinates(found, include_z=False)} == {2}


def test_an_area_outside_the_service_area_is_refused(configured):
    square = polygon(SQUARE)
    with pytest.raises(Refused, match="service area"):
        Areas(configured("gd_seismic"), [square]).of(square)


RINGS = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list), min_size=3,
                 max_size=7).map(lambda ring: [*ring, ring[0]])


@given(rings=st.lists(st.lists(RINGS, min_size=1, max_size=3), min_size=1, max_size=4))
@example(rings=[[[[1.0, 1.0], [0.0, 0.0], [0.0, 1.5e-183], [1.0, 1.0]]]])
def test_looked_at_together_or_alone_they_are_the_same(rings):
    geometries = [several(*some) if len(some) > 1 else polygon(*some) for some in rings]
    together, alone = Areas(CONFIG, geometries), Areas(CONFIG, [])
    for geometry in geometries:
        try:
            expected = alone.of(geometry)
        except Refused:
            with pytest.raises(Refused):
                together.of(geometry)
        else:
            assert together.of(geometry) == expected
