"""Judging an earthquake: the intensity at each site decides, by an official word or a foreign one.

A foreign source alone reaches only the steps its rule allows (``foreign: at_least``), and nobody
at all while an official source reports the same incident. Of several agencies of one authority
the best word counts (``incidents.best``). A deleted quake is retracted when nobody of that
authority or a higher one upholds it. A quake counts for ten days, the emergency period after a
quake in the national plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection

from fenghuo.agreements.conditions import TierSpec
from fenghuo.agreements.counting import counts
from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.findings import Epicentre, Finding, Reach, Step
from fenghuo.agreements.intensity import site_intensity
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.standing import moved_from, open_rules
from fenghuo.agreements.windows import compare
from fenghuo.contacts import Contacts
from fenghuo.observations import incidents
from fenghuo.observations.records import EarthquakeAttributes, EventRevision
from fenghuo.words import Authority, Ended, EventStatus, Hazard, Holds, Reason, RuleKind

LIFE = timedelta(days=10)

LATE = timedelta(days=1)
"""First heard so long after it happened, as from an archive, a quake wakes nobody any more."""

ENDS = {EventStatus.deleted: Ended.retracted, EventStatus.cancelled: Ended.retracted,
        EventStatus.lapsed: Ended.lapsed}


def judge_quake(connection: Connection, revision: EventRevision, quake: EarthquakeAttributes,
                agreements: Sequence[Agreement], authorities: Mapping[str, Authority],
                contacts: Contacts, now: datetime,
                facts: dict[str, Any]) -> tuple[list[Finding], list[Decision]]:
    """Findings and excuses of one earthquake's revision."""
    foreign = authorities.get(revision.feed) != Authority.official
    rules = [(agreement, rule) for agreement in agreements for rule in agreement.rules
             if rule.kind is RuleKind.event and rule.hazard == Hazard.earthquake
             and counts(rule, now)]
    subject = f"incident:{revision.incident_id}"
    known = open_rules(connection, subject)
    until = revision.onset + LIFE
    said = incidents.reports(connection, revision.incident_id, now)
    reason = _silent(revision, said, authorities, now, until)
    if not known and revision.received - revision.onset > LATE:
        reason = reason or Reason.expired
    if not rules or reason is not None:
        return [], [Decision(reason or Reason.no_rule, hazard=Hazard.earthquake,
                             event_revision_id=revision.id, value=quake.magnitude)]
    epicentre = Epicentre(quake.magnitude, quake.latitude, quake.longitude, quake.depth_km)
    felt = site_intensity(epicentre, contacts.sites["latitude"], contacts.sites["longitude"])
    most = float(np.max(felt[np.isfinite(felt)], initial=-np.inf))
    word = ENDS.get(revision.status)
    apart = incidents.spread(said)
    findings: list[Finding] = []
    decisions: list[Decision] = []
    for agreement, rule in rules:
        key = f"{agreement.agreement}/{rule.id}"
        every = _steps(rule)
        steps = tuple(step for step in every if not foreign or _allowed(rule, step))
        reached = bool(steps) and _reaches(most, steps[0])
        if word is not None and key not in known:
            decisions.append(Decision(Reason.nothing_open, hazard=Hazard.earthquake, rule=key,
                                      event_revision_id=revision.id))
            continue
        if word is None and not reached:
            decisions.append(_below(revision, rule, key, most, steps, every))
            if key not in known:
                continue
        # a smaller revised solution replaces what was said: the quake itself is no mistake
        ended = word or (None if reached else Ended.superseded)
        findings.append(Finding(
            agreement=agreement.agreement, rule=key, kind=RuleKind.event,
            hazard=Hazard.earthquake, subject=subject,
            holds=Holds.false if ended else Holds.true, at=now, since=revision.onset,
            metric="intensity", unit="度", reach=Reach(epicentre=epicentre),
            value=most if np.isfinite(most) else None,
            threshold=steps[0].limit if steps else None, until=until, steps=steps,
            stricter=dict(rule.stricter), event_revision_id=revision.id, ended=ended,
            proof=({"payload": revision.payload, "place": revision.external_id},),
            facts={
                **facts, "authority": "foreign" if foreign else "official",
                "magnitude": quake.magnitude, "magnitude_type": quake.magnitude_type,
                "depth_km": quake.depth_km, "place": quake.place, "review": quake.review,
                "latitude": quake.latitude, "longitude": quake.longitude,
                "event": revision.external_id, "article": rule.source.article,
                "bar": every[0].limit,
                **({"digest": float(rule.digest.limit)} if rule.digest else {}),
                **({"agencies": asdict(apart)} if apart else {})}))
        # what was told under another incident goes on here, or never was of this quake
        findings += [replace(findings[-1], subject=other, holds=Holds.false,
                             ended=Ended.superseded)
                     for other in moved_from(connection, revision, subject)
                     if key in open_rules(connection, other)]
    return findings, decisions


def _silent(revision: EventRevision, said: Sequence[EventRevision],
            authorities: Mapping[str, Authority], now: datetime,
            until: datetime) -> Reason | None:
    """Why this revision says nothing to anybody, whatever its numbers."""
    if revision.status == EventStatus.exercise:
        return Reason.not_actual
    if until <= now:
        return Reason.expired
    weight = _weight(revision, authorities)
    standing = [one for one in said if one.status is EventStatus.actual]
    if any(_weight(one, authorities) > weight for one in standing):
        return Reason.official_in_force
    peers = [one for one in standing if _weight(one, authorities) == weight]
    if revision.status in ENDS:  # one agency takes its report back while another upholds it
        return Reason.official_in_force if peers else None
    # a foreign word that still waits is alone with itself: whom could it reach?
    best = incidents.best([one for one in peers if one.id != revision.id] + [revision])
    return None if best.id == revision.id else Reason.superseded


def _weight(revision: EventRevision, authorities: Mapping[str, Authority]) -> int:
    return int(authorities.get(revision.feed) == Authority.official)


def _steps(rule: Rule) -> tuple[Step, ...]:
    """The tiers as steps by site intensity, ascending."""
    return tuple(Step(level, float(rule.tiers[level].limit),
                      rule.tiers[level].comparison == "at_least") for level in rule.given)


def _allowed(rule: Rule, step: Step) -> bool:
    return rule.foreign is None or (step.limit or 0.0) >= rule.foreign.at_least


def _reaches(value: float, step: Step) -> bool:
    limit = step.limit if step.limit is not None else np.inf
    return value >= limit if step.inclusive else value > limit


def _below(revision: EventRevision, rule: Rule, key: str, most: float, steps: tuple[Step, ...],
           every: tuple[Step, ...]) -> Decision:
    """Which line the strongest shaking at a site stayed under."""
    reason, threshold = Reason.below_threshold, steps[0].limit if steps else None
    if len(steps) < len(every) and _reaches(most, every[0]):
        reason = Reason.foreign_below_vi
        threshold = rule.foreign.at_least if rule.foreign else threshold
    elif rule.digest is not None and _over(most, rule.digest):
        reason = Reason.digest
    return Decision(reason, hazard=Hazard.earthquake, event_revision_id=revision.id, rule=key,
                    value=most if np.isfinite(most) else None, threshold=threshold)


def _over(value: float, spec: TierSpec) -> bool:
    return bool(compare(value, spec.comparison, float(spec.limit)))
