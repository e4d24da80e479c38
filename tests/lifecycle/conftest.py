"""The cast of warnings: a small city with real contacts and agreements."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from warning_cast import Town


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)
