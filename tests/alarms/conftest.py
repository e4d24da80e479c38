"""The house of a watch, and the cast that the tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fenghuo.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)
