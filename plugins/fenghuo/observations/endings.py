"""How events end without a word of their own: missing from their list, or a nameless end.

A list is believed after several good answers in a row: one poor answer is no deletion. CMA
sends no Cancel, and an end (解除) may name no earlier document; it is then matched by issuer,
hazard and district.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import Connection, func, select, update

from fenghuo.observations.records import EventRecord, EventRevision, SignalAttributes
from fenghuo.observations.revisions import newest
from fenghuo.store.tables import event, event_alias, event_revision, fetch
from fenghuo.words import EventKind, EventStatus, FeedOutcome

WITHDRAWN = frozenset({EventStatus.deleted, EventStatus.lapsed})
"""Ends that a list's silence made, or the issuer's deletion: the event may come back."""

GOOD = tuple(outcome.value for outcome in FeedOutcome if outcome.good)
"""Outcomes of a fetch that count as a good answer."""


def absent(connection: Connection, feed: str, url: str, present: Iterable[str] | None,
           now: datetime, window: timedelta, polls: int) -> list[EventRevision]:
    """Events that a list no longer names, after ``polls`` good answers without them.

    ``present`` are all ids the list names, None when it is the same as last time. Only events
    that are actual, began within ``window`` and have not expired are missed. The fetch of this
    answer must already be stored.
    """
    named = None if present is None else set(present)
    rows = connection.execute(
        select(event.c.id, event.c.missing_since).where(
            event.c.feed == feed, event.c.id.in_(
                select(event_revision.c.event_id).where(
                    event_revision.c.onset > now - window)))).all()
    current = newest(connection, [row.id for row in rows])
    since = {row.id: row.missing_since for row in rows}
    names = _names(connection, feed, current) if named is not None else {}
    gone: list[EventRevision] = []
    for event_id, last in current.items():
        if last.status is not EventStatus.actual or last.onset <= now - window \
                or (last.expires is not None and last.expires <= now):
            continue
        missing = since[event_id] is not None if named is None \
            else not named & names[event_id]
        if missing and since[event_id] is None:
            since[event_id] = now
            _mark(connection, event_id, now)
        elif not missing and since[event_id] is not None:
            _mark(connection, event_id, None)
        if missing and _answers(connection, feed, url, since[event_id]) >= polls:
            gone.append(last)
            _mark(connection, event_id, None)
    return gone


def name_ended(connection: Connection, feed: str, record: EventRecord) -> EventRecord:
    """An end that names no known document, made to name the ones in force that it means.

    One that bears the id of the warning itself (an event known by its VTEC, a document rewritten
    in its place) ends that one alone.
    """
    said = record.attributes
    if record.status is not EventStatus.cancelled or not isinstance(said, SignalAttributes):
        return record
    known = connection.scalar(select(func.count()).select_from(event_alias).where(
        event_alias.c.feed == feed, event_alias.c.alias.in_(record.supersedes)))
    itself = select(event_alias.c.event_id).where(
        event_alias.c.feed == feed, event_alias.c.alias == record.external_id)
    stood = connection.scalar(select(func.count()).select_from(event_revision).where(
        event_revision.c.event_id.in_(itself),
        event_revision.c.status == EventStatus.actual.value))
    if known or stood:
        return record
    ids = connection.scalars(
        select(event.c.id).where(
            event.c.feed == feed, event.c.kind == EventKind.signal.value,
            event.c.id.in_(select(event_revision.c.event_id).where(
                event_revision.c.issued < record.issued,
                (event_revision.c.expires.is_(None))
                | (event_revision.c.expires > record.issued)))))
    meant = [last.external_id for last in newest(connection, ids).values()
             if last.status is EventStatus.actual and _same(last, record, said)]
    return replace(record, supersedes=(*record.supersedes, *sorted(meant)))


def _same(last: EventRevision, end: EventRecord, said: SignalAttributes) -> bool:
    """Whether a nameless end means a warning: of its issuer and kind, in one of its districts; of
    one without districts, in the very same area."""
    stood = last.attributes
    return (isinstance(stood, SignalAttributes) and stood.issuer == said.issuer
            and stood.event_name == said.event_name
            and (bool(set(stood.districts) & set(said.districts)) if said.districts
                 else last.area == end.area))


def _names(connection: Connection, feed: str,
           current: dict[int, EventRevision]) -> dict[int, set[str]]:
    """Every id by which an event is known."""
    found = {event_id: {last.external_id} for event_id, last in current.items()}
    oldest = min(current, default=0)
    for row in connection.execute(select(event_alias).where(
            event_alias.c.feed == feed, event_alias.c.event_id >= oldest)):
        if row.event_id in found:
            found[row.event_id].add(row.alias)
    return found


def _answers(connection: Connection, feed: str, url: str, since: datetime | None) -> int:
    """Good answers of the list since an instant."""
    if since is None:
        return 0
    return connection.scalar(select(func.count()).select_from(fetch).where(
        fetch.c.feed == feed, fetch.c.url == url, fetch.c.at >= since,
        fetch.c.outcome.in_(GOOD))) or 0


def _mark(connection: Connection, event_id: int, at: datetime | None) -> None:
    connection.execute(update(event).where(event.c.id == event_id).values(missing_since=at))
