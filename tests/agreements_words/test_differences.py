"""What changed, in words: every number, and nothing where the meaning is the same."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError
from written_rules import good, rules, signed

from fenghuo.agreements.differences import differences
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement

FOLDER = Path(__file__).parents[2] / "rules" / "agreements"
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[
    HealthCheck.filter_too_much])


def shipped(name: str, *changes: tuple[str, str]) -> Agreement:
    text = (FOLDER / f"{name}.yaml").read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read_one(f"rules/agreements/{name}.yaml", text.encode())


def changed(name: str, *changes: tuple[str, str], language: str = "en") -> list[str]:
    return differences([shipped(name)], [shipped(name, *changes)], language)


def test_a_lowered_threshold_is_said_with_both_numbers() -> None:
    change = "orange: {window: 3h, at_least: 50}", "orange: {window: 3h, at_least: 45}"
    assert changed("meteorological", change) == [
        "meteorological/rainstorm-gauge: orange from “3-hour rain of 50 mm or more” to “3-hour "
        "rain of 45 mm or more”"]
    assert changed("meteorological", change, language="zh") == [
        "meteorological/rainstorm-gauge：橙色由“3小时雨量达到50毫米以上（含）”改为“3小时雨量达到45毫米"
        "以上（含）”"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_comments_order_and_another_way_to_write_a_number_are_no_difference(language: str) -> None:
    assert changed("meteorological", language=language) == []
    assert changed("meteorological", ("# mm", "# millimetres"),
                   ("{window: 3h, at_least: 50}", "{at_least: 50.00, window: 180m}"),
                   ("clear: {ratio: 0.8, held: 1h}", "clear: {held: 60m, ratio: 0.80}"),
                   language=language) == []


def test_a_rule_that_came_or_went_is_said_whole() -> None:
    whole = shipped("flood")
    less = whole.model_copy(update={"rules": whole.rules[1:]})
    gone, = differences([whole], [less], "en")
    assert gone.startswith("flood/stage-marks: rule removed: Flood (measured): yellow at stage")
    come, = differences([less], [whole], "zh")
    assert come.startswith("flood/stage-marks：新增规则：洪水（实测）：水位达到本站警戒水位")
    assert differences([whole], [], "en") == [
        "flood: agreement removed: Agreement on flood information"]


def test_release_feedback_and_each_rung_are_said_by_themselves() -> None:
    found = changed(
        "seismic", ("red:    {tell: [site.safety_officer, ", "red:    {tell: ["),
        ("answer: 10m", "answer: 12m"), ("{done: 1h}", "{started: 30m, done: 1h}"),
        ("after: 20m, to: county.duty", "after: 25m, to: city.duty"))
    assert found == [
        "seismic: release red from “tells the site's safety officer, the site's head, the site's "
        "control room, the county's duty desk and the city's duty desk by SMS and mail” to “tells "
        "the site's head, the site's control room, the county's duty desk and the city's duty "
        "desk by SMS and mail”",
        "seismic: feedback orange answer from “answer within 10 min” to “answer within 12 min”",
        "seismic: feedback orange ladder 2 from “after 20 min a call by hand to the county's duty "
        "desk” to “after 25 min a call by hand to the city's duty desk”",
        "seismic: feedback red started added: started within 30 min"]


def test_an_edition_of_a_rule_is_compared_with_its_own_past() -> None:
    change = ("  - id: thunder-gust-signal",
              "  - {id: hail-signal-old, hazard: hail, kind: signal, match: {event_code: 11B15}, "
              "levels: [red], source: {article: x, confidence: proposed}}\n"
              "  - id: thunder-gust-signal")
    found, = changed("meteorological", change)
    assert found.startswith("meteorological/hail-signal-old: rule added: Relays")


@given(pair=rules())
@CALM
def test_the_same_rule_read_twice_is_no_difference(pair: tuple[dict[str, Any], Rule]) -> None:
    again = Rule.model_validate(copy.deepcopy(pair[0]))
    for language in ("zh", "en"):
        assert differences([signed(pair[1])], [signed(again)], language) == []


@given(pair=rules())
@CALM
def test_any_other_number_is_a_difference_that_shows_it(pair: tuple[dict[str, Any], Rule]) -> None:
    raw, rule = pair
    for other in _nudged(raw):
        try:
            changed_rule = Rule.model_validate(other)
        except ValidationError:
            continue
        if not good(changed_rule):
            continue
        for language in ("zh", "en"):
            assert differences([signed(rule)], [signed(changed_rule)], language), (raw, other)


def _nudged(raw: Any) -> Iterator[Any]:
    """The same with one number larger by one unit of its last digit, each in its turn."""
    if isinstance(raw, str):
        last = re.search(r"\d+(?=\D*$)", raw)
        if last and not raw.startswith("11"):
            count = str(int(last[0]) + 1).zfill(len(last[0]))
            yield raw[:last.start()] + count + raw[last.end():]
    elif isinstance(raw, dict):
        for key, value in raw.items():
            if key not in ("id", "source", "match"):
                yield from ({**raw, key: other} for other in _nudged(value))
    elif isinstance(raw, list):
        for index, value in enumerate(raw):
            yield from ([*raw[:index], other, *raw[index + 1:]] for other in _nudged(value))
