"""What the console shows, read in one consistent view of the database.

The reach sheet is counted twice, by status and in all, so that a page that does not add up
says so itself instead of hiding it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from fenghuo import editions
from fenghuo.alarms import Alarm, open_alarms
from fenghuo.alarms.ages import FeedAge, feed_ages
from fenghuo.channels.registry import in_scenario
from fenghuo.contacts import Contacts
from fenghuo.notices.reach import reach
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.words import FenghuoError, Hazard, Level, ObligationStatus, WarningState

STATUSES = tuple(status.value for status in ObligationStatus)


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One line of a reach sheet: ``of`` is sites or persons; ``counts`` by status."""

    of: str
    owed: int
    counts: Mapping[str, int]

    @property
    def adds_up(self) -> bool:
        return self.owed == sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Shown:
    """A warning in force. ``official`` is its issuer's level, ``tier`` our handling of it."""

    id: int
    hazard: Hazard
    place: Mapping[str, str] | None
    official: Level | None
    tier: Level | None
    opened: datetime
    expires: datetime | None
    number: int
    revised: datetime
    sites: tuple[str, ...]
    reach: tuple[ReachRow, ...]


@dataclass(frozen=True, slots=True)
class FeedShown:
    """A feed with its title in both languages; ``state`` is fresh, stale, waiting or never."""

    title: Mapping[str, str]
    age: FeedAge
    state: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page at the city instant ``now``."""

    now: datetime
    live: bool
    scenario: bool
    edition: str | None
    alarms: tuple[Alarm, ...]
    warnings: tuple[Shown, ...]
    feeds: tuple[FeedShown, ...]
    statuses: tuple[str, ...] = STATUSES


def read(connection: Connection, settings: Settings, now: datetime) -> Board:
    """The board as of the city instant ``now``.

    Without an edition that can be read it has no feeds and shows identifiers for names: who is
    on duty needs what is in force all the same.
    """
    edition: editions.Edition | None
    try:
        edition = editions.load(connection)
    except FenghuoError:
        edition = None
    return Board(
        now=now, live=settings.live, scenario=in_scenario(settings),
        edition=edition.digest if edition else None,
        alarms=tuple(open_alarms(connection)),
        warnings=_warnings(connection, edition.contacts if edition else None),
        feeds=_feeds(connection, edition, now) if edition else ())


def _feeds(connection: Connection, edition: editions.Edition,
           now: datetime) -> tuple[FeedShown, ...]:
    ages = feed_ages(connection, edition.feeds.values(), now)
    return tuple(FeedShown({"zh": edition.feeds[age.feed].title.zh,
                            "en": edition.feeds[age.feed].title.en}, age, _state(age))
                 for age in ages)


def _state(age: FeedAge) -> str:
    if age.since is None:
        return "never"
    return "stale" if age.stale else "waiting" if age.waiting else "fresh"


def _warnings(connection: Connection, contacts: Contacts | None) -> tuple[Shown, ...]:
    w, r = t.warning.c, t.revision.c
    newest = (select(r.warning_id, func.max(r.number).label("number"))
              .group_by(r.warning_id).subquery())
    rows = connection.execute(
        select(w.id, w.hazard, w.scope, w.opened, r.id.label("revision"), r.number, r.at,
               r.tier, r.official_level, r.expires)
        .join(t.revision, r.warning_id == w.id)
        .join(newest, (newest.c.warning_id == w.id) & (newest.c.number == r.number))
        .where(w.state == WarningState.in_force.value).order_by(w.opened.desc(), w.id.desc())).all()
    return tuple(Shown(
        row.id, Hazard(row.hazard), _place(contacts, row.scope),
        Level(row.official_level) if row.official_level else None,
        Level(row.tier) if row.tier else None, row.opened, row.expires, row.number, row.at,
        _sites(connection, contacts, row.revision), _reach(connection, row.id))
        for row in rows)


def _place(contacts: Contacts | None, scope: str) -> Mapping[str, str] | None:
    """The name of a county in both languages, None for an incident."""
    if scope.startswith("incident:"):
        return None
    district = (contacts.district(scope) if contacts else None) or {}
    return {"zh": str(district.get("name", scope)), "en": str(district.get("name_en", scope))}


def _sites(connection: Connection, contacts: Contacts | None,
           revision: int) -> tuple[str, ...]:
    """The names of the sites in a warning; an edition may have dropped one, then its id."""
    s = t.revision_site.c
    names = (dict(zip(contacts.sites["site"], contacts.sites["name"], strict=True))
             if contacts else {})
    found = connection.scalars(select(s.site).where(
        s.revision_id == revision, s.tier.is_not(None)).order_by(s.site))
    return tuple(str(names.get(site, site)) for site in found)


def _reach(connection: Connection, warning: int) -> tuple[ReachRow, ...]:
    o = t.obligation.c
    owed = connection.execute(
        select(o.site, func.coalesce(o.person, o.site + " " + o.post).label("person"))
        .where(o.warning_id == warning)).all()
    sheet = reach(connection, warning)
    return (ReachRow("sites", len({row.site for row in owed if ":" not in row.site}), sheet.sites),
            ReachRow("persons", len({row.person for row in owed}), sheet.persons))
