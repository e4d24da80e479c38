"""Any and all of several conditions, over one metric or two of the same station."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from fenghuo.agreements.judge import next_due
from fenghuo.store.engine import reading
from fenghuo.words import Ended, Holds

HOUR = timedelta(hours=1)
Make = Callable[[str], Any]
RULE = """
  - id: both
    hazard: flood
    kind: observed
    metric: stage
    tiers: {{yellow: {tier}}}
    clear: {{ratio: 1, held: {held}h}}
    reach: {{by: station}}
    source: {{article: A, confidence: unverified}}
"""
ANY = "{any: [{at_least: 9}, {metric: rain, statistic: sum, window: 2h, at_least: 50}]}"
ALL = ANY.replace("any", "all")
SUBJECT = "stage:jinjiang"


def of(house: Make, tier: str, held: int = 0) -> Any:
    return house(RULE.format(tier=tier, held=held))


def hour(made: Any, at: datetime, stage: float | None, rain: float | None) -> list[str]:
    """One hour's numbers of the station, as far as they came, and what is said of it."""
    if stage is not None:
        made.feed(at, stage, "stage", "jinjiang")
    if rain is not None:
        made.feed(at, rain, "rain", "jinjiang")
    return [str(found.ended or f"{found.tier} {found.holds}") for found in made.judge(at)
            if found.subject == SUBJECT]


def test_one_of_any_is_enough_and_tells_its_own_number(house: Make, now: datetime) -> None:
    made = of(house, ANY)
    assert hour(made, now, 8.0, 30.0) == []
    made.feed(now + HOUR, 8.0, "stage", "jinjiang")
    made.feed(now + HOUR, 25.0, "rain", "jinjiang")
    (found,) = made.judge(now + HOUR)
    assert (found.subject, found.metric, found.value, found.threshold, found.unit) == (
        SUBJECT, "rain", 55.0, 50.0, "mm")
    assert [each["place"] for each in found.proof] == ["rain:jinjiang"] * 2


def test_all_must_hold_and_the_first_is_told(house: Make, now: datetime) -> None:
    made = of(house, ALL)
    assert hour(made, now, 9.5, 30.0) == []
    made.feed(now + HOUR, 25.0, "rain", "jinjiang")
    (found,) = made.judge(now + HOUR)
    assert (found.metric, found.value, found.threshold) == ("stage", 9.5, 9.0)


@pytest.mark.parametrize(("tier", "said"), [(ANY, ["yellow true"]), (ALL, [])])
def test_the_rule_is_looked_at_when_only_the_other_metric_speaks(
    house: Make, now: datetime, tier: str, said: list[str],
) -> None:
    made = of(house, tier)
    assert hour(made, now, 8.0, 10.0) == []
    assert hour(made, now + HOUR, None, 60.0) == said


def test_a_station_that_never_reported_the_other_metric_has_nothing_that_holds(
    house: Make, now: datetime,
) -> None:
    made = of(house, ANY)
    assert hour(made, now, 9.2, None) == ["yellow true"]
    assert hour(made, now + HOUR, 8.0, None) == [Ended.cleared]
    assert hour(of(house, ALL), now + 2 * HOUR, 9.2, None) == []


def test_another_metric_that_fell_silent_is_unknown_and_keeps_the_tier(
    house: Make, now: datetime,
) -> None:
    made = of(house, ANY)
    assert hour(made, now, 8.0, 60.0) == ["yellow true"]
    for step in range(1, 4):
        assert hour(made, now + step * HOUR, 8.0, None) == []
    with reading(made.engine) as connection:
        due = next_due(connection)
    assert due is not None and now + 3 * HOUR < due < now + 4 * HOUR
    (found,) = made.judge(due)
    assert (found.holds, found.metric) == (Holds.unknown, "stage")
    assert hour(made, now + 4 * HOUR, 8.0, None) == []
    # one dry hour after a gap: the window of two is not known
    assert hour(made, now + 5 * HOUR, 8.0, 0.0) == []
    assert hour(made, now + 6 * HOUR, 8.0, 0.0) == [Ended.cleared]


@pytest.mark.parametrize(("tier", "hours"), [(ANY, 4), (ALL, 3)])
def test_any_is_left_when_every_condition_was_under_all_along_and_all_when_one_was(
    house: Make, now: datetime, tier: str, hours: int,
) -> None:
    made = of(house, tier, held=2)
    assert hour(made, now, 9.5, 60.0) == ["yellow true"]
    # the sum over two hours is under 50 from the second hour on, the stage from the first
    said = [hour(made, now + step * HOUR, 8.0, 0.0) for step in range(1, 6)]
    assert said == [[Ended.cleared] if step == hours else [] for step in range(1, 6)]


def test_a_duration_counts_the_hours_over_the_limit_and_a_gap_is_unknown(
    house: Make, now: datetime,
) -> None:
    made = of(house, "{statistic: duration, window: 4h, lasting: 3h, at_least: 9}")
    said = [hour(made, now + step * HOUR, stage, None)
            for step, stage in enumerate((9.1, 8.0, 9.3, None, 9.0, 8.0, 8.0, 8.0, 8.0))]
    # three of the four hours before 4 h are not known over (9.3, gap, 9.0): unknown, not raised
    assert said == [[], [], [], [], [], [], [], [], []]
    made = of(house, "{statistic: duration, window: 4h, lasting: 3h, at_least: 9}")
    later = now + 20 * HOUR
    said = [hour(made, later + step * HOUR, stage, None)
            for step, stage in enumerate((9.1, 8.0, 9.3, 9.0, 8.0, 8.0))]
    assert said == [[], [], [], ["yellow true"], [Ended.cleared], []]


def test_a_finding_of_a_duration_tells_how_long_and_the_most_of_its_window(
    house: Make, now: datetime,
) -> None:
    made = of(house, "{statistic: duration, window: 4h, lasting: 2h, at_least: 9}")
    made.feed(now, 9.4, "stage", "jinjiang")
    made.feed(now + HOUR, 9.1, "stage", "jinjiang")
    (found,) = made.judge(now + HOUR)
    assert (found.value, found.threshold, found.facts["lasting"]) == (
        pytest.approx(9.4), 9.0, 7200)


@pytest.mark.parametrize(("statistic", "numbers"), [
    ("mean", (9.0, 9.1, 8.9)), ("drop", (19.0, 0.0, 10.0))])
def test_a_mean_and_a_drop_are_of_the_whole_window(
    house: Make, now: datetime, statistic: str, numbers: tuple[float, ...],
) -> None:
    window = "3h" if statistic == "mean" else "2h"
    made = of(house, f"{{statistic: {statistic}, window: {window}, at_least: 9}}")
    said = [hour(made, now + step * HOUR, number, None) for step, number in enumerate(numbers)]
    assert said == [[], [], ["yellow true"]]
