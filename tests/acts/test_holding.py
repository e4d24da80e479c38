"""The duty officer may stop a warning's texts before they are sent, and let them go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from acts_cast import RAIN, Desk

from fenghuo import pipeline
from fenghuo.acts import holding, registering
from fenghuo.acts.refusing import NotPossible
from fenghuo.store import tables as t


def relayed(desk: Desk, **changes: str) -> None:
    key = desk.act(registering.register, {**RAIN, **changes}, by="zhang")
    desk.act(registering.confirm, key, by="liu")
    desk.assess()


def states(desk: Desk) -> set[str]:
    return {row["state"] for row in desk.rows(t.notice) if row["occasion"].startswith("rev")}


def test_a_held_warnings_texts_wait_and_go_when_they_are_let_go(desk: Desk) -> None:
    relayed(desk)
    desk.send("li")
    assert desk.act(holding.hold, 1, by="liu", reason="asking the observatory") == 5
    assert {row["reason"] for row in desk.rows(t.notice, state="held")} == {"held_by_officer"}
    desk.after(4)
    pipeline.follow_up(desk.house)
    assert states(desk) == {"held", "accepted"}
    assert desk.act(holding.let_go, 1, by="liu", reason="confirmed") >= 5
    assert states(desk) == {"queued", "accepted"}
    assert desk.ledger("warning.held") + desk.ledger("warning.let") == [
        "warning.held", "warning.let_go"]
    assert desk.rows(t.warning)[0]["held"] is None


def test_no_ladder_climbs_for_a_text_that_is_held_and_time_begins_when_it_goes(
        desk: Desk) -> None:
    relayed(desk)
    desk.act(holding.hold, 1, by="liu", reason="asking the observatory")
    before = {row["id"]: row for row in desk.rows(t.obligation, status="pending")}
    desk.after(12)
    pipeline.follow_up(desk.house)
    assert all(row["rung"] == 0 for row in desk.rows(t.obligation) if row["id"] in before)
    desk.act(holding.let_go, 1, by="liu")
    for row in desk.rows(t.obligation, status="pending"):
        assert row["answer_due"] - before[row["id"]]["answer_due"] == timedelta(minutes=12)
    pipeline.follow_up(desk.house)
    assert all(row["rung"] == 0 for row in desk.rows(t.obligation) if row["id"] in before)


def test_held_or_let_go_twice_is_once(desk: Desk) -> None:
    relayed(desk)
    for _ in range(2):
        assert desk.act(holding.hold, 1, by="liu", reason="x") == 6
    for freed in (6, 0):
        assert desk.act(holding.let_go, 1, by="liu") == freed
    assert desk.ledger("warning.held") == ["warning.held"]


def test_what_is_written_during_a_hold_waits_too_and_what_waited_for_its_bundle(
        desk: Desk) -> None:
    relayed(desk, level="yellow")
    assert states(desk) == {"held"}  # for their bundle
    desk.act(holding.hold, 1, by="liu", reason="x")
    desk.after(10)
    desk.assess()
    pipeline.follow_up(desk.house)
    assert states(desk) == {"held"}
    relayed(desk, level="red", text="raised", issued="2026-06-08T12:05")
    assert states(desk) <= {"held", "dropped"}
    desk.act(holding.let_go, 1, by="liu")
    assert states(desk) <= {"queued", "dropped"}
    queued = [row["person"] for row in desk.rows(t.notice, state="queued", channel="sms")
              if row["occasion"].startswith("revision")]
    assert sorted(queued) == ["chen", "city", "desk", "li", "zhou"]


def test_a_hold_that_is_forgotten_raises_an_alarm_that_ends_with_it(desk: Desk) -> None:
    relayed(desk)
    desk.act(holding.hold, 1, by="liu", reason="x")
    desk.after(4.9)
    pipeline.watch(desk.house)
    assert desk.rows(t.alarm, kind="held_too_long") == []
    desk.after(0.2)
    pipeline.watch(desk.house)
    assert [row["subject"] for row in desk.rows(t.alarm, kind="held_too_long")] == ["warning:1"]
    desk.act(holding.let_go, 1, by="liu")
    assert desk.rows(t.alarm, kind="held_too_long")[0]["recovered"] is not None


def test_a_letter_nobody_confirms_raises_an_alarm_until_somebody_does(desk: Desk) -> None:
    desk.act(registering.register, RAIN, by="zhang")
    desk.after(5)
    pipeline.watch(desk.house)
    (alarm,) = desk.rows(t.alarm, kind="registration_waiting")
    assert (alarm["subject"], alarm["recovered"]) == ("registration:1", None)
    desk.act(registering.confirm, 1, by="liu")
    assert desk.rows(t.alarm, kind="registration_waiting")[0]["recovered"] is not None


def test_a_hold_says_why_it_is_not_possible(desk: Desk) -> None:
    with pytest.raises(NotPossible, match="found no warning 7"):
        desk.act(holding.hold, 7, by="liu", reason="x")
    relayed(desk)
    with pytest.raises(NotPossible, match="found no reason"):
        desk.act(holding.hold, 1, by="liu", reason="")
    with pytest.raises(NotPossible, match="found no name"):
        desk.act(holding.hold, 1, by=" ", reason="x")
