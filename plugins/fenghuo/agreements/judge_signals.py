"""Judging a bureau's own signal: relayed at the issuer's level, never altered, or excused.

A finding's subject is ``signal:<feed>:<identifier the chain began with>``, so that an update
replaces what it updates. A signal without an end lives 24 h from issue. Updates to a level that
is not relayed end the relay of the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.schema import Agreement, Rule
from fenghuo.agreements.standing import chain_roots, in_season, open_rules, replaced
from fenghuo.contacts import Contacts
from fenghuo.observations.records import EventRevision, SignalAttributes
from fenghuo.words import Ended, EventStatus, Holds, Level, Reason, RuleKind

LIFE = timedelta(hours=24)
"""Life of a signal that names no end: what vendors of the same signals assume."""

ENDS = {EventStatus.cancelled: Ended.cancelled, EventStatus.lapsed: Ended.lapsed,
        EventStatus.deleted: Ended.retracted}


def judge_signal(connection: Connection, revision: EventRevision, signal: SignalAttributes,
                 agreements: Sequence[Agreement], contacts: Contacts, now: datetime,
                 facts: dict[str, Any]) -> tuple[list[Finding], list[Decision]]:
    """Findings and excuses of one signal. ``facts`` are those of its feed."""
    def excuse(reason: Reason, rule: str | None = None, detail: str | None = None) -> Decision:
        return Decision(reason, hazard=signal.hazard, event_revision_id=revision.id, rule=rule,
                        detail=detail)

    if revision.status == EventStatus.exercise:
        return [], [excuse(Reason.not_actual, detail=signal.headline)]
    if replaced(connection, revision):
        return [], [excuse(Reason.superseded, detail=signal.identifier)]
    subject, *merged = (f"signal:{revision.feed}:{root}"
                        for root in chain_roots(connection, revision))
    known = open_rules(connection, subject)
    others = {each: open_rules(connection, each) for each in merged}
    rules = [(agreement, rule) for agreement in agreements for rule in agreement.rules
             if rule.kind is RuleKind.signal and _matches(rule, signal)
             and in_season(rule.season, now)]
    until = revision.expires or revision.issued + LIFE
    word = ENDS.get(revision.status) or (Ended.lapsed if until <= now else None)
    findings, decisions = [], []
    for agreement, rule in rules:
        key = f"{agreement.agreement}/{rule.id}"
        told = signal.level is not None and signal.level in rule.levels
        if word is None and told:
            findings.append(_finding(revision, signal, agreement, rule, subject, until, contacts,
                                     now, facts))
        elif key in known:
            # a downgrade to what is not relayed ends the relay; the new word is told elsewhere
            findings.append(_finding(revision, signal, agreement, rule, subject, until, contacts,
                                     now, facts, word or Ended.superseded))
        findings += [
            _finding(revision, signal, agreement, rule, other, until, contacts, now, facts,
                     word or Ended.superseded) for other in merged if key in others[other]]
        if word is None and not told:
            decisions.append(excuse(Reason.no_release, key, str(signal.level or "no level")))
        elif word is not None and not findings:
            decisions.append(excuse(Reason.expired if until <= now else Reason.nothing_open, key))
    if not rules:
        decisions.append(excuse(Reason.no_rule, detail=signal.event_code or signal.event_name))
    return findings, decisions


def _matches(rule: Rule, signal: SignalAttributes) -> bool:
    """By the event code; by the hazard where the issuer's event has none in the table."""
    if signal.event_code and rule.match is not None:
        return rule.match.event_code == signal.event_code
    return rule.hazard == signal.hazard


def _finding(revision: EventRevision, signal: SignalAttributes, agreement: Agreement, rule: Rule,
             subject: str, until: datetime, contacts: Contacts, now: datetime,
             facts: dict[str, Any], ended: Ended | None = None) -> Finding:
    level: Level | None = signal.level
    reach = _reach(revision, signal, contacts)
    rows = [contacts.district(code) or {} for code in reach.districts]
    towns = [{"zh": row["name"], "en": row["name_en"]} for row in rows if row.get("kind") == "town"]
    return Finding(
        agreement=agreement.agreement, rule=f"{agreement.agreement}/{rule.id}",
        kind=RuleKind.signal, hazard=rule.hazard, subject=subject,
        holds=Holds.false if ended else Holds.true, at=now, since=revision.onset,
        metric="signal", unit="", reach=reach, tier=level,
        official_level=level, until=until, stricter=dict(rule.stricter),
        event_revision_id=revision.id, ended=ended,
        proof=({"payload": revision.payload, "place": signal.identifier},),
        facts={
            **facts, "issuer": signal.issuer, "event_name": signal.event_name,
            "event_code": signal.event_code, "identifier": signal.identifier,
            "headline": signal.headline, "description": signal.description,
            "instruction": signal.instruction, "level": level.value if level else None,
            "districts": list(signal.districts), "towns": towns, "expires": until.isoformat(),
            "article": rule.source.article})


def _reach(revision: EventRevision, signal: SignalAttributes, contacts: Contacts) -> Reach:
    """Its polygon or circle if it has one; else its districts, narrowed to the towns it names."""
    if revision.area:
        return Reach(area=revision.area)
    text = f"{signal.headline}\n{signal.description}"
    districts: list[str] = []
    for code in signal.districts:
        county = code[6:] == "0" * 6 and code[4:6] != "00"
        districts += (contacts.towns_in(text, code) if county else ()) or (code,)
    return Reach(districts=tuple(dict.fromkeys(districts)))
