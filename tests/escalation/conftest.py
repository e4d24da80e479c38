"""The cast of warnings: a small city with real contacts and agreements."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from warning_cast import Town


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)
