"""A city in memory: findings and bureaus' words go in by their instants, texts come out.

The same judges of events, the same life cycle and the same texts as at night, over an SQLite
database that is nowhere. Every gateway is perfect and every person answers just before his
ladder's first rung: no ladder climbs, nothing is sent twice. What is said of a city that way is
what the rules ask of it, not what a bad night adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from fenghuo import assessing, judging, lifecycle, notices
from fenghuo.agreements import judge
from fenghuo.agreements.findings import Finding
from fenghuo.editions import Edition
from fenghuo.observations import events
from fenghuo.observations.records import EventRecord
from fenghuo.replay import gateway
from fenghuo.replay.gateway import Told
from fenghuo.settings import Settings
from fenghuo.store import tables as t
from fenghuo.store.engine import make_engine, reading, writing

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a feed said at an instant, as its parser reads it."""

    feed: str
    record: EventRecord


class Replay:
    """One edition, from a quiet beginning. Instants are aware UTC and never go back."""

    def __init__(self, edition: Edition, settings: Settings) -> None:
        self.edition, self.settings = edition, settings
        self.now = BEGINNING
        self.engine = make_engine("sqlite://")
        t.metadata.create_all(self.engine)
        with writing(self.engine) as connection:
            connection.execute(insert(t.edition).values(
                digest=edition.digest, number=1, adopted=BEGINNING, adopted_by="replay"))

    def at(self, findings: Sequence[Finding], now: datetime,
           heard: Sequence[Heard] = ()) -> list[Told]:
        """What leaves up to and at ``now``, when these findings are made and these words heard.

        Raises ValueError for an instant before the last, and whatever an event's judge raises.
        """
        if now < self.now:
            raise ValueError(f"{now} comes before {self.now}")
        told = self.until(now - timedelta(microseconds=1))
        return told + self._instant(findings, now, heard)

    def until(self, end: datetime) -> list[Told]:
        """What still leaves by an instant without a further word: held texts, ends, delays."""
        told = []
        while (due := self.next_due()) is not None and due <= end:
            told += self._instant((), max(due, self.now), ())
        return told

    def next_due(self) -> datetime | None:
        """The first instant at which something happens by itself, None when all is quiet."""
        with reading(self.engine) as connection:
            return min(filter(None, (
                notices.next_release(connection), lifecycle.next_due(connection),
                events.next_pending(connection))), default=None)

    def close(self) -> None:
        """Let the memory go."""
        self.engine.dispose()

    def _instant(self, findings: Sequence[Finding], now: datetime,
                 heard: Sequence[Heard]) -> list[Told]:
        self.now = now
        edition = replace(self.edition, contacts=self.edition.contacts.on_duty(now))
        with writing(self.engine) as connection:
            gateway.answer(connection, now)
            self._hear(connection, heard, now)
            judged = self._judge(connection, edition, now)
            assessing.settle(connection, edition, self.settings, [*judged, *findings], now)
            questions = gateway.approve(connection, now)
            if questions:
                notices.release(connection, edition, self.settings, now)
            return questions + gateway.send(connection, now)

    def _hear(self, connection: Connection, heard: Sequence[Heard], now: datetime) -> None:
        for one in heard:
            feed = self.edition.feeds.get(one.feed)
            events.record_events(connection, one.feed, [one.record], "replay", now,
                                 feed.wait if feed else timedelta(0))

    def _judge(self, connection: Connection, edition: Edition, now: datetime) -> list[Finding]:
        """Findings of the events that are to be judged by now."""
        pending = events.pending(connection, now)
        found: list[Finding] = []
        for event in judge.passes(pending):
            findings, decisions = judge.judge_event(
                connection, event, edition.agreements, judging.authorities(edition),
                edition.contacts, now, judging.titles(edition))
            judge.record_decisions(connection, decisions, edition.digest, now)
            found += findings
        if pending:
            events.mark_assessed(connection, [event.id for event in pending], now)
            events.look_again(connection, judge.next_look(
                pending, edition.agreements, edition.contacts, now))
        return found
