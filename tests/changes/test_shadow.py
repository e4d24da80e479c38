"""Shadow: what a draft would say beside the rules in force; not one row of the house moves."""

from __future__ import annotations

import pytest
from change_cast import City
from sqlalchemy import func, select

from fenghuo import changes, pipeline
from fenghuo.acts.refusing import NotPossible
from fenghuo.store import tables as t
from fenghuo.store.engine import reading

LOWER, HIGHER = ("at_least: 50", "at_least: 45"), ("at_least: 50", "at_least: 60")
HOUSE = (t.notice, t.warning, t.revision, t.finding, t.exposure, t.obligation, t.decision,
         t.rule_state, t.event_revision)


def counted(city: City) -> list[int]:
    with reading(city.engine) as connection:
        return [int(connection.scalar(select(func.count()).select_from(table)) or 0)
                for table in HOUSE]


def rain(city: City, *values: float) -> None:
    for value in values:
        city.hours(1)
        city.measured(value)


def told(city: City, key: int) -> set[tuple[str, str, str]]:
    with reading(city.engine) as connection:
        return {(row["would"], row["person"], row["tier"])
                for row in changes.differences(connection, key)}


def test_a_more_sensitive_draft_would_have_told_and_tells_nobody(town: City) -> None:
    key = town.draft(LOWER)
    town.act(changes.shadow, key, by="li", reason="for the season")
    rain(town, 20, 27)
    before = counted(town)
    assert before[0] == 0
    town.hours(1)
    assert changes.look(town.engine, town.settings, town.clock.at) == 1
    assert told(town, key) == {("tell", "li", "yellow"), ("tell", "desk", "yellow")}
    assert counted(town) == before
    assert town.ledger("draft.") == ["draft.proposed", "draft.checked", "draft.shadowed"]


def test_a_less_sensitive_draft_would_have_kept_silent(city: City) -> None:
    key = city.draft(HIGHER)
    city.act(changes.shadow, key, by="li")
    rain(city, 30, 25)
    before = counted(city)
    assert before[0] > 0
    city.hours(1)
    changes.look(city.engine, city.settings, city.clock.at)
    assert {would for would, *_ in told(city, key)} == {"not_tell"}
    assert counted(city) == before


def test_where_both_say_the_same_nothing_differs(city: City) -> None:
    key = city.draft(LOWER)
    city.act(changes.shadow, key, by="li")
    rain(city, 60)
    city.hours(1)
    changes.look(city.engine, city.settings, city.clock.at)
    assert told(city, key) == set()


def test_the_watch_looks_each_ten_minutes_and_no_more_once_it_has_ended(city: City) -> None:
    key = city.draft(LOWER)
    assert changes.look(city.engine, city.settings, city.clock.at) == 0
    city.act(changes.shadow, key, by="li")
    pipeline.watch(city.house)
    assert city.row(key)["shadow_upto"] == city.clock.at
    city.hours(0.1)
    assert changes.look(city.engine, city.settings, city.clock.at) == 0
    city.hours(0.1)
    assert changes.look(city.engine, city.settings, city.clock.at) == 1
    city.act(changes.unshadow, key, by="li")
    city.hours(1)
    assert changes.look(city.engine, city.settings, city.clock.at) == 0
    city.act(changes.shadow, key, by="li")
    city.hours(24 * 14)
    assert changes.look(city.engine, city.settings, city.clock.at) == 1
    assert city.row(key)["shadow_since"] is None


def test_only_a_checked_draft_that_is_open_has_a_shadow(city: City) -> None:
    raw, gone = city.draft(LOWER, check=False), city.draft(HIGHER)
    with pytest.raises(NotPossible, match="is not checked"):
        city.act(changes.shadow, raw, by="li")
    city.act(changes.withdraw, gone, by="li", reason="no")
    with pytest.raises(NotPossible, match="is withdrawn"):
        city.act(changes.shadow, gone, by="li")
