"""A county's agreement on signals and quakes, and the records that come in under it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import structs
from sqlalchemy import Engine

from fenghuo import lifecycle
from fenghuo.agreements.decisions import record_decisions
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge import Decision, judge_event
from fenghuo.agreements.reading import read_one
from fenghuo.contacts import Contacts
from fenghuo.exposure import expose
from fenghuo.observations.events import mark_assessed, pending, record_events
from fenghuo.observations.records import EarthquakeAttributes, EventRecord, SignalAttributes
from fenghuo.store.editions import keep
from fenghuo.store.engine import writing
from fenghuo.words import (
    Authority,
    EventKind,
    EventStatus,
    Hazard,
    Level,
    Reason,
)

HOUR = timedelta(hours=1)
AUTHORITY = {"cenc": Authority.official, "province": Authority.official,
             "usgs": Authority.foreign, "met": Authority.official}

RULES = b"""
agreement: test
title: {zh: test, en: test}
signed: no
parties: {bureau: {now: a}, partner: {now: b}}
rules:
  - id: rain
    hazard: rainstorm
    kind: signal
    match: {event_code: 11B03}
    levels: [yellow, orange, red]
    source: {article: A, confidence: unverified}
  - id: quake
    hazard: earthquake
    kind: event
    metric: intensity
    digest: {at_least: 4.0}
    tiers: {yellow: {at_least: 5.0}, orange: {at_least: 6.0}, red: {at_least: 7.0}}
    foreign: {at_least: 6.0}
    source: {article: B, confidence: unverified}
release:
  yellow: {tell: [site.head], by: [sms]}
  orange: {tell: [site.head], by: [sms]}
  red: {tell: [site.head], by: [sms]}
feedback: {red: {answer: 10m, ladder: [{after: 8m, to: site.deputy, by: sms}]}}
"""


class Desk:
    """Receives records, judges what is pending, and applies the findings, as a step does."""

    def __init__(self, engine: Engine, contacts: Contacts) -> None:
        self.engine, self.contacts = engine, contacts
        self.agreements = (read_one("rules/agreements/test.yaml", RULES),)
        with writing(engine) as connection:
            self.edition, _ = keep(connection, {"rules/x": b""}, datetime.fromisoformat(
                "2026-06-01T00:00:00+00:00"), "test")

    def hear(self, feed: str, record: EventRecord, now: datetime,
             ) -> tuple[list[Finding], list[Decision]]:
        findings: list[Finding] = []
        decisions: list[Decision] = []
        with writing(self.engine) as connection:
            record_events(connection, feed, [record], "f" * 64, now)
            revisions = pending(connection, now)
            for revision in revisions:
                found, why = judge_event(connection, revision, self.agreements, AUTHORITY,
                                         self.contacts, now, {feed: {"zh": "台网", "en": "net"}})
                findings += found
                decisions += why
            record_decisions(connection, decisions, self.edition, now)
            lifecycle.apply(connection, findings, expose(findings, self.contacts), self.edition,
                            self.contacts, now)
            mark_assessed(connection, [revision.id for revision in revisions], now)
        return findings, decisions


def signal(now: datetime, identifier: str = "A1", *, status: EventStatus = EventStatus.actual,
           supersedes: tuple[str, ...] = (), expires: datetime | None = None,
           area: dict[str, Any] | None = None, **said: Any) -> EventRecord:
    attributes = SignalAttributes(
        identifier=identifier, hazard=Hazard.rainstorm, event_name="暴雨", event_code="11B03",
        level=Level.orange, issuer="恩平市气象台", message_type="Alert",
        headline="恩平市气象台发布暴雨橙色预警信号", description="请注意防范。", instruction="",
        districts=("440785000000",))
    return EventRecord(EventKind.signal, identifier, status, now, now, expires,
                       structs.replace(attributes, **said), supersedes=supersedes, area=area)


def quake(now: datetime, name: str = "Q1", magnitude: float = 5.6, *,
          status: EventStatus = EventStatus.actual, onset: datetime | None = None,
          latitude: float = 22.18, depth: float | None = 10.0) -> EventRecord:
    return EventRecord(EventKind.earthquake, name, status, now, onset or now, None,
                       EarthquakeAttributes(magnitude, "Ms", latitude, 112.30, depth,
                                            "广东江门恩平市", "automatic"))


def words(findings: list[Finding]) -> list[str]:
    return [str(found.ended or found.tier or found.steps[0].tier) for found in findings]


def reasons(decisions: list[Decision]) -> list[Reason]:
    return [each.reason for each in decisions]

