"""A line that is too long at one gateway is shared with the others, the gravest served first."""

from __future__ import annotations

import pytest
from delivery_cast import NOON, City
from sqlalchemy import Engine, select

from fenghuo.channels import Accepted, Gateway, Limits, Outcome, Outgoing
from fenghuo.clock import FixedClock
from fenghuo.outbox import dispatch
from fenghuo.outbox.sharing import share
from fenghuo.settings import Settings
from fenghuo.store.engine import writing
from fenghuo.store.tables import notice
from fenghuo.words import Channel, Level

RED, BLUE = Level.red.rank, Level.blue.rank


class Paced(Gateway):
    """A gateway of so many parts a second that takes all."""

    def __init__(self, name: str, per_second: float | None, countries: tuple[str, ...] = (),
                 templates: bool = False) -> None:
        super().__init__(name=name, channel=Channel.sms, countries=countries,
                         carries=Limits(per_second=per_second, templates=templates))
        self.took: list[str] = []

    def submit(self, outgoing: Outgoing) -> Outcome:
        self.took.append(outgoing.address)
        return Accepted(f"{self.name}-{outgoing.id}")


@pytest.fixture
def line(city: City) -> list[str]:
    """A hundred blue texts, then a hundred red ones, of two parts each."""
    warning = city.warning()
    return [city.notice(warning, rank=rank, parts=2, address=f"+86138{rank}{n:07}",
                        step=f"manual:{n}")
            for rank in (BLUE, RED) for n in range(100)]


def shared(engine: Engine, *gateways: Gateway, failing: tuple[str, ...] = ()) -> dict[int, list[
        tuple[int, int]]]:
    """By turn, the rank and number of each text in the order of numbers."""
    with writing(engine) as connection:
        share(connection, gateways, failing)
        rows = connection.execute(select(notice.c.turn, notice.c.rank, notice.c.address)
                                  .order_by(notice.c.address)).all()
    return {turn: [(row.rank, int(row.address[-3:])) for row in rows if row.turn == turn]
            for turn in sorted({row.turn for row in rows})}


def test_what_would_leave_too_late_goes_to_the_shorter_line_and_red_stays_in_front(
        line: list[str], engine: Engine) -> None:
    # red has a minute: 60 texts of two parts at two a second; blue ten minutes
    by_turn = shared(engine, Paced("first", 2.0), Paced("second", 2.0))
    reds = {turn: [number for rank, number in rows if rank == RED]
            for turn, rows in by_turn.items()}
    assert (len(reds[0]), len(reds[1])) == (60, 40)
    assert [rank for rank, _ in by_turn[1]] == [RED] * 40, "blue has the time to wait"
    assert shared(engine, Paced("first", 2.0), Paced("second", 2.0)) == by_turn, "once is enough"


def test_three_gateways_of_unequal_pace_end_together(line: list[str], engine: Engine) -> None:
    by_turn = shared(engine, Paced("one", 0.1), Paced("two", 1.0), Paced("three", 2.0))
    ends = {turn: len(rows) * 2 / (0.1, 1.0, 2.0)[turn] for turn, rows in by_turn.items()}
    assert sum(map(len, by_turn.values())) == 200 and ends[2] < 400
    assert [number for rank, number in by_turn[0] if rank == RED] != []
    assert len(by_turn[2]) > len(by_turn[1]) > len(by_turn[0])


@pytest.mark.parametrize("beside", [
    Paced("abroad", 9.0, ("+852",)), Paced("filed", 9.0, templates=True), Paced("failing", 9.0),
    Paced("slower", 0.001)], ids=lambda one: one.name)
def test_nothing_goes_where_it_is_not_served_or_not_sooner(
        line: list[str], engine: Engine, beside: Paced) -> None:
    by_turn = shared(engine, Paced("first", 2.0), beside, failing=("failing",))
    assert list(by_turn) == [0]


def test_a_short_line_is_left_alone(line: list[str], engine: Engine) -> None:
    assert list(shared(engine, Paced("first", 50.0), Paced("second", 50.0))) == [0]


def test_a_dispatch_shares_before_it_claims(line: list[str], engine: Engine) -> None:
    slow, quick = Paced("slow", 0.5), Paced("quick", None)
    report = dispatch(engine, (slow, quick), Settings(
        gateway_timeout=0.2, lease_seconds=1.0, lease_margin=0.2, dispatch_budget=3.0),
        FixedClock(NOON))
    assert report.counts["shared"] == len(quick.took) == 85
    assert slow.took and all(address.startswith(f"+86138{RED}") for address in slow.took)
