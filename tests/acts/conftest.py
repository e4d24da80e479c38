"""A city whose duty officers act: the house's own rules on the cast's contacts."""

from __future__ import annotations

from pathlib import Path

import pytest
from acts_cast import Desk
from sqlalchemy import Engine


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Desk:
    return Desk.open(engine, tmp_path)
