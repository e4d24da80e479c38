"""What a number in doubt does to a rule: nothing rises on it, nothing is cleared, and no danger
that is real is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from fenghuo.alarms import open_alarms
from fenghuo.store.engine import reading
from fenghuo.store.tables import quarantine, rule_state

HOUR = timedelta(hours=1)
Make = Callable[[str], Any]

STAGE = """
  - id: stage
    hazard: flood
    kind: observed
    metric: stage
    tiers: {yellow: {at_least: station.warning}, red: {at_least: station.record}}
    clear: {ratio: 1, held: 0h}
    reach: {by: station}
    source: {article: B, confidence: unverified}
"""


def river(made: Any, at: datetime, value: float) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = made.said(at, value, metric="stage", subject="jinjiang")
    return found


def state(made: Any) -> tuple[str | None, str]:
    with reading(made.engine) as connection:
        row = connection.execute(select(rule_state).where(
            rule_state.c.rule != "series", rule_state.c.subject == "stage:jinjiang")).one()
    return row.tier, row.holds


def test_a_leap_over_a_mark_is_unknown_and_an_alarm_until_the_next_reading_says_so_too(
    house: Make, now: datetime,
) -> None:
    made = house(STAGE)
    assert river(made, now, 7.0) == []
    assert river(made, now + HOUR, 13.0) == []
    assert state(made) == (None, "unknown")
    with reading(made.engine) as connection:
        assert [one.subject for one in open_alarms(connection)] == ["stage:jinjiang"]
    assert river(made, now + 2 * HOUR, 13.3) == [("stage:jinjiang", "red true")]
    with reading(made.engine) as connection:
        assert open_alarms(connection) == []


def test_a_leap_down_ends_no_warning(house: Make, now: datetime) -> None:
    made = house(STAGE)
    assert river(made, now, 9.5) == [("stage:jinjiang", "yellow true")]
    assert river(made, now + HOUR, 1.0) == [("stage:jinjiang", "yellow unknown")]
    assert river(made, now + 2 * HOUR, 9.4) == [("stage:jinjiang", "yellow true")]


def test_what_is_doubted_proves_nothing(house: Make, now: datetime) -> None:
    made = house(STAGE.replace("at_least: station.record", "statistic: max, window: 3h, "
                               "at_least: station.record"))
    river(made, now, 9.5)
    river(made, now + HOUR, 1.0)
    made.feed(now + 2 * HOUR, 11.6, metric="stage", subject="jinjiang")
    (found,) = made.judge(now + 2 * HOUR)
    assert found.tier == "red"
    assert [part["payload"][-6:] for part in found.proof] == [
        f"{at:%d%H%M}" for at in (now + 2 * HOUR, now)]


def test_a_neighbour_that_leaps_too_makes_both_count_at_once(
    house: Make, now: datetime,
) -> None:
    made = house(STAGE)
    for subject, before, after in (("liangxi", 3.0, 9.0), ("jinjiang", 7.0, 13.0)):
        made.feed(now, before, metric="stage", subject=subject)
        made.feed(now + HOUR, after, metric="stage", subject=subject)
    assert [(one.subject, one.tier) for one in made.judge(now + HOUR)] == [
        ("stage:jinjiang", "red")]
    with reading(made.engine) as connection:
        assert open_alarms(connection) == []
        rows = connection.execute(select(quarantine.c.fate, quarantine.c.closed_by)).all()
    assert sorted(map(tuple, rows)) == [("confirmed", "jinjiang"), ("confirmed", "liangxi")]


def test_a_neighbour_that_rises_the_half_of_it_is_a_second_word_and_a_calm_one_is_none(
    house: Make, now: datetime,
) -> None:
    for rise, said in ((1.0, []), (3.1, ["red"])):
        made = house(STAGE)
        at = now + 100 * HOUR * (rise > 2)
        made.feed(at, 7.0, metric="stage", subject="jinjiang")
        made.feed(at, 3.0, metric="stage", subject="liangxi")
        made.feed(at + HOUR, 13.0, metric="stage", subject="jinjiang")
        made.feed(at + HOUR, 3.0 + rise, metric="stage", subject="liangxi")
        assert [one.tier for one in made.judge(at + HOUR)] == said
