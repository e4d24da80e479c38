"""An edition's sites as arrays, made once: positions on a grid, district codes, tags, stages."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fenghuo.contacts import Contacts
from fenghuo.exposure.geometry import SiteGrid

LOG = logging.getLogger(__name__)
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class SiteIndex:
    """Arrays over ``contacts.sites``, in its order."""

    def __init__(self, contacts: Contacts) -> None:
        sites = contacts.sites
        self.names = sites["site"].to_numpy(object)
        self.latitude = sites["latitude"].to_numpy(np.float64)
        self.longitude = sites["longitude"].to_numpy(np.float64)
        self.stage = sites["stage"].to_numpy(np.float64)
        self.county = sites["county"].to_numpy(object)
        self.grid = SiteGrid(self.longitude, self.latitude)
        if len(self.grid.lost):
            LOG.warning("sites without a possible position are reached by district and station "
                        "only: %s", ", ".join(self.names[self.grid.lost[:20]]))
        self._zones = contacts.zones
        zoned = sites["district"].isin(list(self._zones))
        self._zone = sites["district"].where(zoned, "").to_numpy(object)
        self._code = sites["district"].mask(zoned, sites["county"]).astype(
            np.int64).to_numpy()
        self._station = sites["station"].to_numpy(object)
        self._industry = sites["industry"].to_numpy(object)
        self._tags = " " + sites["tags"].astype(object) + " "
        self._tagged: dict[str, Bools] = {}
        self._rows = {name: row for row, name in enumerate(self.names)}

    def tagged(self, word: str) -> Bools:
        """Sites of this industry or with this tag."""
        if word not in self._tagged:
            tags = self._tags.str.contains(f" {word} ", regex=False).to_numpy(bool)
            self._tagged[word] = (self._industry == word) | tags
        return self._tagged[word]

    def at_station(self, station: str) -> Ints:
        """Sites whose controlling river station this is."""
        return np.flatnonzero(self._station == station)

    def named(self, *sites: str) -> Ints:
        """These sites, leaving out names that are not known."""
        return np.array([self._rows[site] for site in dict.fromkeys(sites) if site in self._rows],
                        dtype=np.int64)

    def in_districts(self, codes: Iterable[str]) -> Ints:
        """Sites in any of these districts (12 digits: province, city, county, town or zone).

        A site that names no town counts as in every town of its county: nobody can say it
        is not. So does one that names neither town nor zone in every zone of its county, and a
        zone's in every town: zones lie across towns.
        """
        asked = list(codes)
        zones = [code for code in asked if code in self._zones]
        wanted = [int(code.ljust(12, "0")) for code in asked
                  if code.isdigit() and code not in self._zones]
        inside = np.zeros(len(self._code), dtype=bool)
        for digits in (10**10, 10**8, 10**6, 1):
            level = [code // digits for code in wanted
                     if code % digits == 0 and (digits == 10**10 or code % (digits * 100))]
            if digits == 1:
                level = [code for code in wanted if code % 10**6]
                inside |= self._townless([code // 10**6 for code in level])
            inside |= np.isin(self._code // digits, level)
        if zones:
            inside |= np.isin(self._zone, zones) | (
                self._townless([int(self._zones[code]) // 10**6 for code in zones])
                & (self._zone == ""))
        return np.flatnonzero(inside)

    def _townless(self, counties: list[int]) -> Bools:
        """Sites of these counties (6 digits) that name no town."""
        return np.asarray((self._code % 10**6 == 0) & np.isin(self._code // 10**6, counties))

    def surely_in(self, codes: Iterable[str]) -> Ints:
        """The same, but a site that names no town is in none, one that names no zone neither."""
        asked = list(codes)
        rows = self.in_districts(asked)
        zones = [code for code in asked if code in self._zones]
        return np.asarray(rows[(self._code[rows] % 10**6 != 0)
                               | np.isin(self._zone[rows], zones)])


_newest: tuple[weakref.ref[Contacts], SiteIndex] | None = None


def index_of(contacts: Contacts) -> SiteIndex:
    """The index of these contacts; the newest one is kept for as long as they live."""
    global _newest
    if _newest is None or _newest[0]() is not contacts:
        _newest = (weakref.ref(contacts), SiteIndex(contacts))
    return _newest[1]
