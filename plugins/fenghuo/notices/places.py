"""Places of a revision: its sites, the offices above them, and what changed at each."""

from __future__ import annotations

import pandas as pd

from fenghuo.contacts import Contacts
from fenghuo.notices.letters import Kind


def ordinals(contacts: Contacts, person: str) -> dict[str, int]:
    """A person's sites, numbered from 1 in the order of his posts: stable within an edition."""
    sites = dict.fromkeys(place for place, _ in contacts.posts_of(person) if ":" not in place)
    return {site: number for number, site in enumerate(sites, 1)}


def placed(sites: pd.DataFrame, contacts: Contacts) -> pd.DataFrame:
    """Sites with the places that owe for them: columns site, county, city are place names."""
    known = contacts.sites.set_index("site")["county"].astype(str)
    county = sites["site"].map(known).fillna("")
    return sites.assign(county="county:" + county.str[:6], city="city:" + county.str[:4] + "00")


def changes_by_place(sites: pd.DataFrame) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By place: change -> the (site, ended word) pairs that changed so."""
    out: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for column in ("site", "county", "city"):
        for place, change, site, word in zip(sites[column], sites["change"], sites["site"],
                                             sites["ended"], strict=True):
            out.setdefault(place, {}).setdefault(change, []).append((site, word))
    return out


def gone(changes: dict[str, list[tuple[str, str]]]) -> tuple[tuple[str, ...], Kind]:
    """The sites that left a place, and as what the gravest of them ended."""
    left = changes.get("left", [])
    kinds = [Kind.of_change("left", word) for _, word in left]
    first = min(kinds, key=list(Kind).index, default=Kind.left)
    return tuple(site for site, _ in left), first
