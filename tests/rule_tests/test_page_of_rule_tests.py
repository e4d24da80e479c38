"""What docs/rule-tests.md shows is what the house does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fenghuo import rule_tests
from fenghuo.documents import yaml
from fenghuo.editions import Edition
from fenghuo.rule_tests.mutants import mutants
from fenghuo.rule_tests.schema import RuleTest
from fenghuo.rule_tests.shorthand import series_of

PAGE = (Path(__file__).parents[2] / "docs" / "rule-tests.md").read_text()
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
FAILURE, MUTANT = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


def run(text: str, edition: Edition) -> rule_tests.Results:
    return rule_tests.run({"rules/tests/rain.yaml": text.encode()}, edition)


def test_the_example_of_the_page_holds(edition: Edition) -> None:
    assert run(EXAMPLE, edition).good


def test_the_failure_of_the_page_is_what_is_printed(edition: Edition) -> None:
    assert "rain gauge: 0x6 10x5" in EXAMPLE
    failures = run(EXAMPLE.replace("0x6 10x5", "0x6 10x4 9.9"), edition).failures
    assert f"{failures[0]}\n" == FAILURE


def test_the_change_of_the_page_is_one_of_those_made(
        edition: Edition, rules: dict[str, bytes]) -> None:
    path = "rules/agreements/meteorological.yaml"
    (agreement,) = [one for one in edition.agreements if one.agreement == "meteorological"]
    made = mutants(yaml.parse(path, rules[path]), agreement, edition)
    place = re.compile(r":\d+:\d+ ")  # lines move
    assert place.sub(" ", MUTANT.strip()) in {place.sub(" ", str(mutant)) for mutant in made}


def test_every_field_of_a_test_is_explained() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    inside = {"agreement", "sites", "stations", "points"}  # told in the text
    assert set(RuleTest.model_fields) - inside <= explained


@pytest.mark.parametrize(("word", "stands_for"), [
    ("10+5x4", "10 15 20 25"), ("9-0.5x3", "9 8.5 8")])
def test_the_shorthand_of_the_page_stands_for_its_numbers(word: str, stands_for: str) -> None:
    assert f"| `{word}` | {stands_for} |" in PAGE
    assert series_of(word).tolist() == series_of(stands_for).tolist()
