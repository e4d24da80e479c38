"""Incidents: one earthquake as several feeds tell it.

Two feeds mean the same quake when origin times and places are near. Two events of one feed are
two quakes whatever their distance: an aftershock is a new incident.
"""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.store.tables import event, incident
from fenghuo.words import Hazard

APART = timedelta(seconds=60)
APART_KM = 100.0
APART_MAGNITUDE = 1.5
"""First solutions of networks differ by seconds, tens of km and about one magnitude."""


def join(connection: Connection, feed: str, record: EventRecord) -> int:
    """The incident of a new earthquake: the nearest of other feeds, or a new one; its id."""
    quake = record.attributes
    assert isinstance(quake, EarthquakeAttributes)
    told = select(event.c.incident_id).where(
        event.c.feed == feed, event.c.incident_id == incident.c.id)
    rows = connection.execute(
        select(incident).where(
            incident.c.hazard == Hazard.earthquake.value,
            incident.c.at.between(record.onset - APART, record.onset + APART),
            ~told.exists())).all()
    near = []
    for row in rows:
        seconds = abs((row.at - record.onset).total_seconds()) / APART.total_seconds()
        distance = km(row.latitude, row.longitude, quake.latitude, quake.longitude) / APART_KM
        size = abs(row.magnitude - quake.magnitude) / APART_MAGNITUDE
        if distance <= 1 and size <= 1:
            near.append((seconds ** 2 + distance ** 2 + size ** 2, row.id))
    if near:
        return int(min(near)[1])
    made = connection.execute(insert(incident).values(
        hazard=Hazard.earthquake.value, at=record.onset, latitude=quake.latitude,
        longitude=quake.longitude, magnitude=quake.magnitude)).inserted_primary_key
    assert made is not None
    return int(made[0])


def move(connection: Connection, incident_id: int, record: EventRecord) -> None:
    """Keep an incident at its newest solution, so that later feeds find it."""
    quake = record.attributes
    assert isinstance(quake, EarthquakeAttributes)
    connection.execute(update(incident).where(incident.c.id == incident_id).values(
        at=record.onset, latitude=quake.latitude, longitude=quake.longitude,
        magnitude=quake.magnitude))


def km(latitude: float, longitude: float, other: float, other_longitude: float) -> float:
    """Great-circle distance in km of two points in degrees."""
    phi, psi = math.radians(latitude), math.radians(other)
    turn = math.radians(other_longitude - longitude)
    half = (math.sin((psi - phi) / 2) ** 2
            + math.cos(phi) * math.cos(psi) * math.sin(turn / 2) ** 2)
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))
