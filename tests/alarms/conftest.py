"""The house of a watch, and the cast that the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from fenghuo.settings import Settings


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)
