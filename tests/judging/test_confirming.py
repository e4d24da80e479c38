"""One reading of one rain gauge is no orange (practice.md 5.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fenghuo.store.engine import reading
from fenghuo.store.tables import decision

HOUR = timedelta(hours=1)
Make = Callable[[str], Any]
RAIN = """
  - id: rain
    hazard: rainstorm
    kind: observed
    metric: rain
    statistic: sum
    tiers: {yellow: {window: 3h, at_least: 30}, orange: {window: 3h, at_least: 50},
            red: {window: 3h, at_least: 100}}
    clear: {ratio: 0.8, held: 2h}
    reach: {radius: 10 km}
    source: {article: A, confidence: unverified}
"""
ORANGE = RAIN.replace("yellow: {window: 3h, at_least: 30}, ", "")
STAGE = """
  - id: stage
    hazard: flood
    kind: observed
    metric: stage
    tiers: {orange: {at_least: site.stage}}
    reach: {by: station}
    source: {article: A, confidence: unverified}
"""


def decided(house: Any) -> list[tuple[str, str]]:
    with reading(house.engine) as connection:
        return [(row.reason, row.detail) for row in connection.execute(select(decision)).all()]


def test_a_second_reading_confirms(house: Make, now: datetime) -> None:
    made = house(RAIN)
    assert made.said(now, 60.0) == [("rain:liangxi", "yellow true")]
    assert decided(made) == [("unconfirmed", "rain:liangxi: orange by one reading")]
    assert made.said(now + HOUR, 0.0) == [("rain:liangxi", "orange true")]
    assert len(decided(made)) == 1


def test_red_by_one_reading_is_orange_where_orange_was_held_twice(
    house: Make, now: datetime,
) -> None:
    made = house(RAIN)
    # sums over three hours: 55, 55.5, 115.5, 105.5
    assert [made.said(now + step * HOUR, fall) for step, fall in enumerate((55, 0.5, 60, 45))] == [
        [("rain:liangxi", "yellow true")], [("rain:liangxi", "orange true")], [],
        [("rain:liangxi", "red true")]]
    assert decided(made)[1] == ("unconfirmed", "rain:liangxi: red by one reading")


def test_a_short_gap_is_bridged_and_a_long_silence_is_not(house: Make, now: datetime) -> None:
    made = house(RAIN)
    made.said(now, 60.0)
    assert made.said(now + 2 * HOUR, 0.0) == [("rain:liangxi", "orange true")]
    made.said(now + 20 * HOUR, 0.0)
    for hour in (21, 22, 23):
        made.said(now + hour * HOUR, 0.0)
    made.said(now + 24 * HOUR, 60.0)
    assert made.said(now + 28 * HOUR, 60.0) == []


@pytest.mark.parametrize(("neighbour", "tier"), [(35.0, "orange"), (34.9, "yellow")])
def test_a_neighbour_at_seventy_per_cent_confirms_at_once(
    house: Make, now: datetime, neighbour: float, tier: str,
) -> None:
    made = house(RAIN)
    made.said(now, neighbour, subject="jinjiang")  # 8.9 km away
    assert made.said(now, 50.0) == [("rain:liangxi", f"{tier} true")]


@pytest.mark.parametrize(("latitude", "hours"), [(22.40, 0), (22.245, 1)])
def test_a_neighbour_that_is_far_or_of_yesterday_confirms_nothing(
    house: Make, now: datetime, latitude: float, hours: int,
) -> None:
    made = house(RAIN)
    made.stations.loc[0, "latitude"] = latitude
    made.said(now - hours * HOUR, 45.0, subject="jinjiang")
    assert made.said(now, 50.0) == [("rain:liangxi", "yellow true")]


def test_a_rule_that_begins_at_orange_says_nothing_yet(house: Make, now: datetime) -> None:
    made = house(ORANGE)
    assert made.said(now, 60.0) == []
    assert made.said(now + HOUR, 1.0) == [("rain:liangxi", "orange true")]


def test_a_stage_needs_no_second_word(house: Make, now: datetime) -> None:
    made = house(STAGE)
    assert made.said(now, 9.0, metric="stage", subject="jinjiang") == [
        ("stage:jinjiang@E-low", "orange true")]
