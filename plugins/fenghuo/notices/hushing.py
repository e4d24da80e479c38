"""Whom a revision need not tell again: what another text said already, or says better.

Covered: a graver warning of another hazard speaks for it (practice.md 5.2). Told: an earthquake
no stronger at the site than one told there within a day, where nobody reported 3 since
(practice.md 5.7): who reported all clear must look once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from fenghuo.lifecycle import RevisionWritten
from fenghuo.lifecycle.covers import covered_sites
from fenghuo.store import tables as t
from fenghuo.words import Answer, Hazard, Level, ObligationStatus, Reason, WarningState

AFTERSHOCKS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Hushed:
    """Sites covered; the highest tier told in the last day by (place, post); who reported 3."""

    covered: frozenset[str] = frozenset()
    told: dict[tuple[str, str], int] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()

    def reason(self, place: str, post: str, tier: int, sites: frozenset[str]) -> Reason | None:
        """Why a post owes nothing for the ``sites`` of its place; None: it is to be told."""
        if sites and sites <= self.covered:
            return Reason.covered
        if tier <= self.told.get((place, post), 0) and not sites & self.checked:
            return Reason.already_told
        return None


def hushed(connection: Connection, revision: RevisionWritten, now: datetime) -> Hushed:
    """What is known of a revision's places."""
    if "drill" in revision.facts:
        return Hushed()
    if revision.hazard != Hazard.earthquake:
        return Hushed(covered=frozenset(covered_sites(connection, revision)))
    o, w = t.obligation.c, t.warning.c
    rows = connection.execute(
        select(o.site, o.post, o.tier, o.answer)
        .join(t.warning, w.id == o.warning_id)
        .where(w.hazard == Hazard.earthquake.value, w.id < revision.warning_id,
               w.state != WarningState.retracted.value, w.drill_id.is_(None),
               o.opened > now - AFTERSHOCKS, o.status != ObligationStatus.excused.value)).all()
    told: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row.site, row.post
        told[key] = max(told.get(key, 0), Level(row.tier).rank)
    return Hushed(told=told, checked=frozenset(
        row.site for row in rows if row.answer == Answer.done.value))
