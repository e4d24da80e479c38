"""Which sites of a revision wait for a human's word: our own finding where an agreement says so.

A relay never waits, and what was let go or held once is not asked again while its warning lasts.
Where the agreement takes it, two subjects (gauges, runs, tracks) that stand at the tier by
themselves are word enough (practice.md 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from fenghuo.agreements.schema import Agreement, Approval
from fenghuo.lifecycle import RevisionWritten
from fenghuo.lifecycle.evidence import rank
from fenghuo.store import tables as t
from fenghuo.words import Level, Reason, RuleKind


@dataclass(frozen=True, slots=True)
class Gate:
    """What one revision waits with until ``due``; ``row``: the approval that is asked already."""

    revision: RevisionWritten
    agreement: Agreement
    rule: Approval
    sites: frozenset[str]
    due: datetime
    row: Any = None


def gates(connection: Connection, revisions: Sequence[RevisionWritten],
          agreements: Sequence[Agreement], now: datetime) -> dict[int, Gate]:
    """The gate of each revision that has one, by its id."""
    asking = {one.agreement: one for one in agreements
              if any(release.approve for release in one.release.values())}
    found: dict[int, Gate] = {}
    for revision in revisions:
        if asking and not revision.closes and "drill" not in revision.facts:
            gate = _gate(connection, revision, asking, now)
            found |= {revision.id: gate} if gate else {}
    return found


def why_not(revision: RevisionWritten, waited: Sequence[str]) -> Reason:
    """Why sites that waited for a word need none any more."""
    sites = revision.sites[revision.sites["site"].isin(waited)]
    if revision.closes:
        return Reason.warning_closed
    if (sites["official"] > 0).any():
        return Reason.official_in_force
    return Reason.corroborated if (sites["change"] == "same").any() else Reason.superseded


def _gate(connection: Connection, revision: RevisionWritten, asking: Mapping[str, Agreement],
          now: datetime) -> Gate | None:
    a = t.approval.c
    known = connection.execute(select(t.approval).where(
        a.warning_id == revision.warning_id).order_by(a.id)).all()
    if any(row.decision in ("send", "hold") for row in known):
        return None
    row = next((one for one in known if one.decided is None), None)
    waiting = set(row.sites) if row else set()
    sites = revision.sites[(revision.sites["tier"] > 0) & (
        revision.sites["change"].isin(["entered", "raised"])
        | revision.sites["site"].isin(waiting))]
    f = t.finding.c
    behind = {one.id: one for one in connection.execute(
        select(f.id, f.kind, f.agreement).where(f.id.in_({int(k) for k in sites["finding_id"]})))}
    rules: dict[str, tuple[Agreement, Approval]] = {}
    for site, tier, finding in sites[["site", "tier", "finding_id"]].itertuples(index=False):
        lead, level = behind[int(finding)], Level.of_rank(int(tier))
        agreement = asking.get(lead.agreement)
        release = agreement.release.get(level) if agreement and level else None
        if lead.kind == RuleKind.signal or not agreement or not release or not release.approve:
            continue
        if release.approve.corroborated == "wait" or not _seconded(
                connection, revision, str(site), int(tier)):
            rules[str(site)] = agreement, release.approve
    if not rules:
        return None
    agreement, rule = min(rules.values(), key=lambda one: one[1].else_after)
    return Gate(revision, agreement, rule, frozenset(rules),
                row.due if row else now + rule.else_after, row)


def _seconded(connection: Connection, revision: RevisionWritten, site: str, tier: int) -> bool:
    e, f = t.exposure.c, t.finding.c
    rows = connection.execute(
        select(f.subject, e.tier).join(t.finding, f.id == e.finding_id)
        .where(e.site == site, e.hazard == revision.hazard.value, e.scope == revision.scope,
               f.ended_at.is_(None)))
    return len({row.subject for row in rows if rank(row.tier) >= tier}) > 1
