"""When the last one of a warning hears, said before its texts are let go."""

from __future__ import annotations

from datetime import timedelta

from delivery_cast import NOON, City
from sqlalchemy import Engine, insert

from fenghuo import alarms
from fenghuo.channels import Accepted, Gateway, Limits, Outcome, Outgoing
from fenghuo.outbox.lasting import Last, last_of
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Channel


class Paced(Gateway):
    """A gateway of so many parts a second."""

    def __init__(self, name: str, per_second: float | None,
                 channel: Channel = Channel.sms) -> None:
        super().__init__(name=name, channel=channel, carries=Limits(per_second=per_second))

    def submit(self, outgoing: Outgoing) -> Outcome:
        return Accepted(outgoing.id)


def held(city: City, warning: int, count: int, **values: object) -> None:
    owed = city.obligation(warning, answer_due=NOON + timedelta(minutes=10))
    for n in range(count):
        city.notice(warning, (owed,), **{"address": f"+86138{n:08}", "step": f"manual:{n}",
                                         "parts": 2, "state": "held", **values})


def found(engine: Engine, warning: int, *made: Gateway) -> Last | None:
    with reading(engine) as connection:
        return last_of(connection, made, warning, NOON)


def test_the_last_one_is_counted_with_what_stands_in_line_and_beside_the_answers(
        city: City, engine: Engine) -> None:
    other, mine = city.warning("gale"), city.warning("flood")
    held(city, other, 30, state="queued", rank=5)
    held(city, mine, 20, rank=4)
    assert found(engine, mine, Paced("only", 0.5)) == Last(20, "only", 200.0, 600.0)
    late = found(engine, mine, Paced("only", 0.1))
    assert late is not None and late.late and late.seconds == 1000.0
    assert found(engine, other, Paced("only", 0.5)) == Last(30, "only", 120.0, 600.0)


def test_what_is_held_for_another_warning_is_in_nobodys_way(city: City, engine: Engine) -> None:
    other, mine = city.warning("gale"), city.warning("flood")
    held(city, other, 30, rank=5)
    held(city, mine, 20, rank=4)
    assert found(engine, mine, Paced("only", 0.5)) == Last(20, "only", 80.0, 600.0)


def test_two_gateways_share_unless_one_fails(city: City, engine: Engine) -> None:
    mine = city.warning("flood")
    held(city, mine, 100, rank=5)
    both = Paced("one", 1.0), Paced("two", 1.0)
    assert found(engine, mine, *both) == Last(100, "two", 100.0, 600.0) or (
        found(engine, mine, *both) == Last(100, "one", 100.0, 600.0))
    with writing(engine) as connection:
        alarms.raise_alarm(connection, alarms.AlarmKind.gateway_silent, "two", "x", NOON)
    assert found(engine, mine, *both) == Last(100, "one", 200.0, 600.0)


def test_calls_count_and_the_longest_line_is_said(city: City, engine: Engine) -> None:
    mine = city.warning("flood")
    held(city, mine, 3)
    for n in range(3):
        city.notice(mine, channel="voice", address=f"+85291230{n:03}", step=f"rung:{n}",
                    state="queued")
    both = Paced("texts", 6.0), Paced("calls", 0.25, Channel.voice)
    assert found(engine, mine, *both) == Last(3, "calls", 12.0, 600.0)


def test_where_nothing_waits_or_nothing_is_slow_there_is_nothing_to_say(
        city: City, engine: Engine) -> None:
    mine = city.warning("flood")
    assert found(engine, mine, Paced("only", 0.5)) is None
    held(city, mine, 3)
    assert found(engine, mine, Paced("only", None)) is None


def test_what_is_forecast_leaves_the_time_until_it_begins(city: City, engine: Engine) -> None:
    mine = city.warning("flood")
    held(city, mine, 20, rank=4)
    for ahead, lead in ((timedelta(minutes=3), 180.0), (timedelta(hours=3), 600.0),
                        (-timedelta(hours=1), 600.0)):
        _forecast(city, mine, ahead)
        last = found(engine, mine, Paced("only", 0.2))
        assert last == Last(20, "only", 200.0, lead) and last.late is (lead < 200)


def _forecast(city: City, warning: int, ahead: timedelta) -> None:
    """The warning's revision rests on one finding, which begins so much later."""
    with writing(city.engine) as connection:
        for table in (t.revision_site, t.exposure, t.finding):
            connection.execute(table.delete())
        key = connection.execute(insert(t.finding).values(
            edition="e" * 64, agreement="a", rule="r", kind="forecast", hazard="flood", subject="s",
            at=NOON, holds="true", tier="red", metric="rain", unit="mm", since=NOON, proof=[],
            facts={"onset": (NOON + ahead).isoformat()})).inserted_primary_key[0]
        shown = connection.execute(insert(t.exposure).values(
            finding_id=key, site="quarry", hazard="flood", scope="440785000000",
            tier="red")).inserted_primary_key[0]
        connection.execute(insert(t.revision_site).values(
            revision_id=city.newest(warning), site="quarry", tier="red", exposure_id=shown))
