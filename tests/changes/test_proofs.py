"""A draft's own tests and its past effect: said before anybody approves, never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from change_cast import City

from fenghuo import changes
from fenghuo.acts.refusing import NotPossible
from fenghuo.changes.proofs import NO_PAST
from fenghuo.words import Refused

LOWER = ("at_least: 50", "at_least: 45")
TESTS = """stations:
  west: {place: 22.23 112.30}
sites:
  pit: {place: 22.23 112.30}
tests:
  - name: a wet evening tells nobody
    rule: weather/rain-gauge
    starts: 2026-06-08 12:00
    series:
      rain west: 24 24 0 0
    expect:
      +2h: {pit: none}
"""


def write(city: City, text: str = TESTS) -> Path:
    path = city.home / "rules" / "tests" / "rain.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_without_observations_a_draft_says_so_and_goes_on(city: City) -> None:
    row = city.row(city.draft(LOWER))
    assert (row["state"], row["effect"]) == ("checked", NO_PAST)


def test_the_past_effect_is_said_in_both_languages(city: City) -> None:
    for value in (20, 27, 0, 0):
        city.hours(1)
        city.measured(value)
    effect = city.row(city.draft(LOWER))["effect"]
    assert effect["en"].startswith("Over 1 day: would have woken")
    assert "1 warning would appear" in effect["en"] and effect["zh"].startswith("回放1天")


def test_years_of_observations_are_read_from_a_file(city: City) -> None:
    years = city.home / "years.csv"
    years.write_text("station,time,rain\n" + "".join(
        f"liangxi,2020-06-0{day}T0{hour}:00:00+08:00,{24 if hour < 3 else 0}\n"
        for day in (1, 5) for hour in range(1, 9)))
    key = city.draft(LOWER, check=False)
    changes.examine(city.engine, city.settings, key, by="li", now=city.clock.at,
                    observations=years)
    assert "2 warnings would appear" in city.row(key)["effect"]["en"]


def test_a_red_test_is_read_by_whoever_approves(city: City) -> None:
    write(city)
    key = city.draft(LOWER)
    row = city.row(key)
    assert row["state"] == "checked" and row["tests"]["run"] == 1
    (red,) = row["tests"]["failed"]
    assert "a wet evening tells nobody" in red
    with pytest.raises(NotPossible, match="1 tests of draft 1 end otherwise"):
        city.act(changes.approve, key, by="chen")
    city.act(changes.approve, key, by="chen", tests_read=True)
    assert city.row(key)["state"] == "approved"


def test_tests_that_cannot_be_read_are_faults_of_the_draft(city: City) -> None:
    write(city, "tests: [")
    row = city.row(city.draft(LOWER))
    assert row["state"] == "proposed"
    assert row["faults"][0].startswith("rules/tests/rain.yaml:1:")


def test_a_file_whose_tests_are_red_is_not_adopted(city: City) -> None:
    write(city)
    rules = city.home / "rules/agreements/weather.yaml"
    rules.write_text(rules.read_text().replace(*LOWER))
    with pytest.raises(Refused, match="a wet evening tells nobody"):
        changes.adopt(city.engine, city.settings, city.clock.at)
    write(city, TESTS.replace("{pit: none}", "{pit: yellow}"))
    assert changes.adopt(city.engine, city.settings, city.clock.at).did == 1


def test_contacts_are_adopted_whatever_the_tests_say(city: City) -> None:
    write(city, TESTS.replace("{pit: none}", "{pit: red}"))
    people = city.home / "contacts" / "people.csv"
    people.write_text(people.read_text().replace("+8613800000001", "+8613800000099"))
    assert changes.adopt(city.engine, city.settings, city.clock.at).did == 1
