"""The reach sheet: owed = pending + told + escalating + unreachable + answered + excused.

Sites first, then persons; both add up by construction, and the sheet says so itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from fenghuo.contacts import addresses
from fenghuo.store import tables as t
from fenghuo.words import Answer, Channel, NoticeState, ObligationStatus

WORST = (ObligationStatus.unreachable, ObligationStatus.escalating, ObligationStatus.pending,
         ObligationStatus.told, ObligationStatus.answered, ObligationStatus.excused)
"""A site or person with several obligations counts by the worst of them."""


@dataclass(frozen=True, slots=True)
class ReachSheet:
    """Counts by status. ``withdrawn`` is the number of people reported out with a 3, ``stopped``
    the number of sites that reported themselves shut and empty; ``informed`` the number of
    obligations, counted among the others, that nothing but a robot's word into a group has gone
    to: that proves nothing."""

    warning_id: int
    sites: dict[str, int]
    persons: dict[str, int]
    obligations: dict[str, int]
    withdrawn: int
    stopped: int
    measures: dict[str, int]
    informed: int

    def rows(self) -> list[dict[str, Any]]:
        """One row for sites, persons and obligations: what, owed and a count by status; with the
        sites how many stopped and how many people they withdrew, with the obligations how many
        were only informed (None elsewhere)."""
        more = {"sites": {"stopped": self.stopped, "withdrawn": self.withdrawn},
                "obligations": {"informed": self.informed}}
        none = dict.fromkeys(key for one in more.values() for key in one)
        return [{"what": what, "owed": sum(counts.values()), **counts, **none, **more.get(what, {})}
                for what, counts in (("sites", self.sites), ("persons", self.persons),
                                     ("obligations", self.obligations))]


def reach(connection: Connection, warning_id: int) -> ReachSheet:
    """The sheet of a warning at this moment. Offices count as persons, not as sites."""
    o = t.obligation.c
    rows = connection.execute(
        select(o.site, o.post, o.person, o.status, o.measures, o.number, o.answer)
        .where(o.warning_id == warning_id)).all()
    sites = _worst((row.site, row.status) for row in rows if ":" not in row.site)
    # a vacant post has no person, yet somebody is missing there
    persons = _worst((row.person or f"{row.site} {row.post}", row.status) for row in rows)
    most: dict[str, int] = {}
    for row in rows:
        most[row.site] = max(most.get(row.site, 0), row.number or 0)
    return ReachSheet(warning_id, sites, persons, _counted(row.status for row in rows),
                      sum(most.values()),
                      len({row.site for row in rows if row.answer == Answer.shut}),
                      dict(Counter(row.measures for row in rows)),
                      informed(connection, warning_id))


def informed(connection: Connection, warning_id: int) -> int:
    """How many open obligations of a warning had nothing but a robot's word into a group."""
    o, n, no = t.obligation.c, t.notice.c, t.notice_obligation.c
    by_robots = (
        select(o.id).join(t.notice_obligation, no.obligation_id == o.id)
        .join(t.notice, n.id == no.notice_id)
        .where(o.warning_id == warning_id, n.state == NoticeState.accepted.value,
               n.created >= o.opened, o.status.not_in([ObligationStatus.answered.value,
                                                       ObligationStatus.excused.value]))
        .group_by(o.id).having(func.min(n.channel) == Channel.chat.value,
                               func.max(n.channel) == Channel.chat.value))
    return connection.scalar(select(func.count()).select_from(by_robots.subquery())) or 0


def doubled(connection: Connection, warning_id: int) -> list[Any]:
    """The messages of a warning that may have been sent twice: id, person, channel, address."""
    n, i, r = t.notice.c, t.notice_item.c, t.revision.c
    return list(connection.execute(
        select(n.id, n.person, n.channel, n.address).distinct()
        .join(t.notice_item, i.notice_id == n.id).join(t.revision, r.id == i.revision_id)
        .where(r.warning_id == warning_id, n.maybe_doubled).order_by(n.person, n.id)))


def out_of_use(connection: Connection, warning_id: int) -> list[Any]:
    """Rows of ``addresses.rows`` of those who must know of a warning."""
    o = t.obligation.c
    people = set(connection.scalars(select(o.person).where(o.warning_id == warning_id)))
    return [row for row in addresses.rows(connection) if row.person in people]


def _worst(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    worst: dict[str, str] = {}
    for name, status in pairs:
        known = worst.get(name)
        if known is None or WORST.index(ObligationStatus(status)) < WORST.index(
                ObligationStatus(known)):
            worst[name] = status
    return _counted(worst.values())


def _counted(statuses: Iterable[str]) -> dict[str, int]:
    counted = Counter(statuses)
    return {status.value: counted[status.value] for status in ObligationStatus}
