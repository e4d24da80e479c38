"""Which sites of a revision wait for a human's word: our own finding where an agreement says so.

A relay never waits, and what was let go or held once is not asked again while its warning lasts.
Where the agreement takes it, two subjects (gauges, runs, tracks) that stand at the tier by
themselves are word enough (practice.md 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from fenghuo.agreements.schema import Agreement, Approval
from fenghuo.lifecycle import RevisionWritten
from fenghuo.store import tables as t
from fenghuo.words import Level, Reason, RuleKind

Place = tuple[int, str]
"""A revision's id and a site."""


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


def places(found: Iterable[Gate]) -> tuple[set[Place], set[Place]]:
    """What waits behind gates, and what an official word speaks of beside it."""
    own, official = set[Place](), set[Place]()
    for gate in found:
        sites = gate.revision.sites
        own |= {(gate.revision.id, site) for site in gate.sites}
        official |= {(gate.revision.id, str(site)) for site in sites[sites["official"] > 0]["site"]}
    return own, official - own


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
    rules: dict[str, tuple[Agreement, Approval]] = {}
    ours = _found_by_us(connection, sites)
    for name, tier in ours[["agreement", "tier"]].drop_duplicates().itertuples(index=False):
        agreement, level = asking.get(name), Level.of_rank(int(tier))
        release = agreement.release.get(level) if agreement and level else None
        if not agreement or not release or not release.approve:
            continue
        waits = ours.loc[(ours["agreement"] == name) & (ours["tier"] == tier), "site"]
        if release.approve.corroborated == "send":
            waits = waits[~waits.isin(_seconded(connection, revision, int(tier)))]
        rules |= dict.fromkeys(waits.astype(str), (agreement, release.approve))
    if not rules:
        return None
    agreement, rule = min(rules.values(), key=lambda one: one[1].else_after)
    return Gate(revision, agreement, rule, frozenset(rules),
                row.due if row else now + rule.else_after, row)


def _found_by_us(connection: Connection, sites: pd.DataFrame) -> pd.DataFrame:
    """Of a revision's sites those that no relay leads: site, tier, agreement."""
    leads = sites["finding_id"].astype(int)
    f = t.finding.c
    agreements = {row.id: row.agreement for row in connection.execute(
        select(f.id, f.agreement).where(f.id.in_(leads.unique().tolist()),
                                        f.kind != RuleKind.signal.value))}
    return sites.assign(agreement=leads.map(agreements)).dropna(subset="agreement")[
        ["site", "tier", "agreement"]]


def _seconded(connection: Connection, revision: RevisionWritten, tier: int) -> list[str]:
    """The sites at which two subjects stand at a tier by themselves."""
    e, f = t.exposure.c, t.finding.c
    return list(connection.scalars(
        select(e.site).join(t.finding, f.id == e.finding_id)
        .where(e.hazard == revision.hazard.value, e.scope == revision.scope,
               f.ended_at.is_(None),
               e.tier.in_([level.value for level in Level if level.rank >= tier]))
        .group_by(e.site).having(func.count(f.subject.distinct()) > 1)))
