"""Rule tests hold or fail, and a failure says where, what was expected, what came, and why."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from fenghuo import editions, rule_tests
from fenghuo.editions import Edition
from fenghuo.rule_tests import Results, reading

Run = Callable[[str], Results]

RAIN = """
  - name: rain of six hours
    rule: meteorological/rainstorm-gauge
    starts: 2026-06-08 06:00
    series: {rain gauge: 0x6 10x5}
    expect:
      +9h: {quarry: none}
      +10h: {quarry: QUARRY, pond: orange}
"""


def test_a_test_that_expects_what_comes_holds(run: Run) -> None:
    results = run(RAIN.replace("QUARRY", "yellow"))
    assert (results.tests, results.failures, results.good) == (1, (), True)


def test_a_wrong_expectation_fails_with_place_time_and_the_numbers_behind_it(run: Run) -> None:
    (failure,) = run(RAIN.replace("QUARRY", "red")).failures
    assert str(failure).splitlines() == [
        "FAILED  rain of six hours",
        "  rules/tests/one.yaml:15:22",
        "  2026-06-08 16:00  quarry",
        "    expected  red",
        "    got       yellow",
        "    rain gauge, sum of 6h: 50; yellow from at_least 50",
        "    rain gauge, sum of 3h: 30; orange from at_least 50",
        "    rain gauge, sum of 3h: 30; red from at_least 100"]


def test_numbers_behind_a_failure_say_that_some_are_missing(run: Run) -> None:
    (failure,) = run(RAIN.replace("QUARRY", "yellow").replace("0x6 10x5", "0x6 10x3 _ 10")
                     ).failures[:1]
    assert (failure.expected, failure.got) == ("yellow", "none")
    assert "sum of 6h: 40 with gaps" in failure.because[0]


def test_a_tier_that_stays_while_nothing_is_known_is_said_so(run: Run) -> None:
    assert run(RAIN.replace("QUARRY", "yellow").replace("10x5", "10x5 _x6")
               + "      +15h: {quarry: yellow unknown}\n").good


SIGNAL = """
  - name: an orange signal is relayed
    rule: meteorological/rainstorm-signal
    starts: 2026-06-08 06:00
    signals:
      - {at: +0h, code: 11B03, level: orange, districts: [恩平市], id: first}
      - {at: +3h, code: 11B03, level: orange, districts: [恩平市], replaces: first, status: cancel}
    expect:
      +0h: {quarry: orange}
      +3h: {quarry: none}
"""


def test_signals_are_relayed_and_end(run: Run) -> None:
    assert run(SIGNAL).good


def test_people_told_are_named_by_their_posts(run: Run) -> None:
    told = "[quarry.safety_officer, pond.safety_officer, county.duty]"
    assert run(SIGNAL + f"    people: {{+1h: {told}}}\n").good
    (failure,) = run(SIGNAL + "    people: {+1h: [quarry.safety_officer, quarry.head]}\n").failures
    assert failure.because == ("told besides: pond.safety_officer, 恩平市.duty",
                               "not told: quarry.head")


def test_a_wrong_text_is_shown_character_by_character(run: Run) -> None:
    texts = "    texts: [{at: +1h, to: quarry.safety_officer, text: 你好}]\n"
    (failure,) = run(SIGNAL + texts).failures
    exact = failure.got
    assert "暴雨橙色预警" in exact
    right = texts.replace("你好", f'"{exact}"')
    assert run(SIGNAL + right).good
    (failure,) = run(SIGNAL + right.replace("橙色", "红色")).failures
    assert "[-红-]{+橙+}色" in failure.because[0]
    (failure,) = run(SIGNAL + texts.replace("text: 你好", "contains: [橙色, 红色]")).failures
    assert failure.expected == "… 红色 …"


def test_a_quiet_test_fails_at_the_first_time_somebody_has_a_tier(run: Run) -> None:
    quiet = RAIN.partition("    expect")[0] + "    quiet: yes\n"
    assert run(quiet.replace("10x5", "9.9x5")).good
    failures = run(quiet).failures
    assert [(one.at, one.about, one.got) for one in failures] == [
        ("2026-06-08 16:00", "quarry", "yellow"), ("2026-06-08 16:00", "pond", "orange")]


def test_rule_tests_hold_in_any_order(shipped: dict[str, bytes], edition: Edition) -> None:
    names = list(shipped)
    random.Random(4).shuffle(names)
    assert rule_tests.run({name: shipped[name] for name in names}, edition, texts=False).good


def test_only_some_tests_can_be_asked_for(shipped: dict[str, bytes], edition: Edition) -> None:
    every = rule_tests.run(shipped, edition, texts=False)
    some = rule_tests.run(shipped, edition, "rain.yaml", texts=False)
    assert 0 < some.tests < every.tests


BAD = [
    ("rule: meteorological/rainstorm-gauge", "rule: meteorological/rainstorm-gage",
     "10:11", "did you mean `meteorological/rainstorm-gauge`?"),
    ("rain gauge", "rain gage", "12:25", "did you mean `gauge`?"),
    ("rain gauge", "rains gauge", "12:27", "did you mean `rain`?"),
    ("{quarry: none}", "{quary: none}", "14:20", "did you mean `quarry`?"),
    ("{quarry: none}", "{quarry: purple}", "14:21", "one of none, white, blue"),
    ("0x6 10x5", "0x6 10y5", "12:26", "numbers such as 10, 0x6"),
    ("2026-06-08 06:00", "2026-06-31 06:00", "11:13", "a city time such as"),
    ("+9h", "+9x", "14:7", "or +6h from the test's start"),
    ("    expect:\n      +9h: {quarry: none}\n      +10h: {quarry: yellow, pond: orange}\n", "",
     "9:5", "expect, people, texts or quiet: yes"),
    ("series:", "serie:", "12:5", "no such field"),
]


@pytest.mark.parametrize(("good", "bad", "place", "expected"), BAD)
def test_a_test_that_cannot_be_meant_is_refused_with_its_place(
        run: Run, good: str, bad: str, place: str, expected: str) -> None:
    text = RAIN.replace("QUARRY", "yellow")
    assert good in text
    with pytest.raises(rule_tests.Refused) as refused:
        run(text.replace(good, bad))
    (fault,) = refused.value.refusals
    assert (fault.source, fault.place.split()[0]) == ("rules/tests/one.yaml", place)
    assert expected in fault.expected


def test_every_fault_of_a_file_is_named_at_once(run: Run) -> None:
    with pytest.raises(rule_tests.Refused) as refused:
        run(RAIN.replace("QUARRY", "yellow").replace("rain gauge", "rain gage")
            .replace("{quarry: none}", "{nobody: none}"))
    assert len(refused.value.refusals) == 2


def test_a_file_of_few_characters_and_very_many_numbers_is_refused_before_they_are_made(
        run: Run) -> None:
    test = RAIN.replace("QUARRY", "yellow").partition("    series")[0] + "    quiet: yes\n"
    series = "".join(f"      rain s{number}: ((((1x9999)x9)x2))\n" for number in range(2000))
    with pytest.raises(rule_tests.Refused, match="at most 2000000 numbers in all series"):
        run(test + "    series:\n" + series)


def test_tests_of_what_an_edition_leaves_as_it_was_can_be_left_out(
        rules: dict[str, bytes], shipped: dict[str, bytes], edition: Edition) -> None:
    every = rule_tests.run(shipped, edition, texts=False)
    assert rule_tests.run(shipped, edition, texts=False, since=edition).tests == 0
    path = "rules/agreements/seismic.yaml"
    changed = rules | {path: rules[path].replace(b"{at_least: 5.0}", b"{at_least: 5.2}")}
    fresh = editions.read(changed, "e" * 64)
    some = rule_tests.run(shipped, fresh, texts=False, since=edition)
    assert 0 < some.tests < every.tests / 4
    assert {failure.test for failure in some.failures} == {
        failure.test for failure in rule_tests.run(shipped, fresh, texts=False).failures}
    assert not some.good


def test_the_quiet_year_is_a_whole_year_and_loud_where_a_number_is_too_low(
        rules: dict[str, bytes], shipped: dict[str, bytes]) -> None:
    path = "rules/agreements/weather-notices.yaml"
    assert b"yellow: {window: 1h, at_least: 35}" in rules[path]
    low = editions.read(rules | {path: rules[path].replace(
        b"yellow: {window: 1h, at_least: 35}", b"yellow: {window: 1h, at_least: 34}")}, "e" * 64)
    quiet = {"rules/tests/quiet_year.yaml": shipped["rules/tests/quiet_year.yaml"]}
    loud = rule_tests.run(quiet, low).failures
    assert {failure.about for failure in loud} >= {"quarry", "fireworks"}
    assert loud[0].at.startswith("2025-07")
    (year,) = [case for case in reading.read(quiet, low) if "rain valley" in case.test.series]
    assert {len(values) for values in year.test.series.values()} == {365 * 24}


def test_the_shipped_tests_hold_for_a_city_with_other_contacts(
        shipped: dict[str, bytes], edition: Edition) -> None:
    districts = edition.contacts.districts
    elsewhere = replace(edition.contacts, districts=districts[districts["code"].str[:4] == "4412"])
    assert "恩平市" not in set(elsewhere.districts["name"])
    other = replace(edition, contacts=elsewhere)
    assert rule_tests.run(shipped, other, texts=False).failures == ()
