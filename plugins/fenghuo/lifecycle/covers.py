"""Which hazard speaks for another at a site (practice.md 5.2), and when it stops to.

Under an official typhoon signal from yellow up nobody needs a second text about wind, under
red rain none about lightning, unless the lesser hazard stands higher. Flood, geology, surge and
earthquakes always speak for themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from fenghuo.lifecycle import revisions
from fenghuo.lifecycle.evidence import rank
from fenghuo.lifecycle.revisions import RevisionWritten
from fenghuo.store import tables as t
from fenghuo.words import Change, Hazard, Level, WarningState

COVERED_BY: Mapping[Hazard, tuple[Hazard, Level]] = {
    Hazard.gale: (Hazard.typhoon, Level.yellow),
    Hazard.thunder_gust: (Hazard.typhoon, Level.yellow),
    Hazard.lightning: (Hazard.rainstorm, Level.red)}


def covers(hazard: Hazard, own: int, over: int) -> bool:
    """Whether a covering signal of rank ``over`` speaks for a hazard of rank ``own``."""
    found = COVERED_BY.get(hazard)
    return found is not None and over >= found[1].rank and own <= over


def covered_sites(connection: Connection, revision: RevisionWritten) -> set[str]:
    """The sites of a revision for which a graver warning of another hazard speaks now."""
    found = COVERED_BY.get(revision.hazard)
    if found is None or "drill" in revision.facts:
        return set()
    sites = revision.sites[revision.sites["tier"] > 0]
    over = official_at(connection, found[0], set(sites["site"]))
    return {site for site, tier, official in zip(
                sites["site"], sites["tier"], sites["official"], strict=True)
            if covers(revision.hazard, int(official or tier), over.get(site, 0))}


def official_at(connection: Connection, hazard: Hazard, sites: Collection[str]) -> dict[str, int]:
    """The highest official rank of a hazard in force at each of the sites."""
    w, r, s = t.warning.c, t.revision.c, t.revision_site.c
    newest = (select(r.warning_id, func.max(r.number).label("number"))
              .join(t.warning, w.id == r.warning_id)
              .where(w.state == WarningState.in_force.value, w.hazard == hazard.value,
                     w.drill_id.is_(None)).group_by(r.warning_id).subquery())
    found: dict[str, int] = {}
    for row in connection.execute(
            select(s.site, s.official_level).join(t.revision, r.id == s.revision_id)
            .join(newest, (newest.c.warning_id == r.warning_id) & (newest.c.number == r.number))
            .where(s.official_level.is_not(None), s.tier.is_not(None))):
        if row.site in sites:
            found[row.site] = max(found.get(row.site, 0), rank(row.official_level))
    return found


def uncovered(connection: Connection, written: Sequence[RevisionWritten], edition: str,
              now: datetime) -> list[RevisionWritten]:
    """New revisions of warnings that nobody speaks for any more: their people are to be told."""
    made = []
    already = {one.warning_id for one in written}
    for hazard, (over, _) in COVERED_BY.items():
        fell = {site: (int(before), int(after)) for one in written if one.hazard == over
                and "drill" not in one.facts
                for site, before, after in zip(one.sites["site"], one.sites["previous_official"],
                                               one.sites["official"], strict=True)
                if after < before}
        if not fell:
            continue
        w = t.warning.c
        for row in connection.execute(select(w.id, w.scope).where(
                w.hazard == hazard.value, w.state == WarningState.in_force.value,
                w.drill_id.is_(None))).all():
            known = revisions.in_force(connection, hazard.value, row.scope)
            if row.id in already or known is None:
                continue
            alone = [site for site, tier, official in zip(
                known.sites["site"], known.sites["tier"], known.sites["official"], strict=True)
                if site in fell and covers(hazard, int(official or tier), fell[site][0])
                and not covers(hazard, int(official or tier), fell[site][1])]
            if alone:
                last = revisions.read(connection, row.id)
                made.append(revisions.write(
                    connection, known, hazard.value, row.scope, Change.area, last.sites, edition,
                    last.expires, {**last.facts, "ended": {}, "uncovered": sorted(alone)}, now))
    return made
