"""One outage is one alarm: it climbs, is told once when it rings, and is over once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from fenghuo import alarms
from fenghuo.alarms import bells, outages
from fenghuo.alarms.ages import FeedAge
from fenghuo.alarms.register import open_alarms
from fenghuo.store.engine import reading, writing
from fenghuo.store.tables import alarm, ledger_entry
from fenghuo.words import FeedOutcome

MINUTE = timedelta(minutes=1)
LIMIT = 10 * MINUTE


class Source:
    """A source as the watch finds it, minute by minute."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine, self.now = engine, now

    def look(self, age: int, failures: int = 0, outcome: str = "failed",
             skew: float | None = None, after: int = 1) -> dict[str, int]:
        self.now += after * MINUTE
        counts: Counter[str] = Counter()
        found = FeedAge(
            "usgs", self.now - age * MINUTE, self.now, age * MINUTE, LIMIT, waiting=False,
            failures=failures, outcome=FeedOutcome(outcome if failures else "changed"),
            error="HTTP 503", skew=skew, out=failures >= 3)
        with writing(self.engine) as connection:
            outages.look(connection, found, open_alarms(connection), self.now, counts)
        return dict(+counts)

    @property
    def rows(self) -> list[tuple[str, bool]]:
        """Every alarm there ever was: its kind, whether it is over."""
        with reading(self.engine) as connection:
            return [(row.kind, row.recovered is not None)
                    for row in connection.execute(select(alarm).order_by(alarm.c.id))]

    def rings(self) -> list[str]:
        """What rings now and was not told; it is told by this."""
        with writing(self.engine) as connection:
            zone = self.now.tzinfo
            found = [one for one, _ in bells.untold(connection, zone)]  # type: ignore[arg-type]
            bells.mark(connection, found, "told", self.now)
        return [one.kind for one in found]


@pytest.fixture
def source(engine: Engine, now: datetime) -> Source:
    return Source(engine, now)


def test_two_bad_answers_in_a_row_are_none_and_the_third_is_one_that_rings_nobody(
        source: Source) -> None:
    for failures in (1, 2):
        assert source.look(failures, failures) == {}
    assert source.look(3, 3) == {"raised": 1}
    assert (source.rows, source.rings()) == ([("feed_unreachable", False)], [])


def test_an_outage_becomes_stale_in_its_own_row_is_told_once_and_over_once(
        source: Source) -> None:
    source.look(3, 3, "refused")
    assert source.rows == [("feed_unreadable", False)] and source.rings() == []
    assert source.look(10, 9, "refused") == {"worsened": 1}
    assert source.look(11, 9) == {} and source.rows == [("feed_stale", False)]
    assert (source.rings(), source.rings()) == (["feed_stale"], [])
    assert source.look(0) == {"recovered": 1} and source.rows == [("feed_stale", True)]


def test_its_words_say_how_old_the_data_is_and_what_the_last_answer_was(source: Source) -> None:
    source.look(10, 9)
    with reading(source.engine) as connection:
        (one,) = alarms.open_alarms(connection)
    assert one.detail.endswith("expected within 0:10:00; HTTP 503")


def test_a_source_that_answers_now_with_an_error_now_with_a_page_is_one_outage(
        source: Source) -> None:
    for number in range(3, 9):
        source.look(number, number, ("failed", "refused", "empty")[number % 3])
    assert source.rows == [("feed_unreachable", False)]


def test_a_wrong_clock_that_is_also_old_is_one_alarm(source: Source) -> None:
    assert source.look(1, skew=-36000) == {"raised": 1} and source.rings() == []
    assert source.look(10, skew=-36000) == {"worsened": 1}
    assert source.rows == [("feed_stale", False)] and source.rings() == ["feed_stale"]
    source.look(0, skew=1)
    assert source.rows == [("feed_stale", True)]


def test_what_is_left_after_an_outage_is_an_alarm_of_its_own(source: Source) -> None:
    source.look(10, skew=500)
    source.look(0, skew=500)
    assert source.rows == [("feed_stale", True), ("feed_clock", False)] and source.rings() == []


def test_a_source_that_comes_and_goes_is_told_once_within_the_hour(source: Source) -> None:
    source.look(10, 9)
    assert source.rings() == ["feed_stale"]
    source.look(0)
    source.look(3, 3)
    assert source.rings() == []
    source.look(10, 9)
    assert source.rows == [("feed_stale", False), ("feed_unreachable", True)]
    assert source.rings() == []


def test_who_took_a_young_outage_in_hand_is_asked_anew_when_it_is_stale(source: Source) -> None:
    source.look(3, 3)
    with writing(source.engine) as connection:
        (one,) = alarms.open_alarms(connection)
        alarms.acknowledge(connection, None, "desk", source.now, one.id)
    source.look(10, 9)
    with reading(source.engine) as connection:
        assert alarms.open_alarms(connection)[0].acknowledged is None


def test_two_rows_of_one_outage_from_before_become_one(source: Source) -> None:
    with writing(source.engine) as connection:
        for kind in ("feed_unreachable", "feed_stale"):
            alarms.raise_alarm(connection, kind, "usgs", "", source.now)
    source.look(11, 9)
    assert [over for _, over in source.rows].count(False) == 1
    source.look(0)
    assert [over for _, over in source.rows] == [True, True]


def test_the_ledger_has_each_step_of_an_outage_once(source: Source) -> None:
    for age, failures in ((3, 3), (4, 4), (10, 9), (11, 9), (0, 0)):
        source.look(age, failures)
    with reading(source.engine) as connection:
        assert [row.kind for row in connection.execute(
            select(ledger_entry).order_by(ledger_entry.c.id))] == [
            "alarm.raised", "alarm.worsened", "alarm.recovered"]
