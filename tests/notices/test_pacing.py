"""When a text may go: practice.md 5, one rule a test, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fenghuo.notices.letters import Kind
from fenghuo.notices.pacing import Asked, Past, Wait, wait
from fenghuo.words import Hazard, Level, Reason

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 6, 8, 12, 0, tzinfo=ZONE)
NIGHT = datetime(2026, 6, 8, 23, 10, tzinfo=ZONE)
SMALL = datetime(2026, 6, 9, 3, 0, tzinfo=ZONE)
MORNING = datetime(2026, 6, 9, 7, 0, tzinfo=ZONE)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def tell(tier: Level, **more: object) -> Asked:
    return Asked(Kind.tell, Hazard.rainstorm, tier, **more)  # type: ignore[arg-type]


def held(asked: Asked, now: datetime = NOON, *ago: timedelta) -> Wait | None:
    return wait(asked, Past(tuple(sorted(now - span for span in ago))), now, ZONE)


@pytest.mark.parametrize("asked", [
    tell(Level.red, first_red=True), tell(Level.yellow, upgraded=True),
    Asked(Kind.retract, Hazard.rainstorm, Level.yellow),
    Asked(Kind.rung, Hazard.rainstorm, Level.yellow),
    Asked(Kind.calls, Hazard.rainstorm, Level.yellow),
    Asked(Kind.tell, Hazard.earthquake, Level.yellow), tell(Level.orange, drill=True)])
def test_upgrades_first_reds_corrections_quakes_and_rungs_go_at_once(asked: Asked) -> None:
    assert held(asked) is None
    assert held(asked, NOON, MINUTE) is None


@pytest.mark.parametrize(("tier", "seconds"), [
    (Level.white, 90), (Level.blue, 90), (Level.yellow, 90), (Level.orange, 60)])
def test_everything_else_waits_for_its_bundle_and_leaves_in_its_tiers_time(
        tier: Level, seconds: int) -> None:
    assert held(tell(tier)) == Wait(NOON + seconds * SECOND, Reason.waits_for_bundle)


@pytest.mark.parametrize(("tier", "seconds"), [
    (Level.blue, 290), (Level.yellow, 240), (Level.orange, 60)])
def test_after_a_recent_text_the_next_waits_up_to_five_minutes(tier: Level, seconds: int) -> None:
    found = held(tell(tier), NOON, 10 * SECOND)
    assert found == Wait(NOON + seconds * SECOND, Reason.waits_for_bundle)


def test_a_later_red_of_a_warning_already_red_does_not_wait_past_its_minute() -> None:
    assert held(tell(Level.red), NOON, 10 * SECOND) is None


@pytest.mark.parametrize("now", [NIGHT, SMALL])
@pytest.mark.parametrize("tier", [Level.white, Level.blue])
def test_white_and_blue_wait_until_seven_in_the_morning(tier: Level, now: datetime) -> None:
    assert held(tell(tier, upgraded=True), now) == Wait(MORNING, Reason.quiet_hours)


@pytest.mark.parametrize("tier", [Level.yellow, Level.orange, Level.red])
def test_from_yellow_up_a_text_goes_at_night(tier: Level) -> None:
    found = held(tell(tier, first_red=True), SMALL)
    assert found is None or found.reason == Reason.waits_for_bundle


@pytest.mark.parametrize("kind", [Kind.lowered, Kind.left, Kind.cancel])
def test_good_news_waits_for_the_morning_unless_it_lets_people_return(kind: Kind) -> None:
    news = Asked(kind, Hazard.rainstorm, Level.red)
    assert held(news, SMALL) == Wait(MORNING, Reason.quiet_hours)
    back = Asked(kind, Hazard.rainstorm, Level.red, returns=True)
    assert held(back, SMALL) == Wait(SMALL + 90 * SECOND, Reason.waits_for_bundle)


def test_a_lapse_is_no_good_news_and_goes_at_night_from_yellow_up() -> None:
    lapse = Asked(Kind.lapse, Hazard.rainstorm, Level.yellow)
    assert held(lapse, SMALL) == Wait(SMALL + 90 * SECOND, Reason.waits_for_bundle)


@pytest.mark.parametrize(("hour", "minute", "quiet"), [
    (21, 59, False), (22, 0, True), (6, 59, True), (7, 0, False)])
def test_quiet_hours_begin_at_ten_and_end_at_seven_on_the_citys_clock(
        hour: int, minute: int, quiet: bool) -> None:
    now = NOON.replace(hour=hour, minute=minute).astimezone(ZoneInfo("UTC"))
    found = held(tell(Level.blue), now)
    assert found is not None
    assert (found.reason == Reason.quiet_hours) == quiet


def test_the_seventh_text_of_an_hour_waits_an_hour_after_the_last() -> None:
    six = [minutes * MINUTE for minutes in (7, 15, 25, 35, 45, 55)]
    assert held(tell(Level.orange), NOON, *six) == Wait(NOON + 53 * MINUTE, Reason.capped)
    assert held(tell(Level.orange), NOON, *six[:5]) == Wait(NOON + MINUTE,
                                                            Reason.waits_for_bundle)


def test_the_twenty_first_text_of_a_day_waits_an_hour_after_the_last() -> None:
    day = [timedelta(minutes=20 + 61 * number) for number in range(20)]
    assert held(tell(Level.yellow), NOON, *day) == Wait(NOON + 40 * MINUTE, Reason.capped)


@pytest.mark.parametrize("asked", [
    tell(Level.red, upgraded=True), tell(Level.red, first_red=True),
    Asked(Kind.retract, Hazard.rainstorm, Level.yellow)])
def test_red_and_a_correction_are_never_capped(asked: Asked) -> None:
    assert held(asked, NOON, *[minutes * MINUTE for minutes in range(1, 30)]) is None


def test_no_cap_counts_mail() -> None:
    mail = tell(Level.orange, counted=False)
    found = held(mail, NOON, *[minutes * MINUTE for minutes in range(10, 30)])
    assert found == Wait(NOON + MINUTE, Reason.waits_for_bundle)
