"""The banner's question: can anything here be trusted?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update

from fenghuo import alarms
from fenghuo.alarms.trust import Doubt, Doubted, trust
from fenghuo.clock import machine_now
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import feed_state, step_lease

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Feed:
    name: str
    bureau: str
    stale: timedelta = 10 * MINUTE
    quiet: bool = False
    frozen: timedelta | None = None
    patience: int = 3
    fallback_for: str | None = None


FEEDS = (Feed("usgs", "seismic"), Feed("gd", "seismic"), Feed("cma", "weather"))


@pytest.fixture
def house(engine: Engine, now: datetime) -> Engine:
    """All is well."""
    with writing(engine) as connection:
        connection.execute(insert(step_lease).values(step="watch", finished=machine_now()))
        connection.execute(insert(feed_state), [
            {"feed": feed.name, "as_of": now, "due_at": now + MINUTE} for feed in FEEDS])
    return engine


def doubts(house: Engine, now: datetime, *gateways: str) -> list[Doubted]:
    with reading(house) as connection:
        return trust(connection, now, FEEDS, gateways or ("twilio", "smtp"))


def raised(house: Engine, kind: str, subject: str, now: datetime) -> None:
    with writing(house) as connection:
        alarms.raise_alarm(connection, kind, subject, "", now)


def test_while_all_is_well_there_is_no_doubt(house: Engine, now: datetime) -> None:
    assert doubts(house, now) == []


def test_a_watch_that_stands_still_is_seen_without_its_help(house: Engine, now: datetime) -> None:
    with writing(house) as connection:
        connection.execute(update(step_lease).values(finished=machine_now() - 181))
    assert doubts(house, now) == [Doubted(Doubt.watch_silent)]


def test_one_old_feed_is_no_reason_a_whole_bureau_is(house: Engine, now: datetime) -> None:
    with writing(house) as connection:
        old = update(feed_state).values(as_of=now - 11 * MINUTE)
        connection.execute(old.where(feed_state.c.feed == "usgs"))
    assert doubts(house, now) == []
    with writing(house) as connection:
        connection.execute(old)
    assert doubts(house, now) == [Doubted(Doubt.bureau_stale, "seismic"),
                                  Doubted(Doubt.bureau_stale, "weather")]


def test_one_gateway_is_enough_none_is_not(house: Engine, now: datetime) -> None:
    raised(house, "gateway_refused", "twilio", now)
    assert doubts(house, now) == []
    raised(house, "gateway_silent", "smtp", now)
    assert doubts(house, now) == [Doubted(Doubt.no_gateway)]


@pytest.mark.parametrize(("kind", "subject", "doubt"), [
    ("step_silent", "dispatch", Doubted(Doubt.step_silent, "dispatch")),
    ("no_edition", "city", Doubted(Doubt.no_edition)),
    ("ledger_unsealed", "ledger", Doubted(Doubt.ledger_unsealed)),
    ("reach_unbalanced", "forgotten", Doubted(Doubt.reach_unbalanced)),
])
def test_what_stands_still_is_named(house: Engine, now: datetime, kind: str, subject: str,
                                    doubt: Doubted) -> None:
    raised(house, kind, subject, now)
    assert doubts(house, now) == [doubt]


def test_several_contradictions_are_one_reason_not_to_trust(house: Engine, now: datetime) -> None:
    for name in ("forgotten", "asked_after_end"):
        raised(house, "reach_unbalanced", name, now)
    assert doubts(house, now) == [Doubted(Doubt.reach_unbalanced)]
