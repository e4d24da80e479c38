"""Events and their revisions: what feeds said, in the order in which we heard it.

A record that says nothing new is no revision; one older than what is known is a replay and is
dropped. Ids of one thing are joined (``aliases``); the first id heard stays the event's name.
A foreign source's word waits from its first receipt; its corrections do not wait anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, func, insert, select, update

from fenghuo import ledger
from fenghuo.observations import incidents
from fenghuo.observations.endings import WITHDRAWN, absent, name_ended
from fenghuo.observations.records import EventRecord, EventRevision
from fenghuo.observations.revisions import chunks, digest_of, newest, of_row, plain, selected
from fenghuo.store.tables import event, event_alias, event_revision
from fenghuo.words import EventKind, EventStatus

Entry = tuple[str, str, dict[str, Any]]
"""Kind, subject and facts of a ledger entry."""


def record_events(connection: Connection, feed: str, records: Sequence[EventRecord], payload: str,
                  received: datetime, assess_delay: timedelta = timedelta(0),
                  by: str | None = None) -> list[int]:
    """Store what is new of a payload's records; the ids of the new revisions in their order.

    ``payload`` is the SHA-256 of the archived body, ``received`` our instant, ``assess_delay``
    how long a feed's first word on an event waits, ``by`` who entered it by hand.
    """
    known = _known(connection, feed, records)
    last = newest(connection, set(known.values()))
    made: list[int] = []
    quakes: set[int] = set()
    entries: list[Entry] = []
    for record in records:
        record = name_ended(connection, feed, record)
        event_id = _event(connection, feed, record, known, payload, received)
        before = last.get(event_id)
        if before is not None and _old(record, before):
            continue
        last[event_id] = _write(connection, event_id, feed, record, before, payload, received,
                                assess_delay, entries, by)
        made.append(last[event_id].id)
        if record.kind is EventKind.earthquake:
            quakes.add(event_id)
    incidents.regroup(connection, quakes)
    ledger.append_many(connection, entries, received)
    return made


def pending(connection: Connection, now: datetime) -> list[EventRevision]:
    """The newest revision of each event that has one to be assessed by now, oldest heard first."""
    due = (select(event_revision.c.event_id, func.max(event_revision.c.number).label("number"))
           .where(event_revision.c.assessed.is_(None), event_revision.c.assess_at <= now)
           .group_by(event_revision.c.event_id).subquery())
    rows = connection.execute(
        selected().join(due, (due.c.event_id == event_revision.c.event_id)
                        & (due.c.number == event_revision.c.number))
        .order_by(event_revision.c.issued, event_revision.c.id))
    return [of_row(row) for row in rows]


def next_pending(connection: Connection) -> datetime | None:
    """The city instant at which the next revision is to be assessed, None when none waits."""
    at: datetime | None = connection.scalar(
        select(func.min(event_revision.c.assess_at)).where(event_revision.c.assessed.is_(None)))
    return at


def mark_assessed(connection: Connection, ids: Iterable[int], now: datetime) -> None:
    """Mark revisions, and every older one of the same events, as assessed."""
    for some in chunks(ids):
        rows = connection.execute(
            select(event_revision.c.event_id, func.max(event_revision.c.number).label("number"))
            .where(event_revision.c.id.in_(some)).group_by(event_revision.c.event_id)).all()
        for row in rows:
            connection.execute(update(event_revision).where(
                event_revision.c.event_id == row.event_id,
                event_revision.c.number <= row.number,
                event_revision.c.assessed.is_(None)).values(assessed=now))


def look_again(connection: Connection, at: Mapping[int, datetime]) -> None:
    """Have revisions, by id, assessed once more at an instant: a cyclone comes nearer by itself."""
    for revision_id, instant in at.items():
        connection.execute(update(event_revision).where(event_revision.c.id == revision_id)
                           .values(assessed=None, assess_at=instant))


def revision(connection: Connection, revision_id: int) -> EventRevision:
    """One revision. Raises KeyError for an id that is not there."""
    row = connection.execute(selected().where(event_revision.c.id == revision_id)).one_or_none()
    if row is None:
        raise KeyError(f"event revision {revision_id}")
    return of_row(row)


def known_as(connection: Connection, feed: str, ids: Iterable[str]) -> dict[str, int]:
    """The events a feed's ids stand for, by id; unknown ids are left out."""
    found: dict[str, int] = {}
    for some in chunks(ids):
        rows = connection.execute(select(event_alias.c.alias, event_alias.c.event_id).where(
            event_alias.c.feed == feed, event_alias.c.alias.in_(some)))
        found |= {row.alias: row.event_id for row in rows}
    return found


def _known(connection: Connection, feed: str, records: Sequence[EventRecord]) -> dict[str, int]:
    return known_as(connection, feed, {name for record in records
                                       for name in (record.external_id, *record.aliases)})


def _event(connection: Connection, feed: str, record: EventRecord, known: dict[str, int],
           payload: str, received: datetime) -> int:
    """The event a record speaks of, made if no id of it is known; new ids are kept.

    Events that turn out to be one thing are joined to the first heard.
    """
    names = (record.external_id, *record.aliases)
    told = sorted({known[name] for name in names if name in known})
    if told:
        event_id = told[0]
        for other in told[1:]:
            _join(connection, event_id, other, payload, received)
        known.update({name: event_id for name in names if name in known})
    else:
        made = connection.execute(insert(event).values(
            feed=feed, external_id=record.external_id, kind=record.kind.value,
            received=received)).inserted_primary_key
        assert made is not None
        event_id = int(made[0])
    fresh = [name for name in dict.fromkeys(names) if name not in known]
    if fresh:
        connection.execute(insert(event_alias), [
            {"feed": feed, "alias": name, "event_id": event_id} for name in fresh])
        known.update(dict.fromkeys(fresh, event_id))
    return event_id


def _join(connection: Connection, event_id: int, other: int, payload: str,
          received: datetime) -> None:
    """Give one event's ids to another; what it said by itself is taken back."""
    connection.execute(update(event_alias).where(event_alias.c.event_id == other)
                       .values(event_id=event_id))
    last = newest(connection, [other])[other]
    if last.status not in WITHDRAWN:
        end(connection, last, EventStatus.deleted, payload, received)


def _old(record: EventRecord, before: EventRevision) -> bool:
    """Whether a record says no more than the newest revision, or was issued before it.

    A list that names an event again after its withdrawal by silence brings it back; one that
    repeats what somebody retracted by hand does not, until its issuer says something else.
    """
    if before.by and before.status in WITHDRAWN and _said(record, before):
        return True
    if before.status in WITHDRAWN and record.status not in WITHDRAWN:
        return record.issued < before.issued
    if record.issued < before.issued:
        return True
    return digest_of(replace(record, issued=before.issued)) == digest_of(as_record(before))


def _said(record: EventRecord, before: EventRevision) -> bool:
    """Whether a record says what a withdrawn revision had said while it stood."""
    alike = replace(record, issued=before.issued, status=before.status)
    return digest_of(alike) == digest_of(as_record(before))


def as_record(before: EventRevision) -> EventRecord:
    """A stored revision as its parser read it; the event's other ids are left out."""
    return EventRecord(before.kind, before.external_id, before.status, before.issued,
                       before.onset, before.expires, before.attributes,
                       supersedes=before.supersedes, area=before.area)


def _write(connection: Connection, event_id: int, feed: str, record: EventRecord,
           before: EventRevision | None, payload: str, received: datetime,
           assess_delay: timedelta, entries: list[Entry], by: str | None = None) -> EventRevision:
    """One more revision of an event; its ledger entry is added to ``entries``."""
    number, first, digest = 1, received, digest_of(record)
    if before is not None:
        number = before.number + 1
        first = connection.scalar(select(event.c.received).where(event.c.id == event_id)) or first
        if connection.scalar(select(event_revision.c.id).where(
                event_revision.c.event_id == event_id, event_revision.c.digest == digest)):
            digest = digest_of(record, salt=number)
    row = connection.execute(insert(event_revision).values(
        event_id=event_id, number=number, status=record.status.value, issued=record.issued,
        received=received, onset=record.onset, expires=record.expires,
        attributes=plain(record.attributes), supersedes=list(record.supersedes),
        area=record.area, payload=payload, digest=digest, by=by,
        assess_at=max(received, first + assess_delay))).inserted_primary_key
    assert row is not None
    entries.append(("event.revised", f"{feed}:{record.external_id}", {
        "revision": int(row[0]), "number": number, "status": record.status.value,
        "issued": record.issued.isoformat(), "payload": payload, "digest": digest,
        **({"by": by} if by else {})}))
    return EventRevision(
        id=int(row[0]), event_id=event_id, feed=feed, external_id=record.external_id,
        kind=record.kind, number=number, status=record.status, issued=record.issued,
        received=received, onset=record.onset, expires=record.expires,
        attributes=record.attributes, area=record.area, payload=payload,
        incident_id=before.incident_id if before else None, supersedes=record.supersedes, by=by)


def withdraw(connection: Connection, feed: str, ids: Iterable[str], payload: str,
             received: datetime) -> list[int]:
    """Write ``deleted`` revisions for events whose issuer deleted them; unknown ids are nothing."""
    last = newest(connection, set(known_as(connection, feed, ids).values()))
    return [end(connection, each, EventStatus.deleted, payload, received)
            for each in last.values() if each.status not in WITHDRAWN]


def end(connection: Connection, before: EventRevision, status: EventStatus, payload: str,
        received: datetime, by: str | None = None) -> int:
    """A revision that ends an event with its last known attributes; assessed at once."""
    entries: list[Entry] = []
    made = _write(connection, before.event_id, before.feed,
                  replace(as_record(before), status=status), before, payload, received,
                  timedelta(0), entries, by)
    if before.kind is EventKind.earthquake:
        incidents.regroup(connection, [before.event_id])
    ledger.append_many(connection, entries, received)
    return made.id


def missing(connection: Connection, feed: str, present_ids: Iterable[str] | None, now: datetime,
            window: timedelta, polls: int, *, url: str, payload: str) -> list[int]:
    """End the events a list has silently dropped: earthquakes ``deleted``, signals ``lapsed``.

    ``present_ids`` None: the list is the same as last time. ``url`` is the list's own address,
    whose good answers are counted; ``payload`` the answer that lacks them. Returns revision ids.
    """
    gone = absent(connection, feed, url, present_ids, now, window, polls)
    return [end(connection, last, EventStatus.deleted
                if last.kind is EventKind.earthquake else EventStatus.lapsed, payload, now)
            for last in gone]
