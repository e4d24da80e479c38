"""Judging a cyclone: the wind areas of its newest advisory, now and within a rule's ``lead``.

Each site has the strongest wind whose area reaches it in time; the rule's tiers are steps of it.
The finding is our own evidence for the counties' typhoon warnings, never a warning of its own.
A rule's wind is a mean over ten minutes: a track of one or two minutes is not judged, and nothing
is converted (docs/decisions/0010-winds.md).
It holds until the next advisory, at most twelve hours after the newest fix. It ends when no site
is reached any more, or the cyclone turned extratropical; a deleted one is retracted.

Of several agencies on one cyclone one track is judged: the official one first, then by the order
of feeds.yaml (``storms.leader``). When another takes the lead, its findings follow on the first's.

An advisory that says nothing new still brings the wind nearer: ``next_look`` says when the next
site comes within a lead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection

from fenghuo.agreements.counting import counts
from fenghuo.agreements.decisions import Decision
from fenghuo.agreements.findings import Finding, Reach, Step
from fenghuo.agreements.intensity import distances_km
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.standing import open_rules
from fenghuo.agreements.wind_areas import arrivals, moments
from fenghuo.contacts import Contacts
from fenghuo.observations import storms
from fenghuo.observations.records import CycloneAttributes, EventRevision
from fenghuo.words import Authority, Ended, EventStatus, Hazard, Holds, Reason, RuleKind
from fenghuo.words.metrics import Metric

MINUTES = 10
"""Over how long the wind of a rule is averaged: as JMA's."""
MOST_SITES = 2000
"""Sites whose hours stand in a finding's facts."""

ENDS = {EventStatus.cancelled: Ended.cleared, EventStatus.lapsed: Ended.lapsed,
        EventStatus.deleted: Ended.retracted}


def judge_cyclone(connection: Connection, revision: EventRevision,
                  agreements: Sequence[Agreement], authority: Mapping[str, Authority],
                  contacts: Contacts, now: datetime,
                  facts_of: Callable[[EventRevision], dict[str, Any]],
                  ) -> tuple[list[Finding], list[Decision]]:
    """Findings and excuses of one cyclone's revision. ``authority`` by feed, in their order."""
    rules = _rules(agreements, now)
    if not rules:
        return [], [_excuse(revision, Reason.no_rule)]
    keys = {f"{agreement.agreement}/{rule.id}": _steps(rule)[0].limit for agreement, rule in rules}
    if _track(revision).minutes not in (MINUTES, None):
        return [], [_excuse(revision, Reason.other_averaging, key, limit)
                    for key, limit in keys.items()]
    tracks = storms.told(connection, revision, now)
    lead = storms.leader(tracks, authority, MINUTES, now) or revision
    known = {one.event_id: open_rules(connection, _subject(one)) for one in tracks}
    if lead.event_id != revision.event_id and not known[revision.event_id]:
        return [], [_excuse(revision, Reason.other_agency, key, limit)
                    for key, limit in keys.items()]
    until = _track(lead).current.at + storms.LIFE
    word = ENDS.get(lead.status) or (Ended.lapsed if until <= now else None)
    findings: list[Finding] = []
    decisions: list[Decision] = []
    for agreement, rule in rules:
        key = f"{agreement.agreement}/{rule.id}"
        found = _finding(lead, _track(lead), agreement, rule, contacts, now, facts_of(lead), word)
        if found.holds == Holds.true or key in known[lead.event_id]:
            findings.append(found)
        else:
            decisions.append(_excuse(lead, Reason.nothing_open if word else Reason.no_site,
                                     key, found.threshold))
        # what another agency's track had said goes on by this one
        findings += [replace(found, subject=_subject(one), holds=Holds.false,
                             ended=Ended.superseded)
                     for one in tracks if one.event_id != lead.event_id
                     and key in known[one.event_id]]
    return findings, decisions


def next_look(revisions: Iterable[EventRevision], agreements: Sequence[Agreement],
              contacts: Contacts, now: datetime) -> dict[int, datetime]:
    """By revision id: when the next site of a cyclone comes within a rule's lead, if one does."""
    due: dict[int, datetime] = {}
    for revision in revisions:
        track = revision.attributes
        if not isinstance(track, CycloneAttributes) or revision.status != EventStatus.actual \
                or track.minutes != MINUTES:
            continue
        over = track.current.at + storms.LIFE
        for _, rule in _rules(agreements, now):
            lead = rule.lead or timedelta(0)
            for step in _steps(rule):
                first = arrivals(track, step.limit or 0.0, *_where(contacts), over + lead)
                looks = first - lead.total_seconds()
                later = looks[(looks > now.timestamp()) & np.isfinite(looks)]
                if len(later):
                    at = datetime.fromtimestamp(float(later.min()), UTC)
                    if at < over:
                        due[revision.id] = min(at, due.get(revision.id, at))
    return due


def _finding(revision: EventRevision, track: CycloneAttributes, agreement: Agreement, rule: Rule,
             contacts: Contacts, now: datetime, facts: dict[str, Any],
             word: Ended | None) -> Finding:
    here, lead, steps = track.current, rule.lead or timedelta(0), _steps(rule)
    limit = now + lead
    latitude, longitude = _where(contacts)
    first = arrivals(track, steps[0].limit or 0.0, latitude, longitude, limit)
    rows = np.flatnonzero(np.isfinite(first))
    reached = bool(len(rows)) and revision.status == EventStatus.actual
    ended = word or (None if reached else Ended.cleared)
    wind = max((step.limit or 0.0 for step in steps
                if np.isfinite(arrivals(track, step.limit or 0.0, latitude, longitude,
                                        limit)).any()), default=steps[0].limit)
    hours = np.maximum((first[rows] - now.timestamp()) / 3600, 0.0)
    away = distances_km(here.latitude, here.longitude, latitude[rows], longitude[rows])
    sites = contacts.sites["site"].to_numpy(object)[rows]
    soonest = float(hours.min()) if len(rows) else None
    return Finding(
        agreement=agreement.agreement, rule=f"{agreement.agreement}/{rule.id}",
        kind=RuleKind.event, hazard=Hazard.typhoon,
        subject=_subject(revision),
        holds=Holds.false if ended else Holds.true, at=now, since=here.at,
        metric=Metric.wind.value, unit=Metric.wind.unit,
        reach=Reach(winds=tuple(moment.circle for moment in moments(track, limit))),
        value=wind, threshold=wind, until=here.at + storms.LIFE, steps=steps,
        stricter=dict(rule.stricter), event_revision_id=revision.id, ended=ended,
        proof=({"payload": revision.payload, "place": revision.external_id},),
        facts={
            **facts, "number": track.number, "name": track.name, "at": here.at.isoformat(),
            "latitude": here.latitude, "longitude": here.longitude,
            "pressure_hpa": here.pressure_hpa, "agency": track.agency, "minutes": track.minutes,
            "wind_ms": round(here.wind.ms, 1) if here.wind else None,
            "area_kt": wind, "lead_hours": soonest,
            "onset": (now + timedelta(hours=soonest or 0.0)).isoformat(),
            "distance_km": round(float(away.min())) if len(rows) else None,
            "arrival_hours": dict(zip(sites[:MOST_SITES].tolist(),
                                      np.round(hours[:MOST_SITES], 1).tolist(), strict=True)),
            "site_km": dict(zip(sites[:MOST_SITES].tolist(),
                                np.round(away[:MOST_SITES]).tolist(), strict=True)),
            "article": rule.source.article})


def _track(revision: EventRevision) -> CycloneAttributes:
    assert isinstance(revision.attributes, CycloneAttributes)
    return revision.attributes


def _subject(revision: EventRevision) -> str:
    return f"cyclone:{revision.feed}:{revision.external_id}"


def _rules(agreements: Sequence[Agreement], now: datetime) -> list[tuple[Agreement, Rule]]:
    return [(agreement, rule) for agreement in agreements for rule in agreement.rules
            if rule.kind is RuleKind.event and rule.metric is Metric.wind
            and counts(rule, now)]


def _steps(rule: Rule) -> tuple[Step, ...]:
    """The tiers as steps by wind, ascending."""
    return tuple(Step(level, float(rule.tiers[level].limit),
                      rule.tiers[level].comparison == "at_least") for level in rule.given)


def _where(contacts: Contacts) -> tuple[Any, Any]:
    """Latitude and longitude of every site, degrees."""
    return (contacts.sites["latitude"].to_numpy(np.float64),
            contacts.sites["longitude"].to_numpy(np.float64))


def _excuse(revision: EventRevision, reason: Reason, rule: str | None = None,
            threshold: float | None = None) -> Decision:
    return Decision(reason, hazard=Hazard.typhoon, event_revision_id=revision.id, rule=rule,
                    threshold=threshold)
