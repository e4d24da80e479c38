"""A city that changes its rules: on SQLite, or on each of the two databases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from change_cast import City


@pytest.fixture
def city(engine: Engine, tmp_path: Path) -> City:
    return City.open(engine, tmp_path)


@pytest.fixture
def town(database: Engine, tmp_path: Path) -> City:
    """The same, once on SQLite and once on PostgreSQL."""
    return City.open(database, tmp_path)
