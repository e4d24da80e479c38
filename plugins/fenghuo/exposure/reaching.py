"""Findings to exposures: which sites, at which handling tier, with which value.

The handling tier is the finding's, or by its steps for each site's own value, raised by
``stricter`` for the site's industry or a tag of it (the strongest one counts), never beyond
red. The issuer's own level is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fenghuo.agreements.findings import Finding, Step, WindCircle
from fenghuo.agreements.intensity import site_intensity
from fenghuo.agreements.nearest import nearest_km
from fenghuo.agreements.wind_areas import facing
from fenghuo.agreements.windows import compare
from fenghuo.contacts import Contacts
from fenghuo.exposure.geometry import polygons
from fenghuo.exposure.index import SiteIndex, index_of
from fenghuo.words import Hazard, Holds, Level

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COLUMNS = ("finding", "site", "hazard", "scope", "tier", "official_level", "value")


def expose(findings: Sequence[Finding], contacts: Contacts) -> pd.DataFrame:
    """The exposures of every finding that holds: one row a (finding, site).

    Columns: finding (position in ``findings``), site, hazard, scope (the finding's subject for
    earthquakes and drills, else the site's county code), tier (handling tier's rank, int),
    official_level (colour or None), value (float, at the site: NaN for signals, but the hours
    until the water arrives where a signal says them).
    """
    sites = index_of(contacts)
    areas = _in_areas(findings, sites)
    frames = [_exposed(place, finding, sites, areas.get(place))
              for place, finding in enumerate(findings)
              if finding.holds == Holds.true and finding.ended is None]
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return pd.concat(frames, ignore_index=True)


def _in_areas(findings: Sequence[Finding], sites: SiteIndex) -> dict[int, Ints]:
    """Sites inside the areas of all findings that have one, found together."""
    asked = [(place, finding.reach.area) for place, finding in enumerate(findings)
             if finding.reach.area is not None]
    if not asked:
        return {}
    which, inside = sites.grid.inside(polygons([area for _, area in asked]))
    return {place: inside[which == number] for number, (place, _) in enumerate(asked)}


def _exposed(place: int, finding: Finding, sites: SiteIndex, inside: Ints | None) -> pd.DataFrame:
    rows, value = _reached(finding, sites, inside)
    if finding.steps:
        ranks = step_ranks(finding.steps, value, sites.stage[rows])
    else:
        ranks = np.full(len(rows), finding.tier.rank if finding.tier else 0, dtype=np.int64)
    rows, value, ranks = rows[ranks > 0], value[ranks > 0], ranks[ranks > 0]
    ranks = np.minimum(ranks + _stricter(finding, sites, rows), Level.red.rank)
    alone = finding.hazard == Hazard.earthquake or bool(finding.reach.sites)
    scope = finding.subject if alone else sites.county[rows]
    level = finding.official_level.value if finding.official_level else None
    return pd.DataFrame({
        "finding": np.full(len(rows), place), "site": sites.names[rows],
        "hazard": finding.hazard.value, "scope": scope, "tier": ranks,
        "official_level": np.full(len(rows), level, dtype=object), "value": value})


def _reached(finding: Finding, sites: SiteIndex, inside: Ints | None) -> tuple[Ints, Floats]:
    """Rows of the sites a finding reaches, ascending, and the value at each."""
    reach = finding.reach
    if reach.epicentre is not None:
        felt = site_intensity(reach.epicentre, sites.latitude, sites.longitude)
        felt[sites.grid.lost] = np.nan
        rows = np.flatnonzero(np.isfinite(felt))
        return rows, felt[rows]
    if reach.stations:
        return _downstream(reach.stations, sites)
    if reach.winds:
        return _blown(reach.winds, sites)
    if reach.fires:
        away, _ = nearest_km(reach.fires, sites.latitude, sites.longitude)
        rows = np.flatnonzero(np.isfinite(away))
        return rows, away[rows]
    if inside is not None:
        rows = inside
    elif reach.radius_km is not None and reach.centre is not None:
        rows = sites.grid.within(*reach.centre, reach.radius_km)
    elif reach.districts:
        rows = np.setdiff1d(sites.in_districts(reach.districts), sites.surely_in(reach.but))
    elif reach.site is not None or reach.sites:
        rows = sites.named(*filter(None, (reach.site, *reach.sites)))
    elif reach.station is not None:
        rows = sites.at_station(reach.station)
    else:
        rows = np.empty(0, dtype=np.int64)
    value = np.nan if finding.value is None else finding.value
    return np.sort(rows), np.full(len(rows), value, dtype=np.float64)


def _blown(winds: tuple[WindCircle, ...], sites: SiteIndex) -> tuple[Ints, Floats]:
    """Sites in any of the circles, each with the strongest wind whose circle holds it."""
    strongest = np.full(len(sites.names), -np.inf)
    for circle in winds:
        rows = sites.grid.within(circle.latitude, circle.longitude, circle.radius_km)
        rows = rows[facing(circle, sites.latitude[rows], sites.longitude[rows])]
        strongest[rows] = np.maximum(strongest[rows], circle.wind_kt)
    rows = np.flatnonzero(np.isfinite(strongest))
    return rows, strongest[rows]


def _downstream(stations: tuple[tuple[str, float], ...],
                sites: SiteIndex) -> tuple[Ints, Floats]:
    """Sites by their controlling stations, each with the hours until the water is there."""
    found = [(sites.at_station(station), hours) for station, hours in dict(stations).items()]
    rows = np.concatenate([at for at, _ in found])
    hours = np.concatenate([np.full(len(at), hours, dtype=np.float64) for at, hours in found])
    order = np.argsort(rows, kind="stable")
    return rows[order], hours[order]


def step_ranks(steps: Sequence[Step], value: Floats, stage: Floats) -> Ints:
    """The rank of the highest step each value reaches, 0 below all; nothing is rounded.

    A step without a limit asks for the site's own action stage; a site without one is below.
    """
    ranks = np.zeros(len(value), dtype=np.int64)
    for step in steps:
        limit = stage if step.limit is None else np.full(len(value), step.limit)
        with np.errstate(invalid="ignore"):
            over = compare(value, step.comparison, limit)
        ranks = np.where(over, np.maximum(ranks, step.tier.rank), ranks)
    return ranks


def _stricter(finding: Finding, sites: SiteIndex, rows: Ints) -> Ints:
    more = np.zeros(len(rows), dtype=np.int64)
    for word, ranks in finding.stricter.items():
        more = np.maximum(more, np.where(sites.tagged(word)[rows], ranks, 0))
    return more
