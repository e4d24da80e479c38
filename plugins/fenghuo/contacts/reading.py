"""Reading ``contacts/*.csv``: five tables, roster and calendar, strict, then held together.

Refused, all at once: coordinates outside the service area (so swapped ones), phones that are no
mobile number in E.164, doubled ids, phones or addresses, posts of unknown places or people, sites
nobody answers for, a county or city with sites but without a duty desk, shifts that do not meet.
The roster may be missing: its posts are then filled by ``posts.csv``. So may the calendar:
Saturdays and Sundays are then off.
"""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from fenghuo.contacts import checks, terms
from fenghuo.contacts.hours import OFF, WORK, Calendar
from fenghuo.contacts.model import OFFICE_POSTS, SITE_POSTS, Contacts, counties_of
from fenghuo.contacts.roster import Shift
from fenghuo.documents import csv
from fenghuo.words import Refusal, Refused

SITES, PEOPLE, POSTS, DISTRICTS, AREA, ROSTER, HOLIDAYS = (
    f"contacts/{name}.csv" for name in ("sites", "people", "posts", "districts", "area", "roster",
                                        "holidays"))
OPTIONAL = (ROSTER, HOLIDAYS)

_CODE = csv.Kind("[0-9]{12}", "a district code of 12 digits")
_PLACE = csv.Kind("[a-z0-9][a-z0-9_-]*|county:[0-9]{6}|city:[0-9]{6}",
                  "a site, county:NNNNNN or city:NNNNNN")
_POST = csv.one_of(*SITE_POSTS, *OFFICE_POSTS)
_INSTANT = csv.Kind(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})",
    "an instant with its offset as 2026-06-08T08:00+08:00")

COLUMNS: dict[str, dict[str, csv.Kind]] = {
    SITES: {
        "site": csv.WORD, "name": csv.TEXT, "name_en": csv.TEXT, "industry": csv.WORD,
        "tags": csv.WORDS.or_empty(), "district": _CODE, "latitude": csv.NUMBER,
        "longitude": csv.NUMBER, "station": csv.WORD.or_empty(),
        "stage": csv.NUMBER.or_empty(), "people": csv.COUNT,
    },
    PEOPLE: {
        "person": csv.WORD, "name": csv.TEXT, "phone": csv.ADDRESS.or_empty(),
        "email": csv.ADDRESS.or_empty(), "language": csv.one_of("zh", "en"),
    },
    POSTS: {
        "place": _PLACE, "post": _POST, "person": csv.WORD.or_empty(),
    },
    DISTRICTS: {
        "code": _CODE, "name": csv.TEXT, "name_en": csv.TEXT,
        "kind": csv.one_of("city", "county", "town", "zone"), "parent": _CODE.or_empty(),
        "status": csv.one_of("verified", "unverified"),
    },
    AREA: dict.fromkeys(("south", "west", "north", "east"), csv.NUMBER),
    ROSTER: {"place": _PLACE, "post": _POST, "person": csv.WORD, "starts": _INSTANT,
             "ends": _INSTANT},
    HOLIDAYS: {"day": terms.DAY, "kind": csv.one_of(OFF, WORK), "name": csv.TEXT.or_empty()},
}

LATER = {PEOPLE: terms.COLUMNS | {"chat": csv.WORD.or_empty()},
         POSTS: terms.COLUMNS | {"hours": csv.TEXT.or_empty()}}
"""Columns that a table may lack."""


def read(files: dict[str, bytes]) -> Contacts:
    """The contacts of an edition's files (keys ``contacts/sites.csv`` …).

    Raises Refused with every fault of every table; tables are held against one another only
    once each can be read.
    """
    refusals: list[Refusal] = []
    tables: dict[str, pd.DataFrame] = {}
    for source, columns in COLUMNS.items():
        if source not in files:
            if source not in OPTIONAL:
                refusals.append(Refusal(source, "1:1", "no such file", "the file"))
            continue
        try:
            own = csv.NUMBER.or_empty() if source == SITES else None  # marks of the city's own
            tables[source] = csv.frame(source, files[source], columns, own,
                                       LATER.get(source, {}))
        except Refused as refused:
            refusals += refused.refusals
    if PEOPLE in tables:
        refusals += checks.people(PEOPLE, tables[PEOPLE])
    if DISTRICTS in tables:
        refusals += checks.districts(DISTRICTS, tables[DISTRICTS])
    if AREA in tables:
        refusals += checks.area(AREA, tables[AREA])
    if SITES in tables:
        refusals += checks.sites(SITES, tables[SITES], tables.get(DISTRICTS), _ranges(tables))
    if ROSTER in tables:
        refusals += checks.roster(ROSTER, tables[ROSTER])
    if HOLIDAYS in tables:
        refusals += checks.holidays(HOLIDAYS, tables[HOLIDAYS])
    if not set(COLUMNS) - set(tables) - set(OPTIONAL):
        refusals += checks.posts(POSTS, tables[POSTS], tables[SITES], tables[PEOPLE],
                                 tables[DISTRICTS])
        if ROSTER in tables:
            refusals += checks.places(ROSTER, tables[ROSTER], tables[SITES], tables[PEOPLE],
                                      tables[DISTRICTS])
    if refusals:
        raise Refused(refusals)
    return _joined(tables)


def site_marks(sites: pd.DataFrame) -> list[str]:
    """The columns that a mark of a site may name: its action stage, and the city's own."""
    return ["stage", *(name for name in sites.columns
                       if name not in COLUMNS[SITES] and name != "county")]


def _ranges(tables: dict[str, pd.DataFrame]) -> checks.Ranges:
    """The service area, the whole earth while its own file cannot be read."""
    if AREA not in tables or checks.area(AREA, tables[AREA]):
        return checks.EARTH
    box = tables[AREA].iloc[0]
    return {"latitude": (box["south"], box["north"]), "longitude": (box["west"], box["east"])}


def _shifts(table: pd.DataFrame) -> tuple[Shift, ...]:
    return tuple(
        Shift(place, post, person, datetime.fromisoformat(starts), datetime.fromisoformat(ends))
        for place, post, person, starts, ends in table[list(COLUMNS[ROSTER])].to_numpy().tolist())


def _joined(tables: dict[str, pd.DataFrame]) -> Contacts:
    roster = _shifts(tables.pop(ROSTER)) if ROSTER in tables else ()
    days = dict(tables.pop(HOLIDAYS)[["day", "kind"]].to_numpy().tolist()) \
        if HOLIDAYS in tables else {}
    own = site_marks(tables[SITES])[1:]
    tables = {source: table[[*COLUMNS[source], *LATER.get(source, ()),
                             *(own if source == SITES else ())]].reset_index(drop=True)
              for source, table in tables.items()}
    sites = tables[SITES]
    sites.insert(6, "county", counties_of(sites["district"], tables[DISTRICTS]))
    filled = tables[POSTS][tables[POSTS]["person"] != ""]
    tenures = [terms.Tenure(row["place"], row["post"], row["person"], terms.term(row),
                            row["hours"])
               for row in filled.sort_values(["valid_from", "hours"], kind="stable")
               .to_dict("records")]
    posts: dict[tuple[str, str], str] = {}
    for one in tenures:
        posts.setdefault((one.place, one.post), one.person)
    turning = {(one.place, one.post) for one in tenures if one.hours or one.term != terms.Term()}
    return Contacts(sites=sites, people=tables[PEOPLE], districts=tables[DISTRICTS], posts=posts,
                    roster=roster, calendar=Calendar(days), tenures=tuple(
                        one for one in tenures if (one.place, one.post) in turning))
