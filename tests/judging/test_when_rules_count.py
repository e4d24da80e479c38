"""Season, part of the day and edition: outside them a rule finds nothing and its tiers lapse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fenghuo.agreements.counting import counts, current
from fenghuo.agreements.rule import Effective, Hours, Season
from fenghuo.observations import tails
from fenghuo.store.engine import writing
from fenghuo.words import Ended, Level

HOUR = timedelta(hours=1)
Make = Callable[[str], Any]
RULE = """
  - id: stage
    hazard: flood
    kind: observed
    metric: stage
    tiers: {{yellow: {{at_least: {limit}}}}}
    clear: {{ratio: 1, held: 12h}}
    reach: {{by: station}}
    {when}
    source: {{article: A, confidence: unverified}}
"""


def of(house: Make, *when: str, limits: tuple[float, ...] = (9, 9)) -> Any:
    return house("".join(RULE.format(when=each, limit=limit)
                         for each, limit in zip(when, limits, strict=False)))


def said(made: Any, at: datetime, value: float) -> list[str]:
    return [what for _, what in made.said(at, value, metric="stage", subject="jinjiang")]


def city(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


@pytest.mark.parametrize(("hours", "at", "counting"), [
    ("22:00 06:00", "2026-06-08T21:59", False), ("22:00 06:00", "2026-06-08T22:00", True),
    ("22:00 06:00", "2026-06-09T05:59", True), ("22:00 06:00", "2026-06-09T06:00", False),
    ("07:00 22:00", "2026-06-08T06:59", False), ("07:00 22:00", "2026-06-08T07:00", True)])
def test_a_part_of_the_day_begins_on_its_minute_and_ends_before_its_end(
    house: Make, hours: str, at: str, counting: bool,
) -> None:
    starts, ends = hours.split()
    (agreement,) = of(house, f"hours: {{starts: {starts}, ends: {ends}}}").agreements
    assert counts(agreement.rules[0], city(at)) is counting
    assert isinstance(agreement.rules[0].hours, Hours)


@pytest.mark.parametrize(("when", "inside", "outside"), [
    ("season: {starts: 11-01, ends: 03-31}", "2026-11-01T00:00", "2026-10-31T23:59"),
    ("season: {starts: 11-01, ends: 03-31}", "2026-03-31T23:59", "2026-04-01T00:00"),
    ("effective: {starts: 2026-06-09}", "2026-06-09T00:00", "2026-06-08T23:59"),
    ("effective: {ends: 2026-06-08}", "2026-06-08T23:59", "2026-06-09T00:00")])
def test_days_are_the_citys_and_both_ends_count(
    house: Make, when: str, inside: str, outside: str,
) -> None:
    (agreement,) = of(house, when).agreements
    rule = agreement.rules[0]
    assert counts(rule, city(inside)) and not counts(rule, city(outside))
    assert isinstance(rule.season or rule.effective, Season | Effective)


def test_when_the_hours_are_over_a_standing_tier_lapses_and_is_no_all_clear(house: Make) -> None:
    made = of(house, "hours: {starts: 22:00, ends: 06:00}")
    assert said(made, city("2026-06-09T04:00"), 9.5) == ["yellow true"]
    assert said(made, city("2026-06-09T05:00"), 9.5) == []
    assert said(made, city("2026-06-09T06:00"), 9.5) == [Ended.lapsed]
    assert said(made, city("2026-06-09T21:00"), 9.5) == []
    assert said(made, city("2026-06-09T22:00"), 9.5) == ["yellow true"]


def test_a_silent_gauge_holds_up_no_tier_of_a_rule_that_counts_no_more(house: Make) -> None:
    made = of(house, "hours: {starts: 22:00, ends: 06:00}")
    assert said(made, city("2026-06-09T05:00"), 9.5) == ["yellow true"]
    late = city("2026-06-09T05:00") + 3 * HOUR + timedelta(seconds=1)
    assert [found.ended for found in made.judge(late)] == [Ended.lapsed]


def test_of_two_editions_the_one_of_the_day_is_asked_and_the_tier_goes_over(house: Make) -> None:
    made = of(house, "effective: {ends: 2026-06-08}", "effective: {starts: 2026-06-09}",
              limits=(9, 8))
    assert said(made, city("2026-06-08T22:00"), 8.5) == []
    assert said(made, city("2026-06-08T23:00"), 9.0) == ["yellow true"]
    made.feed(city("2026-06-09T01:00"), 8.5, "stage", "jinjiang")
    with writing(made.engine) as connection:
        tails.touch(connection)
    assert made.judge(city("2026-06-09T01:00")) == []
    (agreement,) = made.agreements
    chosen = [current((agreement,), city(f"2026-06-0{day}T12:00"))[0][1] for day in (8, 9)]
    assert [rule.tiers[Level.yellow].limit for rule in chosen] == [9.0, 8.0]


def test_an_edition_without_a_follower_lapses_after_its_last_day(house: Make) -> None:
    made = of(house, "effective: {ends: 2026-06-08}")
    assert said(made, city("2026-06-08T23:00"), 9.5) == ["yellow true"]
    assert said(made, city("2026-06-09T00:00"), 9.5) == [Ended.lapsed]
