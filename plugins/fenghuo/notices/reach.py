"""The reach sheet: owed = pending + told + escalating + unreachable + answered + excused.

Sites first, then persons; both add up by construction, and the sheet says so itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from fenghuo.contacts import addresses
from fenghuo.store import tables as t
from fenghuo.words import Answer, ObligationStatus

WORST = (ObligationStatus.unreachable, ObligationStatus.escalating, ObligationStatus.pending,
         ObligationStatus.told, ObligationStatus.answered, ObligationStatus.excused)
"""A site or person with several obligations counts by the worst of them."""


@dataclass(frozen=True, slots=True)
class ReachSheet:
    """Counts by status. ``withdrawn`` is the number of people reported out with a 3, ``stopped``
    the number of sites that reported themselves shut and empty."""

    warning_id: int
    sites: dict[str, int]
    persons: dict[str, int]
    obligations: dict[str, int]
    withdrawn: int
    stopped: int
    measures: dict[str, int]

    def rows(self) -> list[dict[str, Any]]:
        """One row for sites, persons and obligations: what, owed and a count by status; with the
        sites how many stopped and how many people they withdrew (None elsewhere)."""
        of_sites = {"stopped": self.stopped, "withdrawn": self.withdrawn}
        return [{"what": what, "owed": sum(counts.values()), **counts,
                 **(of_sites if what == "sites" else dict.fromkeys(of_sites))}
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
                      dict(Counter(row.measures for row in rows)))


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
