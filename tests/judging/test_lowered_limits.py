"""After an earthquake felt at the station less rain is enough, for as long as the rule says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from fenghuo.agreements.judge import touched
from fenghuo.observations import events, tails
from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.store.engine import writing
from fenghuo.words import Ended, EventKind, EventStatus

HOUR = timedelta(hours=1)
Make = Callable[[str], Any]
RULE = """
  - id: slope
    hazard: geology
    kind: observed
    metric: rain
    statistic: sum
    tiers: {yellow: {window: 1h, at_least: 50}}
    clear: {ratio: 1}
    lowered: {after: earthquake, at_least: 6, lasting: 3h, ratio: 0.5}
    reach: {radius: 10 km}
    source: {article: A, confidence: unverified}
"""


def shake(made: Any, at: datetime, magnitude: float = 6.0,
          status: EventStatus = EventStatus.actual, onset: datetime | None = None) -> None:
    record = EventRecord(EventKind.earthquake, "q", status, at, onset or at, None,
                         EarthquakeAttributes(magnitude, "M", 22.23, 112.27, 10.0, "", "reviewed"))
    with writing(made.engine) as connection:
        events.record_events(connection, "official", [record], "b" * 64, at)
        tails.touch(connection, touched(made.agreements))


def test_half_the_rain_is_enough_after_a_quake_and_the_finding_says_why(
    house: Make, now: datetime,
) -> None:
    made = house(RULE)
    assert made.said(now, 30.0) == []
    shake(made, now)
    (found,) = made.judge(now)
    assert (found.value, found.threshold) == (30.0, 25.0)
    assert found.facts["lowered"] == {
        "event": "q", "ratio": 0.5, "magnitude": 6.0, "onset": now.isoformat(),
        "until": (now + 3 * HOUR).isoformat()}


def test_the_chain_ends_with_its_time(house: Make, now: datetime) -> None:
    made = house(RULE)
    shake(made, now)
    said = [made.said(now + step * HOUR, 30.0) for step in range(1, 4)]
    assert said == [[("rain:liangxi", "yellow true")], [], [("rain:liangxi", Ended.cleared)]]


def test_a_quake_that_is_taken_back_lowers_nothing(house: Make, now: datetime) -> None:
    made = house(RULE)
    shake(made, now)
    assert made.said(now, 30.0) == [("rain:liangxi", "yellow true")]
    shake(made, now + timedelta(minutes=5), status=EventStatus.deleted, onset=now)
    assert [found.ended for found in made.judge(now + timedelta(minutes=5))] == [Ended.cleared]


@pytest.mark.parametrize(("magnitude", "ago"), [(3.5, 0), (6.0, 3)])
def test_a_weak_or_an_old_quake_lowers_nothing(
    house: Make, now: datetime, magnitude: float, ago: int,
) -> None:
    made = house(RULE)
    shake(made, now, magnitude, onset=now - ago * HOUR)
    assert made.said(now, 30.0) == []


def test_only_rules_with_a_chain_are_judged_anew(house: Make) -> None:
    made = house(RULE)
    assert touched(made.agreements) == {"rain"}
    lone = RULE.replace("    lowered: {after: earthquake, at_least: 6, lasting: 3h, ratio: 0.5}\n",
                        "")
    assert touched(house(lone).agreements) == set()
