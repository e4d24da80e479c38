"""Cancel, resend, log a call, enter an answer, acknowledge: once each, and why not where not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from acts_cast import RAIN, Desk
from sqlalchemy import insert
from warning_cast import stage

from fenghuo import lifecycle, notices
from fenghuo.acts import (
    acknowledging,
    answering,
    calling,
    ending,
    reading_inbound,
    registering,
    resending,
)
from fenghuo.acts.calling import Outcome
from fenghuo.acts.refusing import NotPossible
from fenghuo.alarms import raise_alarm
from fenghuo.alarms.balance import contradictions
from fenghuo.exposure import expose
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Answer


def measured(desk: Desk) -> None:
    """The Jinjiang over its warning mark at the wharf: our own finding."""
    with writing(desk.engine) as connection:
        edition, now = desk.edition, desk.clock.at
        found = [stage(9.4)]
        revisions = lifecycle.apply(connection, found, expose(found, edition.contacts),
                                    edition.digest, edition.contacts, now)
        notices.announce(connection, revisions, edition, desk.house.settings, now)


def relayed(desk: Desk) -> None:
    key = desk.act(registering.register, RAIN, by="zhang")
    desk.act(registering.confirm, key, by="liu")
    desk.assess()


def duty(desk: Desk, site: str, post: str) -> int:
    (row,) = desk.rows(t.obligation, site=site, post=post)
    return int(row["id"])


def call(desk: Desk, obligation: int) -> int:
    with writing(desk.engine) as connection:
        key = connection.execute(insert(t.call_task).values(
            obligation_id=obligation, office="county:440785", rung=3,
            opened=desk.clock.at)).inserted_primary_key
    assert key is not None
    return int(key[0])


def test_our_own_warning_is_cancelled_once_and_its_people_are_told(desk: Desk) -> None:
    measured(desk)
    desk.send()
    assert desk.act(ending.cancel, 1, by="liu", reason="the gauge is broken")
    assert not desk.act(ending.cancel, 1, by="liu", reason="the gauge is broken")
    assert [row["state"] for row in desk.rows(t.warning)] == ["cancelled"]
    assert [row["person"] for row in desk.rows(t.notice) if row["kind"] == "cancel"] == ["desk"]
    assert desk.ledger("warning.cancelled") == ["warning.cancelled"]


def test_a_relay_is_not_ours_to_end(desk: Desk) -> None:
    relayed(desk)
    with pytest.raises(NotPossible, match="relays a warning of 恩平市气象台, who alone ends it"):
        desk.act(ending.cancel, 1, by="liu", reason="the rain is over")


def test_a_text_is_sent_again_by_hand_as_a_step_of_its_own(desk: Desk) -> None:
    relayed(desk)
    first = desk.rows(t.notice, person="li", channel="sms")[0]
    with pytest.raises(NotPossible, match="on its way already"):
        desk.act(resending.resend, first["id"], by="liu", reason="he lost it")
    desk.send()
    desk.after(3)
    again = desk.act(resending.resend, first["id"], by="liu", reason="he lost it")
    assert desk.act(resending.resend, first["id"], by="liu", reason="he lost it") == again
    (row,) = desk.rows(t.notice, id=again)
    assert (row["step"], row["text"], row["state"], row["reason"]) == (
        "manual:1", first["text"], "queued", "asked")
    assert row["given"] and (row["template"], row["given"]) == ("relay.j2", first["given"])
    desk.send()
    desk.after(3)
    assert desk.act(resending.resend, first["id"], by="liu", reason="again") != again
    assert [row["step"] for row in desk.rows(t.notice, person="li", channel="sms")].count(
        "manual:2") == 1
    desk.act(answering.answer_for, duty(desk, "pond", "safety_officer"), given=Answer.received,
             by="liu")
    desk.after(3)
    desk.send()
    with pytest.raises(NotPossible, match="has answered"):
        desk.act(resending.resend, first["id"], by="liu", reason="again")
    with pytest.raises(NotPossible, match="found no notice nothing"):
        desk.act(resending.resend, "nothing", by="liu", reason="again")


def test_a_call_that_reached_somebody_answers_the_obligation(desk: Desk) -> None:
    relayed(desk)
    owed = duty(desk, "tanks", "safety_officer")
    task = call(desk, owed)
    desk.after(12)
    said = {"outcome": Outcome.reached, "given": Answer.done, "number": 26, "by": "zhao"}
    assert desk.act(calling.log_call, task, **said)
    assert not desk.act(calling.log_call, task, **said)
    (row,) = desk.rows(t.obligation, id=owed)
    assert (row["status"], row["answer"], row["number"], row["next_rung_at"]) == (
        "answered", "3", 26, None)
    (answer,) = desk.rows(t.answer)
    assert (answer["via"], answer["person"], answer["entered_by"]) == ("console", "chen", "zhao")
    (done,) = desk.rows(t.call_task)
    assert (done["outcome"], done["caller"]) == ("reached", "zhao")
    with pytest.raises(NotPossible, match="was closed as reached by zhao"):
        desk.act(calling.log_call, task, outcome=Outcome.no_answer, by="zhao")


def test_a_call_in_vain_closes_the_task_and_answers_nothing(desk: Desk) -> None:
    relayed(desk)
    owed = duty(desk, "tanks", "safety_officer")
    for outcome in (Outcome.no_answer, Outcome.wrong_number):
        with writing(desk.engine) as connection:
            connection.execute(t.call_task.delete())
        task = call(desk, owed)
        desk.act(calling.log_call, task, outcome=outcome, by="zhao")
        assert desk.rows(t.call_task)[0]["outcome"] == outcome
    assert desk.rows(t.answer) == []
    assert [row["subject"] for row in desk.rows(t.alarm, kind="contact_wrong")] == ["chen"]
    with pytest.raises(NotPossible, match="expected one from who was reached"):
        desk.act(calling.log_call, task, outcome=Outcome.no_answer, given=Answer.received, by="z")
    with pytest.raises(NotPossible, match="found no call 99"):
        desk.act(calling.log_call, 99, outcome=Outcome.no_answer, by="z")


def test_a_paper_answer_keeps_its_hour_and_the_hour_it_was_entered(desk: Desk) -> None:
    relayed(desk)
    owed, said = duty(desk, "pond", "safety_officer"), desk.clock.at + timedelta(minutes=7)
    desk.after(40)
    for first in (True, False):
        assert desk.act(answering.answer_for, owed, given=Answer.received, at=said,
                        by="liu") is first
    (answer,) = desk.rows(t.answer)
    assert (answer["at"], answer["entered"]) == (said, desk.clock.at)
    (row,) = desk.rows(t.obligation, id=owed)
    assert (row["status"], row["answered_at"]) == ("answered", said)
    (entry,) = [json.loads(row["canon"]) for row in desk.rows(t.ledger_entry)
                if row["kind"] == "answer.entered"]
    assert entry["facts"]["said"] == said.isoformat()
    assert entry["facts"]["entered"] == desk.clock.at.isoformat()


@pytest.mark.parametrize(("changes", "why"), [
    ({"number": 5}, "expected 0 to 999999 people with 3"),
    ({"person": "nobody"}, "found no person nobody"),
    ({"at": 60}, "expected an hour from"), ({"at": -60}, "expected an hour from")])
def test_an_answer_that_cannot_be_is_refused(
        desk: Desk, changes: dict[str, object], why: str) -> None:
    relayed(desk)
    at = changes.pop("at", None)
    if isinstance(at, int):
        changes["at"] = desk.clock.at + timedelta(minutes=at)
    with pytest.raises(NotPossible, match=why):
        desk.act(answering.answer_for, duty(desk, "pond", "safety_officer"),
                 given=Answer.received, by="liu", **changes)
    assert desk.rows(t.answer) == []


def test_nobody_answers_for_a_vacant_post_or_after_the_end(desk: Desk) -> None:
    relayed(desk)
    vacant = duty(desk, "wharf", "safety_officer")
    with pytest.raises(NotPossible, match="vacant: expected who answered"):
        desk.act(answering.answer_for, vacant, given=Answer.received, by="liu")
    assert desk.act(answering.answer_for, vacant, given=Answer.received, person="zhou", by="liu")
    with writing(desk.engine) as connection:
        connection.execute(t.warning.update().values(state="lapsed"))
    with pytest.raises(NotPossible, match="is over"):
        desk.act(answering.answer_for, vacant, given=Answer.received, person="zhou", by="liu")


def ended(desk: Desk, minutes: float) -> None:
    """The warning of ``measured`` is cancelled after so many minutes."""
    desk.after(minutes)
    desk.act(ending.cancel, 1, by="liu", reason="the river has fallen")
    assert desk.rows(t.warning)[0]["state"] == "cancelled"


def test_paper_that_comes_after_the_end_counts_if_it_was_said_before(desk: Desk) -> None:
    measured(desk)
    owed, began = duty(desk, "wharf", "safety_officer"), desk.clock.at
    ended(desk, 30)
    assert desk.rows(t.obligation, id=owed)[0]["reason"] == "never_reached"
    desk.after(200)
    late = {"given": Answer.done, "number": 42, "person": "zhou", "by": "liu"}
    for at in (began + timedelta(minutes=31), None):
        with pytest.raises(NotPossible, match="expected an answer said before that"):
            desk.act(answering.answer_for, owed, at=at, **late)
    said = began + timedelta(minutes=9)
    assert desk.act(answering.answer_for, owed, at=said, **late)
    assert not desk.act(answering.answer_for, owed, at=said, **late)
    (row,) = desk.rows(t.obligation, id=owed)
    assert (row["status"], row["answered_at"], row["number"]) == ("answered", said, 42)
    (answer,) = desk.rows(t.answer)
    assert (answer["at"], answer["entered"]) == (said, desk.clock.at)
    (entry,) = [json.loads(row["canon"]) for row in desk.rows(t.ledger_entry)
                if row["kind"] == "answer.received"]
    assert (entry["facts"]["said"], entry["at"]) == (said.isoformat(), desk.clock.at.isoformat())
    with reading(desk.engine) as connection:
        assert contradictions(connection) == {}


def test_a_late_not_me_opens_nothing_again_and_still_warns_of_the_contact(desk: Desk) -> None:
    measured(desk)
    owed, said = duty(desk, "wharf", "safety_officer"), desk.clock.at + timedelta(minutes=9)
    ended(desk, 30)
    assert desk.act(answering.answer_for, owed, given=Answer.not_me, person="zhou", at=said,
                    by="liu")
    assert desk.rows(t.obligation, id=owed)[0]["status"] == "excused"
    assert [row["subject"] for row in desk.rows(t.alarm, kind="contact_wrong")] == ["zhou"]
    with reading(desk.engine) as connection:
        assert contradictions(connection) == {}


def test_what_was_never_asked_takes_no_late_paper(desk: Desk) -> None:
    measured(desk)
    owed, said = duty(desk, "wharf", "safety_officer"), desk.clock.at + timedelta(minutes=9)
    with writing(desk.engine) as connection:
        connection.execute(t.obligation.update().where(t.obligation.c.id == owed).values(
            status="excused", reason="covered"))
    for _ in range(2):
        with pytest.raises(NotPossible, match="is over: covered"):
            desk.act(answering.answer_for, owed, given=Answer.received, person="zhou", at=said,
                     by="liu")
        ended(desk, 30) if desk.rows(t.warning)[0]["state"] == "in_force" else None


def test_a_site_that_left_answers_late_for_the_time_it_was_in_it(desk: Desk) -> None:
    measured(desk)
    owed, began = duty(desk, "wharf", "safety_officer"), desk.clock.at
    with writing(desk.engine) as connection:
        connection.execute(t.revision.update().values(at=began + timedelta(minutes=20)))
        connection.execute(t.obligation.update().where(t.obligation.c.id == owed).values(
            status="excused", reason="left_area"))
    desk.after(60)
    late = {"given": Answer.received, "person": "zhou", "by": "liu"}
    with pytest.raises(NotPossible, match="is over: left_area"):
        desk.act(answering.answer_for, owed, at=began + timedelta(minutes=21), **late)
    assert desk.act(answering.answer_for, owed, at=began + timedelta(minutes=20), **late)


def test_an_alarm_is_taken_in_hand_once(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        raise_alarm(connection, "feed_stale", "cma", "old", desk.clock.at)
    assert desk.act(acknowledging.acknowledge, 1, by="liu")
    assert not desk.act(acknowledging.acknowledge, 1, by="liu")
    assert desk.rows(t.alarm)[0]["acknowledged_by"] == "liu"
    with pytest.raises(NotPossible, match="found no alarm 2"):
        desk.act(acknowledging.acknowledge, 2, by="liu")


def test_a_text_that_only_a_human_can_read_is_accepted_or_put_aside_once(desk: Desk) -> None:
    relayed(desk)
    desk.send()
    with writing(desk.engine) as connection:
        for key, body in enumerate(("雨好大啊", "谢谢"), 1):
            connection.execute(insert(t.inbound).values(
                gateway="sms", provider_id=f"m{key}", address="+8613800000001", body=body,
                at=desk.clock.at, person="li", reason="unclear"))
    desk.after(6)
    with pytest.raises(NotPossible, match="expected to be told which"):
        desk.act(reading_inbound.accept, 1, by="liu")
    said = {"given": Answer.started, "sites": ["pond"], "by": "liu"}
    assert len(desk.act(reading_inbound.accept, 1, **said)) >= 1
    assert desk.act(reading_inbound.accept, 1, **said) == []
    assert desk.act(reading_inbound.dismiss, 2, by="liu", reason="thanks only")
    assert not desk.act(reading_inbound.dismiss, 2, by="liu", reason="thanks only")
    with pytest.raises(NotPossible, match="handled by liu"):
        desk.act(reading_inbound.dismiss, 1, by="liu", reason="no")
    with pytest.raises(NotPossible, match="found none"):
        desk.act(reading_inbound.accept, 9, by="liu")
    (row,) = desk.rows(t.obligation, site="pond", post="safety_officer")
    assert (row["status"], row["measures"]) == ("answered", "started")
