"""The annex as a table, and edits of it: the digits change, and not one other byte."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fenghuo.agreements import annex
from fenghuo.documents import yaml
from fenghuo.documents.replacing import replaced
from fenghuo.words import Refused

RULES = Path(__file__).parents[2] / "rules" / "agreements"
SHIPPED = {path.name: path.read_bytes() for path in sorted(RULES.glob("*.yaml"))}
EDITABLE = {"at_least", "above", "at_most", "below", "window", "lasting", "held", "lead", "radius",
            "within", "ratio", "neighbour", "readings"}
WHOLE = """\
# comment first
agreement: "sample"
title: {zh: '附件', en: Annex}
signed: no   # not yet
parties: {bureau: {now: 局}, partner: {now: 台}}
rules:
  - {id: river, hazard: flood, kind: observed, metric: stage, reach: {by: station},
     tiers: {yellow: {at_least: station.warning, within: "0.50 m"},   # under the mark
             red: {all: [{at_least: station.warning}, {metric: rain, statistic: sum,
                   window: '6 h', above: 20-year}]}},
     source: {article: 'sample: 4', confidence: proposed}}
  - id: fog
    hazard: fog
    kind: observed
    metric: visibility
    statistic: duration
    tiers:
      yellow: {window: 3h, below: 500, lasting: 2h}
    reach: {radius: 800 m}
    corroboration: {tier: yellow, readings: 2, neighbour: 0.70, radius: 10 km}
    stricter: {port: 1}
    hours: {starts: "22:00", ends: "07:00"}
    source: {article: sample, confidence: proposed}
release: {yellow: {tell: [site.head], by: [sms]}, orange: {tell: [site.head], by: [sms]},
          red: {tell: [site.head], by: [sms]}}
feedback: {}
"""


def test_every_number_of_the_shipped_agreements_stands_in_the_table_and_nothing_else() -> None:
    for name, content in SHIPPED.items():
        document = yaml.parse(name, content)
        written = {".".join(map(str, path)) for path in document.marks
                   if path[:1] == ("rules",) and path[-1] in EDITABLE
                   and re.match("-?[0-9]", str(document.at(path)))}
        for language in ("zh", "en"):
            assert set(annex.table(name, content, language).numbers) == written


def test_a_cell_reads_as_the_rule_is_meant() -> None:
    made = annex.table("sample.yaml", WHOLE.encode(), "en")
    said = {(row.rule, column): [" ".join(map(str, line)) for line in lines]
            for row in made.rows for column, lines in row.cells.items()}
    assert made.columns == ("yellow", "red", "also")
    assert said["river", "yellow"] == ["≥ warning stage − 0.50 m"]
    assert said["river", "red"] == ["stage newest value ≥ warning stage",
                                    "and rain sum 6 h > 20 years' return level"]
    assert said["fog", "yellow"] == ["3 h < 500 m in all 2 h"]
    assert said["fog", "also"] == [
        "radius 800 m", "second word: readings 2", "second word: neighbour's share 0.70",
        "second word: radius 10 km", "second word from yellow", "stricter by tiers port +1",
        "hours 22:00 – 07:00"]


def test_an_edit_keeps_comments_quotes_order_and_units() -> None:
    source = WHOLE.encode()
    made = annex.edited("sample.yaml", source, {
        "rules.0.tiers.yellow.within": "0.30", "rules.0.tiers.red.all.1.window": "12",
        "rules.0.tiers.red.all.1.above": "50", "rules.1.reach.radius": "900"})
    assert made == (source.replace(b'"0.50 m"', b'"0.30 m"').replace(b"'6 h'", b"'12 h'")
                    .replace(b"20-year", b"50-year").replace(b"800 m", b"900 m"))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_stay_as_they_are(ends: str, bom: str) -> None:
    source = (bom + WHOLE.replace("\n", ends)).encode()
    made = annex.edited("sample.yaml", source, {"rules.1.tiers.yellow.below": "200"})
    assert made == source.replace(b"below: 500", b"below: 200")


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_an_edit_changes_its_path_only_and_the_edit_back_gives_the_same_bytes(
        data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["meteorological.yaml", "seismic.yaml", "sample.yaml"]))
    content = SHIPPED.get(name, WHOLE.encode())
    number = data.draw(st.sampled_from(list(annex.table(name, content, "zh").numbers.values())))
    digits = str(data.draw(st.integers(0, 999999)))
    path = annex.path_of(number.path)
    made = replaced(name, content, {path: digits + number.suffix})
    assert replaced(name, made, {path: number.digits + number.suffix}) == content
    head = _alike(content, made)
    tail = _alike(content[:head - 1:-1], made[:head - 1:-1])
    assert len(content) - head - tail <= len(number.digits)
    assert len(made) - head - tail <= len(digits)
    before, after = yaml.parse(name, content).value, yaml.parse(name, made)
    assert after.at(path) == digits + number.suffix
    _set(after.value, path, number.digits + number.suffix)
    assert after.value == before


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1],
                                    zip(one, other, strict=False)))


def _set(value: object, path: yaml.Path, text: str) -> None:
    for part in path[:-1]:
        value = value[part]  # type: ignore[index]
    value[path[-1]] = text  # type: ignore[index]


@pytest.mark.parametrize(("path", "digits", "expected"), [
    ("rules.9.tiers.red.at_least", "5", "the path of a number that may be edited"),
    ("rules.1.stricter.port", "2", "the path of a number that may be edited"),
    ("signed", "yes", "the path of a number that may be edited"),
    ("rules.1.tiers.yellow.below", "５００", "a plain decimal number of m"),
    ("rules.1.tiers.yellow.below", "50%", "a plain decimal number of m"),
    ("rules.1.tiers.yellow.below", "1e3", "a plain decimal number of m"),
    ("rules.1.tiers.yellow.below", "500, above: 3", "a plain decimal number of m"),
    ("rules.1.tiers.yellow.window", "2.5", "a whole number of h"),
    ("rules.1.tiers.yellow.lasting", "4", "within the window"),
    ("rules.1.corroboration.neighbour", "1.2", "less than or equal to 1"),
    ("rules.1.corroboration.readings", "40", "less than or equal to 12"),
])
def test_what_is_no_number_of_the_table_or_no_good_rule_is_refused_by_its_path(
        path: str, digits: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        annex.edited("sample.yaml", WHOLE.encode(), {path: digits})
    fault, = refused.value.refusals
    assert path in fault.place and expected in fault.expected


def test_all_faults_of_an_edit_are_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        annex.edited("sample.yaml", WHOLE.encode(), {"nowhere": "1", "rules.1.reach.radius": "x",
                                                     "rules.1.tiers.yellow.window": ""})
    assert len(refused.value.refusals) == 3


@pytest.mark.parametrize("value", ["5, above: 3", "5 # five", "5}", "'", "[1]"])
def test_a_value_that_would_say_more_than_itself_is_never_written(value: str) -> None:
    path = ("rules", 1, "tiers", "yellow", "below")
    with pytest.raises(Refused):
        replaced("sample.yaml", WHOLE.encode(), {path: value})


def test_a_value_written_in_escapes_is_left_to_an_editor() -> None:
    source = WHOLE.replace("below: 500", 'below: "5\\x30\\x30"').encode()
    with pytest.raises(Refused, match="no escapes"):
        annex.edited("sample.yaml", source, {"rules.1.tiers.yellow.below": "400"})
