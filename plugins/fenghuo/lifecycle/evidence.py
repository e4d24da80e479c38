"""Evidence in the database: findings that hold, the sites they expose, and how they ended.

A finding's key is (rule, subject): a newer true one replaces the open one, a false or ended one
closes it, an unknown one changes nothing and stands beside it to be shown as unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from fenghuo import ledger
from fenghuo.agreements.findings import Finding
from fenghuo.store import tables as t
from fenghuo.words import Ended, Holds, Level

EVIDENCE = ("site", "tier", "official", "value", "exposure_id", "finding_id", "kind", "issuer",
            "issued", "agreement", "rule", "open", "service", "near")
"""``service`` names whose stations compete (气象台), ``near`` how near to the scope the issuer's
own district is: 2 the county itself, 1 its city, 0 elsewhere or unknown."""


AT_ONCE = 500
"""Keys asked for in one statement."""


@dataclass(frozen=True, slots=True)
class EndedFinding:
    """A stored finding that stopped to hold in this step, and what its end said."""

    id: int
    word: Ended
    key: str
    facts: dict[str, Any]


def store(connection: Connection, findings: Sequence[Finding], edition: str,
          now: datetime) -> tuple[dict[int, int], list[EndedFinding]]:
    """Store findings and end those they replace or that ran out.

    Returns the stored id by position of every finding that holds, and what was ended.
    """
    ended: list[EndedFinding] = []
    stored: dict[int, int] = {}
    for batch in _batches(findings):
        ended += _end(connection, list(batch.values()), now)
        stays = {place: finding for place, finding in batch.items() if _word(finding) is None}
        stored |= zip(stays, _insert(connection, list(stays.values()), edition, now), strict=True)
    ended += _lapse(connection, now)
    ledger.append_many(connection, [
        ("finding.ended", f"finding:{end.id}", {"ended": end.word.value}) for end in ended], now)
    return {position: row for position, row in stored.items()
            if findings[position].holds == Holds.true}, ended


def _batches(findings: Sequence[Finding]) -> list[dict[int, Finding]]:
    """Findings by position, cut wherever a key comes again: the later one ends the earlier."""
    batches: list[dict[int, Finding]] = []
    seen: set[tuple[str, str]] = set()
    for position, finding in enumerate(findings):
        key = finding.rule, finding.subject
        if not batches or key in seen or len(seen) == AT_ONCE:
            batches.append({})
            seen = set()
        seen.add(key)
        batches[-1][position] = finding
    return batches


def _word(finding: Finding) -> Ended | None:
    """With which word a finding ends what it is about, None when it holds or may hold."""
    return finding.ended or (Ended.cleared if finding.holds == Holds.false else None)


def _insert(connection: Connection, findings: Sequence[Finding], edition: str,
            now: datetime) -> list[int]:
    if not findings:
        return []
    ids = connection.execute(
        insert(t.finding).returning(t.finding.c.id, sort_by_parameter_order=True),
        [{"edition": edition, "agreement": one.agreement, "rule": one.rule, "kind": one.kind.value,
          "hazard": one.hazard.value, "subject": one.subject, "at": one.at,
          "holds": one.holds.value, "tier": one.tier.value if one.tier else None,
          "official_level": one.official_level.value if one.official_level else None,
          "value": one.value, "threshold": one.threshold, "metric": one.metric, "unit": one.unit,
          "since": one.since, "until": one.until, "event_revision_id": one.event_revision_id,
          "proof": list(one.proof), "facts": one.facts} for one in findings]).scalars().all()
    ledger.append_many(connection, [
        ("finding.held", f"finding:{key}", {
            "rule": one.rule, "subject": one.subject, "holds": one.holds.value,
            "tier": one.tier.value if one.tier else None, "value": one.value,
            "threshold": one.threshold, "edition": edition, "proof": list(one.proof)})
        for key, one in zip(ids, findings, strict=True)], now)
    return [int(key) for key in ids]


def _end(connection: Connection, findings: Sequence[Finding], now: datetime) -> list[EndedFinding]:
    """End what is open under the keys of findings; an unknown one ends only unknown ones."""
    c = t.finding.c
    newer = {(one.rule, one.subject): one for one in findings}
    rows = connection.execute(
        select(c.id, c.rule, c.subject, c.holds, c.facts)
        .where(c.ended_at.is_(None), c.rule.in_({one.rule for one in findings}),
               c.subject.in_({one.subject for one in findings})).order_by(c.id)).all()
    by_word: dict[Ended, list[int]] = {}
    ended: list[EndedFinding] = []
    for row in rows:
        one = newer.get((row.rule, row.subject))
        if one is None or (_word(one) is None and one.holds == Holds.unknown
                           and row.holds != Holds.unknown):
            continue
        word = _word(one) or Ended.superseded
        by_word.setdefault(word, []).append(row.id)
        if row.holds == Holds.true:
            ended.append(EndedFinding(row.id, word, key_of(row.rule, row.subject),
                                      {**row.facts, **one.facts}))
    for word, ids in by_word.items():
        connection.execute(update(t.finding).where(c.id.in_(ids))
                           .values(ended_at=now, ended=word.value))
    return ended


def _lapse(connection: Connection, now: datetime) -> list[EndedFinding]:
    c = t.finding.c
    rows = connection.execute(
        update(t.finding).where(c.ended_at.is_(None), c.until <= now)
        .values(ended_at=now, ended=Ended.lapsed.value)
        .returning(c.id, c.holds, c.facts, c.rule, c.subject)).all()
    return [EndedFinding(row.id, Ended.lapsed, key_of(row.rule, row.subject), dict(row.facts))
            for row in rows if row.holds == Holds.true.value]


def expose(connection: Connection, exposures: pd.DataFrame, stored: dict[int, int]) -> pd.DataFrame:
    """Store the exposures of findings that hold; returns them with ``finding_id`` added."""
    kept = exposures[exposures["finding"].isin(list(stored))].reset_index(drop=True)
    kept = kept.assign(finding_id=kept["finding"].map(stored))
    if len(kept):
        connection.execute(insert(t.exposure), [
            {"finding_id": int(row["finding_id"]), "site": row["site"],
             "hazard": str(row["hazard"]), "scope": row["scope"], "tier": _name(int(row["tier"])),
             "official_level": word if isinstance(word := row["official_level"], str) else None,
             "value": None if pd.isna(row["value"]) else float(row["value"])}
            for row in kept.to_dict("records")])
    return kept


def scopes_of(connection: Connection, finding_ids: Sequence[int]) -> set[tuple[str, str]]:
    """The (hazard, scope) pairs that findings expose."""
    c = t.exposure.c
    rows = connection.execute(
        select(c.hazard, c.scope).where(c.finding_id.in_(finding_ids)).distinct())
    return {(row.hazard, row.scope) for row in rows}


def load(connection: Connection, hazard: str, scope: str, since: datetime | None) -> pd.DataFrame:
    """Everything that exposes sites in a scope: columns EVIDENCE, ranks as integers.

    Open findings, and signals that ended since ``since``: an issuer's last word, once ended,
    must keep its older words from rising again.
    """
    f, e = t.finding.c, t.exposure.c
    alive: ColumnElement[bool] = f.ended_at.is_(None)
    if since is not None:
        alive = or_(alive, and_(f.kind == "signal", f.ended_at >= since))
    rows = connection.execute(
        select(e.site, e.tier, e.official_level, e.value, e.id, f.id.label("finding_id"), f.kind,
               f.facts, f.at, f.agreement, f.rule, f.ended_at)
        .join(t.finding, f.id == e.finding_id)
        .where(e.hazard == hazard, e.scope == scope, f.holds == Holds.true.value, alive)
        .order_by(e.id)).all()
    return pd.DataFrame([
        (row.site, Level(row.tier).rank, rank(row.official_level), row.value, row.id,
         row.finding_id, row.kind, str(row.facts.get("issuer", "")),
         str(row.facts.get("issued") or row.at.isoformat()), row.agreement, row.rule,
         row.ended_at is None, *_standing(row.facts, scope)) for row in rows],
        columns=list(EVIDENCE))


def _standing(facts: dict[str, Any], scope: str) -> tuple[str, int]:
    """The service and nearness of a finding's issuer; another issuer is a service of its own."""
    home = str(facts.get("home") or "")
    if not home:
        return str(facts.get("issuer", "")), 0
    city = home.endswith("0" * 8)
    near = 2 if home == scope else int(city and scope.startswith(home[:4]))
    return str(facts.get("service", "")), near


def ended_sites(connection: Connection, ended: Sequence[EndedFinding], hazard: str,
                scope: str) -> pd.DataFrame:
    """Which sites of a scope the ended findings had exposed: columns site, finding_id, word."""
    e = t.exposure.c
    words = {end.id: end.word.value for end in ended}
    rows = connection.execute(select(e.site, e.finding_id).where(
        e.hazard == hazard, e.scope == scope, e.finding_id.in_(list(words)))).all()
    return pd.DataFrame([(row.site, row.finding_id, words[row.finding_id]) for row in rows],
                        columns=["site", "finding_id", "word"])


def key_of(rule: str, subject: str) -> str:
    """A finding's key in one word: rule and subject."""
    return f"{rule}|{subject}"


def rank(level: str | None) -> int:
    """A stored level's rank, 0 for none."""
    return Level(level).rank if level else 0


def _name(of_rank: int) -> str:
    level = Level.of_rank(of_rank)
    if level is None:
        raise ValueError("an exposure without a tier")
    return level.value
