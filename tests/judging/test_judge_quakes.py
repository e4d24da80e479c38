"""Quakes reach by intensity, by who says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from event_cast import HOUR, Desk, quake, reasons, words
from msgspec import structs
from sqlalchemy import Engine

from fenghuo.contacts import Contacts
from fenghuo.words import (
    Ended,
    EventStatus,
    Level,
    Reason,
)


@pytest.fixture
def desk(engine: Engine, contacts: Contacts) -> Desk:
    return Desk(engine, contacts)


def test_an_official_quake_reaches_from_five_on(desk: Desk, now: datetime) -> None:
    (found,), none = desk.hear("cenc", quake(now), now)
    assert none == []
    assert [(step.tier, step.limit) for step in found.steps] == [
        (Level.yellow, 5.0), (Level.orange, 6.0), (Level.red, 7.0)]
    assert found.subject == "incident:1" and found.reach.epicentre is not None
    assert found.facts["authority"] == "official" and found.facts["feed_title"]["zh"] == "台网"
    assert found.value is not None and 6.9 < found.value < 7.6


def test_a_foreign_quake_reaches_from_six_on_and_waits_for_nobody_below(
    desk: Desk, now: datetime,
) -> None:
    (found,), _ = desk.hear("usgs", quake(now), now)
    assert [step.tier for step in found.steps] == [Level.orange, Level.red]
    assert found.facts["authority"] == "foreign"
    none, why = desk.hear("usgs", quake(now + HOUR, "Q2", 4.0), now + HOUR)
    assert none == [] and reasons(why) == [Reason.foreign_below_vi]
    assert why[0].value is not None and 5.0 <= why[0].value < 6.0 and why[0].threshold == 6.0


@pytest.mark.parametrize(("magnitude", "latitude", "reason"), [
    (3.2, 22.18, Reason.digest), (5.6, 35.0, Reason.below_threshold)])
def test_a_quake_felt_below_every_step_is_excused_with_value_and_threshold(
    desk: Desk, now: datetime, magnitude: float, latitude: float, reason: Reason,
) -> None:
    found, why = desk.hear("cenc", quake(now, magnitude=magnitude, latitude=latitude), now)
    assert found == [] and reasons(why) == [reason]
    assert why[0].threshold == 5.0 and why[0].value is not None and why[0].value < 5.0


def test_an_official_word_replaces_a_foreign_one_which_is_then_heard_no_more(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("usgs", quake(now), now)
    (found,), _ = desk.hear("cenc", quake(now + timedelta(seconds=9), "C1", 5.4), now + HOUR)
    assert found.subject == "incident:1" and len(found.steps) == 3
    found, why = desk.hear("usgs", quake(now + 2 * HOUR, "Q1", 6.9, onset=now), now + 2 * HOUR)
    assert [each.facts["event"] for each in found] == ["C1"]
    assert found[0].facts["agencies"]["magnitude"] == (5.4, 6.9)
    assert reasons(why) == [Reason.official_in_force]


def test_a_deleted_quake_is_retracted(desk: Desk, now: datetime) -> None:
    desk.hear("cenc", quake(now), now)
    found, _ = desk.hear("cenc", quake(now + HOUR, status=EventStatus.deleted, onset=now),
                         now + HOUR)
    assert words(found) == [Ended.retracted] and found[0].subject == "incident:1"


def test_a_deletion_counts_for_nothing_while_another_official_source_upholds_the_quake(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("cenc", quake(now), now)
    desk.hear("province", quake(now, "P1"), now)
    found, why = desk.hear("cenc", quake(now + HOUR, status=EventStatus.deleted, onset=now),
                           now + HOUR)
    assert [each.facts["event"] for each in found] == ["P1"] and words(found) == ["yellow"]
    assert reasons(why) == [Reason.official_in_force]


def test_a_foreign_deletion_counts_for_nothing_while_another_foreign_agency_upholds_the_quake(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("usgs", quake(now), now)
    desk.hear("emsc", quake(now, "E1", 6.0), now)
    found, _ = desk.hear("usgs", quake(now + HOUR, status=EventStatus.deleted, onset=now),
                         now + HOUR)
    assert [each.facts["event"] for each in found] == ["E1"] and words(found) == ["orange"]
    gone, _ = desk.hear("emsc", quake(now + HOUR, "E1", 6.0, status=EventStatus.deleted,
                                      onset=now), now + HOUR)
    assert set(words(gone)) == {Ended.retracted}


def test_of_several_official_words_the_reviewed_one_counts_then_the_newest(
    desk: Desk, now: datetime,
) -> None:
    first = quake(now, "C1", 5.4)
    reviewed = structs.replace(first, attributes=structs.replace(
        first.attributes, review="reviewed"))
    desk.hear("cenc", reviewed, now)
    found, why = desk.hear("province", quake(now + HOUR, "P1", 6.4, onset=now), now + HOUR)
    assert [each.facts["event"] for each in found] == ["C1"]
    assert reasons(why) == [Reason.superseded]


def test_two_incidents_that_turn_out_to_be_one_are_told_of_under_the_one_people_know(
    desk: Desk, now: datetime,
) -> None:
    desk.hear("usgs", quake(now, "Q1", 4.0, latitude=24.5), now)
    (told,), _ = desk.hear("cenc", quake(now, "C1"), now)
    assert told.subject == "incident:2"
    found, _ = desk.hear("usgs", quake(now + HOUR, "Q1", 5.5, onset=now), now + HOUR)
    assert {each.subject for each in found} == {"incident:2"} and words(found) == ["yellow"]


def test_a_revised_magnitude_is_a_new_finding_of_the_same_key(desk: Desk, now: datetime) -> None:
    (first,), _ = desk.hear("cenc", quake(now), now)
    (second,), _ = desk.hear("cenc", quake(now + HOUR, magnitude=5.2, onset=now), now + HOUR)
    assert (first.rule, first.subject) == (second.rule, second.subject)
    assert second.value is not None and first.value is not None and second.value < first.value
    third, why = desk.hear("cenc", quake(now + 2 * HOUR, magnitude=2.0, onset=now), now + 2 * HOUR)
    assert words(third) == [Ended.superseded] and reasons(why) == [Reason.below_threshold]


def test_a_quake_of_last_month_wakes_nobody(desk: Desk, now: datetime) -> None:
    found, why = desk.hear("cenc", quake(now, onset=now - timedelta(days=30)), now)
    assert found == [] and reasons(why) == [Reason.expired]


def test_a_quake_first_heard_of_a_day_later_wakes_nobody(desk: Desk, now: datetime) -> None:
    at = now - timedelta(hours=25)
    found, why = desk.hear("cenc", quake(now, onset=at), now)
    assert found == [] and reasons(why) == [Reason.expired]


def test_a_quake_heard_of_in_time_is_still_corrected_a_day_later(desk: Desk, now: datetime) -> None:
    later = now + timedelta(hours=25)
    desk.hear("cenc", quake(now), now)
    (finding,), _ = desk.hear("cenc", quake(later, magnitude=5.2, onset=now), later)
    assert finding.ended is None


def test_a_quake_where_nothing_is_to_protect_is_excused_without_a_value(
    engine: Engine, contacts: Contacts, now: datetime,
) -> None:
    lost = contacts.sites[contacts.sites["site"] == "lost"].reset_index(drop=True)
    desk = Desk(engine, replace(contacts, sites=lost))
    found, why = desk.hear("cenc", quake(now), now)
    assert found == [] and reasons(why) == [Reason.below_threshold] and why[0].value is None
