"""The shipped rules and contacts, and ways to make years of numbers for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fenghuo.editions import Edition, files_on_disk, read
from fenghuo.settings import Settings
from fenghuo.words import RuleKind

ROOT = Path(__file__).parents[2]
MEASURED = ("rain-hour", "rainstorm-gauge", "stage-marks", "site-stage")


@pytest.fixture(scope="session")
def edition() -> Edition:
    """The house's rules, of the measured ones those that the tests count by hand."""
    whole = read(files_on_disk(ROOT / "rules", ROOT / "contacts"), "d" * 64)
    return replace(whole, agreements=tuple(
        agreement.model_copy(update={"rules": tuple(
            rule for rule in agreement.rules
            if rule.kind is not RuleKind.observed or rule.id in MEASURED)})
        for agreement in whole.agreements))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)
