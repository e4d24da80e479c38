"""Judging events: each revision by its kind, each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge_cyclones import judge_cyclone
from fenghuo.agreements.judge_fires import judge_fire
from fenghuo.agreements.judge_quakes import judge_quake
from fenghuo.agreements.judge_signals import judge_signal
from fenghuo.agreements.schema import Agreement
from fenghuo.contacts import Contacts
from fenghuo.observations.records import (
    CycloneAttributes,
    EventRevision,
    FireAttributes,
    SignalAttributes,
)
from fenghuo.words import Authority


def judge_event(connection: Connection, revision: EventRevision, agreements: Sequence[Agreement],
                feed_authority: Mapping[str, Authority], contacts: Contacts, now: datetime,
                titles: Mapping[str, Mapping[str, str]] | None = None,
                ) -> tuple[list[Finding], list[Decision]]:
    """Findings of one stored revision, and why there are none where there are none.

    ``feed_authority`` by feed name (a feed it does not name is foreign); ``titles`` the feeds'
    names by language for the texts. Reads the store only; ``now`` is aware UTC.
    """
    if isinstance(revision.attributes, CycloneAttributes):
        return judge_cyclone(connection, revision, agreements, feed_authority, contacts, now,
                             partial(_facts, titles or {}))
    facts = _facts(titles or {}, revision)
    if isinstance(revision.attributes, SignalAttributes):
        return judge_signal(connection, revision, revision.attributes, agreements, contacts, now,
                            facts)
    if isinstance(revision.attributes, FireAttributes):
        return judge_fire(connection, revision, revision.attributes, agreements, contacts, now,
                          facts)
    return judge_quake(connection, revision, revision.attributes, agreements, feed_authority,
                       contacts, now, facts)


def _facts(titles: Mapping[str, Mapping[str, str]], revision: EventRevision) -> dict[str, Any]:
    """What every finding of a revision says: whose word it is, and of when."""
    return {
        "feed": revision.feed, "feed_title": dict(titles.get(revision.feed, {})),
        "issued": revision.issued.isoformat(), "received": revision.received.isoformat(),
        "onset": revision.onset.isoformat(), "revision": revision.number}
