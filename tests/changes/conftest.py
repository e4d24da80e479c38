"""A city that changes its rules: on SQLite, or on each of the two databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from change_cast import City
from sqlalchemy import Engine


@pytest.fixture
def city(engine: Engine, tmp_path: Path) -> City:
    return City.open(engine, tmp_path)


@pytest.fixture
def town(database: Engine, tmp_path: Path) -> City:
    """The same, once on SQLite and once on PostgreSQL."""
    return City.open(database, tmp_path)
