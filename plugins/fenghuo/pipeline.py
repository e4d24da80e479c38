"""The way through the house, in its order; nothing else knows it.

feeds -> observations / events -> agreements -> exposure -> lifecycle -> notices -> outbox ->
channels, and back: receipts -> escalation. Six steps, each idempotent over the database: run
twice, the second does nothing; killed anywhere, the next run finishes the work. Airflow tasks,
the command line, the tests and the backtest call these same six.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from fenghuo import alarms, editions, escalation, exposure, feeds, lifecycle, notices
from fenghuo import channels as gateways_of
from fenghuo import outbox as sending
from fenghuo import receipts as returning
from fenghuo.agreements import judge
from fenghuo.agreements.findings import Finding
from fenghuo.alarms import watch as watching
from fenghuo.channels.base import Accepted, Gateway, Outgoing
from fenghuo.clock import Clock, clock_of, machine_now
from fenghuo.editions import Edition
from fenghuo.notices.keys import notice_id
from fenghuo.observations import events
from fenghuo.observations.records import EventRevision
from fenghuo.settings import Settings
from fenghuo.store.engine import engine as engine_of
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import Lease, leased
from fenghuo.words import (
    Authority,
    Channel,
    EventKind,
    Hazard,
    Holds,
    Reason,
    Refused,
    StepReport,
)

JUDGING_FAILED = alarms.AlarmKind.judging_failed
FOREIGN_QUAKE = alarms.AlarmKind.foreign_quake


@dataclass(frozen=True, slots=True)
class House:
    """What every step needs: settings, database, city clock, gateways."""

    settings: Settings
    engine: Engine
    clock: Clock
    gateways: Mapping[Channel, Gateway]

    @classmethod
    def open(cls, settings: Settings) -> House:
        """The house as set up. Raises DatabaseMissing before ``fenghuo migrate`` has run."""
        return cls(settings, engine_of(settings.url), clock_of(settings.clock),
                   gateways_of.gateways(settings))


def step(house: House, name: str, work: Callable[[Lease, datetime], StepReport]) -> StepReport:
    """Run one step under its lease and report it to the clock.

    When somebody else holds the lease nothing is done and nothing reported: the holder does.
    """
    began, now = machine_now(), house.clock.now()
    with leased(house.engine, name, house.settings.lease_seconds, now) as lease:
        report = (StepReport(name, now, began, did=1) if lease is None
                  else replace(work(lease, now), step=name, at=now, began=began))
    if lease is not None:
        house.clock.report(report)
    return report


def adopt(house: House, by: str = "watch") -> StepReport:
    """Read ``rules/`` and ``contacts/``; a good change becomes the edition in force."""
    return editions.adopt(house.engine, house.settings, house.clock.now(), by)


def due(house: House, bureau: str) -> list[str]:
    """The feeds of a bureau whose time has come.

    By real time one that falls due before the next sweep could notice counts as due: else a
    feed asked each minute would be asked every second minute, always a moment too early.
    """
    slack = timedelta(seconds=house.settings.tick / 4 if house.settings.clock == "system" else 0)
    return _due(house, bureau, house.clock.now() + slack)


def _due(house: House, bureau: str, now: datetime) -> list[str]:
    with reading(house.engine) as connection:
        edition = editions.load(connection)
    return feeds.due(house.engine, edition.feeds, bureau, now,
                     sandbox=house.settings.sandbox_feeds)


def pull(house: House, feed: str) -> StepReport:
    """Fetch one feed, archive it raw, store what it says."""
    with reading(house.engine) as connection:
        edition = editions.load(connection)
    return feeds.pull(house.engine, house.settings, house.clock, edition.feeds, feed)


def pull_done(house: House, bureau: str, did: int) -> StepReport:
    """Close a bureau's round of pulls: its lease row says that the round was made.

    Feeds that fell due since the round began are work still waiting, else a leap of the city
    clock between the two would pass for an idle round.
    """
    def work(lease: Lease, now: datetime) -> StepReport:
        with reading(house.engine) as connection:
            edition = editions.load(connection)
        return StepReport("", now, 0.0, did=did + len(_due(house, bureau, now)),
                          next_due=feeds.next_due(house.engine, edition.feeds, bureau))
    return step(house, f"pull_{bureau}", work)


def pull_bureau(house: House, bureau: str) -> StepReport:
    """A whole round for one bureau, without Airflow."""
    did = sum(pull(house, feed).did for feed in due(house, bureau))
    return pull_done(house, bureau, did)


def assess(house: House) -> StepReport:
    """Findings -> exposures -> warning revisions -> obligations and notices: one transaction."""
    def work(lease: Lease, now: datetime) -> StepReport:
        with writing(house.engine) as connection:
            edition = editions.load(connection)
            pending = events.pending(connection, now)
            findings, failed = _judge_events(connection, edition, pending, now)
            findings += judge.judge_series(
                connection, edition.agreements, edition.stations, edition.contacts, now)
            exposures = exposure.expose(findings, edition.contacts)
            exposure.excuse(connection, findings, edition.contacts, edition.digest, now)
            revisions = lifecycle.apply(
                connection, findings, exposures, edition.digest, edition.contacts, now)
            counts = notices.announce(connection, revisions, edition, house.settings, now)
            events.mark_assessed(
                connection, [event.id for event in pending if event.id not in failed], now)
            _wake_for_foreign(connection, edition, now)
            next_due = earliest(events.next_pending(connection), judge.next_due(connection),
                                lifecycle.next_due(connection))
        did = len(pending) - len(failed) + len(findings) + len(revisions)
        return StepReport("", now, 0.0, did, next_due, dict(counts))
    return step(house, "assess", work)


def dispatch(house: House) -> StepReport:
    """Claim notices by lease, send them, record what the gateways said."""
    def work(lease: Lease, now: datetime) -> StepReport:
        return sending.dispatch(
            house.engine, house.gateways, house.settings, house.clock, lease)
    return step(house, "dispatch", work)


def follow_up(house: House) -> StepReport:
    """Receipts and answers that were not called in, then the ladders' next rungs."""
    def work(lease: Lease, now: datetime) -> StepReport:
        with reading(house.engine) as connection:
            edition = editions.load(connection)
        polled = returning.poll(house.engine, house.gateways, house.settings, now)
        climbed = escalation.climb(house.engine, edition, house.settings, now)
        return replace(climbed, did=climbed.did + polled)
    return step(house, "follow_up", work)


def watch(house: House) -> StepReport:
    """Adopt what changed on disk, then look after feeds, steps, deadlines and the ledger."""
    def work(lease: Lease, now: datetime) -> StepReport:
        try:
            adopted = adopt(house).did
        except Refused:
            adopted = 0  # the alarm is raised and the last good edition stays: the watch goes on
        with reading(house.engine) as connection:
            edition = editions.load(connection)
        heard = {name: feed for name, feed in edition.feeds.items()
                 if feed.url != "sandbox" or house.settings.sandbox_feeds}
        report = watching.watch(house.engine, heard, house.settings, now)
        return replace(report, did=report.did + adopted)
    return step(house, "watch", work)


def tell_duty(house: House, subject: str, text: str) -> None:
    """Tell the cities' duty desks directly: the steps that would have told them are silent.

    Raises OSError when no gateway took it, so that the sentinel asks again.
    """
    with reading(house.engine) as connection:
        contacts = editions.load(connection).contacts
    desks = {person for (place, post), person in contacts.posts.items()
             if place.startswith("city:") and post == "duty"}
    taken = False
    for person in filter(None, map(contacts.person, sorted(desks))):
        for channel, address in ((Channel.sms, person.phone), (Channel.email, person.email)):
            if not address or channel not in house.gateways:
                continue
            key = notice_id("sentinel", channel, address, f"{subject}:{machine_now():.0f}")
            answer = house.gateways[channel].submit(
                Outgoing(key, channel, address, subject, text, person.person, person.language))
            taken = taken or isinstance(answer, Accepted)
    if not taken:
        raise OSError("no gateway took the sentinel's alarm")


def earliest(*instants: datetime | None) -> datetime | None:
    """The first of several instants, any of which may be missing."""
    return min((instant for instant in instants if instant is not None), default=None)


def _judge_events(
    connection: Connection, edition: Edition, pending: list[EventRevision], now: datetime,
) -> tuple[list[Finding], set[int]]:
    """Judge each event by itself: one that cannot be judged waits and alarms, alone."""
    findings: list[Finding] = []
    failed: set[int] = set()
    before = {alarm.subject for alarm in alarms.open_alarms(connection, JUDGING_FAILED)}
    for event in pending:
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
