"""What each contacts table must hold beyond its columns' kinds; every fault is returned."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import phonenumbers

from fenghuo.contacts import hours, terms
from fenghuo.contacts.model import OFFICE_POSTS, OFFICES, SITE_POSTS, counties_of
from fenghuo.contacts.roster import Shift, breaks
from fenghuo.documents.csv import refusal, unknown
from fenghuo.words import Refusal

Ranges = dict[str, tuple[float, float]]
"""The service area in degrees WGS84: latitude and longitude, lowest and highest."""

EARTH: Ranges = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0)}

EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_PARENTS = {"city": ("",), "county": ("city",), "town": ("county",), "zone": ("county", "city")}
_PREFIX = {("county", "city"): 4, ("town", "county"): 6, ("zone", "city"): 4}


def doubled(source: str, table: pd.DataFrame, column: str) -> list[Refusal]:
    """Values that stand in more than one row (empty ones may)."""
    again = table[column].duplicated() & (table[column] != "")
    private = column in ("phone", "email")
    return [refusal(source, table, int(line), column, "each value once", private)
            for line in table.index[again]]


def area(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Faults of the service area: one box, its corners in order."""
    if len(table) != 1:
        return [Refusal(source, "2:1", f"{len(table)} rows", "one row: south,west,north,east")]
    box = table.iloc[0]
    good = (-90 <= box["south"] < box["north"] <= 90) and (-180 <= box["west"] < box["east"] <= 180)
    return [] if good else [refusal(source, table, int(table.index[0]), "south",
                                    "south below north and west of east, in degrees")]


def sites(source: str, table: pd.DataFrame, districts: pd.DataFrame | None,
          ranges: Ranges) -> list[Refusal]:
    """Faults of the table of sites; ``ranges`` that do not overlap catch swapped columns."""
    faults = doubled(source, table, "site")
    for name, (low, high) in ranges.items():
        other = table["longitude" if name == "latitude" else "latitude"]
        for line in table.index[~table[name].between(low, high)]:
            swapped = low <= other[line] <= high
            faults.append(refusal(source, table, int(line), name, f"{name} {low:g} to {high:g}"
                                  + (" (latitude and longitude look swapped)" if swapped else "")))
    faults += [refusal(source, table, int(line), "stage", "no stage without a station")
               for line in table.index[table["stage"].notna() & (table["station"] == "")]]
    if districts is not None:
        known = set(districts.loc[districts["kind"] != "city", "code"])
        faults += unknown(source, table, "district", ~table["district"].isin(known), sorted(known),
                          "a county, town or zone of contacts/districts.csv")
    return faults


def people(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Faults of the table of people."""
    faults = [fault for column in ("person", "phone", "email", "chat")
              for fault in doubled(source, table, column)]
    for line, phone, email, chat in zip(table.index, table["phone"], table["email"], table["chat"],
                                        strict=True):
        if phone and not reaches(phone):
            faults.append(refusal(source, table, int(line), "phone",
                                  "a valid mobile number as +8613800000001",
                                  private=True))
        if email and not EMAIL.fullmatch(email):
            faults.append(refusal(source, table, int(line), "email",
                                  "an address name@host.domain", private=True))
        if not phone and not email and not chat:
            faults.append(refusal(source, table, int(line), "phone",
                                  "a phone, an e-mail or the robot of a chat group"))
    return faults + terms.faults(source, table)


def districts(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Faults of the district tree.

    A functional zone below a county has any code of its own that does not look like a county's;
    one below a city is a county in all but name, its code too.
    """
    faults = doubled(source, table, "code")
    kinds = dict(zip(table["code"], table["kind"], strict=True))
    for line, row in table.iterrows():
        code, kind, parent = row["code"], row["kind"], row["parent"]
        above = kinds.get(parent, "")
        wanted = _PARENTS[kind]
        if above not in wanted or (not above and parent):
            faults.append(refusal(source, table, int(str(line)), "parent", (
                f"the code of a {' or '.join(wanted)} of this list" if any(wanted)
                else "nothing")))
        elif code[:(known := _PREFIX.get((kind, above), 0))] != parent[:known]:
            faults.append(refusal(source, table, int(str(line)), "code",
                                  f"a code inside {parent}"))
        elif kind == "zone" and (code[6:] == "000000") != (above == "city"):
            faults.append(refusal(source, table, int(str(line)), "code", (
                "a code that ends in six zeros, as a county's" if above == "city"
                else "a code of its own that does not end in six zeros")))
    return faults


def posts(source: str, table: pd.DataFrame, sites: pd.DataFrame, people: pd.DataFrame,
          districts: pd.DataFrame) -> list[Refusal]:
    """Faults of the posts, held against the other tables."""
    faults = places(source, table, sites, people, districts)
    amiss = terms.faults(source, table) + hours.faults(source, table)
    faults += amiss or terms.shared(source, table)
    filled = table[table["person"] != ""]
    if not amiss:
        faults += _unfilled(source, filled)
    counties = counties_of(sites["district"], districts).unique()
    needed = sorted({f"county:{code[:6]}" for code in counties}
                    | {f"city:{code[:4]}00" for code in counties})
    desks = set(filled.loc[filled["post"] == "duty", "place"])
    faults += [Refusal(source, "1:1 place", f"nobody at {place} duty",
                       "a duty desk for every county and city that has sites")
               for place in needed if place not in desks]
    faults += [Refusal(source, "1:1 place", f"nobody answers for {site}", "a filled post")
               for site in sites.loc[~sites["site"].isin(filled["place"]), "site"]]
    return faults


def _unfilled(source: str, filled: pd.DataFrame) -> list[Refusal]:
    """Duty desks, and sites, that nobody answers for at some hour of the week."""
    asked = filled[(filled["post"] == "duty") | ~filled["place"].str.contains(":", regex=False)]
    partly = asked[(asked["hours"] != "").groupby(asked["place"]).transform("all")]
    first = partly.drop_duplicates("place")
    have = pd.crosstab(partly["place"], partly["hours"]).loc[first["place"]] > 0
    # the places of a city have few combinations of hours between them
    kinds, of = np.unique(have.to_numpy(), axis=0, return_inverse=True)
    gaps = np.array([hours.gap(have.columns[kind]) or "" for kind in kinds], dtype=object)[of]
    return [replace(refusal(source, partly, int(line), "hours",
                            "hours that leave no gap, or a row without hours"),
                    found=f"nobody at {place} {gap}")
            for line, place, gap in zip(first.index, first["place"], gaps, strict=True) if gap]


def holidays(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Faults of the calendar: days that do not exist or stand twice."""
    return doubled(source, table, "day") + [
        refusal(source, table, int(line), "day", "a day that exists")
        for line in table.index[~table["day"].map(terms.exists)]]


def places(source: str, table: pd.DataFrame, sites: pd.DataFrame, people: pd.DataFrame,
           districts: pd.DataFrame) -> list[Refusal]:
    """Places, posts and people of a table that the other tables do not know."""
    offices = {f"{'city' if kind == 'city' else 'county'}:{code[:6]}" for kind, code in
               zip(districts["kind"], districts["code"], strict=True)
               if kind in OFFICES or (kind == "zone" and code.endswith("000000"))}
    office = table["place"].str.contains(":", regex=False)
    return [fault for column, mine, known, expected in (
        ("place", ~office, sites["site"], "a site of contacts/sites.csv"),
        ("place", office, sorted(offices), "an office of contacts/districts.csv"),
        ("post", ~office, SITE_POSTS, f"one of {', '.join(SITE_POSTS)}"),
        ("post", office, OFFICE_POSTS, f"one of {', '.join(OFFICE_POSTS)}"),
        ("person", table["person"] != "", people["person"],
         "a person of contacts/people.csv, or nothing while the post is vacant"),
    ) for fault in unknown(source, table, column, mine & ~table[column].isin(known), known,
                           expected)]


def roster(source: str, table: pd.DataFrame) -> list[Refusal]:
    """Faults of the roster: instants that are none, shifts that end before they begin, and
    shifts of one post that leave a gap or overlap."""
    faults: list[Refusal] = []
    shifts: list[Shift] = []
    for line, cells in zip(table.index, table[["place", "post", "person", "starts", "ends"]]
                           .to_numpy().tolist(), strict=True):
        times = dict(zip(("starts", "ends"), map(_instant, cells[3:]), strict=True))
        starts, ends = times["starts"], times["ends"]
        faults += [refusal(source, table, int(line), name, "a day and hour that exist")
                   for name, at in times.items() if at is None]
        if starts is not None and ends is not None:
            if starts >= ends:
                faults.append(refusal(source, table, int(line), "ends", "an instant after starts"))
            shifts.append(Shift(cells[0], cells[1], cells[2], starts, ends, int(line)))
    if not faults:  # a shift that could not be read would look like a gap
        faults = [refusal(source, table, other.line, "starts",
                          f"{one.ends.isoformat()}, where line {one.line} ends: no gap, no overlap")
                  for one, other in breaks(shifts)]
    return faults


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def reaches(phone: str) -> bool:
    """Whether a number in E.164 can be texted."""
    if not re.fullmatch(r"\+[0-9]{8,15}", phone):
        return False
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return False
    kind = phonenumbers.number_type(number)
    return phonenumbers.is_valid_number(number) and kind in (
        phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
