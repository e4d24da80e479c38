"""The console's acts are those of the command line: done once, by name, in the ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from console_cast import Client, fill_desk, send, warn
from sqlalchemy import Engine, Table, select

from fenghuo.store import tables as t
from fenghuo.store.engine import reading


@pytest.fixture
def night(house: Engine) -> Engine:
    warn(house)
    fill_desk(house)
    return house


def row(house: Engine, table: Table, key: object) -> Any:
    with reading(house) as connection:
        return connection.execute(select(table).where(table.c.id == key)).one()


def written(house: Engine, subject: str) -> list[dict[str, Any]]:
    """What the ledger holds about a subject, by this officer."""
    e = t.ledger_entry.c
    with reading(house) as connection:
        facts = [json.loads(canon)["facts"] for canon in connection.scalars(
            select(e.canon).where(e.subject == subject).order_by(e.id))]
    return [one for one in facts if one.get("by") == "officer"]


def test_a_hold_stops_what_waits_and_letting_go_sends_it_on(night: Engine,
                                                            client: Client) -> None:
    assert send(client, "/warnings/7/hold").status_code == 303
    assert row(night, t.warning, 7).held_by == "officer"
    assert row(night, t.notice, "b" * 32).state == "held"
    assert "/warnings/7/release" in client.get("/warnings/7", {"x-duty": "officer:op"}).text
    assert send(client, "/warnings/7/release").status_code == 303
    assert row(night, t.warning, 7).held is None
    assert row(night, t.notice, "b" * 32).state == "queued"
    assert [one["reason"] for one in written(night, "warning:7")][:1] == ["dam warden's word"]


def test_an_alarm_is_acknowledged_once_and_twice_is_no_fault(night: Engine,
                                                             client: Client) -> None:
    assert send(client, "/alarms/1/acknowledge").status_code == 303
    first = row(night, t.alarm, 1).acknowledged
    assert send(client, "/alarms/1/acknowledge").status_code == 303
    assert row(night, t.alarm, 1).acknowledged == first
    assert row(night, t.alarm, 1).acknowledged_by == "officer"


def test_a_number_is_let_go_by_name_and_only_once(night: Engine, client: Client) -> None:
    assert "/quarantine/1/release" in client.get("/quarantine", {"x-duty": "officer:op"}).text
    assert send(client, "/quarantine/1/release").status_code == 303
    found = row(night, t.quarantine, 1)
    assert (found.fate, found.closed_by, found.reason) == (
        "released", "officer", "dam warden's word")
    with reading(night) as connection:
        assert connection.scalar(select(t.observation.c.value).where(
            t.observation.c.subject == "hecheng")) == 900.0
    assert written(night, "quarantine:1")[0]["reason"] == "dam warden's word"
    assert client.get("/quarantine/1/discard", {"x-duty": "officer:op"}).status_code == 404


def test_a_number_is_discarded(night: Engine, client: Client) -> None:
    assert send(client, "/quarantine/1/discard").status_code == 303
    assert row(night, t.quarantine, 1).fate == "discarded"
    assert "/quarantine/1/" not in client.get("/quarantine", {"x-duty": "officer:op"}).text


def test_a_call_that_reached_somebody_answers_for_them(night: Engine, client: Client) -> None:
    assert send(client, "/calls/1", outcome="reached", answer="3", number="26").status_code == 303
    found = row(night, t.obligation, 703)
    assert (found.status, found.answer, found.number) == ("answered", "3", 26)
    assert row(night, t.call_task, 1).caller == "officer"
    assert written(night, "call:1")[0]["outcome"] == "reached"


def test_a_call_log_that_makes_no_sense_changes_nothing(night: Engine, client: Client) -> None:
    for wrong in ({"outcome": "shouted"}, {"outcome": "reached", "number": "many"},
                  {"outcome": "no_answer", "answer": "1"}):
        assert send(client, "/calls/1", **wrong).status_code in (400, 409)
    assert row(night, t.call_task, 1).done is None


def test_a_text_is_accepted_for_the_person_a_human_names(night: Engine, client: Client) -> None:
    # what came from an unknown number says nobody's name: the sentence asks for one
    asked = send(client, "/inbound/1/accept")
    assert asked.status_code == 409
    assert "found no person" in asked.text
    person = row(night, t.obligation, 701).person
    assert send(client, "/inbound/1/accept", person=person, answer="1").status_code == 303
    assert row(night, t.inbound, 1).handled_by == "officer"


def test_a_text_put_aside_leaves_the_inbox(night: Engine, client: Client) -> None:
    assert send(client, "/inbound/1/dismiss").status_code == 303
    assert row(night, t.inbound, 1).handled is not None
    assert "/inbound/1/" not in client.get("/", {"x-duty": "officer:op"}).text


def test_a_text_that_went_is_sent_again_as_a_step_of_its_own(night: Engine,
                                                             client: Client) -> None:
    with reading(night) as connection:
        before = set(connection.scalars(select(t.notice.c.id)))
    again = send(client, "/warnings/7/resend?notice=" + "a" * 32)
    # the person of this text has answered: asking again would be a second text for nothing
    assert again.status_code == 409
    with reading(night) as connection:
        assert set(connection.scalars(select(t.notice.c.id))) == before


def test_a_paper_is_refused_by_name(night: Engine, client: Client) -> None:
    assert send(client, "/registrations/1/refuse").status_code == 303
    assert row(night, t.registration, 1).state == "refused"
    assert written(night, "registration:1")
