"""Judging a bureau's own signal: relayed at the issuer's level, never altered, or excused.

A finding's subject is ``signal:<feed>:<identifier the chain began with>``, so that an update
replaces what it updates; the feed is the one that told of it first, whoever carries it too. A
document that changes the level of some towns and says what still counts in the others
(其余镇街黄色仍生效) makes a second finding for these, its subject ending in ``:rest``: every town
keeps a level of its own. A signal without an end lives 24 h from issue. Updates to a level that is
not relayed end the relay of the old one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs
from sqlalchemy import Connection

from fenghuo.agreements.counting import counts
from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.findings import Finding, Reach
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.standing import chain_of, open_rules, replaced
from fenghuo.contacts import Contacts
from fenghuo.feeds.event_codes import gb_of
from fenghuo.observations import copies
from fenghuo.observations.records import REGISTERED, EventRevision, SignalAttributes
from fenghuo.words import Ended, EventStatus, Holds, Level, Reason, RuleKind

LIFE = timedelta(hours=24)
"""Life of a signal that names no end: what vendors of the same signals assume."""

_COLOUR = {"白": Level.white, "蓝": Level.blue, "黄": Level.yellow, "橙": Level.orange,
           "红": Level.red}
_REST = re.compile(r"其[余他](?:各)?(?:镇街|镇（街）|镇\(街\)|乡镇|镇|街道|区域|地区)"
                   r"[^。；\n]{0,20}?([白蓝黄橙红])色[^。；\n]{0,12}?(?:生效|维持|保持|不变|有效)")
"""What still counts in the towns a document does not name, by its colour."""

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
    others = [one for one in copies.carried(connection, revision.external_id, revision)
              if one.feed != revision.feed]
    if copies.upheld(revision, others, now) or copies.said_better(revision, others, now):
        return [], [excuse(Reason.already_told, detail=signal.identifier)]
    chain = chain_of(connection, revision)
    subject, rest = chain.subject, _rest(revision, signal, contacts, now)
    merged = [*chain.merged, *(f"{each}:rest" for each in (subject, *chain.merged))]
    known = open_rules(connection, subject)
    told_as = {each: open_rules(connection, each) for each in merged}
    rules = [(agreement, rule) for agreement in agreements for rule in agreement.rules
             if rule.kind is RuleKind.signal and _matches(rule, signal)
             and counts(rule, now)]
    until = revision.expires or revision.issued + LIFE
    word = ENDS.get(revision.status) or (Ended.lapsed if until <= now else None)
    findings, decisions = [], []
    for agreement, rule in rules:
        key = f"{agreement.agreement}/{rule.id}"
        stays = ""
        if rest is not None and rest.level in rule.levels:
            stays = f"{subject}:rest"
            found = _finding(revision, rest, agreement, rule, stays, until, contacts, now, facts)
            findings.append(replace(
                found, facts={**found.facts, "towns": []},
                reach=Reach(districts=signal.districts, but=found.reach.districts)))
        told = signal.level in rule.levels if signal.level else rule.unlevelled is not None
        if word is None and told:
            findings.append(_finding(revision, signal, agreement, rule, subject, until, contacts,
                                     now, facts))
        elif key in known:
            # a downgrade to what is not relayed ends the relay; the new word is told elsewhere
            findings.append(_finding(revision, signal, agreement, rule, subject, until, contacts,
                                     now, facts, word or Ended.superseded))
        findings += [
            _finding(revision, signal, agreement, rule, other, until, contacts, now, facts,
                     word or Ended.superseded) for other in merged
            if other != stays and key in told_as[other]]
        if word is None and not told:
            decisions.append(excuse(Reason.no_release, key, str(signal.level or "no level")))
        elif word is not None and not findings:
            decisions.append(excuse(Reason.expired if until <= now else Reason.nothing_open, key))
    if not rules:
        decisions.append(excuse(Reason.no_rule, detail=signal.event_code or signal.event_name))
    return findings, decisions


def _rest(revision: EventRevision, signal: SignalAttributes, contacts: Contacts,
          now: datetime) -> SignalAttributes | None:
    """The signal as it stands in the towns a document does not name, where it says so."""
    said = _REST.search(f"{signal.headline}\n{signal.description}")
    over = revision.expires is not None and revision.expires <= now
    if said is None or over or revision.area or revision.status not in (
            EventStatus.actual, EventStatus.cancelled):
        return None
    if set(_reach(revision, signal, contacts).districts) >= set(signal.districts):
        return None  # it names no town: there are no others
    return structs.replace(signal, level=_COLOUR[said[1]])


def _matches(rule: Rule, signal: SignalAttributes) -> bool:
    """By the issuer's own code or the national one that means the same; by the hazard where the
    event has no code."""
    if not signal.event_code or rule.match is None:
        return rule.hazard == signal.hazard
    wanted, said = rule.match, (signal.scheme, signal.event_code)
    return said == (wanted.scheme, wanted.event_code) or gb_of(*said) == wanted.event_code


def _finding(revision: EventRevision, signal: SignalAttributes, agreement: Agreement, rule: Rule,
             subject: str, until: datetime, contacts: Contacts, now: datetime,
             facts: dict[str, Any], ended: Ended | None = None) -> Finding:
    level: Level | None = signal.level
    reach = _reach(revision, signal, contacts)
    arrival = _arrival(signal, contacts)
    rows = [contacts.district(code) or {} for code in reach.districts]
    towns = [{"zh": row["name"], "en": row["name_en"]} for row in rows
             if row.get("kind") in ("town", "zone")]
    return Finding(
        agreement=agreement.agreement, rule=f"{agreement.agreement}/{rule.id}",
        kind=RuleKind.signal, hazard=rule.hazard, subject=subject,
        holds=Holds.false if ended else Holds.true, at=now, since=revision.onset,
        metric="signal", unit="", reach=reach, tier=level or rule.unlevelled,
        official_level=level, until=until, stricter=dict(rule.stricter),
        event_revision_id=revision.id, ended=ended,
        proof=({"payload": revision.payload, "place": signal.identifier},),
        facts={
            **facts, "issuer": signal.issuer, "event_name": signal.event_name,
            "event_code": signal.event_code, "identifier": signal.identifier,
            "headline": signal.headline, "description": signal.description,
            "instruction": signal.instruction, "level": level.value if level else None,
            "districts": list(signal.districts), "towns": towns, "expires": until.isoformat(),
            "article": rule.source.article, **_station(signal.issuer, contacts),
            **({"arrival_hours": arrival} if arrival else {}),
            **({"registered": True} if revision.feed == REGISTERED else {})})


def _station(issuer: str, contacts: Contacts) -> dict[str, str]:
    """Whose station an issuer is: its district's code and its service, for 台山市气象台 Taishan's
    and 气象台. Nothing where the name begins with no county or city we know."""
    rows = contacts.districts[contacts.districts["kind"].isin(["county", "city"])]
    named = [(name, code) for name, code in zip(rows["name"], rows["code"], strict=True)
             if name and issuer.startswith(name) and issuer != name]
    if not named:
        return {}
    name, code = max(named, key=lambda found: len(found[0]))
    return {"home": code, "service": issuer.removeprefix(name)}


def _arrival(signal: SignalAttributes, contacts: Contacts) -> dict[str, float]:
    """By site: hours from the onset until the water is there."""
    sites = contacts.sites[["site", "station"]]
    hours = dict(signal.stations)
    return {site: hours[station] for site, station in sites.itertuples(index=False)
            if station in hours} if hours else {}


def _reach(revision: EventRevision, signal: SignalAttributes, contacts: Contacts) -> Reach:
    """Its polygon or circle, else its river stations, else its districts: the towns it names."""
    if revision.area:
        return Reach(area=revision.area)
    if signal.stations:
        return Reach(stations=signal.stations)
    if revision.feed == REGISTERED:  # whoever entered it has read which area is meant
        return Reach(districts=signal.districts)
    text = f"{signal.headline}\n{signal.description}"
    districts: list[str] = []
    for code in signal.districts:
        county = code[6:] == "0" * 6 and code[4:6] != "00"
        districts += (contacts.towns_in(text, code) if county else ()) or (code,)
    return Reach(districts=tuple(dict.fromkeys(districts)))
