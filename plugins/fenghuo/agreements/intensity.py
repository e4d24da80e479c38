"""Seismic intensity at a site from magnitude and distance.

Two relations give a range for South China's stable crust and the larger counts: Xiao & Yu 2011
for the moderate-seismicity zone of GB 18306-2015, long axis (a cautious circle, because a first
solution has no strike), and Atkinson & Wald 2007 for stable crust. Both are coded with log10 and
held by tests to calculated values. Intensities are never rounded before they are compared.
Allen, Wald & Worden 2012, for active crust, stands beside them for comparison and decides nothing.

Distances are great circles on the mean sphere (6371.0088 km): one numpy expression that a person
can check by hand, within 0.6 % of the WGS84 ellipsoid. At worst that is 0.01 of an intensity,
where the relations' own scatter is 0.4 to 0.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fenghuo.agreements.findings import Epicentre

Floats = NDArray[np.float64]

EARTH_KM = 6371.0088
"""Mean radius (IUGG R1)."""
DEPTH_KM = 10.0
"""Assumed where a source gives no depth: the usual depth of the region's quakes."""


def distances_km(latitude: ArrayLike, longitude: ArrayLike, to_latitude: ArrayLike,
                 to_longitude: ArrayLike) -> Floats:
    """Great-circle distances in km from points to others (degrees WGS84), by haversine; the
    arrays are broadcast: one point to many, or a column of points to a row of others."""
    lat = np.radians(np.asarray(latitude, dtype=np.float64))
    lon = np.radians(np.asarray(longitude, dtype=np.float64))
    lats = np.radians(np.asarray(to_latitude, dtype=np.float64))
    lons = np.radians(np.asarray(to_longitude, dtype=np.float64))
    half = (np.sin((lats - lat) / 2) ** 2
            + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2)
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def xiao_yu_2011_long(m: ArrayLike, r: ArrayLike) -> Floats:
    """Long-axis intensity, moderate-seismicity zone; ``r`` is the epicentral distance in km."""
    return np.asarray(5.8410 + 1.0710 * np.asarray(m)
                      - 3.6570 * np.log10(np.asarray(r, dtype=np.float64) + 15.0))


def atkinson_wald_2007(m: ArrayLike, d: ArrayLike, h: ArrayLike = DEPTH_KM) -> Floats:
    """Stable-crust intensity (CEUS); epicentral distance ``d`` and depth ``h`` in km.

    D = sqrt(d² + h²) is the hypocentral distance, R = sqrt(D² + 17²) the relation's own.
    """
    magnitude = np.asarray(m, dtype=np.float64)
    squared = np.asarray(d, dtype=np.float64) ** 2 + np.asarray(h, dtype=np.float64) ** 2
    r = np.sqrt(squared + 17.0 ** 2)
    lg = np.log10(r)
    beyond = np.maximum(0.0, np.log10(r / 80.0))
    return np.asarray(11.72 + 2.36 * (magnitude - 6) + 0.1155 * (magnitude - 6) ** 2
                      - 0.44 * lg - 0.002044 * r + 2.31 * beyond - 0.479 * magnitude * lg)


def allen_2012_rrup(m: ArrayLike, r: ArrayLike) -> Floats:
    """Active-crust intensity (Allen, Wald & Worden 2012); ``r`` km to the rupture."""
    magnitude = np.asarray(m, dtype=np.float64)
    reach = 1.0 + 0.813 * np.exp(magnitude - 5.0)
    return np.asarray(3.950 + 0.913 * magnitude
                      - 1.107 * np.log(np.hypot(np.asarray(r, dtype=np.float64), reach)))


def allen_2012_rhypo(m: ArrayLike, r: ArrayLike) -> Floats:
    """The same for a source known as a point; ``r`` km to the hypocentre."""
    magnitude, away = np.asarray(m, dtype=np.float64), np.asarray(r, dtype=np.float64)
    reach = -0.209 + 2.042 * np.exp(magnitude - 5.0)
    beyond = np.log(np.maximum(away, 50.0) / 50.0)
    return np.asarray(2.085 + 1.428 * magnitude
                      - 1.402 * np.log(np.hypot(away, reach)) + 0.078 * beyond)


def site_range(epicentre: Epicentre, latitude: ArrayLike,
               longitude: ArrayLike) -> tuple[Floats, Floats]:
    """Intensity at each site (degrees WGS84) by the two relations: the lower and the larger.

    NaN in both where the site's position, or the solution itself, is no number.
    """
    depth = epicentre.depth_km
    if depth is None or not np.isfinite(depth):
        depth = DEPTH_KM
    away = distances_km(epicentre.latitude, epicentre.longitude, latitude, longitude)
    m = epicentre.magnitude
    two = xiao_yu_2011_long(m, away), atkinson_wald_2007(m, away, max(depth, 0.0))
    return np.asarray(np.minimum(*two)), np.asarray(np.maximum(*two))


def site_intensity(epicentre: Epicentre, latitude: ArrayLike, longitude: ArrayLike) -> Floats:
    """The intensity that counts at each site: the larger of its range."""
    return site_range(epicentre, latitude, longitude)[1]
