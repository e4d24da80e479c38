"""What the store knows of earlier words: open findings, an incident's other reports, chains."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from fenghuo.observations import copies, incidents
from fenghuo.observations.records import REGISTERED, EventRevision
from fenghuo.store.tables import event, event_revision, finding
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


@dataclass(frozen=True, slots=True)
class Chain:
    """A signal's chain of updates: ``subject`` is its key, ``merged`` are other keys under which
    a document of the chain may have been told."""

    subject: str
    merged: tuple[str, ...]


def chain_of(connection: Connection, revision: EventRevision) -> Chain:
    """The chain of a signal, by the identifiers it began with and the feed that told of it first.

    Follows what each document says it updates or cancels, by whatever feed carries it. An
    identifier we never saw is itself a root, and so is a document that refers to none. Several
    roots mean that one document replaces or ends several chains.
    """
    roots: dict[str, None] = {}
    seen: dict[str, list[EventRevision]] = {}
    told: dict[int, str] = {revision.event_id: revision.feed}
    ahead: list[str] = [revision.external_id]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen[name] = copies.carried(connection, name, revision)
        told |= {one.event_id: one.feed for one in seen[name]}
        documents = [revision, *seen[name]] if name == revision.external_id else seen[name]
        earlier = [each for each in dict.fromkeys(
            each for one in documents for each in one.supersedes) if each != name]
        if not earlier:
            roots[name] = None
        # the first reference is followed first, so that it names the chain
        ahead += [each for each in reversed(earlier) if each not in seen]
    root, *others = tuple(roots) or (revision.external_id,)
    first = min((one.event_id for one in seen.get(root, ())), default=min(told))
    subject, feeds = f"signal:{told[first]}:{root}", sorted(set(told.values()))
    names = others if len(feeds) == 1 else seen
    return Chain(subject, tuple(key for feed in feeds for name in names
                                if (key := f"signal:{feed}:{name}") != subject))


def replaced(connection: Connection, revision: EventRevision) -> bool:
    """Whether a later document, by whatever feed, updates or cancels this one.

    An index drops what was updated; that silence says nothing about the update.
    """
    r = event_revision.c
    paper = revision.feed == REGISTERED
    rows = connection.scalars(
        select(r.supersedes).join(event, event.c.id == r.event_id)
        .where(event.c.kind == revision.kind.value, event.c.id != revision.event_id,
               (event.c.feed == REGISTERED) == paper,
               r.issued >= revision.issued, r.status != EventStatus.exercise.value))
    return any(revision.external_id in names for names in rows)
