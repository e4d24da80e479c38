"""The intensity relations against calculated values and an ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from fenghuo.agreements.findings import Epicentre
from fenghuo.agreements.intensity import (
    allen_2012_rhypo,
    allen_2012_rrup,
    atkinson_wald_2007,
    distances_km,
    site_intensity,
    site_range,
    xiao_yu_2011_long,
)

TABLE = [  # M, epicentral km; Xiao & Yu 2011 long axis, and at 10 km depth Atkinson & Wald 2007,
    # Allen, Wald & Worden 2012 by rupture and by hypocentre
    (5.0, 30.0, 5.15, 4.99, 4.69, 4.38),
    (6.0, 30.0, 6.22, 6.49, 5.60, 5.79),
    (6.0, 120.0, 4.48, 4.98, 4.12, 4.00),
    (7.0, 60.0, 6.48, 7.24, 5.79, 6.30),
]


@pytest.mark.parametrize(("m", "d", "xiao_yu", "atkinson_wald", "rrup", "rhypo"), TABLE)
def test_each_relation_gives_the_tabled_values(
    m: float, d: float, xiao_yu: float, atkinson_wald: float, rrup: float, rhypo: float,
) -> None:
    away = np.hypot(d, 10.0)
    assert float(xiao_yu_2011_long(m, d)) == pytest.approx(xiao_yu, abs=0.01)
    assert float(atkinson_wald_2007(m, d)) == pytest.approx(atkinson_wald, abs=0.01)
    assert float(allen_2012_rrup(m, away)) == pytest.approx(rrup, abs=0.01)
    assert float(allen_2012_rhypo(m, away)) == pytest.approx(rhypo, abs=0.01)


@pytest.mark.parametrize(("m", "d", "xiao_yu", "atkinson_wald"), [row[:4] for row in TABLE])
def test_a_site_has_a_range_from_the_lower_to_the_larger_relation(
    m: float, d: float, xiao_yu: float, atkinson_wald: float,
) -> None:
    quake = Epicentre(m, 22.0, 112.0, 10.0)
    low, high = site_range(quake, [22.0 + np.degrees(d / 6371.0088), np.nan], [112.0, 112.0])
    assert [low[0], high[0]] == pytest.approx(sorted((xiao_yu, atkinson_wald)), abs=0.01)
    assert np.isnan(low[1]) and np.isnan(high[1])


def test_the_larger_relation_counts_at_each_site() -> None:
    quake = Epicentre(5.0, 22.0, 112.0, None)
    near = site_intensity(quake, [22.0 + np.degrees(30 / 6371.0088)], [112.0])
    assert near[0] == pytest.approx(float(xiao_yu_2011_long(5.0, 30.0)), abs=1e-6)
    quake = Epicentre(6.0, 22.0, 112.0, None)
    far = site_intensity(quake, [22.0 + np.degrees(120 / 6371.0088)], [112.0])
    assert far[0] == pytest.approx(float(atkinson_wald_2007(6.0, 120.0)), abs=1e-6)


def test_a_missing_depth_is_ten_kilometres_and_a_given_one_is_used() -> None:
    place = ([22.5], [112.3])
    absent = site_intensity(Epicentre(6.5, 22.0, 112.0, None), *place)
    ten = site_intensity(Epicentre(6.5, 22.0, 112.0, 10.0), *place)
    deep = site_intensity(Epicentre(6.5, 22.0, 112.0, 60.0), *place)
    assert absent == ten
    assert deep < ten


def test_impossible_positions_give_no_number_and_leave_their_neighbours_alone() -> None:
    quake = Epicentre(6.0, 22.0, 112.0, 10.0)
    found = site_intensity(quake, [22.1, np.nan, 22.1], [112.1, 112.1, np.nan])
    assert np.isfinite(found[0]) and np.isnan(found[1]) and np.isnan(found[2])


def test_great_circles_stay_within_six_thousandths_of_the_ellipsoid() -> None:
    random = np.random.default_rng(7)
    lat, lon = random.uniform(20, 26, 500), random.uniform(109, 118, 500)
    ours = distances_km(22.18, 112.3, lat, lon)
    _, _, metres = Geod(ellps="WGS84").inv(
        np.full(500, 112.3), np.full(500, 22.18), lon, lat)
    assert np.max(np.abs(ours / (metres / 1000) - 1)) < 0.006


def test_the_way_round_the_date_line_is_the_short_one() -> None:
    assert distances_km(0.0, 179.5, [0.0], [-179.5])[0] == pytest.approx(111.195, abs=0.01)
