"""The way through the house, in its order; nothing else knows it.

feeds -> observations / events -> agreements -> exposure -> lifecycle -> notices -> outbox ->
channels, and back: receipts -> escalation. Six steps, each idempotent over the database: run
twice, the second does nothing; killed anywhere, the next run finishes the work. Airflow tasks,
the command line, the tests and the backtest call these same six.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from fenghuo import (
    alarms,
    assessing,
    changes,
    editions,
    escalation,
    feeds,
    judging,
    lifecycle,
    notices,
)
from fenghuo import outbox as sending
from fenghuo import receipts as returning
from fenghuo.acts import drills
from fenghuo.agreements import judge
from fenghuo.alarms import watch as watching
from fenghuo.contacts import running_out
from fenghuo.contacts.unreached import unreached
from fenghuo.editions import Edition
from fenghuo.escalation import call_pack
from fenghuo.feeds import pushing
from fenghuo.feeds.config import FeedConfig
from fenghuo.house import House, earliest, step, when_due
from fenghuo.notices import approvals, leaving
from fenghuo.observations import events
from fenghuo.outbox import second
from fenghuo.store import crash
from fenghuo.store.engine import reading, writing
from fenghuo.store.leases import Lease
from fenghuo.words import Reason, Refused, StepReport

NO_EDITION = alarms.AlarmKind.no_edition


def adopt(house: House, by: str = "watch") -> StepReport:
    """Read ``rules/`` and ``contacts/``; a good change becomes the edition in force."""
    return changes.adopt(house.engine, house.settings, house.clock.now(), by)


def due(house: House, bureau: str) -> list[str]:
    """The feeds of a bureau whose time has come.

    By real time one that falls due before the next sweep could notice counts as due: else a
    feed asked each minute would be asked every second minute, always a moment too early.
    """
    slack = timedelta(seconds=house.settings.tick / 4 if house.settings.clock == "system" else 0)
    return _due(house, bureau, house.clock.now() + slack)


def _due(house: House, bureau: str, now: datetime) -> list[str]:
    with reading(house.engine) as connection:
        edition = editions.load(connection, now)
    return feeds.due(house.engine, feeds.heard(edition.feeds, house.settings), bureau, now)


def pull(house: House, feed: str) -> StepReport:
    """Fetch one feed, archive it raw, store what it says."""
    with reading(house.engine) as connection:
        edition = editions.load(connection, house.clock.now())
    return feeds.pull(house.engine, house.settings, house.clock, edition.feeds, feed)


def backfill(house: House, feed: str, since: datetime, until: datetime) -> StepReport:
    """Fetch from a feed's archive what was missed. Raises NoArchive, NoAnswer."""
    with reading(house.engine) as connection:
        edition = editions.load(connection, house.clock.now())
    return feeds.backfill(house.engine, house.settings, house.clock, edition.feeds, feed,
                          since, until)


def pushed(house: House) -> dict[str, FeedConfig]:
    """The feeds that push or are asked between pulls."""
    with reading(house.engine) as connection:
        edition = editions.load(connection, house.clock.now())
    return {name: feed for name, feed in feeds.heard(edition.feeds, house.settings).items()
            if pushing.line_of(feed, house.settings) is not None}


def take(house: House, feed: str, body: bytes) -> StepReport:
    """Store one message that a feed pushed."""
    with reading(house.engine) as connection:
        edition = editions.load(connection, house.clock.now())
    return pushing.take(house.engine, house.settings, house.clock, edition.feeds[feed], body)


def catch_up(house: House, feed: str, since: datetime | None) -> StepReport:
    """What a lost line may have missed: of the archive since then, else of the list."""
    if since is None or pushed(house)[feed].archive is None:
        return pull(house, feed)
    return backfill(house, feed, since, house.clock.now())


def pull_done(house: House, bureau: str, did: int) -> StepReport:
    """Close a bureau's round of pulls: its lease row says that the round was made.

    Feeds that fell due since the round began are work still waiting, else a leap of the city
    clock between the two would pass for an idle round.
    """
    def work(lease: Lease, now: datetime) -> StepReport:
        with reading(house.engine) as connection:
            edition = editions.load(connection, now)
        return StepReport("", now, 0.0, did=did + len(_due(house, bureau, now)),
                          next_due=feeds.next_due(
                              house.engine, feeds.heard(edition.feeds, house.settings), bureau,
                              now))
    return step(house, f"pull_{bureau}", work)


def pull_bureau(house: House, bureau: str) -> StepReport:
    """A whole round for one bureau, without Airflow."""
    did = sum(pull(house, feed).did for feed in due(house, bureau))
    return pull_done(house, bureau, did)


def assess(house: House) -> StepReport:
    """Findings -> exposures -> warning revisions -> obligations and notices: one transaction."""
    def work(lease: Lease, now: datetime) -> StepReport:
        with writing(house.engine) as connection:
            edition = changes.standing(connection, editions.load(connection, now), now)
            findings, judged = judging.judge_all(connection, edition, now)
            done = assessing.settle(connection, edition, house.settings, findings, now)
            judging.settle(connection, edition, judged, now)
            next_due = earliest(events.next_pending(connection), lifecycle.next_due(connection))
            stale_due = earliest(judge.next_due(connection), judge.next_forecast_due(
                connection, edition.agreements, edition.feeds, now))
            crash.point("before_decided")
        did = len(judged) + len(findings) + len(done.revisions)
        return StepReport("", now, 0.0, did, next_due, done.counts, stale_due)
    return step(house, "assess", work)


def dispatch(house: House) -> StepReport:
    """Claim notices by lease, send them, record what the gateways said.

    Where another run holds the step this one sends beside it, and leaves the report to that.
    """
    def send(lease: Lease | None) -> StepReport:
        return sending.dispatch(house.engine, house.gateways, house.settings, house.clock, lease,
                                beside=lease is None)
    return step(house, "dispatch", lambda lease, now: send(lease), lambda: send(None))


def follow_up(house: House) -> StepReport:
    """Receipts and answers that were not called in, then the ladders' next rungs."""
    def work(lease: Lease, now: datetime) -> StepReport:
        with reading(house.engine) as connection:
            edition = editions.load(connection, now)
        made = house.gateways
        polled = returning.poll(house.engine, made, house.settings, now)
        lapsed, next_lapse = when_due(  # before a ladder climbs for what is held
            house, now, approvals.next_due, lambda c: _lapse(c, now))
        crash.point("after_lapsed")
        climbed = escalation.climb(house.engine, edition, house.settings, now)
        attended, next_look = returning.attend(house.engine, edition, now)
        followed, next_follow = when_due(  # when what came in has been heard
            house, now, lambda c: escalation.next_to_follow(c, house.settings),
            lambda c: escalation.follow(c, edition, house.settings, now))
        let_go, next_release = when_due(
            house, now, notices.next_release,
            lambda c: notices.release(c, edition, house.settings, now))
        doubled, next_double = when_due(
            house, now, lambda c: second.next_second(c, made),
            lambda c: second.by_second_channel(c, made, edition.contacts, now))
        rung, next_ring = _ring(house, edition, now)
        if next_double is not None and next_double <= now:  # there is no other way to them
            next_double = None
        told = (Counter(let_go) + Counter(rung) + Counter(followed)
                + Counter({Reason.second_channel.value: doubled or 0}))
        return replace(climbed, did=climbed.did + (lapsed or 0) + polled + attended + told.total(),
                       next_due=earliest(climbed.next_due, next_look, next_lapse, next_release,
                                         next_ring, next_follow, next_double),
                       counts=dict(Counter(climbed.counts) + told))
    return step(house, "follow_up", work)


def _lapse(connection: Connection, now: datetime) -> int:
    lapsed = approvals.lapse(connection, now)
    crash.point("before_lapsed")
    return lapsed


def _ring(house: House, edition: Edition,
          now: datetime) -> tuple[dict[str, int] | None, datetime | None]:
    """Tell of alarms that are due, and say when the next telling is."""
    return when_due(house, now, lambda c: escalation.next_ring(c, house.settings),
                     lambda c: escalation.ring(c, edition, house.settings, now))


def watch(house: House) -> StepReport:
    """Adopt what changed, on disk or by its hour, then look after feeds, steps, deadlines and
    the ledger."""
    def work(lease: Lease, now: datetime) -> StepReport:
        try:
            adopted = adopt(house).did
        except Refused:
            adopted = 0  # the alarm is raised and the last good edition stays: the watch goes on
        changed, next_change = changes.due(house.engine, now)
        changed += changes.look(house.engine, house.settings, now)
        edition = _in_force(house, now)
        asked = feeds.heard(edition.feeds, house.settings)
        with reading(house.engine) as connection:
            nobody = unreached(connection, edition.contacts, now, house.settings.zone)
        report = watching.watch(house.engine, asked, house.settings, now,
                                rosters=running_out(edition.contacts.roster, now),
                                unreached=nobody)
        left = Counter(call_pack.look(house.engine, edition, house.settings, now))
        with writing(house.engine) as connection:
            left.update(leaving.look(connection, edition.messages, house.settings, now))
        forgotten, next_close = when_due(
            house, now, drills.next_due,
            lambda c: drills.close_forgotten(c, edition, house.settings, now))
        rung, next_ring = _ring(house, edition, now)
        left.update(rung)
        return replace(report, did=report.did + adopted + changed + (forgotten or 0) + left.total(),
                       next_due=earliest(report.next_due, next_close, next_ring, next_change),
                       counts=dict(Counter(report.counts) + left))
    return step(house, "watch", work)


def _in_force(house: House, now: datetime) -> Edition:
    """The edition in force; that there is none is an alarm before it is an error."""
    try:
        with reading(house.engine) as connection:
            edition = editions.load(connection, now)
            alarmed = bool(alarms.open_alarms(connection, NO_EDITION))
    except editions.NoEdition as error:
        with writing(house.engine) as connection:
            alarms.raise_alarm(connection, NO_EDITION, "city", str(error), now)
        raise
    if alarmed:
        with writing(house.engine) as connection:
            alarms.recover(connection, NO_EDITION, "city", now)
    return edition
