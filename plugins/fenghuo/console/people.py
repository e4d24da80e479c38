"""Who can be reached: the holders of a site's posts, what is out of use, who never answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from fenghuo.console.names import Names
from fenghuo.contacts import SITE_POSTS, addresses, proven
from fenghuo.contacts.proven import Unproven

PAGE = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """A post of a site: who fills it (None: vacant), when they last answered, what of their
    addresses is out of use (rows of ``addresses.rows``)."""

    post: str
    person: str | None
    last: datetime | None
    out: Sequence[Any]


@dataclass(frozen=True, slots=True)
class People:
    """The page of people: ``out`` of use, and of ``total`` unproven those from ``first``."""

    out: Sequence[Any]
    rows: Sequence[Unproven]
    total: int
    first: int
    step: int = PAGE


def holders(connection: Connection, named: Names, site: str) -> list[Holder]:
    """The posts of a site in their order; empty without an edition."""
    book = named.contacts
    if book is None or site not in named.sites:
        return []
    filled = [(post, book.holder(site, post)) for post in SITE_POSTS]
    answered = proven.by_person(connection)
    out = addresses.rows(connection, [address for _, one in filled if one
                                      for address in one.addresses])
    return [Holder(post, one.person if one else None, answered.get(one.person) if one else None,
                   [row for row in out if one and row.address in one.addresses])
            for post, one in filled]


def people(connection: Connection, named: Names, now: datetime, first: int) -> People:
    """Everybody to look after, for the page."""
    book = named.contacts
    found = proven.unproven(book, proven.by_person(connection), now) if book else []
    return People(addresses.rows(connection), found[first:first + PAGE], len(found), first)
