"""The cast of delivery: a small city and a provider that counts at the outside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from delivery_cast import City, Provider, provider_at_work


@pytest.fixture
def city(engine: Engine) -> City:
    return City(engine)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_at_work() as made:
        yield made
