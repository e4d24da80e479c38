"""Rules on gauges: up at once, down only after, unknown never either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fenghuo import lifecycle
from fenghuo.agreements.findings import Finding
from fenghuo.agreements.judge import judge_series, next_due
from fenghuo.exposure import expose
from fenghuo.observations import tails
from fenghuo.store.editions import keep
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import rule_state
from fenghuo.words import Ended, Holds, Level

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
STAGE = """
  - id: stage
    hazard: flood
    kind: observed
    metric: stage
    tiers: {yellow: {at_least: station.warning}, orange: {at_least: station.guarantee},
            red: {at_least: station.record}}
    clear: {ratio: 1, held: 2h}
    reach: {by: station}
    source: {article: B, confidence: unverified}
"""
SITE = """
  - id: own-stage
    hazard: flood
    kind: observed
    metric: stage
    tiers: {orange: {at_least: site.stage}}
    clear: {ratio: 1, held: 1h}
    reach: {by: station}
    source: {article: C, confidence: unverified}
"""


def hours(now: datetime) -> Any:
    return (now + step * HOUR for step in range(100))


def states(house: Any) -> dict[str, tuple[str | None, str]]:
    with reading(house.engine) as connection:
        rows = connection.execute(select(rule_state).where(rule_state.c.rule != "series")).all()
    return {row.subject: (row.tier, row.holds) for row in rows}


def test_a_partial_sum_already_over_raises_before_the_window_is_full(
    house: Make, now: datetime,
) -> None:
    made = house(RAIN)
    assert made.said(now, 20.0) == []
    assert states(made) == {"rain:liangxi": (None, "unknown")}
    assert made.said(now + HOUR, 31.0) == [("rain:liangxi", "yellow true")]
    assert made.said(now + 2 * HOUR, 0.0) == [("rain:liangxi", "orange true")]


def test_it_goes_up_at_once_and_down_only_after_the_eased_limit_was_held(
    house: Make, now: datetime,
) -> None:
    made, at = house(RAIN), hours(now)
    falls = [0, 0, 40, 70, 0, 0, 0, 0, 0, 0]
    said = [made.said(next(at), fall) for fall in falls]
    # red wants a second reading over 100
    raised = [("rain:liangxi", "yellow true")], [], [("rain:liangxi", "red true")]
    # sums over 3 h: 0 0 40 110 110 70 0 0 0 0; red eases at 80, orange at 40, yellow at 24.
    # 70, 0, 0 are three readings under 80 that span 2 h; by then orange was under 40 only for
    # the last two; one hour on it is under for the whole 2 h
    assert said == [[], [], *raised, [], [], [("rain:liangxi", "orange true")],
                    [("rain:liangxi", Ended.cleared)], []]


def test_nothing_is_said_while_a_tier_stays_though_its_value_moves(
    house: Make, now: datetime,
) -> None:
    made, at = house(RAIN), hours(now)
    assert [made.said(next(at), fall) for fall in (60, 10, 20, 40)] == [
        [("rain:liangxi", "yellow true")], [("rain:liangxi", "orange true")], [], []]


def test_a_second_look_without_anything_new_finds_nothing(house: Make, now: datetime) -> None:
    made = house(RAIN)
    assert made.said(now, 120.0) == [("rain:liangxi", "yellow true")]
    assert made.judge(now) == []


def test_a_silent_gauge_becomes_unknown_and_its_tier_stays(house: Make, now: datetime) -> None:
    made = house(RAIN)
    made.said(now, 60.0)
    with reading(made.engine) as connection:
        due = next_due(connection)
    assert due is not None and now + 3 * HOUR < due <= now + 3 * HOUR + timedelta(minutes=1)
    assert made.judge(due - timedelta(minutes=2)) == []
    (found,) = made.judge(due)
    assert (found.holds, found.tier, found.ended) == (Holds.unknown, Level.yellow, None)
    assert states(made) == {"rain:liangxi": ("yellow", "unknown")}
    with reading(made.engine) as connection:
        assert next_due(connection) is None
    assert made.judge(due + HOUR) == []


def test_a_gauge_that_speaks_again_holds_again_and_is_no_all_clear(
    house: Make, now: datetime,
) -> None:
    made = house(RAIN)
    made.said(now, 60.0)
    made.judge(now + 6 * HOUR)
    # one dry hour after a gap: two hours of the window are not known
    assert made.said(now + 6 * HOUR, 0.0) == []
    assert states(made) == {"rain:liangxi": ("yellow", "unknown")}
    assert made.said(now + 7 * HOUR, 55.0) == [("rain:liangxi", "yellow true")]


def test_a_gap_in_the_hold_keeps_the_tier_until_the_hold_is_known_whole(
    house: Make, now: datetime,
) -> None:
    made = house(RAIN)
    for step, fall in enumerate([60, 0, 0, 0]):
        made.said(now + step * HOUR, fall)  # orange from the second reading on
    said = [made.said(now + step * HOUR, 0.0) for step in range(5, 10)]
    # nothing came at 4 h: windows that end at 5 h and 6 h have a gap, the hold needs 7, 8 and 9 h
    assert said == [[("rain:liangxi", "orange unknown")], [], [("rain:liangxi", "orange true")],
                    [], [("rain:liangxi", Ended.cleared)]]


def test_a_stage_rises_through_its_marks_and_a_station_without_marks_stays_silent(
    house: Make, now: datetime,
) -> None:
    made, at = house(STAGE), hours(now)
    said = [made.said(next(at), value, metric="stage", subject="jinjiang")
            for value in (8.99, 9.0, 10.0, 11.49, 11.5)]
    assert said == [[], [("stage:jinjiang", "yellow true")], [("stage:jinjiang", "orange true")],
                    [], [("stage:jinjiang", "red true")]]
    assert made.said(next(at), 99.0, metric="stage", subject="liangxi") == []


def test_the_finding_names_value_mark_window_and_payload(house: Make, now: datetime) -> None:
    made = house(STAGE)
    made.feed(now - HOUR, 8.5, "stage", "jinjiang")
    made.feed(now, 9.25, "stage", "jinjiang")
    (found,) = made.judge(now)
    assert (found.value, found.threshold, found.unit) == (9.25, 9.0, "m")
    assert (found.rule, found.reach.station) == ("test/stage", "jinjiang")
    assert found.facts["station_name"] == "锦江站" and found.facts["mark"] == "station.warning"
    assert found.facts["end"] == now.isoformat() and found.facts["trend"] == "rising"
    assert [each["payload"] for each in found.proof] == [f"{now:%d%H%M}".rjust(64, "0")]


def test_a_sum_cites_every_payload_of_its_window_and_no_other(house: Make, now: datetime) -> None:
    made = house(RAIN)
    for step, fall in enumerate([1, 20, 20, 20]):
        made.feed(now + step * HOUR, fall)
    (found,) = made.judge(now + 3 * HOUR)
    assert [each["payload"][-6:] for each in found.proof] == [
        f"{now + step * HOUR:%d%H%M}" for step in (3, 2, 1)]
    assert found.facts["start"] == now.isoformat()
    assert found.reach.centre == (22.23, 112.27) and found.reach.radius_km == 10.0


def test_each_site_rises_and_clears_at_its_own_stage(house: Make, now: datetime) -> None:
    made, at = house(SITE), hours(now)
    said = [made.said(next(at), value, metric="stage", subject="jinjiang")
            for value in (8.4, 8.5, 9.6, 9.0, 9.0, 8.0, 8.0)]
    low, high = "stage:jinjiang@E-low", "stage:jinjiang@E-high"
    assert said == [[], [(low, "orange true")], [(high, "orange true")], [],
                    [(high, Ended.cleared)], [], [(low, Ended.cleared)]]


def test_several_rules_of_a_metric_are_judged_together(house: Make, now: datetime) -> None:
    made = house(STAGE + SITE)
    assert sorted(made.said(now, 10.2, metric="stage", subject="jinjiang")) == [
        ("stage:jinjiang", "orange true"), ("stage:jinjiang@E-high", "orange true"),
        ("stage:jinjiang@E-low", "orange true")]


def test_a_gauge_the_edition_does_not_know_is_left_alone(house: Make, now: datetime) -> None:
    made = house(RAIN)
    assert made.said(now, 500.0, subject="stranger") == []
    assert made.judge(now + 9 * HOUR) == []
    with reading(made.engine) as connection:
        assert next_due(connection) is None


@pytest.mark.parametrize(("season", "told"), [
    ("{starts: 06-01, ends: 09-30}", True), ("{starts: 10-01, ends: 04-30}", False),
    ("{starts: 06-08, ends: 06-08}", True), ("{starts: 06-09, ends: 06-07}", False)])
def test_a_rule_counts_only_in_its_season(
    house: Make, now: datetime, season: str, told: bool,
) -> None:
    made = house(RAIN.replace("    reach:", f"    season: {season}\n    reach:"))
    assert bool(made.said(now, 120.0)) is told


def test_a_new_edition_has_every_series_judged_by_its_own_limits(
    house: Make, now: datetime,
) -> None:
    made = house(RAIN)
    assert made.said(now, 28.0) == []
    made.agreements = house(RAIN.replace("at_least: 30", "at_least: 25")).agreements
    assert made.judge(now) == []
    with writing(made.engine) as connection:
        tails.touch(connection)
    assert [found.tier for found in made.judge(now)] == [Level.yellow]


def test_a_rule_that_is_struck_out_leaves_no_tier_that_nobody_can_clear(
    house: Make, now: datetime,
) -> None:
    made = house(RAIN)
    made.feed(now, 60.0)
    with writing(made.engine) as connection:
        digest, _ = keep(connection, {"rules/x": b""}, now, "test")
        lifecycle.apply(connection, judge_series(connection, made.agreements, made.stations,
                                                 made.contacts, now),
                        expose([], made.contacts), digest, made.contacts, now)
    made.agreements = house(STAGE).agreements
    (found,) = made.judge(now)
    assert (found.rule, found.subject, found.ended) == ("test/rain", "rain:liangxi", Ended.lapsed)
    assert made.judge(now) == []


def test_a_gauge_is_silent_only_up_to_the_instant_at_which_it_was_asked(
        house: Make, now: datetime) -> None:
    made = house(RAIN)
    made.said(now, 60.0)
    later = now + 9 * HOUR
    with writing(made.engine) as connection:
        def judged(heard: datetime) -> list[Finding]:
            return judge_series(connection, made.agreements, made.stations, made.contacts, later,
                                heard)
        assert judged(now) == []
        assert [found.holds for found in judged(later)] == [Holds.unknown]
