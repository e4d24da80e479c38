"""The page about sources: its five steps work as they stand, its tables are those of the code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from docs_pages import PAGES, ROOT, lines, sections
from feeds_table import renewed, traps
from typer.testing import CliRunner

from fenghuo.cli import app
from fenghuo.documents import xlsx
from fenghuo.feeds import drop_folder, tables
from fenghuo.feeds.catalogue import FORMATS
from fenghuo.feeds.standing import Standing
from fenghuo.words import FeedOutcome

PAGE = "feeds.md"


def test_the_generated_tables_are_those_of_the_catalogue_and_of_the_entries() -> None:
    assert PAGES[PAGE].read_text(encoding="utf-8") == renewed(), \
        "PYTHONPATH=plugins:tests/support python tests/support/feeds_table.py renews it"


def test_every_format_has_its_traps_written_by_hand() -> None:
    assert [name for name in FORMATS if len(traps().get(name, "")) < 10] == []


def test_every_state_and_every_outcome_is_explained_and_no_other() -> None:
    told = sections(PAGE)["On, off, and keys"].partition("| state | means |")[2]
    said = re.findall(r"^\| `(\w+)` \| .{8,} \|$", told, re.MULTILINE)
    assert said == [*Standing, *FeedOutcome]


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    text = PAGES[PAGE].read_text(encoding="utf-8")
    for said in (f"newest {drop_folder.KEPT} files", f"more than {tables.BOOK.rows:,} rows",
                 f"{xlsx.COLUMNS_CAP} columns, {tables.BOOK.size >> 20} MB",
                 f"than {tables.BOOK.unfolded >> 20} MB", f"More than {tables.MOST_ROWS:,} rows"):
        assert said in text, said


def test_the_five_steps_bring_a_bureaus_table_into_a_house_of_its_own(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rules", "contacts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def typed(command: str) -> str:
        if not command.startswith("fenghuo "):
            subprocess.run(["sh", "-c", command], check=True, env=os.environ)
            return ""
        result = CliRunner().invoke(app, command.split()[1:])
        assert result.exit_code == 0, f"{command}: {result.output}"
        return result.output

    typed("fenghuo migrate")
    said = {}
    for line in lines(PAGE):
        if line.command == "fenghuo adopt":
            feeds = tmp_path / "rules" / "feeds.yaml"
            before, entry, after = feeds.read_text().partition("  county_gauges:")
            feeds.write_text(before + entry + after.replace("on: no", "on: yes", 1))
        said[line.command] = typed(line.command)
    assert "good: " in said["fenghuo check"]
    assert re.search(r"rain .*gaoyao .*02:00 .*0 mm", said["fenghuo pull county_gauges --dry-run"])
    (row,) = [row for row in map(json.loads, typed("fenghuo feeds --json").splitlines())
              if row["feed"] == "county_gauges"]
    assert (row["state"], row["as of"], row["answered"]) == (
        "stale", "2026-06-08 02:00:00", "changed")
    assert len(list((tmp_path / "var/drop/county/done").iterdir())) == 1
