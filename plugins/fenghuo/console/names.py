"""Names of places and people for the pages, read once a process for each edition's sites.

An edition that cannot be read, or that has dropped a site since, leaves the identifier: what is
in force is shown all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, cast, select

from fenghuo import editions
from fenghuo.contacts import Contacts
from fenghuo.editions import Edition
from fenghuo.notices import wording
from fenghuo.store import tables as t
from fenghuo.words import FenghuoError, WarningState


@dataclass(frozen=True, slots=True)
class Site:
    """A place to protect as the pages show it; ``county`` is six digits."""

    zh: str
    en: str
    industry: str
    county: str


@dataclass(frozen=True, slots=True)
class Names:
    """What identifiers mean in the edition in force; ``edition`` None where there is none.

    ``quakes`` has the magnitude of each ``incident:<id>``.
    """

    edition: Edition | None
    sites: Mapping[str, Site]
    quakes: Mapping[str, str]

    @property
    def contacts(self) -> Contacts | None:
        """Who fills which post now."""
        return self.edition.contacts if self.edition else None

    def unsigned(self, language: str) -> list[str]:
        """The titles of agreements that nobody has signed."""
        agreements = self.edition.agreements if self.edition else ()
        return [getattr(one.title, language) for one in agreements if not one.signed]

    def place(self, place: str | None, language: str) -> str:
        """A site's name, or an office by its district: ``county:440785`` is Enping's."""
        if place is None:
            return "–"
        site = self.sites.get(place)
        if site is not None:
            return site.zh if language == "zh" else site.en or site.zh
        kind, _, code = place.partition(":")
        if not code:
            return place
        return self.district(code.ljust(12, "0"), language) if kind in ("county", "city") else code

    def district(self, code: str, language: str) -> str:
        """A district's name; the code where it is unknown."""
        row = (self.contacts.district(code) if self.contacts else None) or {}
        return str((row.get("name_en") if language == "en" else None) or row.get("name") or code)

    def person(self, person: str | None) -> str:
        """A person's name; the identifier where the edition has dropped them."""
        known = self.contacts.person(person) if self.contacts and person else None
        return known.name if known else person or ""

    def phone(self, person: str | None, whole: bool) -> str:
        """A person's number to dial; for those who only look its last four digits."""
        known = self.contacts.person(person) if self.contacts and person else None
        if known is None or not known.phone:
            return ""
        return wording.telephone(known.phone) if whole else f"····{known.phone[-4:]}"

    def kind_of(self, place: str) -> tuple[str, str]:
        """A site's county (six digits) and industry; of an office the latter is ``office``."""
        site = self.sites.get(place)
        return (site.county, site.industry) if site else (place.partition(":")[2], "office")


_KEPT: dict[str, Mapping[str, Site]] = {}


def names(connection: Connection, now: datetime) -> Names:
    """The names of the edition in force; who is on duty is as of ``now``."""
    i, w = t.incident.c, t.warning.c
    quakes = {scope: f"M {magnitude:.1f}" for scope, magnitude in connection.execute(
        select(w.scope, i.magnitude)
        .join(t.incident, w.scope == "incident:" + cast(i.id, String))
        .where(w.state == WarningState.in_force.value))}
    try:
        edition = editions.load(connection, now)
    except FenghuoError:
        return Names(None, {}, quakes)
    if edition.digest not in _KEPT:
        frame = edition.contacts.sites
        columns = (frame[name].astype(str) for name in ("site", "name", "name_en", "industry",
                                                        "county"))
        kept = {site: Site(zh, en, industry, county[:6])
                for site, zh, en, industry, county in zip(*columns, strict=True)}
        _KEPT.clear()
        _KEPT[edition.digest] = kept
    return Names(edition, _KEPT[edition.digest], quakes)
