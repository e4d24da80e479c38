"""What the store knows of earlier words: open findings, an incident's other reports, chains."""

from __future__ import annotations

from sqlalchemy import Connection, select

from fenghuo.observations import incidents
from fenghuo.observations.records import EventRevision
from fenghuo.store.tables import event, event_alias, event_revision, finding
from fenghuo.words import EventStatus, Holds


def open_rules(connection: Connection, subject: str) -> set[str]:
    """The rules whose finding of this subject holds."""
    return set(connection.scalars(select(finding.c.rule).where(
        finding.c.subject == subject, finding.c.ended_at.is_(None),
        finding.c.holds == Holds.true.value)))


def moved_from(connection: Connection, revision: EventRevision, subject: str) -> list[str]:
    """Subjects under which events of this incident are still told and nobody upholds a quake any
    more: two incidents turned out to be one."""
    told = connection.scalars(
        select(finding.c.subject).distinct()
        .join(event_revision, event_revision.c.id == finding.c.event_revision_id)
        .join(event, event.c.id == event_revision.c.event_id)
        .where(event.c.incident_id == revision.incident_id, finding.c.ended_at.is_(None),
               finding.c.holds == Holds.true.value, finding.c.subject != subject))
    return [other for other in sorted(told) if not any(
        one.status is EventStatus.actual
        for one in incidents.reports(connection, int(other.removeprefix("incident:"))))]


def chain_roots(connection: Connection, revision: EventRevision) -> tuple[str, ...]:
    """The identifiers a signal's chain of updates began with; the first is the chain's name.

    Follows what each document says it updates or cancels through the feed's stored events. An
    identifier we never saw is itself a root, and so is a document that refers to none. Several
    roots mean that one document replaces or ends several chains.
    """
    roots: dict[str, None] = {}
    seen: set[str] = {revision.external_id}
    ahead = [(revision.external_id, revision.supersedes)]
    while ahead:
        name, references = ahead.pop()
        earlier = [each for each in references if each != name]
        if not earlier:
            roots[name] = None
        # the first reference is followed first, so that it names the chain
        for before in reversed(earlier):
            if before not in seen:
                seen.add(before)
                ahead.append((before, _supersedes(connection, revision.feed, before)))
    return tuple(roots) or (revision.external_id,)


def _supersedes(connection: Connection, feed: str, identifier: str) -> tuple[str, ...]:
    """What a stored document said it replaces; nothing for one we never saw."""
    found = connection.scalar(
        select(event_revision.c.supersedes)
        .join(event_alias, event_alias.c.event_id == event_revision.c.event_id)
        .where(event_alias.c.feed == feed, event_alias.c.alias == identifier)
        .order_by(event_revision.c.number).limit(1))
    return tuple(found or ())


def replaced(connection: Connection, revision: EventRevision) -> bool:
    """Whether a later document of the feed updates or cancels this one.

    An index drops what was updated; that silence says nothing about the update.
    """
    r = event_revision.c
    rows = connection.scalars(
        select(r.supersedes).join(event, event.c.id == r.event_id)
        .where(event.c.feed == revision.feed, event.c.id != revision.event_id,
               r.issued >= revision.issued, r.status != EventStatus.exercise.value))
    return any(revision.external_id in names for names in rows)
