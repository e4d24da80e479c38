"""A city whose duty officers act: the house's own rules on the cast's contacts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from acts_cast import Desk


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk.open(engine, tmp_path)
