"""The contacts of one edition, immutable, with the questions that judges and senders ask."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from fenghuo.clock import CITY
from fenghuo.contacts.hours import WEEKENDS, Calendar, holds
from fenghuo.contacts.roster import Shift
from fenghuo.contacts.terms import Tenure, Term, term, turns

SITE_POSTS = ("safety_officer", "head", "deputy", "control_room")
OFFICES = ("county", "city")
OFFICE_POSTS = ("duty", "leader")
"""The duty officer, and the leader on duty (带班领导) who is told when he does not answer."""

_SUFFIXES = ("街道", "镇", "乡")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told: phone E.164 or empty, language ``zh`` or ``en``; ``chat`` is the
    gateway of their group's robot or empty."""

    person: str
    name: str
    phone: str
    email: str
    language: str
    chat: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Wherever they are written to."""
        return tuple(filter(None, (self.phone, self.email, self.chat)))


@dataclass(frozen=True)
class Contacts:
    """Sites, people, districts, and who fills which post.

    ``sites``: RangeIndex; site, name, name_en, industry, tags (space-separated), district and
    county (12 digits), latitude, longitude (float64, WGS84), station (controlling river station
    or ""), stage (own action stage, m, NaN if none), people (int), then the numbers of the
    city's own columns (NaN if none). ``people``: person, name,
    phone, email, language, chat. ``districts``: code, name, name_en, kind, parent, status.
    ``posts``: (place, post) -> person; place is a site's id, ``county:440785`` or ``city:440700``.
    ``roster``: the shifts of posts that are filled by time, ``tenures`` the holders of posts that
    have days of validity or hours; ``posts`` names the first of them. ``calendar``: which days are
    off. ``gone``: people who are not valid.
    See ``on_duty``.
    """

    sites: pd.DataFrame
    people: pd.DataFrame
    districts: pd.DataFrame
    posts: dict[tuple[str, str], str]
    roster: tuple[Shift, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    calendar: Calendar = WEEKENDS
    gone: frozenset[str] = frozenset()

    @cached_property
    def _standing(self) -> dict[tuple[tuple[Shift, ...], int, frozenset[str]], Contacts]:
        return {}

    @cached_property
    def _hours(self) -> frozenset[str]:
        """The hours that somebody fills a post at."""
        return frozenset(one.hours for one in self.tenures if one.hours)

    @cached_property
    def _terms(self) -> dict[str, Term]:
        """The people who are not always valid."""
        if "valid_from" not in self.people:
            return {}
        dated = self.people[(self.people["valid_from"] != "") | (self.people["valid_to"] != "")]
        return {row["person"]: term(row) for row in dated.to_dict("records")}

    @cached_property
    def turns(self) -> list[str]:
        """The days (ISO, city) on which somebody begins or ceases to be valid, in order."""
        return turns([*self._terms.values(), *(one.term for one in self.tenures)])

    def on_duty(self, at: datetime) -> Contacts:
        """The contacts as they are at a city instant: rostered posts filled by who has the shift,
        posts with days of validity or hours by whose they are; who is not valid fills none.

        Outside every shift of a post ``posts.csv`` counts, outside every holder's hours the one
        without any. Made once for each set of shifts and of hours and each time between two turns.
        """
        shifts = tuple(shift for shift in self.roster if shift.starts <= at < shift.ends)
        if not shifts and not self.turns and not self._hours:
            return self
        day = at.astimezone(CITY).date().isoformat()
        now = frozenset(one for one in self._hours if holds(one, at, self.calendar))
        key = shifts, bisect_right(self.turns, day), now
        if key not in self._standing:
            self._standing[key] = self._made(shifts, day, now)
        return self._standing[key]

    def _made(self, shifts: tuple[Shift, ...], day: str, now: frozenset[str]) -> Contacts:
        gone = frozenset(person for person, term in self._terms.items() if not term.holds(day))
        posts = self.posts.copy()
        for one in self.tenures:
            posts.pop((one.place, one.post), None)
        for counts in (frozenset([""]), now):  # who has hours goes before who has none
            posts |= {(one.place, one.post): one.person for one in self.tenures
                      if one.hours in counts and one.term.holds(day)}
        posts |= {(shift.place, shift.post): shift.person for shift in shifts}
        return replace(self, gone=gone, posts={key: person for key, person in posts.items()
                                               if person not in gone})

    @cached_property
    def site_index(self) -> dict[str, int]:
        """Row number of each site's id."""
        return {site: row for row, site in enumerate(self.sites["site"])}

    @cached_property
    def _counties(self) -> dict[str, str]:
        return dict(zip(self.sites["site"], self.sites["county"].astype(str), strict=True))

    @cached_property
    def _persons(self) -> dict[str, Person]:
        columns = ["person", "name", "phone", "email", "language"]
        columns += ["chat"] if "chat" in self.people else []
        return {row[0]: Person(*row) for row in self.people[columns].itertuples(index=False)}

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Everybody's addresses."""
        return frozenset(one for person in self._persons.values() for one in person.addresses)

    @cached_property
    def _filled(self) -> dict[str, tuple[tuple[str, str], ...]]:
        filled: dict[str, list[tuple[str, str]]] = {}
        for key, holder in self.posts.items():
            filled.setdefault(holder, []).append(key)
        return {holder: tuple(keys) for holder, keys in filled.items()}

    @cached_property
    def _districts(self) -> dict[str, dict[str, str]]:
        names = [str(name) for name in self.districts.columns]
        rows = (dict(zip(names, cells, strict=True))
                for cells in self.districts.itertuples(index=False))
        return {row["code"]: row for row in rows}

    @cached_property
    def zones(self) -> dict[str, str]:
        """The functional zones that lie in a county, each with the county's code: of a site in
        one nobody can say which town it is in."""
        return zones_of(self.districts)

    @cached_property
    def _towns(self) -> dict[str, list[tuple[str, str]]]:
        towns: dict[str, list[tuple[str, str]]] = {}
        for row in self._districts.values():
            if row["kind"] == "town" or row["code"] in self.zones:
                towns.setdefault(row["parent"], []).append((row["code"], row["name"]))
        return towns

    def holder(self, place: str, post: str) -> Person | None:
        """Who fills a post, None while it is vacant."""
        return self._persons.get(self.posts.get((place, post), ""))

    def person(self, person: str) -> Person | None:
        """A person by id, valid or not."""
        return self._persons.get(person)

    def present(self, person: str | None) -> Person | None:
        """A person by id, None for one who is not valid and so is not told."""
        return None if person is None or person in self.gone else self._persons.get(person)

    def posts_of(self, person: str) -> tuple[tuple[str, str], ...]:
        """Every (place, post) a person fills."""
        return self._filled.get(person, ())

    def site(self, site_id: str) -> dict[str, Any]:
        """A site's row. Raises KeyError for an unknown id."""
        row = self.sites.iloc[self.site_index[site_id]]
        return {str(name): value for name, value in row.to_dict().items()}

    def office_of(self, site: str, office: str) -> str:
        """The place of a site's county or city office: ``county:440785``, ``city:440700``."""
        county = self._counties[site]
        if office == "county":
            return f"county:{county[:6]}"
        if office == "city":
            return f"city:{county[:4]}00"
        raise ValueError(f"office: found {office!r}, expected one of {', '.join(OFFICES)}")

    def district(self, code: str) -> dict[str, str] | None:
        """A district's row (code, name, name_en, kind, parent, status), None if unknown."""
        return self._districts.get(code)

    def towns_in(self, text: str, county_code: str) -> tuple[str, ...]:
        """Codes of the county's towns and zones that a text names, in the order of the list.

        A run such as 金利、蚬岗镇 names both: the short name counts too, where it is not part of
        a longer name of the same county (大江 in 大江埠 would not be).
        """
        county = county_code[:6].ljust(12, "0")
        towns = self._towns.get(county, [])
        longest_first = sorted(towns, key=lambda town: -len(town[1]))
        found: set[str] = set()
        for code, name in longest_first:
            if name in text:
                found.add(code)
                text = text.replace(name, "、")
        for code, name in longest_first:
            short = _short(name)
            if code not in found and len(short) > 1 and _listed(short, text):
                found.add(code)
        return tuple(code for code, _ in towns if code in found)


def zones_of(districts: pd.DataFrame) -> dict[str, str]:
    """The functional zones that lie in a county, each with the county's code."""
    return {row["code"]: row["parent"] for row in districts.to_dict("records")
            if row["kind"] == "zone" and not row["code"].endswith("000000")}


def counties_of(codes: pd.Series, districts: pd.DataFrame) -> pd.Series:
    """The county (12 digits) of each district: of such a zone its parent, else in the code."""
    zones = zones_of(districts)
    return codes.map(lambda code: zones.get(code, code[:6] + "000000"))


def _short(name: str) -> str:
    return next((name.removesuffix(end) for end in _SUFFIXES if name.endswith(end)), name)


def _listed(short: str, text: str) -> bool:
    """Whether a short name stands in a list: followed by a list mark or 和 (金利、蚬岗镇)."""
    return any(short + mark in text for mark in ("、", "和", "及", "，", ","))
