"""Of several stations of one service the one nearest to the place has the word (practice.md 3)."""

from __future__ import annotations

from typing import Any

from warning_cast import MIN, T0, Town, over, signal

from fenghuo.agreements.findings import Finding
from fenghuo.words import Change, Ended, Level

COUNTY = {"issuer": "恩平市气象台", "service": "气象台", "home": "440785000000"}
CITY = {"issuer": "江门市气象台", "service": "气象台", "home": "440700000000"}
PROVINCE = {"issuer": "广东省气象台"}


def word(facts: dict[str, Any], level: Level, minutes: int, chain: str) -> Finding:
    return signal(level, T0 + minutes * MIN, chain=chain, facts=facts)


def test_the_countys_word_stands_against_a_higher_and_newer_one_of_the_city(town: Town) -> None:
    town.apply(word(COUNTY, Level.yellow, 0, "a"))
    assert town.apply(word(CITY, Level.red, 1, "b"), at=T0 + MIN) == []


def test_the_countys_lower_word_takes_the_citys_place(town: Town) -> None:
    town.apply(word(CITY, Level.orange, 0, "b"))
    [revision] = town.apply(word(COUNTY, Level.yellow, 1, "a"), at=T0 + MIN)
    assert (revision.change, revision.tier) == (Change.downgrade, Level.yellow)


def test_when_the_county_has_ended_its_own_the_citys_counts_again(town: Town) -> None:
    county = word(COUNTY, Level.red, 0, "a")
    town.apply(county, word(CITY, Level.orange, 0, "b"))
    [revision] = town.apply(over(county, Ended.cancelled, T0 + MIN), at=T0 + MIN)
    assert (revision.change, revision.tier) == (Change.downgrade, Level.orange)


def test_a_station_whose_district_is_not_known_is_heard_beside_the_others(town: Town) -> None:
    town.apply(word(COUNTY, Level.yellow, 0, "a"))
    [revision] = town.apply(word(PROVINCE, Level.orange, 1, "c"), at=T0 + MIN)
    assert (revision.change, revision.tier) == (Change.upgrade, Level.orange)
