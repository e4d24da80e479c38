"""Apply findings to the warnings: every touched (hazard, scope) is weighed anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from fenghuo.agreements.findings import Finding
from fenghuo.contacts import Contacts
from fenghuo.lifecycle import covers, revisions, weighing
from fenghuo.lifecycle import evidence as known
from fenghuo.lifecycle.evidence import EndedFinding
from fenghuo.lifecycle.revisions import RevisionWritten
from fenghuo.store import tables as t
from fenghuo.words import Holds, Reason


def apply(connection: Connection, findings: Sequence[Finding], exposures: pd.DataFrame,
          edition_digest: str, contacts: Contacts, now: datetime) -> list[RevisionWritten]:
    """Store findings and exposures and write the revisions they cause.

    ``exposures`` has the columns of ``exposure.expose``; ``finding`` is the position in
    ``findings``. Findings whose ``until`` has come lapse here too, so an empty list is good.
    Returns the revisions written, those of the gravest tier first.
    """
    stored, ended = known.store(connection, findings, edition_digest, now)
    exposed = known.expose(connection, exposures, stored)
    reaching = set(exposed["finding"])
    _decide(connection, [
        _of_finding(finding, Reason.no_site if position in stored else Reason.unknown)
        for position, finding in enumerate(findings)
        if finding.ended is None and finding.holds != Holds.false
        and position not in reaching], edition_digest, now)
    touched = {(str(row["hazard"]), str(row["scope"])) for row in exposed.to_dict("records")}
    touched |= known.scopes_of(connection, [end.id for end in ended])
    written = []
    began = _began(exposed, findings)
    for hazard, scope in sorted(touched, key=lambda one: (one[0], began.get(one, now), one[1])):
        new = exposed[(exposed["hazard"].astype(str) == hazard) & (exposed["scope"] == scope)]
        made = _revise(connection, hazard, scope, findings, new, ended, edition_digest, now)
        written += [made] if made else []
    written += covers.uncovered(connection, written, edition_digest, now)
    return sorted(written, key=lambda r: (-(r.tier.rank if r.tier else 0), r.id))


def _began(exposed: pd.DataFrame, findings: Sequence[Finding]) -> dict[tuple[str, str], datetime]:
    """Since when each (hazard, scope) is a danger: of two quakes the earlier comes first."""
    began: dict[tuple[str, str], datetime] = {}
    pairs = exposed[["hazard", "scope", "finding"]].astype(object).drop_duplicates()
    for hazard, scope, place in pairs.itertuples(index=False):
        key, since = (str(hazard), str(scope)), findings[place].since
        began[key] = min(began.get(key, since), since)
    return began


def next_due(connection: Connection) -> datetime | None:
    """The first instant at which an open finding runs out."""
    c = t.finding.c
    found = connection.execute(
        select(c.until).where(c.ended_at.is_(None), c.until.is_not(None))
        .order_by(c.until).limit(1)).scalar_one_or_none()
    return found


def _revise(connection: Connection, hazard: str, scope: str, findings: Sequence[Finding],
            new: pd.DataFrame, ended: list[EndedFinding], edition: str,
            now: datetime) -> RevisionWritten | None:
    warning = revisions.in_force(connection, hazard, scope)
    before = warning.sites if warning else revisions.state_frame([])
    evidence = known.load(connection, hazard, scope, warning.opened if warning else now)
    after = weighing.weigh(evidence, before)
    hushed = weighing.covered(evidence)
    hushed = hushed[hushed["finding_id"].isin(new["finding_id"])]
    _decide(connection, [
        {"told": False, "reason": Reason.official_in_force.value, "hazard": hazard,
         "site": row.site, "rule": row.rule, "value": _plain(row.value)}
        for row in hushed.itertuples(index=False)], edition, now)
    if warning is None and after.empty:
        return None
    gone = known.ended_sites(connection, ended, hazard, scope)
    sites = weighing.differ(before, after, gone)
    change = weighing.change_of(warning.number + 1 if warning else 1, sites)
    if change is None:
        heard = new[~new["finding_id"].isin(hushed["finding_id"])]
        _decide(connection, [_of_finding(findings[place], Reason.same_level)
                             for place in sorted(set(heard["finding"]))], edition, now)
        return None
    behind, over = evidence[evidence["open"].astype(bool)], set(gone["finding_id"])
    facts: dict[str, Any] = {
        **({"drill": drill} if (drill := revisions.drill_of(scope)) is not None else {}),
        "agreements": sorted(set(behind["agreement"])) or _last_agreements(connection, warning),
        "ended": {end.key: {"id": end.id, "word": end.word.value, "facts": end.facts}
                  for end in ended if end.id in over}}
    return revisions.write(connection, warning, hazard, scope, change, sites, edition,
                           _expires(connection, behind), facts, now)


def _last_agreements(connection: Connection, warning: revisions.OpenWarning | None) -> list[str]:
    if warning is None:
        return []
    r = t.revision.c
    facts = connection.execute(select(r.facts).where(
        r.warning_id == warning.id, r.number == warning.number)).scalar_one()
    return list(facts.get("agreements", []))


def _expires(connection: Connection, behind: pd.DataFrame) -> datetime | None:
    c = t.finding.c
    ids = sorted({int(row) for row in behind["finding_id"]})
    open_ended, last = connection.execute(
        select(func.count().filter(c.until.is_(None)), func.max(c.until))
        .where(c.id.in_(ids))).one()
    return None if open_ended else last


def _of_finding(finding: Finding, reason: Reason) -> dict[str, Any]:
    return {"told": False, "reason": reason.value, "hazard": finding.hazard.value,
            "rule": finding.rule, "event_revision_id": finding.event_revision_id,
            "value": finding.value, "threshold": finding.threshold}


def _decide(connection: Connection, rows: list[dict[str, Any]], edition: str,
            now: datetime) -> None:
    blank = {"hazard": None, "site": None, "rule": None, "event_revision_id": None, "value": None,
             "threshold": None}
    if rows:
        connection.execute(insert(t.decision),
                           [{**blank, **row, "at": now, "edition": edition} for row in rows])


def _plain(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
