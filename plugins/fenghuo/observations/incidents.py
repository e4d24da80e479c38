"""Incidents: one earthquake as several feeds tell it.

Ids come first: an agency's own ids make one event (``events``). What agencies say of one another's
quakes is joined by time, place and size, the nearest pair first, and anew whenever anything near
changes: the same words give the same incidents whatever the order in which they came. Two standing
events of one feed are two quakes however near: an aftershock is an incident of its own.
"""

from __future__ import annotations

import math
from bisect import bisect, bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, cast, func, insert, select, update
from sqlalchemy.types import String

from fenghuo.observations.records import EarthquakeAttributes, EventRevision
from fenghuo.observations.revisions import chunks, newest
from fenghuo.store.tables import event, event_revision, incident, warning
from fenghuo.words import EventKind, EventStatus, Hazard

APART = timedelta(seconds=60)
APART_KM = 100.0
APART_MAGNITUDE = 1.5
"""How far two networks' words on one quake may lie apart, and how pairs are compared: USGS joins
catalogues within 100 km and 16 s by the normalised distance (libcomcat, ``find_nearby_events``),
SeisComP within 60 s (scevent, ``eventAssociation.maximumTimeSpan``). We hear first, automatic
solutions, so that the longer time counts; one and a half magnitudes is more than these differ."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the standing words on one quake lie apart: least and most, km between places."""

    feeds: tuple[str, ...]
    magnitude: tuple[float, float]
    depth_km: tuple[float, float] | None
    apart_km: float


def regroup(connection: Connection, changed: Iterable[int]) -> None:
    """Join anew what lies near earthquakes of which something new was said.

    ``changed`` are event ids. Every member of an incident that changed is to be assessed again.
    """
    touched = set(changed)
    groups = [each for near in _neighbourhoods(connection, touched) for each in group(near)]
    held = _incidents(connection, groups)
    moved = [[one for one in members if one.incident_id != incident_id]
             for members, incident_id in zip(groups, held, strict=True)]
    left = {one.incident_id for some in moved for one in some}
    for members, incident_id, some in zip(groups, held, moved, strict=True):
        if some:
            connection.execute(update(event).where(
                event.c.id.in_([one.event_id for one in some])).values(incident_id=incident_id))
        elif incident_id not in left and not touched & {one.event_id for one in members}:
            continue
        _set(connection, incident_id, best(members))
        if len(members) > 1 or incident_id in left:
            connection.execute(update(event_revision).where(
                event_revision.c.id.in_([one.id for one in members])).values(assessed=None))


def group(reports: Sequence[EventRevision]) -> list[list[EventRevision]]:
    """Events' newest revisions, put together by what they are about. Pure; any order gives the
    same groups. Pairs of which both stand are joined before those of which one was withdrawn."""
    ordered = sorted(reports, key=_key)
    of = {one.event_id: [one] for one in ordered}
    for *_, one, other in sorted(_pairs(ordered), key=lambda pair: pair[:4]):
        first, second = of[one.event_id], of[other.event_id]
        if first is second or _feeds(first) & _feeds(second):
            continue
        first += second
        for each in second:
            of[each.event_id] = first
    return sorted({id(members): sorted(members, key=lambda one: one.event_id)
                   for members in of.values()}.values(), key=lambda members: members[0].event_id)


def best(reports: Sequence[EventRevision]) -> EventRevision:
    """The word that counts among several of one weight: one that stands, a reviewed one, the
    newest issued."""
    return max(reports, key=lambda one: (
        _stands(one), _said(one).review == "reviewed", one.issued, *_key(one)))


def reports(connection: Connection, incident_id: int | None,
            now: datetime | None = None) -> list[EventRevision]:
    """The newest word of each event of an incident, first heard first; with ``now`` without
    those that still wait."""
    ids = connection.scalars(select(event.c.id).where(event.c.incident_id == incident_id))
    return [one for _, one in sorted(newest(connection, ids).items())
            if now is None or one.assess_at is None or one.assess_at <= now]


def spread(said: Sequence[EventRevision]) -> Spread | None:
    """How far agencies disagree, None while fewer than two uphold the quake."""
    standing = [one for one in said if _stands(one)]
    if len(standing) < 2:
        return None
    quakes = [_said(one) for one in standing]
    sizes = [quake.magnitude for quake in quakes]
    depths = [quake.depth_km for quake in quakes if quake.depth_km is not None]
    return Spread(
        feeds=tuple(one.feed for one in standing), magnitude=(min(sizes), max(sizes)),
        depth_km=(min(depths), max(depths)) if depths else None,
        apart_km=max(km(one.latitude, one.longitude, other.latitude, other.longitude)
                     for one in quakes for other in quakes))


def km(latitude: float, longitude: float, other: float, other_longitude: float) -> float:
    """Great-circle distance in km of two points in degrees."""
    phi, psi = math.radians(latitude), math.radians(other)
    turn = math.radians(other_longitude - longitude)
    half = (math.sin((psi - phi) / 2) ** 2
            + math.cos(phi) * math.cos(psi) * math.sin(turn / 2) ** 2)
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


def _said(one: EventRevision) -> EarthquakeAttributes:
    assert isinstance(one.attributes, EarthquakeAttributes)
    return one.attributes


def _stands(one: EventRevision) -> bool:
    return one.status is EventStatus.actual


def _key(one: EventRevision) -> tuple[str, str]:
    return one.feed, one.external_id


def _feeds(members: Sequence[EventRevision]) -> set[str]:
    """The feeds that uphold a quake; one that withdrew its event may have told it anew."""
    return {one.feed for one in members if _stands(one)}


Pair = tuple[bool, float, tuple[str, str], tuple[str, str], EventRevision, EventRevision]


def _pairs(ordered: Sequence[EventRevision]) -> list[Pair]:
    """Every two reports that may mean one quake, with how unlike they are."""
    found: list[Pair] = []
    by_time = sorted(ordered, key=lambda one: (one.onset, *_key(one)))
    for at, one in enumerate(by_time):
        for other in by_time[at + 1:]:
            if other.onset - one.onset > APART:
                break
            gone = not (_stands(one) and _stands(other))
            if one.feed == other.feed and not gone:
                continue
            a, b = _said(one), _said(other)
            size = abs(a.magnitude - b.magnitude) / APART_MAGNITUDE
            away = km(a.latitude, a.longitude, b.latitude, b.longitude) / APART_KM
            if size <= 1 and away <= 1:
                seconds = (other.onset - one.onset) / APART
                low, high = sorted((one, other), key=_key)
                found.append((gone, seconds ** 2 + away ** 2 + size ** 2, _key(low), _key(high),
                              low, high))
    return found


def _neighbourhoods(connection: Connection, changed: set[int]) -> list[list[EventRevision]]:
    """Runs of earthquakes, each within APART of the next, around those that changed."""
    r = event_revision.c
    spans = [onset for some in chunks(changed) for onset in connection.scalars(
        select(r.onset).where(r.event_id.in_(some)))]
    if not spans:
        return []
    known = {one.event_id: one for one in newest(connection, changed).values()}
    ahead: list[datetime] = spans
    while ahead:
        low, high = min(ahead) - APART, max(ahead) + APART
        ids = connection.scalars(
            select(r.event_id).join(event, event.c.id == r.event_id)
            .where(event.c.kind == EventKind.earthquake.value, r.onset.between(low, high))
            .distinct())
        fresh = newest(connection, [one for one in ids if one not in known])
        known |= fresh
        ahead = [one.onset for one in fresh.values()]
    ordered = sorted(known.values(), key=lambda one: one.onset)
    runs: list[list[EventRevision]] = []
    for one in ordered:
        if not runs or one.onset - runs[-1][-1].onset > APART:
            runs.append([])
        runs[-1].append(one)
    spans.sort()
    return [run for run in runs
            if bisect(spans, run[-1].onset + APART) > bisect_left(spans, run[0].onset - APART)]


def _incidents(connection: Connection, groups: Sequence[Sequence[EventRevision]]) -> list[int]:
    """The incident of each group: one it already has and whose first event is in it, people
    were warned of before others, the older before the newer; else a new one."""
    known = {one.incident_id for members in groups for one in members
             if one.incident_id is not None}
    first: dict[int, int] = {}
    warned: set[int] = set()
    for some in chunks(known):
        first |= {row.incident_id: row.first for row in connection.execute(
            select(event.c.incident_id, func.min(event.c.id).label("first"))
            .where(event.c.incident_id.in_(some)).group_by(event.c.incident_id))}
        warned |= set(connection.scalars(
            select(incident.c.id).join(warning, warning.c.scope == (
                "incident:" + cast(incident.c.id, String))).where(incident.c.id.in_(some))))
    held: list[int] = []
    for members in groups:
        ids = {one.event_id for one in members}
        own = {one.incident_id for one in members if one.incident_id is not None
               and first[one.incident_id] in ids}
        held.append(min(own, key=lambda one: (one not in warned, one))
                    if own else _made(connection, best(members)))
    return held


def _made(connection: Connection, one: EventRevision) -> int:
    quake = _said(one)
    made = connection.execute(insert(incident).values(
        hazard=Hazard.earthquake.value, at=one.onset, latitude=quake.latitude,
        longitude=quake.longitude, magnitude=quake.magnitude)).inserted_primary_key
    assert made is not None
    return int(made[0])


def _set(connection: Connection, incident_id: int, one: EventRevision) -> None:
    """Keep an incident at the word that counts."""
    quake = _said(one)
    connection.execute(update(incident).where(incident.c.id == incident_id).values(
        at=one.onset, latitude=quake.latitude, longitude=quake.longitude,
        magnitude=quake.magnitude))
