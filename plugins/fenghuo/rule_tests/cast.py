"""Who and what a rule test is about: its invented sites, stations and points, or the edition's.

Invented sites stand in place of the edition's contacts, and every post of theirs is filled; so a
test of a rule holds wherever the rule is used: a district of theirs that the city's contacts do
not have is invented too. Invented stations and points stand beside those of the edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from fenghuo.agreements import return_levels
from fenghuo.agreements.values import span_of, years_of
from fenghuo.contacts import OFFICE_POSTS, SITE_POSTS, Contacts
from fenghuo.editions import Edition
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.entry_parts import Point
from fenghuo.rule_tests.schema import Cast as Specs
from fenghuo.rule_tests.schema import SiteSpec, StationSpec
from fenghuo.rule_tests.values import Away, Place
from fenghuo.words.metrics import Metric

KM_A_DEGREE = 6371.0088 * np.pi / 180
"""Of latitude, on the sphere that distances are measured on."""
NOWHERE, NO_CITY = "测试县", "测试市"
"""The district of a site that names none, and the city of one that is invented."""


@dataclass(frozen=True, eq=False)
class Cast:
    """Contacts as an edition's, stations as ``agreements.read_stations``, feeds by name, codes of
    districts by name and code."""

    contacts: Contacts
    stations: pd.DataFrame
    feeds: dict[str, FeedConfig]
    districts: Mapping[str, str]

    def person(self, name: str) -> str | None:
        """The person that a test calls so: ``pond.safety_officer``, ``county.duty`` where there
        is one county, ``440785.duty``, or a person's id."""
        place, _, post = name.rpartition(".")
        desks = {key for key, filled in self.contacts.posts if filled == post
                 and key.partition(":")[0] == place} if place in ("county", "city") else set()
        for key in (place, f"county:{place}", f"city:{place}", *(desks if len(desks) == 1 else ())):
            found = self.contacts.posts.get((key, post))
            if found:
                return found
        return name if self.contacts.person(name) else None


def cast_of(specs: Specs, edition: Edition, districts: Mapping[str, str]) -> Cast:
    """The cast that a file or test describes. Raises LookupError with what is not known."""
    spots = _Spots(specs, edition)
    contacts = (_contacts(specs.sites, spots, edition, districts) if specs.sites
                else edition.contacts)
    stations = _stations(specs.stations, spots, edition) if specs.stations else edition.stations
    return Cast(contacts, stations, _feeds(specs, spots, edition), districts)


def districts_of(edition: Edition) -> dict[str, str]:
    """The code of every district by its name and by its code."""
    table = edition.contacts.districts
    return dict(zip(table["name"], table["code"], strict=True)) | {
        code: code for code in table["code"]}


class _Spots:
    """Where things are, by name; a place may be so many km from another."""

    def __init__(self, specs: Specs, edition: Edition) -> None:
        sites, stations = edition.contacts.sites, edition.stations
        self._known: dict[str, tuple[float, float]] = {
            str(name): (float(latitude), float(longitude))
            for frame, column in ((stations, "station"), (sites, "site"))
            for name, latitude, longitude in zip(frame[column], frame["latitude"],
                                                 frame["longitude"], strict=True)}
        self._known |= {point.point: (point.latitude, point.longitude)
                        for feed in edition.feeds.values() for point in feed.points}
        self._written: dict[str, Place] = {
            name: spec.place for specs in (specs.points, specs.stations, specs.sites)
            for name, spec in specs.items()}

    def of(self, place: Place, depth: int = 0) -> tuple[float, float]:
        """Latitude and longitude of a place."""
        if not isinstance(place, Away):
            return place
        if depth > 8:
            raise LookupError(f"{place.of}, which lies so far from itself")
        written = self._written.get(place.of)
        if written is None and place.of not in self._known:
            raise LookupError(f"{place.of}, which is no station, point or site")
        latitude, longitude = self._known[place.of] if written is None else self.of(
            written, depth + 1)
        degrees = place.km / KM_A_DEGREE * (1 if place.towards in ("north", "east") else -1)
        if place.towards in ("north", "south"):
            return latitude + degrees, longitude
        return latitude, longitude + degrees / float(np.cos(np.radians(latitude)))


def place_in(specs: Specs, edition: Edition, place: Place) -> tuple[float, float]:
    """Latitude and longitude of a place that a test writes."""
    return _Spots(specs, edition).of(place)


def invented(name: str) -> str:
    """The code of a county that an invented site lies in and the city's contacts do not have."""
    number = crc32(name.encode())
    return f"99{1 + number % 99:02}{1 + number // 99 % 99:02}000000"


def _contacts(sites: Mapping[str, SiteSpec], spots: _Spots, edition: Edition,
              districts: Mapping[str, str]) -> Contacts:
    rows: list[dict[str, Any]] = []
    more: dict[str, tuple[str, ...]] = {}
    posts: dict[tuple[str, str], str] = {}
    cities = {code: name for name, code in districts.items() if name != code}
    own = [name for name in edition.contacts.sites.columns if name not in _SITE]
    for name, spec in sites.items():
        district = spec.district or NOWHERE
        code = districts.get(district) or invented(district)
        city = f"{code[:4]}00000000"
        if district not in districts:
            more[city] = (city, spec.city or NO_CITY, spec.city or NO_CITY, "city", "", "invented")
            more[code] = (code, district, district, "county", city, "invented")
        unknown = set(spec.marks) - set(own)
        if unknown:
            raise LookupError(f"the column {min(unknown)} of contacts/sites.csv")
        latitude, longitude = spots.of(spec.place)
        rows.append({
            "site": name, "name": name, "name_en": name, "industry": spec.industry,
            "tags": " ".join(spec.tags), "district": code, "county": code[:6] + "0" * 6,
            "latitude": latitude, "longitude": longitude, "station": spec.station or "",
            "stage": np.nan if spec.stage is None else spec.stage, "people": 1,
            **{mark: spec.marks.get(mark, np.nan) for mark in own}})
        posts |= {(name, post): f"{name}.{post}" for post in SITE_POSTS}
        # desks are called by name, not by code: a person's reply code goes by what he is called
        for place, desk in ((f"county:{code[:6]}", district), (
                f"city:{code[:4]}00", cities.get(city) or spec.city or NO_CITY)):
            posts |= {(place, post): f"{desk}.{post}" for post in OFFICE_POSTS}
    known = edition.contacts.districts
    people = [(person, person, f"+86139{number:08d}", f"p{number}@example.org", "zh")
              for number, person in enumerate(dict.fromkeys(posts.values()), 1)]
    return Contacts(
        pd.DataFrame(rows), pd.DataFrame(people, columns=[
            "person", "name", "phone", "email", "language"]),
        pd.concat([known, pd.DataFrame(list(more.values()), columns=known.columns)],
                  ignore_index=True) if more else known, posts)


_SITE = ("site", "name", "name_en", "industry", "tags", "district", "county", "latitude",
         "longitude", "station", "stage", "people")


def _stations(written: Mapping[str, StationSpec], spots: _Spots, edition: Edition) -> pd.DataFrame:
    kept = edition.stations[~edition.stations["station"].isin(list(written))]
    rows = []
    for name, spec in written.items():
        marks = dict(spec.marks)
        for level, value in spec.returns.items():
            metric, *window, years = level.split() if " " in level else ["", ""]
            count = years_of(years)
            if metric not in list(Metric) or count is None or len(window) > 1:
                raise LookupError(f"the return period {level}, such as flow 20-year or "
                                  "rain 24h 20-year")
            marks[return_levels.return_column(
                Metric(metric), span_of(window[0]) if window else None, count)] = value
        unknown = set(spec.marks) - set(edition.stations.columns)
        if unknown:
            raise LookupError(f"the column {min(unknown)} of rules/stations.csv")
        latitude, longitude = spots.of(spec.place)
        rows.append({"station": name, "name": name, "name_en": name, "river": "",
                     "latitude": latitude, "longitude": longitude, "datum": "珠基",
                     "step_seconds": 60, **marks})
    return pd.concat([kept, pd.DataFrame(rows)], ignore_index=True)


def _feeds(specs: Specs, spots: _Spots, edition: Edition) -> dict[str, FeedConfig]:
    # a word comes by the first feed that can bring it: by one that is on, where there is one
    feeds = dict(sorted(edition.feeds.items(), key=lambda one: not one[1].on))
    name = next((name for name, feed in feeds.items() if feed.points), None)
    if name is not None and specs.points:
        points = [Point(point=point, zh=point[:20], en=point[:40], latitude=where[0],
                        longitude=where[1]) for point, where in (
                            (point, spots.of(spec.place)) for point, spec in specs.points.items())]
        feeds[name] = feeds[name].model_copy(update={"points": tuple(points)})
    return feeds
