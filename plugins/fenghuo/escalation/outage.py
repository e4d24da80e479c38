"""Telephones of a whole town that give no receipts: the network is down, not the people asleep.

At least ten people and at least half of a town's, ten minutes after their texts were sent, are
one alarm (practice.md 5.9). While it is open no deputy there is written to: a human must go.
It ends when receipts come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select

from fenghuo import alarms
from fenghuo.alarms import AlarmKind
from fenghuo.contacts import Contacts
from fenghuo.store import tables as t
from fenghuo.words import Channel

PATIENCE = timedelta(minutes=10)
MEMORY = timedelta(hours=6)
"""An older text says nothing of the network now."""
PEOPLE = 10
SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Outage:
    """What receipts say now. ``lost``: district code -> (people without receipt, people written
    to); ``known``: the towns whose alarm is open; ``next_look``: when a text comes of age."""

    lost: dict[str, tuple[int, int]]
    known: frozenset[str]
    next_look: datetime | None = None

    @property
    def changed(self) -> bool:
        """Whether an alarm has to be raised or ended."""
        return set(self.lost) != self.known


def look(connection: Connection, contacts: Contacts, now: datetime) -> Outage:
    """Weigh the receipts of each town; one cheap count where nothing is amiss."""
    n = t.notice.c
    silent = _texts(now) & n.delivered_at.is_(None)
    people, young = connection.execute(select(
        func.count(n.person.distinct()),
        func.min(n.accepted_at).filter(n.accepted_at > now - PATIENCE)).where(silent)).one()
    known = frozenset(one.subject for one in alarms.open_alarms(
        connection, AlarmKind.receipts_lost))
    if people < PEOPLE:
        return Outage({}, known)
    return Outage(_lost(connection, contacts, now), known, young + PATIENCE if young else None)


def tell(connection: Connection, seen: Outage, now: datetime) -> int:
    """Raise and end the alarms; returns how many changed."""
    changed = 0
    for town in sorted(set(seen.lost) - seen.known):
        lost, people = seen.lost[town]
        changed += alarms.raise_alarm(
            connection, AlarmKind.receipts_lost, town,
            f"{lost} of {people} people without receipt for {PATIENCE.seconds // 60} min", now)
    for town in sorted(seen.known - set(seen.lost)):
        changed += alarms.recover(connection, AlarmKind.receipts_lost, town, now)
    return changed


def _texts(now: datetime) -> ColumnElement[bool]:
    n = t.notice.c
    return ((n.channel == Channel.sms.value) & n.person.is_not(None)
            & (n.accepted_at > now - MEMORY))


def _lost(connection: Connection, contacts: Contacts,
          now: datetime) -> dict[str, tuple[int, int]]:
    """By town, of the people whose newest text can be judged: those without its receipt."""
    n, no, o = t.notice.c, t.notice_obligation.c, t.obligation.c
    rows = connection.execute(
        select(n.person, o.site, n.accepted_at, n.delivered_at)
        .join(t.notice_obligation, no.notice_id == n.id)
        .join(t.obligation, o.id == no.obligation_id)
        .where(_texts(now), n.delivered_at.is_not(None) | (n.accepted_at <= now - PATIENCE),
               ~o.site.contains(":"))
        .order_by(n.accepted_at)).all()
    texts = pd.DataFrame(rows, columns=["person", "site", "accepted", "delivered"])
    districts = contacts.sites.set_index("site")["district"].astype(str)
    newest = (texts.assign(town=texts["site"].map(districts)).dropna(subset=["town"])
              .drop_duplicates(["person", "town"], keep="last"))
    by_town = newest["delivered"].isna().groupby(newest["town"]).agg(["sum", "count"])
    bad = by_town[(by_town["sum"] >= PEOPLE) & (by_town["sum"] >= SHARE * by_town["count"])]
    return {str(town): (int(row["sum"]), int(row["count"])) for town, row in bad.iterrows()}
