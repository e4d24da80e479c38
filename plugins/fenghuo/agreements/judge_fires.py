"""Judging fires that satellites saw: how far each site is from the nearest pixel of a pass.

A pass is what one satellite saw at one instant. Its pixels are judged together and make one
finding a rule, whose value at a site is the distance to the nearest of them, so that a fire of
two hundred pixels is one word. Like a cyclone it is evidence for the county's warning: later
passes over the same fire tell nobody anew unless it came a tier nearer, and sites it newly
reaches. It counts for a day, in which each satellite passes twice; nobody says that a fire is out,
so it lapses. A pixel of low confidence (sun glint, a warm roof) counts nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from fenghuo.agreements.counting import counts
from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.findings import Finding, Reach, Step
from fenghuo.agreements.nearest import nearest_km
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.standing import open_rules
from fenghuo.agreements.windows import compare
from fenghuo.contacts import Contacts
from fenghuo.observations.records import EventRevision, FireAttributes
from fenghuo.observations.revisions import newest
from fenghuo.store.tables import event, event_revision
from fenghuo.words import Ended, EventKind, EventStatus, Hazard, Holds, Reason, RuleKind
from fenghuo.words.metrics import Metric

LIFE = timedelta(hours=24)
MOST_SITES = 2000
"""Sites whose distances stand in a finding's facts."""


def passes(pending: Iterable[EventRevision]) -> list[EventRevision]:
    """What is to be judged of pending revisions: each, but of the pixels of a pass only one."""
    found: dict[object, EventRevision] = {}
    for one in pending:
        seen = one.attributes
        key = _subject(one, seen) if isinstance(seen, FireAttributes) else one.id
        found.setdefault(key, one)
    return list(found.values())


def judge_fire(connection: Connection, revision: EventRevision, fire: FireAttributes,
               agreements: Sequence[Agreement], contacts: Contacts, now: datetime,
               facts: dict[str, Any]) -> tuple[list[Finding], list[Decision]]:
    """Findings and excuses of the pass that a pixel belongs to. ``facts`` are its feed's."""
    rules = [(agreement, rule) for agreement in agreements for rule in agreement.rules
             if rule.kind is RuleKind.event and rule.metric is Metric.fire_distance
             and counts(rule, now)]
    subject, until = _subject(revision, fire), revision.onset + LIFE
    known = open_rules(connection, subject)
    if not rules or (until <= now and not known):
        return [], [_excuse(revision, Reason.expired if rules else Reason.no_rule)]
    pixels = _pixels(connection, revision, fire)
    away, which = nearest_km([(one.latitude, one.longitude) for _, one in pixels],
                             contacts.sites["latitude"], contacts.sites["longitude"])
    findings: list[Finding] = []
    decisions: list[Decision] = []
    for agreement, rule in rules:
        key, steps = f"{agreement.agreement}/{rule.id}", _steps(rule)
        rows = np.flatnonzero(compare(away, steps[0].comparison, steps[0].limit or 0.0))
        if not len(rows) and key not in known:
            decisions.append(_excuse(revision, Reason.no_site if pixels else Reason.nothing_open,
                                     key, steps[0].limit))
            continue
        rows = rows[np.argsort(away[rows], kind="stable")]
        seen = [pixels[place] for place in dict.fromkeys(which[rows].tolist())]
        lead, nearest = seen[0] if seen else (revision, fire)
        ended = Ended.lapsed if until <= now else None if seen else Ended.retracted
        findings.append(Finding(
            agreement=agreement.agreement, rule=key, kind=RuleKind.event, hazard=rule.hazard,
            subject=subject, holds=Holds.false if ended else Holds.true, at=now,
            since=revision.onset, metric=Metric.fire_distance.value,
            unit=Metric.fire_distance.unit,
            reach=Reach(fires=tuple((one.latitude, one.longitude) for _, one in seen)),
            value=float(away[rows[0]]) if seen else None, threshold=steps[0].limit, until=until,
            steps=steps, stricter=dict(rule.stricter), event_revision_id=lead.id, ended=ended,
            proof=tuple({"payload": one.payload, "place": one.external_id} for one, _ in seen),
            facts={
                **facts, "satellite": nearest.satellite, "pixels": len(pixels),
                "latitude": nearest.latitude, "longitude": nearest.longitude,
                "confidence": nearest.confidence, "frp_mw": nearest.frp_mw,
                "night": nearest.night, "article": rule.source.article,
                "site_km": dict(zip(
                    contacts.sites["site"].to_numpy(object)[rows[:MOST_SITES]].tolist(),
                    np.round(away[rows[:MOST_SITES]], 1).tolist(), strict=True))}))
    return findings, decisions


def _subject(revision: EventRevision, fire: FireAttributes) -> str:
    return f"fire:{revision.feed}:{fire.satellite}:{revision.onset:%Y%m%d%H%M}"


def _pixels(connection: Connection, revision: EventRevision,
            fire: FireAttributes) -> list[tuple[EventRevision, FireAttributes]]:
    """The pixels of the pass that count, as they were last told."""
    ids = connection.scalars(
        select(event.c.id).join(event_revision, event_revision.c.event_id == event.c.id)
        .where(event.c.kind == EventKind.fire.value, event.c.feed == revision.feed,
               event_revision.c.onset == revision.onset).distinct())
    return [(one, seen) for one in newest(connection, ids).values()
            if isinstance(seen := one.attributes, FireAttributes)
            and seen.satellite == fire.satellite and seen.confidence != "low"
            and one.status is EventStatus.actual]


def _steps(rule: Rule) -> tuple[Step, ...]:
    """The tiers as steps by distance: the gravest is the nearest."""
    return tuple(Step(level, float(rule.tiers[level].limit),
                      rule.tiers[level].comparison == "at_most", downward=True)
                 for level in rule.given)


def _excuse(revision: EventRevision, reason: Reason, rule: str | None = None,
            threshold: float | None = None) -> Decision:
    return Decision(reason, hazard=Hazard.wildfire, event_revision_id=revision.id, rule=rule,
                    threshold=threshold)
