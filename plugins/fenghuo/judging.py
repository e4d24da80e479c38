"""Everything that can be judged at one instant: pending events, dirty series, newest forecasts.

Each event is judged by itself, so that one which cannot be judged waits and alarms, alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from fenghuo import alarms
from fenghuo.agreements import judge
from fenghuo.agreements.findings import Finding
from fenghuo.editions import Edition
from fenghuo.observations import events, tails
from fenghuo.observations.records import EventRevision
from fenghuo.words import Authority, EventKind, Hazard, Holds, Reason

JUDGING_FAILED = alarms.AlarmKind.judging_failed
FOREIGN_QUAKE = alarms.AlarmKind.foreign_quake


def judge_all(connection: Connection, edition: Edition, now: datetime,
              ) -> tuple[list[Finding], list[EventRevision]]:
    """Findings of an instant, and the events that were judged; what could not be stays pending."""
    pending = events.pending(connection, now)
    findings, failed = _judge_events(connection, edition, pending, now)
    if any(event.kind is EventKind.earthquake for event in pending):
        tails.touch(connection, judge.touched(edition.agreements))
    findings += judge.judge_series(
        connection, edition.agreements, edition.stations, edition.contacts, now,
        alarms.heard(connection, _gauging(edition), now), edition.digest)
    findings += judge.judge_forecast(
        connection, edition.agreements, edition.feeds, now,
        alarms.heard(connection, _forecasting(edition), now))
    return findings, [event for event in pending if event.id not in failed]


def settle(connection: Connection, edition: Edition, judged: list[EventRevision],
           now: datetime) -> None:
    """Mark events as judged, say when some want another look, and wake for foreign quakes."""
    events.mark_assessed(connection, [event.id for event in judged], now)
    events.look_again(connection, judge.next_look(
        judged, edition.agreements, edition.contacts, now))
    _wake_for_foreign(connection, edition, now)


def _judge_events(
    connection: Connection, edition: Edition, pending: list[EventRevision], now: datetime,
) -> tuple[list[Finding], set[int]]:
    """Judge each event by itself: one that cannot be judged waits and alarms, alone."""
    findings: list[Finding] = []
    failed: set[int] = set()
    before = {alarm.subject for alarm in alarms.open_alarms(connection, JUDGING_FAILED)}
    for event in judge.passes(pending):
        try:
            with connection.begin_nested():
                found, decisions = judge.judge_event(
                    connection, event, edition.agreements, authorities(edition),
                    edition.contacts, now, titles(edition))
                judge.record_decisions(connection, decisions, edition.digest, now)
        except Exception as error:
            failed.add(event.id)
            alarms.raise_alarm(connection, JUDGING_FAILED, f"event:{event.event_id}",
                               f"{type(error).__name__}: {error}", now)
        else:
            findings += found
            if f"event:{event.event_id}" in before:
                alarms.recover(connection, JUDGING_FAILED, f"event:{event.event_id}", now)
    return findings, failed


def _gauging(edition: Edition) -> set[str]:
    """The bureaus whose feeds bring measured series."""
    return {feed.bureau for feed in edition.feeds.values() if feed.on and feed.slot is not None}


def _forecasting(edition: Edition) -> set[str]:
    """The bureaus whose feeds bring forecasts."""
    return {feed.bureau for feed in edition.feeds.values() if feed.on and feed.points}


def authorities(edition: Edition) -> dict[str, Authority]:
    """Which feed may speak to enterprises by itself."""
    return {name: feed.authority for name, feed in edition.feeds.items()}


def titles(edition: Edition) -> dict[str, dict[str, str]]:
    """The feeds' names by language, for the texts."""
    return {name: feed.title.model_dump() for name, feed in edition.feeds.items()}


def _wake_for_foreign(connection: Connection, edition: Edition, now: datetime) -> None:
    """A foreign quake that could reach a site wakes the duty officer while it still waits."""
    longest = max((feed.wait for feed in edition.feeds.values()), default=timedelta(0))
    known = authorities(edition)
    waiting: set[str] = set()
    for event in events.pending(connection, now + longest):
        if event.kind != EventKind.earthquake or known.get(event.feed) != Authority.foreign:
            continue
        found, _ = judge.judge_event(connection, event, edition.agreements, known,
                                     edition.contacts, now)
        if any(finding.holds == Holds.true and not finding.ended for finding in found):
            subject = f"incident:{event.incident_id}"
            waiting.add(subject)
            if alarms.raise_alarm(connection, FOREIGN_QUAKE, subject, event.external_id, now):
                judge.record_decisions(connection, [judge.Decision(
                    Reason.foreign_waits, hazard=Hazard.earthquake,
                    event_revision_id=event.id)], edition.digest, now)
    for alarm in alarms.open_alarms(connection, FOREIGN_QUAKE):
        if alarm.subject not in waiting:
            alarms.recover(connection, FOREIGN_QUAKE, alarm.subject, now)
