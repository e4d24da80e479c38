"""One signal that several feeds carry: an identifier is the same document wherever it is read.

CMA's identifier stands in CAP, in the NMC's list (``alertid``) and at weather.com.cn. What people
entered from paper has numbers of its own and is never a copy.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from fenghuo.observations.records import REGISTERED, EventRevision, SignalAttributes
from fenghuo.observations.revisions import newest
from fenghuo.store.tables import event, event_alias
from fenghuo.words import EventKind, EventStatus, Hazard


def carried(connection: Connection, identifier: str, revision: EventRevision,
            ) -> list[EventRevision]:
    """The newest word of each feed on an identifier, first heard first, as far as it may mean
    what ``revision`` speaks of: its own feed's, or another feed's of the same hazard."""
    paper = revision.feed == REGISTERED
    ids = connection.scalars(
        select(event.c.id).distinct().join(event_alias, event_alias.c.event_id == event.c.id)
        .where(event_alias.c.alias == identifier, event.c.kind == EventKind.signal.value,
               (event.c.feed == REGISTERED) == paper))
    return [one for _, one in sorted(newest(connection, ids).items())
            if one.feed == revision.feed or _hazard(one) == _hazard(revision)]


def upheld(revision: EventRevision, others: list[EventRevision], now: datetime) -> bool:
    """Whether another feed still carries a signal that this one no longer names."""
    return revision.status in (EventStatus.lapsed, EventStatus.deleted) and any(
        _counts(one, now) for one in others)


def said_better(revision: EventRevision, others: list[EventRevision], now: datetime) -> bool:
    """Whether another feed's copy in force says more: an area, what it replaces, a longer text;
    of two alike the one first heard."""
    return _counts(revision, now) and any(
        _counts(one, now) and _fullness(one) > _fullness(revision) for one in others)


def _counts(one: EventRevision, now: datetime) -> bool:
    return one.status is EventStatus.actual and (one.expires is None or one.expires > now)


def _hazard(one: EventRevision) -> Hazard | None:
    return one.attributes.hazard if isinstance(one.attributes, SignalAttributes) else None


def _fullness(one: EventRevision) -> tuple[bool, bool, int, int]:
    said = one.attributes
    assert isinstance(said, SignalAttributes)
    return one.area is not None, bool(one.supersedes), len(said.description), -one.event_id
