"""Sites that nobody of can be reached now: by the list, or because everything was tried in vain.

By the list: every post is vacant, its holder's days are over, or their numbers and mailboxes are
out of use. In vain: every duty of the site in the warnings in force is unreachable and no rung is
left.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from fenghuo.alarms.bells import DAY
from fenghuo.contacts import addresses
from fenghuo.contacts.model import SITE_POSTS, Contacts
from fenghuo.store.tables import obligation, warning
from fenghuo.words import Channel, Level, ObligationStatus, Reason, WarningState

QUIET = (Level.white, Level.blue)
"""Tiers whose texts wait for the morning (practice.md 5.5)."""


def unreached(connection: Connection, contacts: Contacts, now: datetime,
              zone: ZoneInfo) -> dict[str, str]:
    """Site -> why nobody of it can be reached at the city instant ``now``.

    In the night it counts only where a warning above blue is in force: nothing less wakes somebody.
    """
    by_day = DAY[0] <= now.astimezone(zone).hour < DAY[1]
    duties = _duties(connection, () if by_day else QUIET)
    found = {site: said for site, said in _by_the_list(connection, contacts).items()
             if by_day or site in duties}
    return found | {site: "everything was tried, nobody answered or could be told"
                    for site, left in duties.items() if not left and site in contacts.site_index}


def _by_the_list(connection: Connection, contacts: Contacts) -> dict[str, str]:
    out = addresses.out_of_use(connection)
    ways = ((Channel.sms, "phone"), (Channel.email, "email"))

    def shut(person: str) -> list[Reason] | None:
        """Why somebody cannot be written to, None where they can."""
        one = contacts.present(person)
        used = [(channel.value, getattr(one, name)) for channel, name in ways
                if one and getattr(one, name)]
        return None if any(key not in out for key in used) else [out[key] for key in used]

    told = {person for person in set(contacts.posts.values()) if shut(person) is None}
    reached = {place for (place, _), person in contacts.posts.items() if person in told}
    found = {}
    for site in contacts.site_index.keys() - reached:
        posts = []
        for post in SITE_POSTS:
            person = contacts.posts.get((site, post))
            why = (shut(person) or [Reason.no_address]) if person else [Reason.post_vacant]
            posts.append(f"{post} {person or ''}".strip() + f": {', '.join(sorted(set(why)))}")
        found[site] = "; ".join(posts)
    return found


def _duties(connection: Connection, but: Collection[Level]) -> dict[str, int]:
    """For each site with duties in warnings in force, ``but`` at some tiers, how many are not given
    up: answered ones count, excused ones are none."""
    o, w = obligation.c, warning.c
    given_up = (o.status == ObligationStatus.unreachable.value) & o.next_rung_at.is_(None)
    return {site: int(left) for site, left in connection.execute(
        select(o.site, func.sum(case((given_up, 0), else_=1)))
        .join(warning, w.id == o.warning_id)
        .where(w.state == WarningState.in_force.value, w.drill_id.is_(None),
               o.status != ObligationStatus.excused.value,
               o.tier.not_in([level.value for level in but]))
        .group_by(o.site))}
