"""Revisions: what a warning was at each of its sites, kept for ever."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select, update

from fenghuo import ledger
from fenghuo.lifecycle import evidence
from fenghuo.lifecycle.evidence import rank
from fenghuo.lifecycle.weighing import STATE, differ
from fenghuo.store import tables as t
from fenghuo.words import Change, Ended, Hazard, Level, WarningState

CLOSES = {Change.cancel: WarningState.cancelled, Change.lapse: WarningState.lapsed,
          Change.retract: WarningState.retracted}


@dataclass(frozen=True, slots=True)
class RevisionWritten:
    """A revision as announced. ``sites`` has one row a site, those that left included:

    site, tier, previous, official, previous_official (ranks, 0 none), exposure_id, finding_id
    (a site that left: its last), change (entered, raised, lowered, left, same) and ended (a word
    of Ended, or empty). ``facts``: agreements (names behind it), ended (rule|subject -> word and
    facts of the findings that ended).
    """

    id: int
    warning_id: int
    number: int
    change: Change
    hazard: Hazard
    scope: str
    tier: Level | None
    sites: pd.DataFrame
    at: datetime
    expires: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def closes(self) -> bool:
        """Whether the warning ended with this revision."""
        return self.change in CLOSES


@dataclass(frozen=True, slots=True)
class OpenWarning:
    """The warning in force for a (hazard, scope), and its newest revision."""

    id: int
    opened: datetime
    number: int
    sites: pd.DataFrame


def in_force(connection: Connection, hazard: str, scope: str) -> OpenWarning | None:
    """The open warning of a key with its sites' state (columns STATE), or None."""
    w, r = t.warning.c, t.revision.c
    row = connection.execute(
        select(w.id, w.opened, func.max(r.number).label("number"))
        .join(t.revision, r.warning_id == w.id)
        .where(w.hazard == hazard, w.scope == scope, w.state == WarningState.in_force.value)
        .group_by(w.id, w.opened)).one_or_none()
    if row is None:
        return None
    return OpenWarning(row.id, row.opened, row.number, _state(connection, row.id, row.number))


def read(connection: Connection, warning_id: int) -> RevisionWritten:
    """The newest revision of a warning, its sites as they stand (nothing raised or lowered)."""
    w, r, s, e = t.warning.c, t.revision.c, t.revision_site.c, t.exposure.c
    row = connection.execute(
        select(t.revision, w.hazard, w.scope).join(t.warning, w.id == r.warning_id)
        .where(r.warning_id == warning_id).order_by(r.number.desc()).limit(1)).one()
    sites = state_frame([
        (site.site, rank(site.tier), rank(site.official_level), site.exposure_id, site.finding_id)
        for site in connection.execute(
            select(s.site, s.tier, s.official_level, s.exposure_id, e.finding_id)
            .join(t.exposure, e.id == s.exposure_id).where(s.revision_id == row.id))])
    sites = sites.assign(previous=sites["tier"], previous_official=sites["official"],
                         change="same", ended="")
    return RevisionWritten(row.id, warning_id, row.number, Change(row.change), Hazard(row.hazard),
                           row.scope, Level(row.tier) if row.tier else None, sites, row.at,
                           row.expires, dict(row.facts))


def again(connection: Connection, ids: Collection[int]) -> dict[int, RevisionWritten]:
    """Revisions as they were announced, by id: their sites with what changed at each."""
    w, r = t.warning.c, t.revision.c
    rows = connection.execute(
        select(t.revision, w.hazard, w.scope).join(t.warning, w.id == r.warning_id)
        .where(r.id.in_(sorted(set(ids))))).all()
    found = {}
    for row in rows:
        ended = evidence.ended_sites(connection, [
            evidence.EndedFinding(end["id"], Ended(end["word"]), key, end["facts"])
            for key, end in row.facts.get("ended", {}).items()], row.hazard, row.scope)
        sites = differ(_state(connection, row.warning_id, row.number - 1),
                       _state(connection, row.warning_id, row.number), ended)
        found[row.id] = RevisionWritten(
            row.id, row.warning_id, row.number, Change(row.change), Hazard(row.hazard), row.scope,
            Level(row.tier) if row.tier else None, sites, row.at, row.expires, dict(row.facts))
    return found


def _state(connection: Connection, warning_id: int, number: int) -> pd.DataFrame:
    """The sites a numbered revision left in force: columns STATE."""
    r, s, e = t.revision.c, t.revision_site.c, t.exposure.c
    rows = connection.execute(
        select(s.site, s.tier, s.official_level, s.exposure_id, e.finding_id)
        .join(t.revision, r.id == s.revision_id).join(t.exposure, e.id == s.exposure_id)
        .where(r.warning_id == warning_id, r.number == number, s.tier.is_not(None))).all()
    return state_frame([
        (site.site, rank(site.tier), rank(site.official_level), site.exposure_id, site.finding_id)
        for site in rows])


def drill_of(scope: str) -> int | None:
    """The drill whose scope this is (``drill:3``), None for a real danger's."""
    kind, _, number = scope.partition(":")
    return int(number) if kind == "drill" else None


def state_frame(rows: list[tuple[str, int, int, int, int]]) -> pd.DataFrame:
    """Rows of STATE as a frame, right also when empty."""
    return pd.DataFrame(rows, columns=list(STATE)).astype(
        {name: "object" if name == "site" else "int64" for name in STATE})


def write(connection: Connection, warning: OpenWarning | None, hazard: str, scope: str,
          change: Change, sites: pd.DataFrame, edition: str, expires: datetime | None,
          facts: dict[str, Any], now: datetime) -> RevisionWritten:
    """Write a revision, opening or closing its warning, with its ledger entry."""
    state = CLOSES.get(change, WarningState.in_force)
    if warning is None:
        key = connection.execute(insert(t.warning).values(
            hazard=hazard, scope=scope, state=state.value, opened=now,
            drill_id=drill_of(scope))).inserted_primary_key
        assert key is not None
        warning_id, number = int(key[0]), 1
    else:
        warning_id, number = warning.id, warning.number + 1
    if change in CLOSES:
        connection.execute(update(t.warning).where(t.warning.c.id == warning_id)
                           .values(state=state.value, closed=now))
    tier = Level.of_rank(int(sites["tier"].max()))
    official = Level.of_rank(int(sites["official"].max()))
    key = connection.execute(insert(t.revision).values(
        warning_id=warning_id, number=number, edition=edition, at=now, change=change.value,
        tier=tier and tier.value, official_level=official and official.value, expires=expires,
        facts=facts)).inserted_primary_key
    assert key is not None
    names = [None, *(level.value for level in Level)]
    connection.execute(insert(t.revision_site), [
        {"revision_id": int(key[0]), "site": row["site"], "tier": names[row["tier"]],
         "official_level": names[row["official"]], "exposure_id": row["exposure_id"]}
        for row in sites.to_dict("records")])
    ledger.append(connection, "warning.revised", f"warning:{warning_id}", {
        "revision": int(key[0]), "number": number, "change": change.value, "hazard": hazard,
        "scope": scope, "tier": tier and tier.value, "official_level": official and official.value,
        "state": state.value, "edition": edition,
        "sites": {row["site"]: names[row["tier"]] for row in sites.to_dict("records")}}, now)
    return RevisionWritten(int(key[0]), warning_id, number, change, Hazard(hazard), scope, tier,
                           sites.reset_index(drop=True), now, expires, facts)
