"""What waits for a human is an alarm after its time, and none once somebody saw to it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, update

from fenghuo import alarms
from fenghuo.alarms import waiting
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing

MIN, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def look(engine: Engine, now: datetime) -> list[str]:
    with writing(engine) as connection:
        waiting.look(connection, now, Counter())
    with reading(engine) as connection:
        return [f"{one.kind}:{one.subject}" for one in alarms.open_alarms(connection)]


def warned(engine: Engine, now: datetime) -> None:
    with writing(engine) as connection:
        connection.execute(insert(t.edition).values(
            digest="e", number=1, adopted=now, adopted_by="test"))
        connection.execute(insert(t.warning).values(
            id=1, hazard="flood", scope="440785000000", state="in_force", opened=now))
        connection.execute(insert(t.revision).values(
            id=1, warning_id=1, number=1, edition="e", at=now, change="issue", facts={}))
        connection.execute(insert(t.obligation).values(
            id=1, warning_id=1, site="pond", post="head", opened_by=1, revision_id=1, tier="red",
            status="told", reason="first", measures="none", opened=now))


def test_a_letter_nobody_confirms_is_an_alarm_until_it_is_confirmed_or_refused(
        engine: Engine, now: datetime) -> None:
    with writing(engine) as connection:
        connection.execute(insert(t.registration), [
            {"form": "fax", "issuer": "I", "caller": "C", "hazard": "flood", "text": "T",
             "issued": now, "onset": now, "area": {}, "state": state, "entered_by": "a",
             "entered": now} for state in ("waiting", "confirmed")])
    assert look(engine, now + waiting.SECOND_PERSON - SECOND) == []
    assert look(engine, now + waiting.SECOND_PERSON) == ["registration_waiting:registration:1"]
    with writing(engine) as connection:
        connection.execute(update(t.registration).values(state="refused"))
    assert look(engine, now + 11 * MIN) == []


def test_texts_held_back_too_long_are_an_alarm_until_they_are_let_go(
        engine: Engine, now: datetime) -> None:
    warned(engine, now)
    with writing(engine) as connection:
        connection.execute(update(t.warning).values(held=now, held_by="a"))
    assert look(engine, now + waiting.HELD - SECOND) == []
    assert look(engine, now + waiting.HELD) == ["held_too_long:warning:1"]
    with writing(engine) as connection:
        connection.execute(update(t.warning).values(held=None, held_by=None))
    assert look(engine, now + 16 * MIN) == []


def test_a_call_for_help_ends_when_somebody_noted_the_call_back(
        engine: Engine, now: datetime) -> None:
    warned(engine, now)
    with writing(engine) as connection:
        alarms.raise_alarm(connection, "call_for_help", "pond", "", now)
    assert look(engine, now + MIN) == ["call_for_help:pond"]
    with writing(engine) as connection:
        connection.execute(insert(t.call_task).values(
            obligation_id=1, office="county:440785", rung=0, opened=now))
    assert look(engine, now + MIN) == ["call_for_help:pond"]
    with writing(engine) as connection:
        connection.execute(update(t.call_task).values(done=now + MIN, outcome="reached"))
    assert look(engine, now + 2 * MIN) == []


def test_a_call_for_help_without_a_site_ends_when_somebody_took_it_in_hand(
        engine: Engine, now: datetime) -> None:
    with writing(engine) as connection:
        alarms.raise_alarm(connection, "call_for_help", "li", "", now)
    assert look(engine, now + MIN) == ["call_for_help:li"]
    with writing(engine) as connection:
        alarms.acknowledge(connection, None, "operator", now + MIN, 1)
    assert look(engine, now + 2 * MIN) == []
