"""The auditor: an honest house adds up at every step, and whatever is lost has its own name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, update
from warning_cast import FLOOD, MIN, T0, WEATHER, Town, book, gauge, over, signal

from fenghuo.agreements import reading as agreement_files
from fenghuo.alarms.balance import Contradiction, contradictions
from fenghuo.notices import obligations
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer, Ended, Level, Reason


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


def found(town: Town) -> dict[Contradiction, str]:
    with reading(town.engine) as connection:
        return contradictions(connection)


def spoil(town: Town, statement: Any) -> None:
    with writing(town.engine) as connection:
        assert connection.execute(statement).rowcount


def test_a_warning_adds_up_from_its_first_minute_to_after_its_end(town: Town) -> None:
    town.assess(signal(Level.orange))
    assert found(town) == {}
    town.send(T0)
    assert found(town) == {}
    town.assess(signal(Level.red, T0 + 5 * MIN, "b"), at=T0 + 5 * MIN)
    town.send(T0 + 6 * MIN)
    with writing(town.engine) as connection:
        obligations.answer(connection, "li", Answer.received, None, "sms", None, T0 + 9 * MIN)
    assert town.duty("pond", "safety_officer")["status"] == "answered" and found(town) == {}
    town.assess(*(over(signal(level, chain=chain), Ended.cancelled, T0 + 20 * MIN)
                  for level, chain in ((Level.orange, "a"), (Level.red, "b"))), at=T0 + 20 * MIN)
    assert {state for *_, state in town.states()} == {"cancelled"} and found(town) == {}


def test_sites_of_a_tier_that_tells_offices_alone_have_their_reason(engine: Engine) -> None:
    offices = agreement_files.read({
        f"rules/agreements/{name}.yaml": text.encode() for name, text in (
            ("weather", WEATHER.replace("blue:   {tell: [site.safety_officer]",
                                        "blue:   {tell: [county.duty]")), ("flood", FLOOD))})
    town = Town(engine, replace(book(), agreements=offices))
    town.assess(signal(Level.blue))
    assert {row["site"] for row in town.rows(t.obligation)} == {"county:440785"}
    why = {row["site"] for row in town.rows(t.decision, reason=Reason.offices_only.value)}
    assert why == {"pond", "tanks", "wharf"} and found(town) == {}


def test_sites_below_every_release_have_theirs(town: Town) -> None:
    town.assess(signal(Level.white))
    assert town.rows(t.obligation) == [] and found(town) == {}
    spoil(town, delete(t.decision).where(t.decision.c.site == "tanks"))
    assert found(town) == {Contradiction.site_unaccounted: "warning 1: 1, such as tanks"}
    town.assess(signal(Level.white, T0 + MIN, districts=("440785000000", "440781000000")),
                at=T0 + MIN)  # the reason of an earlier revision holds on for those that stayed
    assert found(town) == {Contradiction.site_unaccounted: "warning 1: 1, such as tanks"}


@pytest.mark.parametrize(("name", "example", "statement"), [
    (Contradiction.unknown_status, "pond safety_officer",
     lambda o: update(t.obligation).where(o.site == "pond", o.post == "safety_officer")
     .values(status="lost")),
    (Contradiction.answered_by_nobody, "tanks safety_officer",
     lambda o: update(t.obligation).where(o.site == "tanks").values(status="answered")),
    (Contradiction.asked_after_end, "county:440785 duty",
     lambda o: update(t.warning).values(state="cancelled", closed=T0)),
])
def test_what_cannot_be_is_called_by_its_name(
        town: Town, name: Contradiction, example: str, statement: Callable[[Any], Any]) -> None:
    town.assess(signal(Level.yellow))
    town.send(T0)
    spoil(town, statement(t.obligation.c))
    (kind, said), = found(town).items()
    assert kind == name and said.endswith(f"such as {example}"), said


def test_somebody_whose_text_is_lost_is_forgotten_unless_a_rung_is_to_come(town: Town) -> None:
    town.assess(signal(Level.blue))  # blue has no ladder
    town.assess(gauge(Level.orange, 60, 50))  # orange has: for the pond, not for the desk
    assert found(town) == {}
    spoil(town, update(t.notice).values(state="dropped"))
    assert found(town) == {Contradiction.forgotten: "warning 1: 2, such as county:440785 duty"}
    spoil(town, update(t.notice).values(state="queued"))
    assert found(town) == {}


def test_whose_text_waited_until_it_was_worth_nothing_is_unreachable_and_not_forgotten(
        town: Town) -> None:
    night = T0 + timedelta(hours=14)  # 02:00: blue waits for the morning
    town.assess(signal(Level.blue, night), at=night)
    spoil(town, update(t.notice).where(t.notice.c.person == "chen").values(
        expires=night + timedelta(hours=3)))
    assert found(town) == {}
    town.release(night + timedelta(hours=5))
    duty = town.duty("tanks", "safety_officer")
    assert (duty["status"], duty["reason"]) == ("unreachable", "expired") and found(town) == {}
    assert town.duty("pond", "safety_officer")["status"] == "pending"


def test_a_refusal_is_no_answer(town: Town) -> None:
    town.assess(signal(Level.yellow))
    town.send(T0)
    spoil(town, update(t.obligation).where(t.obligation.c.site == "tanks")
          .values(status="answered"))
    key = town.duty("tanks", "safety_officer")["id"]
    given = {"obligation_id": key, "revision_id": 1, "person": "chen", "via": "sms", "at": T0}
    spoil(town, insert(t.answer).values(answer="4", **given))
    assert list(found(town)) == [Contradiction.answered_by_nobody]
    spoil(town, insert(t.answer).values(answer="1", **given))
    assert found(town) == {}
