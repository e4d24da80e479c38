"""How every source stands: one row a feed, for the console and the command line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, func, select

from fenghuo.alarms.ages import FeedAge, feed_ages
from fenghuo.feeds.config import FeedConfig
from fenghuo.feeds.polling import heard
from fenghuo.settings import Settings
from fenghuo.store.tables import fetch

DAY = timedelta(days=1)


class Standing(StrEnum):
    """Whether a source is heard, and if not, why."""

    fresh = "fresh"
    speaking = "speaking"    # a fallback that is asked, since the other is too old
    waiting = "waiting"      # its pull is due
    stale = "stale"
    never = "never"          # asked, and no good answer yet
    resting = "resting"      # a fallback that is not needed
    off = "off"
    no_key = "no_key"
    sandbox_only = "sandbox_only"


@dataclass(frozen=True, slots=True)
class FeedShown:
    """A feed as it stands. ``title`` by language; ``day`` counts the answers of the last 24 hours
    by FeedOutcome; ``age`` of a feed that is not asked is of when it last was."""

    title: Mapping[str, str]
    age: FeedAge
    state: Standing
    cadence: timedelta
    terms: str
    fallback_for: str | None
    day: Mapping[str, int] = field(default_factory=dict)


def shown(connection: Connection, feeds: Mapping[str, FeedConfig], settings: Settings,
          now: datetime) -> tuple[FeedShown, ...]:
    """Every feed at the city instant ``now``, those that are not asked too, in the file's
    order."""
    asked = heard(feeds, settings)
    ages = {age.feed: age for some in (
        [feed for name, feed in feeds.items() if name not in asked], asked.values())
        for age in feed_ages(connection, some, now)}
    day: dict[str, dict[str, int]] = defaultdict(dict)
    f = fetch.c
    for name, outcome, count in connection.execute(
            select(f.feed, f.outcome, func.count()).where(f.at > now - DAY)
            .group_by(f.feed, f.outcome).order_by(f.feed, f.outcome)):
        day[name][outcome] = count
    return tuple(FeedShown(
        {"zh": feed.title.zh, "en": feed.title.en}, ages[name],
        _standing(feed, ages[name], name in asked), feed.cadence, feed.terms, feed.fallback_for,
        day[name]) for name, feed in feeds.items())


def _standing(feed: FeedConfig, age: FeedAge, asked: bool) -> Standing:
    if not asked:
        return (Standing.off if not feed.on else
                Standing.sandbox_only if feed.url == "sandbox" else Standing.no_key)
    if age.resting:
        return Standing.resting
    if age.since is None:
        return Standing.never
    if age.stale:
        return Standing.stale
    if age.waiting:
        return Standing.waiting
    return Standing.speaking if feed.fallback_for else Standing.fresh
