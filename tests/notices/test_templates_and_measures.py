from __future__ import annotations

import pytest
from warning_cast import RULES, book, messages

from fenghuo.notices import measures, texts
from fenghuo.words import Hazard, Level, Refused

PATH = "rules/messages/relay.j2"


def test_the_houses_own_templates_have_no_fault() -> None:
    assert texts.check(messages()) == []


@pytest.mark.parametrize(("source", "found"), [
    ("{{ nobody }}", "'nobody' is undefined"),
    ("{% if %}", "Expected an expression, got 'end of statement block'"),
    ("{{ issuer.__class__ }}", "access to attribute '__class__' of 'str' object is unsafe."),
    ("雨" * 140, "3 parts with a sample")])
def test_a_bad_template_is_refused_with_its_file(source: str, found: str) -> None:
    [refusal] = texts.check({**messages(), PATH: source})
    assert (refusal.source, refusal.found) == (PATH, found)


def test_missing_and_unknown_templates_are_refused_together() -> None:
    given = messages()
    del given[PATH]
    given["rules/messages/extra.j2"] = "x"
    assert [refusal.source for refusal in texts.check(given)] == [
        PATH, "rules/messages/extra.j2"]


def test_the_entry_that_fits_best_is_found() -> None:
    known = book().measures
    assert known.find("quarry", Hazard.rainstorm, Level.red).zh.startswith("停产撤人")
    assert known.find("school", Hazard.rainstorm, Level.yellow).zh.startswith("备好排水")
    assert known.find("office", Hazard.rainstorm, Level.red).zh.startswith("到岗值守")
    assert known.find("school", Hazard.other, Level.white).zh.startswith("按预案")


def test_bad_measures_are_refused_all_at_once() -> None:
    good = (RULES / "measures.yaml").read_bytes()
    entry = ("  - industry: quarry\n    hazard: rainstorm\n    level: yellow\n    zh: 停产\n"
             "    en: stop\n    source: nobody\n").encode()
    with pytest.raises(Refused) as refused:
        measures.read({measures.FILE: good + entry})
    assert "quarry/rainstorm/yellow again" in str(refused.value)
    with pytest.raises(Refused) as refused:
        measures.read({measures.FILE: b"measures:\n" + entry.replace(b"nobody", b"n")
                       + entry.replace(b"yellow", b"pink")})
    assert [(refusal.place.split()[1], refusal.found) for refusal in refused.value.refusals] == [
        ("measures.0.source", "'n'"), ("measures.1.level", "'pink'")]
