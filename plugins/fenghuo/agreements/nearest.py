"""How far places are from the nearest of many points: all pairs at once, in portions of bounded
memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fenghuo.agreements.intensity import distances_km

_PORTION = 2_000_000
"""Pairs looked at together."""


def nearest_km(points: Sequence[tuple[float, float]], latitude: ArrayLike,
               longitude: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """By place, the great-circle distance in km to the nearest point and its position in
    ``points`` (latitude, longitude; degrees WGS84): infinity and -1 where there is no point, or
    the place is no number."""
    lat, lon = (np.asarray(one, dtype=np.float64) for one in (latitude, longitude))
    away = np.full(len(lat), np.inf)
    which = np.full(len(lat), -1)
    where = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    rows = max(_PORTION // max(len(lat), 1), 1)
    for start in range(0, len(where), rows):
        some = where[start:start + rows]
        km = distances_km(some[:, :1], some[:, 1:], lat[None, :], lon[None, :])
        km[np.isnan(km)] = np.inf
        first = np.argmin(km, axis=0)
        least = km[first, np.arange(len(lat))]
        nearer = least < away
        away[nearer], which[nearer] = least[nearer], first[nearer] + start
    return away, which
