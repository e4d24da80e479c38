"""更正 goes to exactly those who were told or may have been; nobody else hears of the mistake."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from acts_cast import RAIN, Desk
from msgspec.structs import replace

from fenghuo.acts import holding, registering, retracting
from fenghuo.acts.refusing import NotPossible
from fenghuo.observations import events
from fenghuo.observations.records import EarthquakeAttributes, EventRecord
from fenghuo.store import tables as t
from fenghuo.store.engine import writing
from fenghuo.words import EventKind, EventStatus


def mistaken(desk: Desk) -> None:
    """A red signal for Enping, entered by mistake; nothing is sent yet."""
    key = desk.act(registering.register, RAIN, by="zhang")
    desk.act(registering.confirm, key, by="liu")
    desk.assess()


def by_person(desk: Desk, **where: str) -> set[str]:
    return {row["person"] for row in desk.rows(t.notice, **where)}


def test_three_told_one_waiting_and_one_in_doubt_make_four_corrections(desk: Desk) -> None:
    mistaken(desk)
    assert by_person(desk) == {"li", "chen", "zhou", "desk", "city"}
    for person in ("li", "zhou", "desk"):
        desk.send(person)
    desk.send("city", state="in_doubt")
    desk.after(3)
    desk.act(retracting.retract, 1, by="liu", reason="read from last year's page")
    desk.assess()
    corrections = desk.rows(t.notice, reason="corrected")
    assert sorted(row["person"] for row in corrections) == ["city", "desk", "li", "zhou"]
    assert all("转发恩平市气象台暴雨红色预警信号有误" in row["text"] and "更正" in row["text"]
               and row["state"] == "queued" for row in corrections)
    assert by_person(desk, state="dropped") == {"chen"}
    assert [row["state"] for row in desk.rows(t.warning)] == ["retracted"]
    assert desk.ledger("warning.retr") == ["warning.retracted"]
    assert desk.rows(t.registration)[0]["state"] == "retracted"
    codes = {row["person"]: row["code"] for row in desk.rows(t.code)}
    assert all(f"码{codes[row['person']]}" in row["text"] for row in corrections
               if row["person"] != "city")


def test_retracted_twice_is_retracted_once(desk: Desk) -> None:
    mistaken(desk)
    desk.send()
    assert desk.act(retracting.retract, 1, by="liu", reason="wrong county") == [1]
    assert desk.act(retracting.retract, 1, by="liu", reason="wrong county") == []
    desk.assess()
    assert desk.act(retracting.retract, 1, by="liu", reason="wrong county") == []
    count = len(desk.rows(t.notice))
    desk.assess()
    assert len(desk.rows(t.notice)) == count


def test_a_correction_does_not_wait_for_the_officer_who_held_the_texts(desk: Desk) -> None:
    mistaken(desk)
    desk.send("li")
    desk.act(holding.hold, 1, by="liu", reason="this looks wrong")
    desk.act(retracting.retract, 1, by="liu", reason="it was")
    desk.assess()
    assert {(row["person"], row["state"]) for row in desk.rows(t.notice, reason="corrected")} == {
        ("li", "queued")}
    assert by_person(desk, state="held") == set()


def quake(magnitude: float = 5.6) -> EventRecord:
    issued = datetime(2026, 6, 8, 3, 55, tzinfo=UTC)
    return EventRecord(EventKind.earthquake, "q1", EventStatus.actual, issued, issued, None,
                       EarthquakeAttributes(magnitude, "M", 22.20, 112.31, 10.0, "Enping",
                                            "automatic"))


def heard(desk: Desk, record: EventRecord) -> None:
    with writing(desk.engine) as connection:
        events.record_events(connection, "gd_seismic", [record], "0" * 64, desk.clock.at)
    desk.assess()


def test_a_feed_that_repeats_its_word_does_not_bring_it_back_but_a_new_word_does(
        desk: Desk) -> None:
    heard(desk, quake())
    desk.act(retracting.retract, 1, by="liu", reason="a quarry's blast")
    desk.assess()
    again = replace(quake(), issued=quake().issued.replace(minute=58))
    heard(desk, quake())
    heard(desk, again)
    assert [row["state"] for row in desk.rows(t.warning)] == ["retracted"]
    heard(desk, replace(again, attributes=quake(5.8).attributes))
    assert [row["state"] for row in desk.rows(t.warning)] == ["retracted", "in_force"]


def test_what_was_measured_is_not_retracted_and_what_is_over_neither(desk: Desk) -> None:
    mistaken(desk)
    with writing(desk.engine) as connection:
        connection.execute(t.finding.update().values(event_revision_id=None))
    with pytest.raises(NotPossible, match="was measured: cancel it"):
        desk.act(retracting.retract, 1, by="liu", reason="x")
    with writing(desk.engine) as connection:
        connection.execute(t.warning.update().values(state="cancelled"))
    with pytest.raises(NotPossible, match="warning 1 is cancelled"):
        desk.act(retracting.retract, 1, by="liu", reason="x")
    with pytest.raises(NotPossible, match="found no warning 9"):
        desk.act(retracting.retract, 9, by="liu", reason="x")
    with pytest.raises(NotPossible, match="found no reason"):
        desk.act(retracting.retract, 1, by="liu", reason="")
