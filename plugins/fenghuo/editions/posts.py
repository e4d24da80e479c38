"""Who fills the posts that an edition's agreements tell, ask and call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts, Person
from fenghuo.notices.owed import ADDRESS
from fenghuo.words import Channel

Book = dict[str, dict[str, Person | None]]
"""By post (``site.deputy``, ``county.duty``) and site: who fills it, None while it is vacant."""


def holders(agreements: Sequence[Agreement], contacts: Contacts) -> Book:
    """Who fills the posts that an agreement tells or calls."""
    posts = {post for agreement in agreements for one in agreement.release.values()
             for post in (*one.tell, *(one.approve.ask if one.approve else ()))}
    posts |= {rung.to for agreement in agreements for one in agreement.feedback.values()
              for rung in one.ladder}
    book: Book = {}
    for post in sorted(posts):
        scope, _, name = post.partition(".")
        book[post] = {site: contacts.holder(
            site if scope == "site" else contacts.office_of(site, scope), name)
            for site in contacts.sites["site"]}
    return book


def reached(person: Person | None, by: Iterable[Channel]) -> bool:
    """Whether somebody has an address of one of these channels."""
    return person is not None and any(
        getattr(person, ADDRESS[channel]) for channel in by if channel in ADDRESS)
