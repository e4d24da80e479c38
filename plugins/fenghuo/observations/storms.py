"""One cyclone as several agencies tell it.

Each agency's track is kept as it is; which tracks are one cyclone's is said anew whenever it is
asked, so that a depression that got a number, or a name, is found by it from then on. Two of one
feed are two cyclones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, select

from fenghuo.observations.incidents import km
from fenghuo.observations.records import CycloneAttributes, EventRevision
from fenghuo.observations.revisions import newest
from fenghuo.store.tables import event, event_revision
from fenghuo.words import Authority, EventKind, EventStatus

RECENT = timedelta(days=2)
APART_KM = 300.0
"""Agencies place the eye of a weak cyclone up to some 200 km apart; two cyclones are farther."""
NAMED_KM = 2000.0
LIFE = timedelta(hours=12)
"""How long the newest fix counts: two six-hourly advisories are missing by then."""
BEHIND = timedelta(hours=7)
"""How much older than another's newest fix a track may be: an advisory and its delay."""


def told(connection: Connection, revision: EventRevision, now: datetime) -> list[EventRevision]:
    """The newest word of every feed on a revision's cyclone, the revision itself first."""
    ids = connection.scalars(
        select(event.c.id).distinct().join(event_revision, event_revision.c.event_id == event.c.id)
        .where(event.c.kind == EventKind.cyclone.value, event.c.feed != revision.feed,
               event_revision.c.received > now - RECENT, event_revision.c.received <= now))
    return [revision, *(one for one in newest(connection, ids).values()
                        if same(_track(revision), _track(one)))]


def leader(tracks: list[EventRevision], authority: Mapping[str, Authority], minutes: int,
           now: datetime) -> EventRevision | None:
    """Whose track is judged: the official one before a foreign one, then in the order of
    ``authority`` (that of feeds.yaml). None that has ended or is old, that averages its winds over
    other ``minutes``, or has fallen behind another."""
    order = list(authority)
    able = [one for one in tracks if one.status is EventStatus.actual
            and _track(one).minutes in (minutes, None) and _track(one).current.at + LIFE > now]
    last = max((_track(one).current.at for one in able), default=now)
    return min((one for one in able if _track(one).current.at >= last - BEHIND), default=None,
               key=lambda one: (authority.get(one.feed) is not Authority.official,
                                order.index(one.feed) if one.feed in order else len(order)))


def same(one: CycloneAttributes, other: CycloneAttributes) -> bool:
    """Whether two tracks are one cyclone's: by number, else by name, else by where they were at
    the same time."""
    if one.number and other.number:
        return one.number == other.number
    here, there = one.current, other.current
    if one.name and other.name:
        return one.name == other.name and km(here.latitude, here.longitude, there.latitude,
                                             there.longitude) <= NAMED_KM
    at = min(here.at, there.at)
    mine, theirs = _where(one, at), _where(other, at)
    return mine is not None and theirs is not None and km(*mine, *theirs) <= APART_KM


def _where(track: CycloneAttributes, at: datetime) -> tuple[float, float] | None:
    """The eye's place at an instant, evenly between two fixes; None where the track says none."""
    for before, after in pairwise(track.fixes):
        if before.at <= at <= after.at:
            part = (at - before.at) / (after.at - before.at)
            turn = (after.longitude - before.longitude + 180) % 360 - 180
            return (before.latitude + part * (after.latitude - before.latitude),
                    before.longitude + part * turn)
    near = min(track.fixes, key=lambda fix: abs(fix.at - at))
    return (near.latitude, near.longitude) if abs(near.at - at) <= timedelta(hours=3) else None


def _track(revision: EventRevision) -> CycloneAttributes:
    assert isinstance(revision.attributes, CycloneAttributes)
    return revision.attributes
