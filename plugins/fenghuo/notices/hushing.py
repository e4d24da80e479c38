"""Whom a revision need not tell again: what another text said already, or says better.

Covered: a graver warning of another hazard speaks for it (practice.md 5.2). Told: an earthquake
no stronger at the site, by whole degrees, than one told there within a day, where nobody reported
3 since (practice.md 5.7): who reported all clear must look once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor

from sqlalchemy import Connection, func, select

from fenghuo.lifecycle import RevisionWritten
from fenghuo.lifecycle.covers import covered_sites
from fenghuo.store import tables as t
from fenghuo.words import Answer, Hazard, Level, ObligationStatus, Reason, WarningState

AFTERSHOCKS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Hushed:
    """Sites covered; the highest tier told in the last day by (place, post); who reported 3, and
    where the shaking is stronger than any told."""

    covered: frozenset[str] = frozenset()
    told: dict[tuple[str, str], int] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()
    stronger: frozenset[str] = frozenset()

    def reason(self, place: str, post: str, tier: int, sites: frozenset[str]) -> Reason | None:
        """Why a post owes nothing for the ``sites`` of its place; None: it is to be told."""
        if sites and sites <= self.covered:
            return Reason.covered
        again = sites & (self.checked | self.stronger)
        if tier <= self.told.get((place, post), 0) and not again:
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
        row.site for row in rows if row.answer == Answer.done.value),
        stronger=_stronger(connection, revision, now) if told else frozenset())


def _stronger(connection: Connection, revision: RevisionWritten,
              now: datetime) -> frozenset[str]:
    """Sites where this quake is felt a whole degree more than every earlier one of the day."""
    s, r, w, e = t.revision_site.c, t.revision.c, t.warning.c, t.exposure.c
    felt = (select(s.site, func.max(e.value).label("value"))
            .join(t.exposure, e.id == s.exposure_id).join(t.revision, r.id == s.revision_id)
            .join(t.warning, w.id == r.warning_id).group_by(s.site))
    before = {row.site: row.value for row in connection.execute(felt.where(
        w.hazard == Hazard.earthquake.value, w.id < revision.warning_id, w.drill_id.is_(None),
        w.state != WarningState.retracted.value, r.at > now - AFTERSHOCKS))}
    return frozenset(
        row.site for row in connection.execute(felt.where(r.id == revision.id))
        if row.value is not None and floor(row.value) > floor(before.get(row.site) or 0.0))
