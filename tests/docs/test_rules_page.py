"""The page of the rules says the whole language, its examples are good, its mistakes are true."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from docs_pages import PAGES, ROOT, sections
from pydantic import BaseModel

from fenghuo.agreements.conditions import Statistic, Strict
from fenghuo.agreements.pages import pages
from fenghuo.agreements.reading import read_one
from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement
from fenghuo.console.words import WORDS
from fenghuo.contacts import OFFICE_POSTS, OFFICES, SITE_POSTS
from fenghuo.feeds.event_codes import SCHEMES
from fenghuo.words import Channel, Hazard, Level, Refused, RuleKind
from fenghuo.words.metrics import Metric

PAGE = "rules.md"
CALLED = {"ReachSpec": "reach", "TierSpec": "tier", "SignedDocument": "document",
          "MeasuresDue": "measures", "LadderRung": "ladder"}
"""What a part is called on the page where that is not its model's own name."""

HEAD = """agreement: example
title: {zh: 协议, en: Agreement}
signed: no
parties: {bureau: {now: 市应急管理局}, partner: {now: 市气象局}}
rules:
"""
RELEASE = "".join(f"  {level}: {{tell: [site.head], by: [sms]}}\n" for level in Level)
TAIL = f"release:\n{RELEASE}feedback: {{}}\n"


def examples() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", PAGES[PAGE].read_text(), re.MULTILINE | re.DOTALL)


def keys(model: type[BaseModel]) -> set[str]:
    """Every key of a model and of the models of its fields, as ``part.key``."""
    name = CALLED.get(model.__name__, model.__name__.lower())
    found: set[str] = set()
    for field, info in model.model_fields.items():
        found.add(f"{name}.{info.alias or field}")
        for part in parts(info.annotation):
            found |= keys(part)
    return found


def parts(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return {annotation} if annotation.__name__ not in ("Rule", "Condition") else set()
    return {part for one in get_args(annotation) for part in parts(one)}


def test_the_page_has_every_key_of_the_language_and_no_other() -> None:
    language = sections(PAGE)["The whole language"]
    rows = re.findall(r"^\| (.*) \|$", language, re.MULTILINE)
    said = {key for row in rows for key in re.findall(r"`([a-z]+\.[a-z_0-9]+)`", row)}
    known = keys(Rule) | keys(Agreement)
    marks = {f"{place}.{post}" for place, posts in (
        ("site", SITE_POSTS), *((office, OFFICE_POSTS) for office in OFFICES)) for post in posts}
    assert said - marks == known
    assert marks <= said


def test_every_key_has_an_example_that_the_reader_takes() -> None:
    written = set(re.findall(r"\b([a-z_]+):", "\n".join(examples())))
    assert {key.partition(".")[2] for key in keys(Rule)} <= written


@pytest.mark.parametrize("names", [Metric, Statistic, Hazard, Level, Channel, RuleKind, SCHEMES])
def test_every_name_stands_on_the_page(names: Any) -> None:
    said = set(re.findall(r"`([a-z_0-9]+)`", sections(PAGE)["The whole language"]))
    assert {str(name) for name in names} <= said


@pytest.mark.parametrize("example", examples())
def test_every_example_is_read(example: str) -> None:
    assert read_one("example.yaml", (HEAD + example + TAIL).encode()).rules


def test_every_mistake_is_answered_as_the_page_says() -> None:
    first = HEAD + examples()[0] + TAIL
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| (.+) \|$",
                      sections(PAGE)["What goes wrong"], re.MULTILINE)
    assert len(rows) > 12
    for wrong, right, says in rows:
        assert right in first, right
        with pytest.raises(Refused) as caught:
            read_one("example.yaml", first.replace(right, wrong, 1).encode())
        assert any(says in str(fault) for fault in caught.value.refusals), (
            wrong, [str(fault) for fault in caught.value.refusals])


def test_the_console_is_called_as_it_calls_itself() -> None:
    told = sections(PAGE)["One threshold, on the console"]
    named = re.findall(r"\*([^*]+)\*\s\(((?:[^()]|（XLSX）)+)\)", told)
    words = set(zip(WORDS["en"].values(), WORDS["zh"].values(), strict=True))
    assert len(named) > 8
    assert set(named) <= words


def test_the_pages_of_the_agreements_are_as_their_files_make_them() -> None:
    files = {f"rules/agreements/{path.name}": path.read_bytes()
             for path in (ROOT / "rules" / "agreements").glob("*.yaml")}
    kept = {path.name: path.read_text() for path in (ROOT / "docs" / "agreements").glob("*.md")}
    assert kept == pages(files), "type: fenghuo annex pages docs/agreements"


def test_the_first_example_is_the_shipped_gauge() -> None:
    shipped = (ROOT / "rules" / "agreements" / "meteorological.yaml").read_text()
    first, = read_one("example.yaml", (HEAD + examples()[0] + TAIL).encode()).rules
    gauge = next(rule for rule in read_one("m.yaml", shipped.encode()).rules
                 if rule.id == first.id)
    assert first.tiers == gauge.tiers


