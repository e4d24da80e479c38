"""The edition as it is shipped, and small files of tests to run against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fenghuo import editions, rule_tests
from fenghuo.editions import Edition
from fenghuo.rule_tests import Results

ROOT = Path(__file__).parents[2]

CAST = """
stations:
  gauge: {place: 22.23 112.30}
sites:
  quarry: {place: 5 km north of gauge, district: 恩平市}
  pond: {place: 22.23 112.30, tags: [tailings-pond], district: 恩平市}
tests:
"""
"""A gauge with two sites; a test of it follows."""


@pytest.fixture(scope="session")
def rules() -> dict[str, bytes]:
    """The shipped rules and contacts."""
    return editions.files_on_disk(ROOT / "rules", ROOT / "contacts")


@pytest.fixture(scope="session")
def edition(rules: dict[str, bytes]) -> Edition:
    return editions.read(rules, "d" * 64)


@pytest.fixture(scope="session")
def shipped() -> dict[str, bytes]:
    """The shipped rule tests."""
    return rule_tests.on_disk(ROOT / "rules")


@pytest.fixture
def run(edition: Edition) -> Callable[[str], Results]:
    """Runs tests written after ``CAST``."""
    return lambda tests: rule_tests.run({"rules/tests/one.yaml": (CAST + tests).encode()}, edition)
