"""A wrong name is answered with the nearest valid one, at its own line and column."""

from __future__ import annotations

import pytest

from fenghuo.agreements.reading import read_one
from fenghuo.contacts.reading import COLUMNS, POSTS
from fenghuo.documents import csv
from fenghuo.documents.nearest import guided, nearest
from fenghuo.feeds import config
from fenghuo.notices import measures, texts
from fenghuo.words import Refused

AGREEMENT = """\
agreement: a
title: {zh: 甲, en: A}
signed: no
parties: {bureau: {now: 局}, partner: {now: 局}}
rules:
  - id: one
    hazard: flood
    kind: observed
    metric: rain
    statistic: sum
    tiers:
      yellow: {window: 1h, at_least: 30}
    reach: {radius: 5 km}
    stricter: {dock: 1}
    source: {article: x, confidence: proposed}
release:
  yellow: {tell: [site.deputy], by: [sms]}
feedback:
  yellow: {answer: 30m, ladder: [{after: 30m, to: site.deputy, by: sms}]}
"""


def refusals(old: str, new: str) -> list[str]:
    assert old in AGREEMENT
    with pytest.raises(Refused) as caught:
        read_one("a.yaml", AGREEMENT.replace(old, new, 1).encode())
    return [str(one) for one in caught.value.refusals]


@pytest.mark.parametrize(("old", "new", "place", "near"), [
    ("hazard: flood", "hazard: flod", "7:13 rules.0.hazard", "flood"),
    ("metric: rain", "metric: rian", "9:13 rules.0.metric", "rain"),
    ("statistic: sum", "statistic: summ", "10:16 rules.0.statistic", "sum"),
    ("yellow: {window", "yelow: {window", "12:7 rules.0.tiers.yelow", "yellow"),
    ("at_least: 30", "atleast: 30", "12:28 rules.0.tiers.yellow.atleast", "at_least"),
    ("tell: [site.deputy]", "tell: [site.deputi]", "17:19 release.yellow.tell.0", "site.deputy"),
    ("by: [sms]", "by: [smss]", "17:38 release.yellow.by.0", "sms"),
    ("answer: 30m", "anwser: 30m", "19:12 feedback.yellow.anwser", "answer"),
    ("confidence: proposed", "confidence: propsed", "15:38 rules.0.source.confidence", "proposed"),
    ("signed: no", "singed: no", "3:1 singed", "signed"),
    ("kind: observed", "kind: observe", "8:11 rules.0.kind", "observed"),
])
def test_a_wrong_word_of_an_agreement_is_answered_with_the_nearest(
        old: str, new: str, place: str, near: str) -> None:
    found = refusals(old, new)
    assert any(line.startswith(f"a.yaml:{place}: found ")
               and line.endswith(f"did you mean `{near}`?") for line in found), found


def test_a_word_like_none_is_answered_with_none() -> None:
    assert "did you mean" not in refusals("hazard: flood", "hazard: xxxxxxx")[0]
    assert nearest("", ["a"]) is None and guided("a word", "", ()) == "a word"


def test_a_wrong_column_and_a_wrong_word_of_a_table_are_answered_with_the_nearest() -> None:
    with pytest.raises(Refused) as header:
        csv.frame(POSTS, b"place,pots,person\n", COLUMNS[POSTS])
    assert header.value.refusals[0].expected == "only place, post, person; did you mean `post`?"
    with pytest.raises(Refused) as cell:
        csv.frame(POSTS, b"place,post,person\nx,saftey_officer,li\n", COLUMNS[POSTS])
    assert str(cell.value).startswith("contacts/posts.csv:2:2 post: found 'saftey_officer'")
    assert str(cell.value).endswith("did you mean `safety_officer`?")


def test_a_wrong_field_of_a_feed_is_answered_with_the_nearest() -> None:
    written = (b"feeds:\n  usgs:\n    titel: {zh: x, en: x}\n    bureau: weather\n"
               b"    format: cap_indx\n    url: sandbox\n    authority: official\n"
               b"    cadence: 1m\n    stale: 10m\n")
    with pytest.raises(Refused) as caught:
        config.read({config.PATH: written})
    said = [str(one) for one in caught.value.refusals]
    assert any("3:5 feeds.usgs.titel" in one and "`title`" in one for one in said)
    assert any("5:13 feeds.usgs.format" in one and "`cap_index`" in one for one in said)


def test_a_wrong_word_of_the_measures_is_answered_with_the_nearest() -> None:
    written = (b"measures:\n  - {industry: any, hazard: floood, level: organge, zh: xx, en: xx, "
               b"done: dne, source: xx}\n")
    with pytest.raises(Refused) as caught:
        measures.read({measures.FILE: written})
    assert [(one.place, one.expected.rpartition("; ")[2]) for one in caught.value.refusals] == [
        ("2:29 measures.0.hazard", "did you mean `flood`?"),
        ("2:44 measures.0.level", "did you mean `orange`?"),
        ("2:75 measures.0.done", "did you mean `done`?")]


def test_a_wrong_name_in_a_text_is_answered_with_the_nearest_at_its_line() -> None:
    path, other = "rules/messages/risk.j2", "rules/messages/rusk.j2"
    found = {one.source: one for one in texts.check({path: "a\nb {{ measure }}", other: "x"})}
    assert (found[path].place, found[path].expected) == (
        "2:1", "names that texts are given; did you mean `measures`?")
    assert found[other].expected.endswith("did you mean `risk.j2`?")
    broken, = (one for one in texts.check({path: "a\n\n{% if %}"}) if one.source == path)
    assert broken.place == "3:1"


def test_a_column_of_wrong_names_costs_no_more_than_a_few() -> None:
    body = b"place,post,person\n" + b"x,safety_offiser,li\n" * 5000
    with pytest.raises(Refused) as caught:
        csv.frame(POSTS, body, COLUMNS[POSTS])
    guesses = ["did you mean" in one.expected for one in caught.value.refusals]
    assert len(guesses) == 5000 and sum(guesses) == 20 and all(guesses[:20])


def test_a_name_of_any_length_is_compared_by_its_beginning() -> None:
    assert nearest("safety_officer" + "x" * 10 ** 6, ["safety_officer"]) is None
    assert nearest("safety_officerx", ["safety_officer"]) == "safety_officer"
