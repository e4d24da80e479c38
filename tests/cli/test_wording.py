"""``fenghuo explain RULE`` and ``fenghuo diff`` as they are typed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from fenghuo.cli import app

ROOT = Path(__file__).parents[2]
LOWER = "orange: {window: 3h, at_least: 50}", "orange: {window: 3h, at_least: 45}"

Typed = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house's folder, and beside it ``other`` in which one threshold is lower."""
    for folder in (tmp_path, tmp_path / "other"):
        for name in ("rules", "contacts"):
            shutil.copytree(ROOT / name, folder / name)
    rules = tmp_path / "other" / "rules" / "agreements" / "meteorological.yaml"
    assert LOWER[0] in rules.read_text()
    rules.write_text(rules.read_text().replace(*LOWER))
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fenghuo(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_rule_is_explained_in_both_languages_or_in_one(home: Path) -> None:
    zh, en = fenghuo("explain", "meteorological/rainstorm-gauge").output.splitlines()
    assert zh.startswith("暴雨（实测）：6小时雨量达到50毫米以上（含）为黄色，")
    assert en.startswith("Rainstorm (measured): yellow at 6-hour rain of 50 mm or more, ")
    assert fenghuo("explain", "rainstorm-gauge", "--language", "zh").output == zh + "\n"
    rows = [json.loads(line) for line in fenghuo(
        "explain", "rainstorm-gauge", "--json").output.splitlines()]
    assert [(row["rule"], row["language"]) for row in rows] == [
        ("meteorological/rainstorm-gauge", "zh"), ("meteorological/rainstorm-gauge", "en")]


def test_a_name_that_is_no_rule_gets_the_nearest_one(home: Path) -> None:
    found = fenghuo("explain", "meteorological/rainstorm-gaug")
    assert found.exit_code == 1
    assert "did you mean `meteorological/rainstorm-gauge`?" in found.output


def test_a_name_of_several_rules_asks_which(home: Path) -> None:
    marine = home / "rules" / "agreements" / "marine.yaml"
    marine.write_text(marine.read_text().replace("id: wave-signal", "id: flood-signal"))
    found = fenghuo("explain", "flood-signal")
    assert found.exit_code == 1
    assert "expected one of flood/flood-signal, marine/flood-signal" in found.output


def test_diff_of_folders_needs_no_database(home: Path) -> None:
    same = fenghuo("diff", ".", str(ROOT / "rules"))
    assert (same.exit_code, same.output) == (0, "no difference in meaning\n")
    other = fenghuo("diff", ".", "other")
    assert other.exit_code == 1
    assert other.output == (
        "meteorological/rainstorm-gauge: orange from “3-hour rain of 50 mm or more” to “3-hour "
        "rain of 45 mm or more”: more sensitive\n1 difference\n")
    row, = map(json.loads, fenghuo("diff", "other", ".", "--lang", "zh", "--json")
               .output.splitlines())
    assert (row["place"], row["part"]) == ("meteorological/rainstorm-gauge", "orange")
    assert row["new"] == "3小时雨量达到50毫米以上（含）"
    assert row["leaning"] == "less" and row["said"].startswith("meteorological/rainstorm-gauge：")


def test_diff_reads_what_is_in_force_and_past_editions(home: Path) -> None:
    assert fenghuo("diff", "in-force", ".").exit_code == 2
    assert fenghuo("migrate").exit_code == 0
    assert fenghuo("adopt").exit_code == 0
    assert fenghuo("diff", "in-force", ".").exit_code == 0
    assert fenghuo("diff", "in-force", "other").exit_code == 1


@pytest.mark.parametrize("word", ["abcdef0", "abc", "no-such-folder", "contacts"])
def test_diff_with_a_word_that_names_nothing_is_wrong_use(home: Path, word: str) -> None:
    assert fenghuo("migrate").exit_code == 0
    found = fenghuo("diff", word, ".")
    assert found.exit_code == 2
    assert word in found.output and "expected" in found.output


def test_diff_with_rules_that_cannot_be_read_says_every_fault(home: Path) -> None:
    rules = home / "other" / "rules" / "agreements" / "meteorological.yaml"
    rules.write_text(rules.read_text().replace("at_least: 45", "at_least: 45mm"))
    found = fenghuo("diff", ".", "other")
    assert found.exit_code == 2
    assert "meteorological.yaml:" in found.output and "'45mm'" in found.output
