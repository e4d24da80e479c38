"""Frozen while orange is in force, a leader's word for twelve hours, and the way back at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from change_cast import AGREEMENT, City

from fenghuo import changes, pipeline
from fenghuo.acts.refusing import NotPossible
from fenghuo.changes import drafts, freezing
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

LOWER, WATER = ("at_least: 9.00", "at_least: 8.50"), {"metric": "stage", "subject": "jinjiang"}
RAIN_LOWER = ("at_least: 50", "at_least: 45")
HIGHER = ("at_least: 9.00", "at_least: 9.50")


def due(city: City) -> int:
    return changes.due(city.engine, city.clock.at)[0]


def limit(city: City) -> float | str:
    rule = next(one for one in city.edition.agreements[0].rules if one.id == "water")
    return next(iter(rule.tiers.values())).limit


def test_a_draft_waits_while_orange_of_its_hazard_is_in_force(town: City) -> None:
    town.measured(9.2, **WATER)
    assert town.warnings() == [("flood", "in_force")]
    key, other = town.scheduled(LOWER), town.scheduled(RAIN_LOWER)
    assert due(town) == 1  # the rain's
    assert [town.row(one)["state"] for one in (key, other)] == ["scheduled", "in_force"]


def test_what_waited_comes_into_force_when_the_warning_has_ended(city: City) -> None:
    city.measured(9.2, **WATER)
    key = city.scheduled(LOWER)
    pipeline.watch(city.house)
    with reading(city.engine) as connection:
        ice = freezing.frozen(connection, city.row(key)["hazards"])
    (warning,) = city.rows(t.warning)
    assert ice == {"flood": warning["id"]}
    assert changes.waits_for(_as_row(city, key), ice, city.clock.at) is changes.Needs.thaw
    city.hours(1)
    city.measured(8.0, **WATER)
    assert city.warnings() == [("flood", "cancelled")]
    pipeline.watch(city.house)
    assert (limit(city), city.row(key)["state"]) == (8.5, "in_force")


def _as_row(city: City, key: int) -> object:
    with reading(city.engine) as connection:
        return drafts.of(connection, key)


def test_a_leader_overrides_a_freeze_for_twelve_hours(city: City) -> None:
    city.measured(9.2, **WATER)
    key = city.scheduled(LOWER, hours=13)
    with pytest.raises(NotPossible, match="expected a leader to override the freeze"):
        city.act(changes.override, key, by="chen", reason="the dam")
    with pytest.raises(NotPossible, match="no reason"):
        city.act(changes.override, key, by="lin", reason="")
    until = city.act(changes.override, key, by="lin", reason="the dam says 8.50")
    assert until == city.clock.at + timedelta(hours=12)
    city.hours(13)
    assert due(city) == 0  # the word has expired
    city.act(changes.override, key, by="lin", reason="the dam says 8.50 again")
    assert due(city) == 1
    assert limit(city) == 8.5
    assert city.row(key)["override_reason"] == "the dam says 8.50 again"
    assert city.ledger("draft.overridden") == ["draft.overridden"] * 2


def test_nothing_is_overridden_that_is_not_frozen(city: City) -> None:
    key = city.scheduled(LOWER)
    with pytest.raises(NotPossible, match="is not frozen"):
        city.act(changes.override, key, by="lin", reason="in store")


@pytest.mark.parametrize(("old", "new", "touched"), [
    ("at_least: 50", "at_least: 45", {"rainstorm"}),
    ("at_least: 9.00", "at_least: 9.10", {"flood"}),
    ("feedback:\n  orange: {answer: 15m", "feedback:\n  orange: {answer: 10m",
     {"rainstorm", "flood"}),
    ("Art. 5", "Art. 5a", {"flood"}),
    ("气象预警协议", "协议", set()),
])
def test_a_draft_touches_the_hazards_of_its_rules_or_of_the_whole_procedure(
        city: City, old: str, new: str, touched: set[str]) -> None:
    assert set(city.row(city.draft((old, new)))["hazards"]) == touched


def test_one_person_takes_back_what_made_the_rules_less_sensitive(town: City) -> None:
    key = town.change(HIGHER)
    assert limit(town) == 9.5
    town.hours(1)
    town.measured(9.7, **WATER)  # frozen, and still nobody loses by the way back
    town.act(changes.take_back, by="wu", reason="misses the dam's 9.20")
    assert (limit(town), town.row(key)["state"], town.row(key)["said"]) == (
        9.0, "returned", "misses the dam's 9.20")
    assert town.ledger("draft.returned") == ["draft.returned"]


def test_going_back_to_less_sensitive_rules_takes_a_leader(city: City) -> None:
    key = city.change(LOWER)
    with pytest.raises(NotPossible, match=r"expected a leader to go back .*limit harder"):
        city.act(changes.take_back, by="wu", reason="too many texts")
    assert city.row(key)["state"] == "in_force"
    city.act(changes.take_back, by="lin", reason="too many texts")
    assert limit(city) == 9.0
    with pytest.raises(NotPossible, match="no reason"):
        city.act(changes.take_back, by="lin", reason="")


def test_a_return_can_be_taken_back_and_finds_its_draft_again(city: City) -> None:
    key = city.change(HIGHER)
    city.act(changes.take_back, by="wu", reason="too late")
    city.act(changes.take_back, by="lin", reason="it was right")
    assert (limit(city), city.row(key)["state"]) == (9.5, "in_force")


def test_contacts_stay_as_they_are_when_rules_go_back(city: City) -> None:
    city.change(HIGHER)
    people = city.home / "contacts" / "people.csv"
    people.write_text(people.read_text().replace("+8613800000001", "+8613800000099"))
    pipeline.watch(city.house)
    city.act(changes.take_back, by="wu", reason="too late")
    person = city.edition.contacts.person("li")
    assert limit(city) == 9.0 and person and person.phone == "+8613800000099"
    pipeline.watch(city.house)
    assert limit(city) == 9.0


def test_the_first_rules_have_nothing_before_them(city: City) -> None:
    with pytest.raises(NotPossible, match="nothing to go back to"):
        city.act(changes.take_back, by="lin", reason="x")


def test_no_change_of_a_text_ends_a_warning(town: City) -> None:
    town.measured(9.2, **WATER)
    (before,) = town.rows(t.finding)
    town.act(changes.override, town.scheduled(HIGHER), by="lin", reason="the gauge was moved")
    assert due(town) == 1 and limit(town) == 9.5
    pipeline.assess(town.house)
    town.hours(1)
    town.measured(9.1, **WATER)
    assert town.warnings() == [("flood", "in_force")]  # by the old text, which it is kept on
    assert [row["rule"] for row in town.rows(t.kept_rule)] == ["weather/water"]
    assert town.rows(t.finding)[0]["ended_at"] is None and before["rule"] == "weather/water"
    town.hours(1)
    town.measured(8.8, **WATER)
    assert town.warnings() == [("flood", "cancelled")]
    town.hours(1)
    town.measured(9.2, **WATER)  # the new text counts now
    assert town.warnings() == [("flood", "cancelled")] and town.rows(t.kept_rule) == []
    assert town.ledger("rule.") == ["rule.kept", "rule.let_go"]


def test_a_rule_that_was_struck_out_ends_when_its_water_has_sunk(city: City) -> None:
    city.measured(9.2, **WATER)
    start = AGREEMENT.index("  - id: water")
    gone = AGREEMENT[start:AGREEMENT.index("release:")]
    city.act(changes.override, city.scheduled((gone, "")), by="lin", reason="by the province now")
    assert due(city) == 1
    pipeline.assess(city.house)
    assert city.warnings() == [("flood", "in_force")]
    city.hours(1)
    city.measured(8.0, **WATER)
    assert city.warnings() == [("flood", "cancelled")]


def test_rules_that_became_more_sensitive_count_at_once(city: City) -> None:
    city.measured(8.7, **WATER)
    assert city.warnings() == []
    city.change(LOWER)
    pipeline.assess(city.house)
    assert city.warnings() == [("flood", "in_force")]
