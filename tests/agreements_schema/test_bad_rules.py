"""Values of a rule that could be read in two ways, or in none: each refused at its place."""

from __future__ import annotations

import pytest

from fenghuo.agreements.reading import read_one
from fenghuo.words import Refused

GOOD = """\
agreement: a
title: {zh: 甲, en: A}
signed: no
parties: {bureau: {now: 局}, partner: {now: 局}}
rules:
  - id: one
    hazard: flood
    kind: observed
    metric: stage
    statistic: max
    tiers:
      yellow: {window: 6h, at_least: station.warning, within: 0.5 m}
      red: {window: 6h, at_least: station.record}
    clear: {ratio: 0.8, held: 1h}
    reach: {radius: 10 km}
    stricter: {dock: 1}
    corroboration: {readings: 2}
    hours: {starts: 22:00, ends: 06:00}
    season: {starts: 04-15, ends: 10-15}
    effective: {starts: 2026-01-01, ends: 2026-12-31}
    source: {article: x, confidence: proposed}
release:
  yellow: {tell: [site.deputy], by: [sms]}
  orange: {tell: [site.deputy], by: [sms]}
  red: {tell: [site.deputy], by: [sms]}
feedback: {}
"""
NUMBER = GOOD.replace("at_least: station.warning, within: 0.5 m", "at_least: 50").replace(
    "station.record", "80")


def refusals(text: str | bytes) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_one("a.yaml", text if isinstance(text, bytes) else text.encode())
    return [str(one) for one in caught.value.refusals]


def test_the_rule_itself_is_good() -> None:
    assert read_one("a.yaml", GOOD.encode()).rules[0].tiers
    assert read_one("a.yaml", NUMBER.encode()).rules[0].tiers
    assert read_one("a.yaml", b"\xef\xbb\xbf" + GOOD.encode()).agreement == "a"  # a BOM


@pytest.mark.parametrize("number", [
    "010", "-05.5", "1:30", "５０", "٥٠", "50%", "50 mm", "1_000", "+50", "0x32", "0o62",
    "5e1", ".5", "5.", "½", "~", "null", "'5 0'", "NaN", "-.inf", "true",
    "1" * 13, "station.", "site.Stage", "gauge.warning", "0-year", "2.5-year", "20 year"])
def test_a_limit_that_some_reader_takes_otherwise_is_refused_where_it_stands(number: str) -> None:
    found = refusals(NUMBER.replace("at_least: 50", f"at_least: {number}"))
    assert len(found) == 1
    assert found[0].startswith("a.yaml:12:38 rules.0.tiers.yellow.at_least: found ")
    assert "a plain decimal number in the metric's unit" in found[0]


@pytest.mark.parametrize("several", ["[50]", "{a: 50}", "[]", "{}"])
def test_several_values_for_one_are_refused_at_the_key(several: str) -> None:
    found, = refusals(NUMBER.replace("at_least: 50", f"at_least: {several}"))
    assert found.startswith("a.yaml:12:28 rules.0.tiers.yellow.at_least: found a ")


@pytest.mark.parametrize(("old", "new", "place", "expected"), [
    ("window: 6h", "window: 6", "12:24 rules.0.tiers.yellow.window", "a span such as 30m"),
    ("window: 6h", "window: 6 hours", "12:24 rules.0.tiers.yellow.window", "a span such as"),
    ("window: 6h", "window: 1:30", "12:24 rules.0.tiers.yellow.window", "a span such as"),
    ("window: 6h", "window: -6h", "12:24 rules.0.tiers.yellow.window", "a span such as"),
    ("window: 6h", "window: 6h30m", "12:24 rules.0.tiers.yellow.window", "a span such as"),
    ("window: 6h", "window: ６h", "12:24 rules.0.tiers.yellow.window", "a span such as"),
    ("window: 6h", "window: 99999999h", "12:24 rules.0.tiers.yellow.window", "a span such as"),
    ("within: 0.5 m", "within: 0.5", "12:63 rules.0.tiers.yellow.within", "with its unit"),
    ("within: 0.5 m", "within: 50 cm", "12:63 rules.0.tiers.yellow.within", "with its unit"),
    ("within: 0.5 m", "within: 5 mm", "12:63 rules.0.tiers.yellow.within", "an amount in m"),
    ("radius: 10 km", "radius: 10", "15:21 rules.0.reach.radius", "a distance such as 10 km"),
    ("radius: 10 km", "radius: 10 miles", "15:21 rules.0.reach.radius", "a distance such as"),
    ("ratio: 0.8", "ratio: 80%", "14:20 rules.0.clear.ratio", "a plain decimal number"),
    ("ratio: 0.8", "ratio: 00.8", "14:20 rules.0.clear.ratio", "a plain decimal number"),
    ("ratio: 0.8", "ratio: 1.2", "14:20 rules.0.clear.ratio", "less than or equal to 1"),
    ("held: 1h", "held: 60", "14:31 rules.0.clear.held", "a span such as"),
    ("dock: 1", "dock: 01", "16:22 rules.0.stricter.dock", "a whole number"),
    ("dock: 1", "dock: one", "16:22 rules.0.stricter.dock", "a whole number"),
    ("readings: 2", "readings: 2.0", "17:31 rules.0.corroboration.readings", "a whole number"),
    ("starts: 22:00", "starts: 22", "18:21 rules.0.hours.starts", "a time of day"),
    ("starts: 22:00", "starts: 24:00", "18:21 rules.0.hours.starts", "a time of day"),
    ("starts: 04-15", "starts: 04-31", "19:22 rules.0.season.starts", "a day of the year"),
    ("starts: 2026-01-01", "starts: 2026-02-30", "20:25 rules.0.effective.starts", "a day such"),
    ("ends: 2026-12-31", "ends: 2025-12-31", "20:43 rules.0.effective.ends", "not before its"),
    ("signed: no", "signed: NO", "3:9 signed", "yes or no"),
    ("signed: no", "signed: false", "3:9 signed", "yes or no"),
    ("signed: no", "signed:", "3:1 signed", "yes or no"),
])
def test_a_unit_that_is_missing_or_wrong_is_refused_where_it_stands(
        old: str, new: str, place: str, expected: str) -> None:
    assert old in GOOD
    found = refusals(GOOD.replace(old, new, 1))
    assert any(line.startswith(f"a.yaml:{place}: found ") and expected in line
               for line in found), found


def test_another_metric_that_is_enough_by_itself_is_refused_where_a_second_word_is_asked() -> None:
    either = "{any: [{window: 6h, at_least: 80}, {metric: rain, window: 6h, at_least: 80}]}"
    text = NUMBER.replace("{window: 6h, at_least: 80}", either)
    assert refusals(text) == [
        "a.yaml:13:56 rules.0.tiers.red.any.1.metric: found rain, expected a rule of its own: "
        "stage alone is corroborated here"]
    for good in (text.replace("    corroboration: {readings: 2}\n", ""),
                 text.replace("readings: 2", "readings: 1"), text.replace("any:", "all:"),
                 NUMBER.replace("{window: 6h, at_least: 50}", either.replace("80", "50", 1))):
        assert read_one("a.yaml", good.encode())


@pytest.mark.parametrize(("text", "said"), [
    (GOOD.replace("  - id", "\t- id"), "readable YAML"),
    (GOOD.replace("hazard: flood", "hazard: flood\n    hazard: flood"), "each key once"),
    (GOOD.replace("hazard: flood", "hazard: !!str flood"), "no tags"),
    (GOOD.replace("hazard: flood", "hazard: &a flood"), "no anchors"),
    (GOOD.replace("hazard: flood", "hazard: *a"), "no aliases"),
    (GOOD.replace("hazard: flood", "<<: {hazard: flood}"), "no merge keys"),
    (GOOD.replace("hazard: flood", 'hazard: "fl\\u200bood"'), "visible characters only"),
    (GOOD.replace("hazard: flood", 'hazard: "\\uD800"'), "visible characters only"),
    (GOOD.replace("hazard: flood", 'hazard: "\\UFFFFFFFF"'), "readable YAML"),
    (GOOD.replace("feedback: {}", "feedback: " + "{a: " * 40), "at most 24 levels"),
    (GOOD + "---\n" + GOOD, "one document"), (GOOD + "# " + "x" * 1024 ** 2, "at most 1048576"),
    (GOOD.encode("gbk"), "save the file again as UTF-8"),
    (GOOD.encode("utf-16"), "UTF-8"),
    (GOOD.replace("feedback: {}", "feedback: []"), "a mapping"), ("- 1\n", "expected a mapping"),
    ("just a word\n", "expected a mapping"),
])
def test_a_file_that_hides_repeats_or_unfolds_something_is_refused(
        text: str | bytes, said: str) -> None:
    assert any(said in line for line in refusals(text)), refusals(text)


@pytest.mark.parametrize(("first", "second", "good"), [
    ("{ends: 2026-04-30}", "{starts: 2026-05-01}", True),
    ("{ends: 2026-05-01}", "{starts: 2026-05-01}", False),
    ("{starts: 2026-01-01}", "{starts: 2026-05-01}", False),
    ("{starts: 2026-05-01}", "{ends: 2026-04-30}", True),
    ("{starts: 2026-01-01, ends: 2026-12-31}", "{starts: 2026-06-01, ends: 2026-06-30}", False),
])
def test_editions_of_a_rule_whose_days_overlap_are_refused(
        first: str, second: str, good: bool) -> None:
    rule = GOOD[GOOD.index("  - id"):GOOD.index("release:")]
    days = "{starts: 2026-01-01, ends: 2026-12-31}"
    text = GOOD.replace(rule, rule.replace(days, first) + rule.replace(days, second))
    if good:
        assert len(read_one("a.yaml", text.encode()).rules) == 2
    else:
        assert any("effective days do not overlap" in line for line in refusals(text))
