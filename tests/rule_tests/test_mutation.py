"""Every number of every shipped rule is held by a test of that rule; a wrong one is noticed."""

from __future__ import annotations

import pytest

from fenghuo import editions
from fenghuo.agreements.reading import read_one
from fenghuo.documents import yaml
from fenghuo.editions import Edition
from fenghuo.rule_tests import mutation, run
from fenghuo.rule_tests.mutants import mutants

METEOROLOGICAL = "rules/agreements/meteorological.yaml"


def test_no_number_of_a_shipped_rule_can_change_unnoticed(
        rules: dict[str, bytes], shipped: dict[str, bytes], edition: Edition) -> None:
    found = mutation.survivors(rules, shipped, edition)
    assert found.mutants > 500
    assert [str(mutant) for mutant in found.survivors] == []


def test_survivors_are_listed_with_their_place(
        rules: dict[str, bytes], shipped: dict[str, bytes], edition: Edition) -> None:
    weak = {name: content.replace(b"rule: meteorological/rainstorm-gauge", b"rule: flood/rain-hour")
            for name, content in shipped.items()}
    found = mutation.survivors(rules, weak, edition, "meteorological/rainstorm-gauge")
    fields = {(mutant.field, mutant.was, mutant.becomes) for mutant in found.survivors}
    assert ("tiers.yellow.at_least", "50", "51") in fields
    assert ("clear.ratio", "0.8", "0.7") in fields
    document = yaml.parse(METEOROLOGICAL, rules[METEOROLOGICAL])
    lines = rules[METEOROLOGICAL].decode().splitlines()
    for mutant in found.survivors:
        source, line, _ = mutant.line.split(":")
        assert source == document.source
        assert mutant.was.removeprefix("no ") in lines[int(line) - 1] or mutant.field == "levels"


def test_a_number_changed_on_disk_fails_a_shipped_test(
        rules: dict[str, bytes], shipped: dict[str, bytes]) -> None:
    changed = rules[METEOROLOGICAL].replace(b"{window: 6h, at_least: 50}",
                                            b"{window: 6h, at_least: 49}", 1)
    assert changed != rules[METEOROLOGICAL]
    edition = editions.read(rules | {METEOROLOGICAL: changed}, "d" * 64)
    assert not run(shipped, edition, texts=False).good


ONE = """
agreement: one
title: {zh: 一, en: one}
signed: no
parties: {bureau: {now: 局}, partner: {now: 台}}
rules:
  - id: all-kinds
    hazard: rainstorm
    kind: observed
    effective: {starts: 2026-03-01, ends: 2027-01-01}
    metric: rain
    statistic: sum
    tiers:
      yellow: {window: 6h, at_least: 50}
      orange: {window: 6h, at_least: 70.5}
    clear: {ratio: 1, held: 30m}
    corroboration: {tier: orange, readings: 2, neighbour: 0.7, radius: 10 km}
    lowered: {after: earthquake, at_least: 6.0, lasting: 30d, ratio: 0.5}
    reach: {radius: 800 m}
    stricter: {quarry: 1}
    season: {starts: 04-15, ends: 12-31}
    hours: {starts: "22:00", ends: "07:00"}
    source: {article: Art. 5, edition: "2019", confidence: proposed}
release:
  yellow: {tell: [site.head], by: [sms]}
  orange: {tell: [site.head], by: [sms]}
  red: {tell: [site.head], by: [sms]}
feedback: {}
"""


@pytest.mark.parametrize(("field", "was", "becomes"), [
    ("effective.starts", "2026-03-01", {"2026-02-28", "2026-03-02"}),
    ("tiers.yellow.window", "6h", {"7h", "5h"}),
    ("tiers.yellow.at_least", "50", {"51", "49"}),
    ("tiers.yellow.at_least", "at_least", {"above"}),
    ("tiers.orange.at_least", "70.5", {"70.6", "70.4"}),
    ("clear.ratio", "1", {"0.9"}),
    ("clear.held", "30m", {"31m", "29m"}),
    ("corroboration.tier", "orange", {"yellow", "red"}),
    ("corroboration.readings", "2", {"1", "3"}),
    ("corroboration.neighbour", "0.7", {"0.6", "0.8"}),
    ("corroboration.radius", "10 km", {"9 km", "11 km"}),
    ("lowered.at_least", "6.0", {"5.9", "6.1"}),
    ("lowered.lasting", "30d", {"29d", "31d"}),
    ("lowered.ratio", "0.5", {"0.4", "0.6"}),
    ("reach.radius", "800 m", {"799 m", "801 m"}),
    ("stricter.quarry", "1", {"2"}),
    ("season.starts", "04-15", {"04-14", "04-16"}),
    ("season.ends", "12-31", {"12-30", "01-01"}),
    ("hours.starts", "22:00", {"21:59", "22:01"}),
])
def test_every_kind_of_number_changes_by_its_last_digit(
        field: str, was: str, becomes: set[str], edition: Edition) -> None:
    document = yaml.parse("rules/agreements/one.yaml", ONE.encode())
    agreement = read_one("rules/agreements/one.yaml", ONE.encode())
    found = list(mutants(document, agreement, edition))
    assert {one.becomes for one in found if (one.field, one.was) == (field, was)} == becomes
    assert not any(one.field.startswith(("source", "id")) for one in found)
