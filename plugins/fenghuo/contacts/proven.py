"""When somebody last answered; who has not for ninety days has never proven that he would.

An answer by any way counts, in an exercise as in earnest, but for a 4: it says that the person is
somebody else. Practice: a list of contacts decays, and a night of red is too late to find out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from fenghuo.contacts.model import Contacts
from fenghuo.store.tables import answer, obligation
from fenghuo.words import Answer

PROOF = timedelta(days=90)
_PROVES = answer.c.answer != Answer.not_me.value


@dataclass(frozen=True, slots=True)
class Unproven:
    """Somebody who fills posts at ``places`` and last answered long ago, or (None) never."""

    person: str
    places: tuple[str, ...]
    last: datetime | None


def by_person(connection: Connection) -> dict[str, datetime]:
    """When each person last answered, whatever the place."""
    return {person: last for person, last in connection.execute(
        select(answer.c.person, func.max(answer.c.at)).where(_PROVES).group_by(answer.c.person))}


def by_site(connection: Connection, site: str | None = None) -> dict[str, datetime]:
    """When somebody last answered for each site or office, or for one."""
    query = (select(obligation.c.site, func.max(answer.c.at))
             .join(obligation, obligation.c.id == answer.c.obligation_id)
             .where(_PROVES).group_by(obligation.c.site))
    if site is not None:
        query = query.where(obligation.c.site == site)
    return {place: last for place, last in connection.execute(query)}


def unproven(contacts: Contacts, answered: Mapping[str, datetime],
             now: datetime) -> list[Unproven]:
    """Who fills a post and has not answered for PROOF, those who never did first."""
    found = [Unproven(person, tuple(sorted({place for place, _ in contacts.posts_of(person)})),
                      answered.get(person))
             for person in sorted(set(contacts.posts.values()))]
    return sorted((one for one in found if one.last is None or one.last <= now - PROOF),
                  key=lambda one: (one.last is not None, one.last or now, one.person))
