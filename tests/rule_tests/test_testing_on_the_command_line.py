"""``fenghuo test``: what it prints and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fenghuo.cli import app

ROOT = Path(__file__).parents[2]
ONE = """
stations: {gauge: {place: 22.23 112.30}}
sites: {quarry: {place: 22.23 112.30}}
tests:
  - name: six hours of rain
    rule: meteorological/rainstorm-gauge
    starts: 2026-06-08 06:00
    series: {rain gauge: 0x6 10x5}
    expect: {+10h: {quarry: yellow}}
  - name: a dry day
    rule: meteorological/rainstorm-gauge
    starts: 2026-06-08 06:00
    series: {rain gauge: 0x24}
    quiet: yes
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house's rules and contacts with one file of tests."""
    for folder in ("rules", "contacts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("tests"))
    (tmp_path / "rules" / "tests").mkdir()
    (tmp_path / "rules" / "tests" / "one.yaml").write_text(ONE)
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    return tmp_path


def typed(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["test", *words])
    return done.exit_code, done.output


def test_tests_that_hold_end_with_nothing_but_their_number(home: Path) -> None:
    code, said = typed()
    assert code == 0
    assert said.startswith("2 tests, 0 failures, ")
    assert typed("dry")[1].startswith("1 tests, 0 failures, ")


def test_a_red_test_ends_with_1_and_is_shown_also_to_programs(home: Path) -> None:
    file = home / "rules" / "tests" / "one.yaml"
    file.write_text(ONE.replace("quarry: yellow", "quarry: red"))
    code, said = typed()
    assert code == 1
    assert "FAILED  six hours of rain" in said and "2 tests, 1 failures" in said
    code, said = typed("--json")
    (failure,) = [json.loads(line) for line in said.splitlines()]
    assert code == 1
    assert (failure["line"], failure["about"], failure["expected"], failure["got"]) == (
        "rules/tests/one.yaml:9:29", "quarry", "red", "yellow")


@pytest.mark.parametrize(("old", "new", "said"), [
    ("series:", "serie:", "did you mean `series`?"),
    ("rainstorm-gauge", "rainstorm-gage", "did you mean `meteorological/rainstorm-gauge`?")])
def test_a_file_that_cannot_be_read_ends_with_2_and_its_faults(
        home: Path, old: str, new: str, said: str) -> None:
    (home / "rules" / "tests" / "one.yaml").write_text(ONE.replace(old, new))
    code, output = typed()
    assert code == 2
    assert said in output


def test_a_word_that_no_test_has_ends_with_2(home: Path) -> None:
    code, said = typed("typhoon")
    assert code == 2
    assert "no test has 'typhoon'" in said


def test_no_tests_at_all_end_with_2(home: Path) -> None:
    (home / "rules" / "tests" / "one.yaml").unlink()
    assert typed()[0] == 2


def test_changes_that_no_test_notices_are_listed_and_end_with_1(home: Path) -> None:
    code, said = typed("--mutate", "rainstorm-gauge")
    assert code == 1
    assert "meteorological/rainstorm-gauge  tiers.orange.at_least: 50 -> 51" in said
    assert "tiers.yellow.at_least: 50 -> 51" not in said
    assert said.splitlines()[-1].endswith("that no test notices")
    code, said = typed("--mutate", "rainstorm-gauge", "--json")
    assert {"field", "was", "becomes", "line", "rule"} == set(json.loads(said.splitlines()[0]))


def test_red_tests_are_told_before_anything_is_changed(home: Path) -> None:
    (home / "rules" / "tests" / "one.yaml").write_text(ONE.replace("quarry: yellow", "quarry: red"))
    assert typed("--mutate")[0] == 1
    assert "the tests fail as it is" in typed("--mutate")[1]


def test_a_link_out_of_the_rules_is_refused_unread_and_hidden_files_are_no_tests(
        home: Path) -> None:
    tests = home / "rules" / "tests"
    (tests / ".one.yaml").write_text("half")
    assert typed()[0] == 0
    (home / "secret.yaml").write_text("password: 1234")
    (tests / "two.yaml").symlink_to(home / "secret.yaml")
    code, said = typed()
    assert (code, said) == (2, "rules/tests/two.yaml:1:1: found a link out of its folder, "
                               "expected a file of its own\n")
