"""When the last one of a warning hears, were its texts let go now.

Each gateway takes so many parts a second, the gravest first, and what stands in line already goes
before its like; long lines are shared as sharing.py shares them. Who decides sees it before he lets
go, beside the lead time: until the danger begins, or until the first answer is owed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from fenghuo.alarms import failing_gateways
from fenghuo.channels import Gateway, of_channel
from fenghuo.outbox.sharing import in_order, leaving
from fenghuo.store.tables import (
    exposure,
    finding,
    notice,
    notice_item,
    notice_obligation,
    obligation,
    revision,
    revision_site,
)
from fenghuo.words import NoticeState


@dataclass(frozen=True, slots=True)
class Last:
    """The last of ``texts`` (or calls) leaves ``gateway`` after ``seconds``; ``lead`` are those
    until the first answer is owed or the danger begins, None where neither is ahead."""

    texts: int
    gateway: str
    seconds: float
    lead: float | None

    @property
    def late(self) -> bool:
        """Whether the last one hears when the time is over."""
        return self.lead is not None and self.seconds > self.lead


def last_of(connection: Connection, made: Sequence[Gateway], warning: int,
            now: datetime) -> Last | None:
    """The last of the texts of a warning that have not left, held ones let go at the city instant
    ``now``; None where nothing waits, or nothing waits for a gateway."""
    n = notice.c
    own = (select(n.id).join(notice_item, notice_item.c.notice_id == n.id)
           .join(revision, revision.c.id == notice_item.c.revision_id)
           .where(revision.c.warning_id == warning,
                  n.state.in_([NoticeState.queued.value, NoticeState.held.value])))
    mine = set(connection.scalars(own))
    if not mine:
        return None
    found: Last | None = None
    leads = [*_answers(connection, mine), *_onsets(connection, warning, now)]
    lead, fails = min(leads, default=None), failing_gateways(connection)
    for channel in {one.channel for one in made}:
        line = of_channel(made, channel)
        if not any(one.limits().per_second for one in line):
            continue
        leaves = [one for one in leaving(connection.execute(in_order(
            (n.channel == channel.value) & ((n.state == NoticeState.queued) | n.id.in_(own)))),
            line, fails) if one.row.id in mine]
        last = max(leaves, key=lambda one: one.seconds, default=None)
        if last is not None and (found is None or last.seconds > found.seconds):
            found = Last(len(leaves), last.best.name, last.seconds, lead)
    return found


def _answers(connection: Connection, notices: Collection[str]) -> Iterator[float]:
    """The seconds for an answer that notices ask for."""
    o, no = obligation.c, notice_obligation.c
    some = sorted(notices)
    for start in range(0, len(some), 500):
        for row in connection.execute(
                select(o.opened, func.min(o.answer_due).label("due"))
                .join(notice_obligation, no.obligation_id == o.id)
                .where(no.notice_id.in_(some[start:start + 500]), o.answer_due.is_not(None))
                .group_by(o.opened)):
            yield (row.due - row.opened).total_seconds()


def _onsets(connection: Connection, warning: int, now: datetime) -> Iterator[float]:
    """The seconds until what a warning's newest revision speaks of begins, where it is ahead."""
    newest = (select(func.max(revision.c.id)).where(revision.c.warning_id == warning)
              .scalar_subquery())
    found = (select(exposure.c.finding_id)
             .join(revision_site, revision_site.c.exposure_id == exposure.c.id)
             .where(revision_site.c.revision_id == newest))
    for facts in connection.scalars(select(finding.c.facts).where(finding.c.id.in_(found))):
        onset = (facts or {}).get("onset")
        if onset and (ahead := (datetime.fromisoformat(onset) - now).total_seconds()) > 0:
            yield ahead
