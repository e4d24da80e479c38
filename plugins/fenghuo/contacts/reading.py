"""Reading ``contacts/*.csv``: five tables, each strict, then held against one another.

Refused, all at once: coordinates outside the service area (so swapped ones), phones that are no
mobile number in E.164, doubled ids, phones or addresses, posts of unknown places or people, sites
nobody answers for, a county or city with sites but without a duty desk.
"""

from __future__ import annotations

import pandas as pd

from fenghuo.contacts import checks
from fenghuo.contacts.model import OFFICE_POSTS, SITE_POSTS, Contacts
from fenghuo.documents import csv
from fenghuo.words import Refusal, Refused

SITES, PEOPLE, POSTS, DISTRICTS, AREA = (
    f"contacts/{name}.csv" for name in ("sites", "people", "posts", "districts", "area"))

_CODE = csv.Kind("[0-9]{12}", "a district code of 12 digits")

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
        "place": csv.Kind("[a-z0-9][a-z0-9_-]*|county:[0-9]{6}|city:[0-9]{6}",
                          "a site, county:NNNNNN or city:NNNNNN"),
        "post": csv.one_of(*SITE_POSTS, *OFFICE_POSTS), "person": csv.WORD.or_empty(),
    },
    DISTRICTS: {
        "code": _CODE, "name": csv.TEXT, "name_en": csv.TEXT,
        "kind": csv.one_of("city", "county", "town"), "parent": _CODE.or_empty(),
        "status": csv.one_of("verified", "unverified"),
    },
    AREA: dict.fromkeys(("south", "west", "north", "east"), csv.NUMBER),
}


def read(files: dict[str, bytes]) -> Contacts:
    """The contacts of an edition's files (keys ``contacts/sites.csv`` …).

    Raises Refused with every fault of every table; tables are held against one another only
    once each can be read.
    """
    refusals: list[Refusal] = []
    tables: dict[str, pd.DataFrame] = {}
    for source, columns in COLUMNS.items():
        if source not in files:
            refusals.append(Refusal(source, "1:1", "no such file", "the file"))
            continue
        try:
            tables[source] = csv.frame(source, files[source], columns)
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
    if len(tables) == len(COLUMNS):
        refusals += checks.posts(POSTS, tables[POSTS], tables[SITES], tables[PEOPLE],
                                 tables[DISTRICTS])
    if refusals:
        raise Refused(refusals)
    return _joined(tables)


def _ranges(tables: dict[str, pd.DataFrame]) -> checks.Ranges:
    """The service area, the whole earth while its own file cannot be read."""
    if AREA not in tables or checks.area(AREA, tables[AREA]):
        return checks.EARTH
    box = tables[AREA].iloc[0]
    return {"latitude": (box["south"], box["north"]), "longitude": (box["west"], box["east"])}


def _joined(tables: dict[str, pd.DataFrame]) -> Contacts:
    tables = {source: table[list(COLUMNS[source])].reset_index(drop=True)
              for source, table in tables.items()}
    sites = tables[SITES]
    sites.insert(6, "county", sites["district"].str[:6] + "000000")
    posts = tables[POSTS]
    filled = posts[posts["person"] != ""]
    return Contacts(
        sites=sites,
        people=tables[PEOPLE],
        districts=tables[DISTRICTS],
        posts=dict(zip(zip(filled["place"], filled["post"], strict=True), filled["person"],
                       strict=True)),
    )
