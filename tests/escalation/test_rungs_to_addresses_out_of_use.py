"""A ladder does not wait at a number that is out of use; who opted out is dialled by a human."""

from __future__ import annotations

from warning_cast import CONTACTS, MIN, T0, Town, book, signal

from fenghuo import escalation
from fenghuo.contacts import addresses
from fenghuo.notices import obligations
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import Hazard, Level, Reason

MO, WU = "+8613800000005", "+8613800000002"


def works(town: Town, *out: tuple[str, Reason]) -> None:
    """A red signal at one site; some numbers are out of use."""
    town.edition = book(posts=CONTACTS["posts"] + "works,head,zhou\n")
    with writing(town.engine) as connection:
        for address, reason in out:
            addresses.put_out(connection, "sms", address, reason, T0, person="x")
    town.assess(signal(Level.red, districts=("440781000000",)))


def climb(town: Town, at: object) -> None:
    escalation.climb(town.engine, town.edition, town.settings, at)  # type: ignore[arg-type]


def test_a_deputy_whose_number_does_not_exist_is_passed_at_once(town: Town) -> None:
    works(town, (WU, Reason.bad_address))
    town.send(T0)
    climb(town, T0 + 8 * MIN)
    duty = town.duty("works", "safety_officer")
    assert "wu" not in town.texts()
    assert duty["rung"] == 2, "the county's list was not waited for"
    assert "bad_address" in town.reasons(told=False)
    assert {task["rung"] for task in town.rows(t.call_task)} == {2}


def test_a_deputy_who_opted_out_is_a_person_to_call(town: Town) -> None:
    works(town, (WU, Reason.opted_out))
    town.send(T0)
    climb(town, T0 + 8 * MIN)
    assert "wu" not in town.texts()
    assert {(task["office"], task["rung"]) for task in town.rows(t.call_task)} == {
        ("county:440781", 1), ("county:440781", 2)}


def test_an_officer_who_opted_out_is_a_person_to_call_himself(town: Town) -> None:
    works(town)
    [text] = [row["id"] for row in town.rows(t.notice, person="mo")]
    with writing(town.engine) as connection:
        obligations.mark_failed(connection, text, T0, Reason.opted_out)
    duty = town.duty("works", "safety_officer")
    assert (duty["reason"], duty["next_rung_at"]) == ("opted_out", T0)
    climb(town, T0)
    assert [(task["office"], task["rung"]) for task in town.rows(
        t.call_task, obligation_id=duty["id"])] == [("county:440781", -1)]
    assert town.duty("works", "safety_officer")["rung"] == 1, "nor is his ladder waited for"


def test_a_rung_that_reaches_nobody_is_not_waited_for(town: Town) -> None:
    works(town)
    town.send(T0)
    climb(town, T0 + 8 * MIN)
    [rung] = [row["id"] for row in town.rows(t.notice, person="wu", step="rung:1")]
    assert town.duty("works", "safety_officer")["next_rung_at"] == T0 + 10 * MIN
    with writing(town.engine) as connection:
        connection.execute(t.notice.update().where(t.notice.c.id == rung).values(state="failed"))
        obligations.mark_failed(connection, rung, T0 + 9 * MIN, Reason.bad_address)
    duty = town.duty("works", "safety_officer")
    assert (duty["status"], duty["next_rung_at"]) == ("escalating", T0 + 9 * MIN)


def test_who_is_known_to_be_out_of_reach_is_written_nothing_and_his_ladder_begins_at_once(
        town: Town) -> None:
    works(town, (MO, Reason.opted_out))
    duty = town.duty("works", "safety_officer")
    assert (duty["status"], duty["reason"], duty["next_rung_at"]) == (
        "unreachable", "opted_out", T0)
    assert "mo" not in town.texts() and "opted_out" in town.reasons(told=False)
    climb(town, T0)
    assert "wu" in town.texts()
    assert [task["rung"] for task in town.rows(t.call_task)] == [-1]


def test_a_mailbox_that_is_left_is_written_to(town: Town) -> None:
    town.assess(signal(Level.red))
    town.send(T0)
    with writing(town.engine) as connection:
        addresses.put_out(connection, "sms", "+8613800000003", Reason.bad_address, T0)
    town.assess(signal(Level.red, chain="b", districts=("440785112000",),
                       hazard=Hazard.gale, at=T0 + MIN), at=T0 + MIN)
    duty = next(row for row in town.rows(t.obligation, person="chen") if row["warning_id"] == 2)
    assert duty["status"] == "pending" and "chen" in town.texts("email")
