"""The page of faults and bad input beside this file names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).with_name("README.md")
TESTS = Path(__file__).parents[1]
_ROW = re.compile(r"^\| (\d+) \| .+ \| .+ \| (.+) \|$", re.MULTILINE)


def rows(heading: str) -> dict[int, list[tuple[str, str]]]:
    """The tests of every row of a section, by its number, in the order of the page."""
    section = PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {int(number): re.findall(r"`([\w/]+\.py)::(\w+)`", tests)
            for number, tests in _ROW.findall(section)}


def test_every_row_names_a_test_that_exists() -> None:
    assert all([*rows("Faults").values(), *rows("Bad input").values()])
    for path, name in re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE.read_text()):
        written = (TESTS / path).read_text()
        assert re.search(rf"^(async )?def test_{name}\(", written, re.MULTILINE), (path, name)


def test_every_row_is_there() -> None:
    for heading, most in (("Faults", 32), ("Bad input", 50)):
        assert list(rows(heading)) == list(range(1, most + 1))
