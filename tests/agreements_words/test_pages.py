"""The page of an agreement: all that its file says, in both languages, and what is unverified."""

from __future__ import annotations

from pathlib import Path

import pytest

from fenghuo import agreements
from fenghuo.agreements.pages import page
from fenghuo.agreements.schema import Agreement
from fenghuo.agreements.sentences import explain
from fenghuo.agreements.spoken import LANGUAGES
from fenghuo.words import Refused

FOLDER = Path(__file__).parents[2] / "rules" / "agreements"
FILES = {f"rules/agreements/{path.name}": path.read_bytes() for path in FOLDER.glob("*.yaml")}
SHIPPED = {f"rules/agreements/{one.agreement}.yaml": one for one in agreements.read(FILES)}


@pytest.mark.parametrize("source", FILES)
def test_a_page_says_every_rule_in_both_languages(source: str) -> None:
    said, agreement = page(source, FILES[source]), SHIPPED[source]
    assert said.startswith(f"# {agreement.title.zh}\n")
    for rule in agreement.rules:
        for language in LANGUAGES:
            assert f"\n{explain(agreement, rule, language)}\n" in said


@pytest.mark.parametrize("source", FILES)
def test_a_page_lists_what_is_not_verified_and_says_that_nobody_has_signed(source: str) -> None:
    said, agreement = page(source, FILES[source]), SHIPPED[source]
    assert "**示例未签署**" in said
    listed = said.partition("## 待核实")[2]
    assert {rule.id for rule in agreement.rules if f"\n| `{rule.id}` |" in listed} == {
        rule.id for rule in agreement.rules if rule.source.confidence != "verified"}


def test_a_row_of_the_annex_has_the_numbers_under_their_tiers() -> None:
    source = "rules/agreements/meteorological.yaml"
    lines = page(source, FILES[source]).splitlines()
    head = next(line for line in lines if line.startswith("| 规则 rule | 灾种 hazard |"))
    row = next(line for line in lines if line.startswith("| `rainstorm-gauge` |"))
    cells = dict(zip(head.split(" | "), row.split(" | "), strict=True))
    assert cells["橙色 orange"] == "3 小时 ≥ 50 mm"
    assert cells["红色 red"] == "3 小时 ≥ 100 mm"


@pytest.mark.parametrize("source", FILES)
def test_every_tier_has_its_release_and_its_feedback(source: str) -> None:
    agreement: Agreement = SHIPPED[source]
    table = page(source, FILES[source]).partition("## 发布与反馈")[2].partition("## 待核实")[0]
    for level in agreement.release:
        row = next(line for line in table.splitlines() if f" {level} |" in line)
        assert row.count("未回复满") == len(agreement.feedback[level].ladder
                                        if level in agreement.feedback else ())


def test_a_signed_agreement_shows_its_document() -> None:
    source = "rules/agreements/seismic.yaml"
    scan = "0a" * 32
    signed = FILES[source].decode().replace(
        "signed: no", "signed: yes\ndocument: {number: 江应急〔2026〕1号, date: 2026-01-05, "
        f"scan_sha256: {scan}}}", 1)
    said = page(source, signed.encode())
    assert f"已签署 Signed: 江应急〔2026〕1号, 2026-01-05, scan SHA-256 `{scan}`" in said
    assert "示例" not in said and "nobody has signed" not in said


def test_a_file_that_is_refused_makes_no_page() -> None:
    with pytest.raises(Refused, match="a\\.yaml:"):
        page("a.yaml", b"agreement: a\n")
