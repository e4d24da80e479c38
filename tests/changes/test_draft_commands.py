"""The way of a draft, typed: exit 0 when it is done, 1 with a sentence when it is not possible."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from change_cast import RAIN, City
from typer.testing import CliRunner

from fenghuo.cli import app

HIGHER = ("at_least: 50", "at_least: 60")

Types = Callable[..., str]


@pytest.fixture
def types(city: City, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Type a command in the city's house; its output."""
    monkeypatch.setenv("FENGHUO_HOME", str(city.home))
    monkeypatch.setenv("FENGHUO_DATABASE_URL", f"sqlite:///{city.home}/fenghuo.db")
    monkeypatch.setenv("COLUMNS", "300")

    def typed(line: str, *more: str, exits: int = 0) -> str:
        result = CliRunner().invoke(app, [*line.split(), *more])
        assert result.exit_code == exits, result.output
        return result.output
    return typed


def copy(city: City, *pairs: tuple[str, str]) -> Path:
    path = city.home / "var" / Path(RAIN).name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(city.text(*pairs)[RAIN])
    return path


def test_a_draft_goes_its_way_by_commands(city: City, types: Types) -> None:
    path = copy(city, HIGHER)
    said = types(f"draft propose {path} --by li --reason", "after the season")
    assert said.splitlines()[:3] == ["draft 1 is checked; waits for a second person",
                                     "  why: after the season", f"  changes: {RAIN}"]
    assert "  difference: weather/rain-gauge: yellow from" in said
    assert "  tests: 0 run, 0 red" in said
    assert "  less: weather rain-gauge tiers.yellow: limit harder" in said
    assert "expected another person" in types("draft approve 1 --by li", exits=1)
    assert "waits for a leader's signature" in types("draft approve 1 --by chen")
    assert "a leader signs first" in types("draft effective 1 --by li", exits=1)
    types("draft sign 1 --by lin")
    assert "draft 1 is scheduled" in types("draft effective 1 --at 2090-01-01T08:00 --by li")
    (row,) = [json.loads(line) for line in types("draft list --json").splitlines()]
    assert (row["state"], row["waits for"], row["effective"]) == (
        "scheduled", "its hour", "2090-01-01 08:00:00")
    assert "nothing" in types("draft differences 1")
    assert "is withdrawn" in types("draft withdraw 1 --by li --reason x")
    assert "nothing" in types("draft list") and "withdrawn" in types("draft list --all")


def test_a_faulty_draft_says_every_fault_and_its_check_ends_with_one(
        city: City, types: Types) -> None:
    path = copy(city, ("at_least: 100", "at_least: much"))
    assert f"  fault: {RAIN}:13:" in types(f"draft propose {path} --by li --reason x")
    assert "fault" in types("draft check 1 --by li", exits=1)
    assert "found no draft 7" in types("draft show 7", exits=1)
    assert json.loads(types("draft show 1 --json"))["state"] == "proposed"


def test_a_folder_is_all_the_rules_and_a_strange_file_is_none(city: City, types: Types) -> None:
    strange = city.home / "var" / "storm.yaml"
    strange.parent.mkdir()
    strange.write_text("a: b")
    assert "named as one of the rules in force" in types(
        f"draft propose {strange} --by li --reason x", exits=1)
    (city.home / RAIN).write_bytes(city.text(HIGHER)[RAIN])
    assert f"changes: {RAIN}" in types(f"draft propose {city.home / 'rules'} --by li --reason x")


def test_editions_name_the_draft_they_came_by_and_can_be_taken_back(
        city: City, types: Types) -> None:
    key = city.change(HIGHER)
    rows = [json.loads(line) for line in types("editions --json").splitlines()]
    assert [(row["number"], row["draft"]) for row in rows] == [(2, key), (1, None)]
    types(f"draft write {key} {city.home / 'next'}")
    written = city.home / "next" / RAIN.removeprefix("rules/")
    assert written.read_bytes() == city.text(HIGHER)[RAIN]
    assert "0 files written" in types(f"draft write {key} {city.home / 'next'}")
    written.write_bytes(city.text()[RAIN])
    assert "1 files written" in types(f"draft write {key} {city.home / 'next'}")
    assert "is in force" in types("take-back --by wu --reason x")
    assert "returned" in types(f"draft show {key}")


def test_edits_that_a_draft_does_not_have_are_not_overwritten(city: City, types: Types) -> None:
    key = city.change(HIGHER)
    own = city.home / "next" / RAIN.removeprefix("rules/")
    own.parent.mkdir(parents=True)
    own.write_text("# mine\n")
    said = types(f"draft write {key} {city.home / 'next'}", exits=1)
    assert f"{own}: found edits that draft {key} does not have" in said
    assert own.read_text() == "# mine\n"
